package tagging

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Floats in another order add up to something else: a picture's scenes once had two valences, by the order of a map.
func TestScenesAddUpInOrder(t *testing.T) {
	t.Parallel()
	var probabilities []ConceptWeight
	for i, e := range sceneProbes().Entries {
		probabilities = append(probabilities, ConceptWeight{Concept: e.Name, Weight: .2 + .8*math.Abs(math.Sin(float64(i)))})
	}
	first := sceneTags(probabilities)
	require.Greater(t, len(first.Concepts), 20)
	for range 200 {
		require.Equal(t, first, sceneTags(probabilities))
	}
}

// What a concept knows counts beside how probable it is: a rubbish dump tells of the mood, a face hardly.
func TestScenesWeighByWhatConceptsKnow(t *testing.T) {
	t.Parallel()
	v := DefaultVocabulary()
	dump, _ := v.Lookup("garbage-dump")
	crowd, _ := v.Lookup("crowd")
	require.Less(t, dump.Affect.Spread, crowd.Affect.Spread)
	tags := sceneTags([]ConceptWeight{{"crowd", .8}, {"garbage-dump", .4}, {"snow", .19}, {"sunset", math.NaN()}, {"no-such-concept", 1}})
	require.Len(t, tags.Concepts, 2)
	a, b := .8*information(crowd.Affect.Spread), .4*information(dump.Affect.Spread)
	require.InDelta(t, (a*crowd.Affect.Valence+b*dump.Affect.Valence)/(a+b), tags.Affect.Valence, 1e-9)
	require.InDelta(t, (a*crowd.Affect.Arousal+b*dump.Affect.Arousal)/(a+b), tags.Affect.Arousal, 1e-9)
	require.Equal(t, "garbage dump 0.40", tags.AffectEvidence[0].Detail, "it tells more, though it is less probable")
	require.InDelta(t, b/(a+b), tags.AffectEvidence[0].Weight, 1e-9)
	require.False(t, sceneTags(nil).Affect.Known)
}
