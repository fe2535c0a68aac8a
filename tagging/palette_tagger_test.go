package tagging

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// The published relations, shrunk by a third: (−81.5 + .80·50 + 1.08·20)/100 = −.199, and half of the activity.
func TestPaletteAffect(t *testing.T) {
	t.Parallel()
	got := paletteAffect(vision.Palette{Lightness: 50, Chroma: 20, Activity: 1})
	require.InDelta(t, -.199/3, got.Valence, 1e-9)
	require.InDelta(t, .5/3, got.Arousal, 1e-9)
	vivid := paletteAffect(vision.Palette{Lightness: 100, Chroma: 130, Activity: -9})
	require.Equal(t, Affect{Valence: 1. / 3, Arousal: -1. / 3}, vivid, "colours never say more than a third")
}
