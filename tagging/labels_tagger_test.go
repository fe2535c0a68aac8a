package tagging

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A network that knows nothing sees nothing, though a concept of a hundred labels gets a tenth of what it says; and of what it
// does see, that tenth is taken off.
func TestLabelsAreCorrectedForChance(t *testing.T) {
	t.Parallel()
	dog, _ := DefaultVocabulary().Lookup("dog")
	n := float64(len(dog.ImageNet))
	require.Greater(t, n/labelCount, minLabelShare, "without the correction there would be a dog in every picture")

	flat := make([]float64, labelCount)
	for i := range flat {
		flat[i] = 1. / labelCount
	}
	nothing := labelTags(flat)
	require.Empty(t, nothing.Objects)
	require.Empty(t, nothing.Scenes)
	require.Empty(t, nothing.Concepts)

	half := make([]float64, labelCount)
	for i := range half {
		half[i] = .5 / (labelCount - n)
	}
	for _, i := range dog.ImageNet {
		half[i] = .5 / n
	}
	seen := labelTags(half)
	require.InDelta(t, (.5-n/labelCount)/(1-n/labelCount), seen.Concepts.Weight("dog"), 1e-9)
}
