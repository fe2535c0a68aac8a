package tagging

import (
	"context"
	_ "embed"
	"fmt"
	"sync"

	"github.com/soundtrack-go/sdk/internal/probe"
	"github.com/soundtrack-go/sdk/vision"
)

//go:generate go run ./gen/scenes -data ../../shared/data

//go:embed scenes.json
var scenesJSON []byte

//go:embed scenes.bin
var scenesBin []byte

var sceneProbes = sync.OnceValue(func() probe.File { return mustRead(scenesJSON, scenesBin) })

// mustRead reads embedded probes, which a test has checked.
func mustRead(description, weights []byte) probe.File {
	f, err := probe.Read(description, weights)
	if err != nil {
		panic(err)
	}
	return f
}

// ScenesName is the name of the [SceneTagger] in evidence.
const ScenesName = "scenes"

// SceneTagger recognises scenes, weather, faces and goings-on for which ImageNet has no class: sunset, snow, night, city,
// crowd, thunderstorm, a sad face. It knows each from a few photographs only: probes fitted on embeddings of the compact
// model, with calibration on left-out pictures. The pictures were annotated by looking, without their ratings; they are
// not part of the project, their names and words are in scenes_pictures.csv and their sources in scenes.json, with the
// number of pictures and the left-out AUC of each probe. Other encoders are not understood. The zero value is ready to
// use.
//
// Affect is the expectation of the vocabulary's affects under the probabilities of what is seen, so that nothing is
// fitted on ratings. Where nothing is recognised it says nothing.
type SceneTagger struct {
	probes *probe.File // nil for those that ship
}

// NewSceneTagger returns a tagger with other probes than those that ship: the content of files as gen/scenes writes them,
// fitted on other pictures or for another encoder.
func NewSceneTagger(description, weights []byte) (SceneTagger, error) {
	f, err := probe.Read(description, weights)
	if err != nil {
		return SceneTagger{}, fmt.Errorf("tagging: scenes: %w", err)
	}
	return SceneTagger{probes: &f}, nil
}

// Tag implements [Tagger].
func (t SceneTagger) Tag(ctx context.Context, o *vision.Observation) (Tags, error) {
	if err := ctx.Err(); err != nil {
		return Tags{}, err
	}
	probes := t.probes
	if probes == nil {
		shipped := sceneProbes()
		probes = &shipped
	}
	x := probes.Features(o.Encoding)
	if x == nil {
		return Tags{Affect: Estimate{Spread: UnknownSpread}}, nil
	}
	return sceneTags(sceneProbabilities(*probes, x)), nil
}

// sceneProbabilities is the probability of each concept, in the order of the file.
func sceneProbabilities(f probe.File, x []float32) []ConceptWeight {
	probabilities := make([]ConceptWeight, len(f.Entries))
	for i, e := range f.Entries {
		probabilities[i] = ConceptWeight{Concept: e.Name, Weight: e.Probe().Probability(x)}
	}
	return probabilities
}

// minScene is the probability below which a scene is not mentioned and says nothing about the mood. A wrong scene is
// worse than a missing one.
const minScene = 0.2

// sceneTags turns the probability of each concept into tags. It adds up in the order given: floats in another order add up to
// something else, and the same picture must feel the same every time.
func sceneTags(probabilities []ConceptWeight) Tags {
	vocabulary := DefaultVocabulary()
	seen := newConceptEvidence(ScenesName)
	var telling []ConceptWeight
	var mixture affectMixture
	for _, w := range probabilities {
		c, ok := vocabulary.Lookup(w.Concept)
		if !(w.Weight >= minScene) || !ok {
			continue
		}
		seen.add(w.Concept, w.Weight, "looks like "+c.Name())
		// A vehicle or a face says little about the mood beside a rubbish dump or tears: what a concept knows counts.
		weight := w.Weight * information(c.Affect.Spread)
		mixture.add(c.Affect, weight)
		telling = append(telling, ConceptWeight{Concept: w.Concept, Weight: weight})
	}
	var tags Tags
	seen.fill(&tags, vocabulary, minScene)
	tags.Affect = mixture.estimate()
	for _, w := range NewConceptVector(telling...).Top(3) {
		c, _ := vocabulary.Lookup(w.Concept)
		tags.AffectEvidence = append(tags.AffectEvidence, Evidence{
			Tagger: ScenesName, Weight: w.Weight / mixture.weight, Detail: fmt.Sprintf("%s %.2f", c.Name(), seen.shares[w.Concept]),
		})
	}
	return tags
}
