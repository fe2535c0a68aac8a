package tagging

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// Named is a tagger with the name that its failures and evidence carry.
type Named struct {
	Name   string
	Tagger Tagger
}

// Fusion is a [Tagger] that asks several and fuses their answers, see [Fuse]. A tagger that fails degrades the answer
// by name and never fails it; only a cancelled context does. Make one with [NewFusion].
type Fusion struct{ taggers []Named }

// NewFusion returns the fusion of taggers. Names must be given and differ.
func NewFusion(taggers ...Named) (*Fusion, error) {
	seen := map[string]bool{}
	for _, t := range taggers {
		if t.Name == "" || t.Tagger == nil || seen[t.Name] {
			return nil, fmt.Errorf("tagging: NewFusion: tagger %q: want taggers with different names", t.Name)
		}
		seen[t.Name] = true
	}
	return &Fusion{taggers: slices.Clone(taggers)}, nil
}

// Default returns the taggers that need nothing but an observation: labels, scenes, palette, and the era readers.
func Default() *Fusion {
	return &Fusion{taggers: []Named{
		{LabelsName, LabelTagger{}}, {ScenesName, SceneTagger{}}, {PaletteName, PaletteTagger{}}, {EraName, EraTagger{}},
	}}
}

// Tag implements [Tagger].
func (f *Fusion) Tag(ctx context.Context, o *vision.Observation) (Tags, error) {
	var answers []Tags
	var failed []Degradation
	for _, t := range f.taggers {
		tags, err := t.Tagger.Tag(ctx, o)
		if ctxErr := ctx.Err(); ctxErr != nil {
			return Tags{}, ctxErr
		}
		if err != nil {
			failed = append(failed, Degradation{Part: t.Name, Reason: reasonOf(err)})
			continue
		}
		answers = append(answers, tags)
	}
	fused := Fuse(answers...)
	fused.Degraded = append(fused.Degraded, failed...)
	return fused, nil
}

// reasonOf keeps a tagger's failure presentable: deadlines are common and their texts are not for people.
func reasonOf(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "took too long"
	}
	return err.Error()
}

// Fuse combines what several taggers say about one picture.
//
// Affect is a linear opinion pool: the mean of the estimates, weighted by what each knows beyond photographs in general,
//
//	wᵢ = max(0, 1/sᵢ² − 1/u²),  u = UnknownSpread,
//
// so that a wide estimate cannot drag a sure one. The variance is the mean of the variances plus that between the
// estimates: taggers that see the same pixels are not independent, so agreement does not narrow the spread, and
// disagreement widens it. Lists are merged by concept with the largest confidence and all evidence, concept vectors by
// the largest weight. Of eras and captions the most confident, or first, one is kept. Moods are completed with the words
// of the fused affect.
func Fuse(answers ...Tags) Tags {
	fused := Tags{Affect: Estimate{Spread: UnknownSpread}}
	var weights []ConceptWeight
	for _, t := range answers {
		fused.Moods = mergeTags(fused.Moods, t.Moods)
		fused.Objects = mergeTags(fused.Objects, t.Objects)
		fused.Scenes = mergeTags(fused.Scenes, t.Scenes)
		fused.Degraded = append(fused.Degraded, t.Degraded...)
		weights = append(weights, t.Concepts...)
		if len(fused.Colours) == 0 {
			fused.Colours = slices.Clone(t.Colours)
		}
		if fused.Caption == "" {
			fused.Caption = t.Caption
		}
		if t.Era.Confidence > fused.Era.Confidence {
			fused.Era = t.Era
		}
	}
	fused.Affect, fused.AffectEvidence = poolAffect(answers)
	if fused.Affect.Known {
		for _, mood := range nearestMoods(fused.Affect) {
			fused.Moods = mergeTags(fused.Moods, []Tag{mood})
			weights = append(weights, ConceptWeight{Concept: mood.Concept, Weight: moodShare * mood.Confidence})
		}
	}
	for _, list := range [][]Tag{fused.Moods, fused.Objects, fused.Scenes} {
		sortTags(list)
	}
	fused.Concepts = DefaultVocabulary().Expand(NewConceptVector(weights...))
	return fused
}

// moodShare is how much a mood word counts in the concept vector beside what is seen: the affect part of the score has
// it already.
const moodShare = 0.5

func poolAffect(answers []Tags) (Estimate, []Evidence) {
	weights := make([]float64, len(answers))
	var total float64
	for i, t := range answers {
		if t.Affect.Known {
			weights[i] = information(t.Affect.Spread)
			total += weights[i]
		}
	}
	pooled := Estimate{Spread: UnknownSpread}
	if total == 0 {
		return pooled, nil
	}
	var mixture affectMixture
	var evidence []Evidence
	for i, t := range answers {
		if weights[i] == 0 {
			continue
		}
		share := weights[i] / total
		mixture.add(t.Affect, share)
		for _, e := range t.AffectEvidence {
			e.Weight *= share
			evidence = append(evidence, e)
		}
	}
	slices.SortStableFunc(evidence, func(a, b Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
	return mixture.estimate(), evidence
}

// information is what an estimate knows beyond photographs in general. A spread below .1 is not believed.
func information(spread float64) float64 {
	spread = max(spread, .1)
	return max(0, 1/(spread*spread)-1/(UnknownSpread*UnknownSpread))
}

func mergeTags(into, more []Tag) []Tag {
	for _, t := range more {
		key := func(o Tag) bool { return o.Concept == t.Concept && (t.Concept != "" || o.Name == t.Name) }
		i := slices.IndexFunc(into, key)
		if i < 0 {
			t.Evidence = slices.Clone(t.Evidence)
			into = append(into, t)
			continue
		}
		into[i].Confidence = max(into[i].Confidence, t.Confidence)
		into[i].Evidence = append(into[i].Evidence, t.Evidence...)
	}
	return into
}

// moodReach is the distance on the affect plane at which a mood word is half as fitting as at its own place.
const moodReach = 0.3

// nearestMoods names the moods of the vocabulary that lie nearest to an affect. An unsure affect gives unsure moods.
func nearestMoods(e Estimate) []Tag {
	var tags []Tag
	sure := 1 / (1 + e.Spread*e.Spread/(moodReach*moodReach))
	for _, c := range DefaultVocabulary().Concepts() {
		if c.Kind != KindMood {
			continue
		}
		d := c.Affect.Distance(e.Affect)
		tags = append(tags, Tag{
			Concept: c.ID, Name: c.Name(), Confidence: sure * math.Exp2(-d*d/(moodReach*moodReach)),
			Evidence: []Evidence{{Tagger: "affect", Detail: fmt.Sprintf("valence %+.2f, arousal %+.2f", e.Valence, e.Arousal), Weight: 1}},
		})
	}
	sortTags(tags)
	return tags[:min(3, len(tags))]
}
