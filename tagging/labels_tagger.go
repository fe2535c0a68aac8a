package tagging

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// LabelsName is the name of the [LabelTagger] in evidence.
const LabelsName = "labels"

// LabelTagger reads the class probabilities of an encoder that has a "logits" output over ImageNet-1k, such as the
// compact model. Affect is the expectation of the label table under the probabilities, with the deviation of the
// mixture as its spread: a network that cannot decide says so. Objects and scenes are the vocabulary's concepts of the
// probable labels: those that they show, and for half as much those that they suggest, which are in [Tags.Suggested] and not
// among the Concepts. Nothing in it is fitted on ratings. The zero value is ready to use.
type LabelTagger struct{}

// minLabelShare is the probability below which a label or concept is not mentioned.
const minLabelShare = 0.06

// Tag implements [Tagger]. Without an encoding with logits of ImageNet-1k it says nothing; logits of another number, or that
// are not finite, are an error.
func (LabelTagger) Tag(ctx context.Context, o *vision.Observation) (Tags, error) {
	if err := ctx.Err(); err != nil {
		return Tags{}, err
	}
	if o.Encoding == nil || o.Encoding.Model.Labels != "imagenet-1k" {
		return Tags{Affect: Estimate{Spread: UnknownSpread}}, nil
	}
	logits := o.Encoding.Outputs["logits"]
	if len(logits) != labelCount {
		return Tags{}, fmt.Errorf("tagging: labels: %d logits, want %d", len(logits), labelCount)
	}
	p := softmax(logits)
	if math.IsNaN(p[0]) { // one logit that is no number leaves none
		return Tags{}, errors.New("tagging: labels: the logits are not finite")
	}
	return labelTags(p), nil
}

// suggestedStrength is what a label counts for a concept that it suggests, where one that it shows counts 1: a seashore is a
// beach, but only perhaps summer. What is suggested may as well not be there, so it gets half; and so the surest label's
// suggestions do not outrank what is seen with a bare majority.
const suggestedStrength = 0.5

func labelTags(p []float64) Tags {
	labels := ImageNetLabels()
	vocabulary := DefaultVocabulary()
	var mixture affectMixture
	shown := newConceptEvidence(LabelsName)
	likely := newConceptEvidence(LabelsName) // what is shown or suggested
	for i, share := range p {
		mixture.add(labels[i].Affect, share)
		for _, id := range vocabulary.OfImageNet(i) {
			shown.add(id, share, labels[i].Name)
			likely.add(id, share, labels[i].Name)
		}
		for _, id := range vocabulary.SuggestedByImageNet(i) {
			likely.add(id, share*suggestedStrength, "suggested by "+labels[i].Name)
		}
	}
	tags := Tags{Affect: mixture.estimate(), AffectEvidence: topLabels(p, labels, 3)}
	tags.Affect.Affect = expand(tags.Affect.Affect)
	for id := range likely.shares {
		c, _ := vocabulary.Lookup(id)
		// A network that knows nothing gives every label a thousandth, and so "dog", with its 118 breeds, .12. What counts
		// is what is above that.
		chance := float64(len(c.ImageNet)) / labelCount
		shown.above(id, chance)
		likely.above(id, chance+suggestedStrength*float64(len(c.Suggested))/labelCount)
	}
	likely.fill(&tags, vocabulary, minLabelShare)
	tags.Suggested, tags.Concepts = tags.Concepts, shown.vector(minLabelShare)
	tags.Suggested = slices.DeleteFunc(tags.Suggested, func(w ConceptWeight) bool {
		return w.Weight <= tags.Concepts.Weight(w.Concept)
	})
	return tags
}

// The expectation over a thousand labels is pulled towards their mean: over photographs in general it varies half as
// much as people's feelings do. expand undoes that. Both constants describe pictures without ratings: centre is the
// table's mean expectation over 491 photographs, and gain brings its deviation there, .19, to the .3 that the
// vocabulary's concepts have.
var expandCentre = Affect{Valence: 0.2, Arousal: 0}

const expandGain = 1.6

func expand(a Affect) Affect {
	return Affect{
		Valence: expandCentre.Valence + expandGain*(a.Valence-expandCentre.Valence),
		Arousal: expandCentre.Arousal + expandGain*(a.Arousal-expandCentre.Arousal),
	}.Clamp()
}

