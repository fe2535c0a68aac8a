package tagging

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// Labels of ImageNet that the tests know by name.
const (
	turtleLabel     = 33
	retrieverLabel  = 207
	cockroachLabel  = 314
	rifleLabel      = 413
	beakerLabel     = 438
	breakwaterLabel = 460
	labCoatLabel    = 617
	helmetLabel     = 715
	schoonerLabel   = 780
	acornLabel      = 988
)

// sureOf is a distribution over labels with the given shares; what is left is spread evenly over all.
func sureOf(shares map[int]float64) []float64 {
	rest := 1.
	for _, s := range shares {
		rest -= s
	}
	p := make([]float64, labelCount)
	for i := range p {
		p[i] = shares[i] + rest/labelCount
	}
	return p
}

func confidenceOf(tags []Tag, concept string) float64 {
	for _, t := range tags {
		if t.Concept == concept {
			return t.Confidence
		}
	}
	return 0
}

// Acorns_1 of OASIS is "acorn .93" to the network and was "forest .97" to us.
func TestLabelsSuggest(t *testing.T) {
	t.Parallel()
	tags := labelTags(sureOf(map[int]float64{acornLabel: 1}))
	require.InDelta(t, .5, confidenceOf(tags.Scenes, "forest"), .01, "acorns are found in forests, and elsewhere")
	require.Zero(t, tags.Concepts.Weight("forest"), "nobody saw a forest")
	require.InDelta(t, .5, tags.Suggested.Weight("forest"), .01)
	require.Contains(t, tags.Scenes[0].Evidence[0].Detail, "suggested by acorn")

	at := labelTags(sureOf(map[int]float64{breakwaterLabel: .4, schoonerLabel: .4}))
	require.InDelta(t, .8, at.Concepts.Weight("sea"), .01, "what is shown adds up")
	require.Zero(t, at.Suggested.Weight("sea"), "and is no suggestion")
	require.InDelta(t, .4, at.Concepts.Weight("coast"), .01)
	require.InDelta(t, .2, at.Suggested.Weight("wind"), .01)

	both := labelTags(sureOf(map[int]float64{breakwaterLabel: .4, turtleLabel: .4})) // which suggests the sea
	require.InDelta(t, .4, both.Concepts.Weight("sea"), .01)
	require.InDelta(t, .6, both.Suggested.Weight("sea"), .01)
	require.InDelta(t, .6, confidenceOf(both.Scenes, "sea"), .01)
}

// The songs' vector has what is suggested; care has not: a beaker is no hospital, a lab coat no illness.
func TestCareReadsNoSuggestions(t *testing.T) {
	t.Parallel()
	fused := Fuse(labelTags(sureOf(map[int]float64{helmetLabel: 1}))) // a spiked one suggests soldiers, who mean violence
	require.InDelta(t, .5, fused.Concepts.Weight("soldier"), .01)
	require.Empty(t, fused.Care)
	require.Empty(t, fused.Suggested, "they are among the concepts")
	for _, label := range []int{beakerLabel, labCoatLabel} {
		require.Empty(t, Fuse(labelTags(sureOf(map[int]float64{label: 1}))).Care)
	}
	require.Equal(t, CareViolence, Fuse(labelTags(sureOf(map[int]float64{rifleLabel: 1}))).Care[0].Topic)
}

// What labels suggest by chance is taken off as what they show is.
func TestSuggestionsAreCorrectedForChance(t *testing.T) {
	t.Parallel()
	forest, _ := DefaultVocabulary().Lookup("forest")
	chance := suggestedStrength * float64(len(forest.Suggested)) / labelCount
	for _, sure := range []float64{.3, 1} {
		tags := labelTags(sureOf(map[int]float64{acornLabel: sure}))
		raw := suggestedStrength*sure + (1-sure)*chance
		require.InDelta(t, (raw-chance)/(1-chance), tags.Suggested.Weight("forest"), 1e-9)
	}
	require.Empty(t, labelTags(sureOf(nil)).Suggested)
}

// What the table expects is stretched about its centre to the range of people's feelings.
func TestLabelsExpandTheirAffect(t *testing.T) {
	t.Parallel()
	for _, label := range []int{retrieverLabel, cockroachLabel, schoonerLabel} {
		said := labelTags(sureOf(map[int]float64{label: 1})).Affect
		table := ImageNetLabels()[label].Affect
		require.InDelta(t, clampAxis(.2+1.6*(table.Valence-.2)), said.Valence, 1e-9)
		require.InDelta(t, clampAxis(1.6*table.Arousal), said.Arousal, 1e-9)
		require.InDelta(t, table.Spread, said.Spread, 1e-9)
	}
}

// One logit that is no number made every label a sight: no comparison with NaN is true, so none was below the least share.
func TestLabelsRefuseNonFiniteLogits(t *testing.T) {
	t.Parallel()
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		logits := make([]float32, labelCount)
		logits[7] = float32(bad)
		o := &vision.Observation{Encoding: &vision.Encoding{
			Model: vision.ModelInfo{Labels: "imagenet-1k"}, Outputs: map[string][]float32{"logits": logits},
		}}
		_, err := LabelTagger{}.Tag(t.Context(), o)
		require.ErrorContains(t, err, "not finite")
		f, err := NewFusion(Named{LabelsName, LabelTagger{}}, Named{"good", says(estimate(.5, 0, .3))})
		require.NoError(t, err)
		tags, err := f.Tag(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, LabelsName, tags.Degraded[0].Part)
		require.InDelta(t, .5, tags.Affect.Valence, 1e-9)
	}
	seen := newConceptEvidence("test")
	seen.add("dog", .9, "a dog")
	seen.shares["cat"] = math.NaN()
	var tags Tags
	seen.fill(&tags, DefaultVocabulary(), .06)
	require.Len(t, tags.Objects, 1, "a share that is no number is no sight")
}