func topLabels(p []float64, labels []Label, n int) []Evidence {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	sortBy(order, func(i int) float64 { return -p[i] })
	var evidence []Evidence
	for _, i := range order[:n] {
		if p[i] >= minLabelShare || len(evidence) == 0 {
			evidence = append(evidence, Evidence{Tagger: LabelsName, Detail: fmt.Sprintf("%s %.2f", labels[i].Name, p[i]), Weight: p[i]})
		}
	}
	return evidence
}

// conceptEvidence gathers how probable each concept is and what it rests on.
type conceptEvidence struct {
	tagger string
	shares map[string]float64
	firsts map[string]Evidence // the strongest reason for each concept
}

func newConceptEvidence(tagger string) *conceptEvidence {
	return &conceptEvidence{tagger: tagger, shares: map[string]float64{}, firsts: map[string]Evidence{}}
}

// add counts another disjoint reason for a concept.
func (e *conceptEvidence) add(concept string, share float64, reason string) {
	e.shares[concept] = min(1, e.shares[concept]+share)
	if share > e.firsts[concept].Weight {
		e.firsts[concept] = Evidence{Tagger: e.tagger, Detail: fmt.Sprintf("%s %.2f", reason, share), Weight: share}
	}
}

// above keeps of a concept's share what is above chance, as a share of what can be.
func (e *conceptEvidence) above(concept string, chance float64) {
	if share, ok := e.shares[concept]; ok {
		e.shares[concept] = (share - chance) / (1 - chance)
	}
}

// vector is the concepts that reach least.
func (e *conceptEvidence) vector(least float64) ConceptVector {
	var weights []ConceptWeight
	for id, share := range e.shares {
		if share >= least {
			weights = append(weights, ConceptWeight{Concept: id, Weight: share})
		}
	}
	return NewConceptVector(weights...)
}

// fill writes the concepts that reach least into tags: as objects, scenes or moods by kind, and as the vector.
func (e *conceptEvidence) fill(tags *Tags, vocabulary *Vocabulary, least float64) {
	var weights []ConceptWeight
	for id, share := range e.shares {
		c, known := vocabulary.Lookup(id)
		if !known || !(share >= least) {
			continue
		}
		tag := Tag{Concept: id, Name: c.Name(), Confidence: share, Evidence: []Evidence{e.firsts[id]}}
		switch {
		case c.Kind.Place():
			tags.Scenes = append(tags.Scenes, tag)
		case c.Kind.Mood():
			tags.Moods = append(tags.Moods, tag)
		case c.Kind.thing():
			tags.Objects = append(tags.Objects, tag)
		case c.Kind == KindEra:
			continue // a label never dates a picture
		default: // in the vector only: what a picture is about, or how it was made, is no sight
		}
		weights = append(weights, ConceptWeight{Concept: id, Weight: share})
	}
	for _, list := range [][]Tag{tags.Objects, tags.Scenes, tags.Moods} {
		sortTags(list)
	}
	tags.Objects = dropImplied(tags.Objects, vocabulary)
	tags.Scenes = dropImplied(tags.Scenes, vocabulary)
	tags.Concepts = NewConceptVector(weights...)
}

// dropImplied removes the broader of two concepts that say the same: "pet" where "dog" is as sure.
func dropImplied(tags []Tag, vocabulary *Vocabulary) []Tag {
	return slices.DeleteFunc(slices.Clone(tags), func(broad Tag) bool {
		return slices.ContainsFunc(tags, func(narrow Tag) bool {
			c, _ := vocabulary.Lookup(narrow.Concept)
			return narrow.Confidence >= .9*broad.Confidence && slices.ContainsFunc(c.Implies, func(w ConceptWeight) bool {
				return w.Concept == broad.Concept && w.Weight >= .5
			}) && !slices.ContainsFunc(implications(vocabulary, broad.Concept), func(id string) bool { return id == narrow.Concept })
		})
	})
}

func implications(vocabulary *Vocabulary, id string) []string {
	c, _ := vocabulary.Lookup(id)
	ids := make([]string, len(c.Implies))
	for i, w := range c.Implies {
		ids[i] = w.Concept
	}
	return ids
}
