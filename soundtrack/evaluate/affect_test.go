package evaluate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// Ten photographs that people find neutral, whose estimates miss by more the wider they are.
func TestSpreadBins(t *testing.T) {
	t.Parallel()
	m := &measuring{photographs: make([]Photograph, 10)}
	estimates := make([]tagging.Estimate, 10)
	for i := range estimates {
		n := float64(9 - i) // from unsure to sure
		estimates[i] = tagging.Estimate{Affect: tagging.Affect{Valence: .03 * n, Arousal: -.04 * n}, Spread: .035 * n, Known: true}
	}
	bins := m.spread(estimates)
	require.Len(t, bins, 5)
	for b, bin := range bins {
		low, high := float64(2*b), float64(2*b+1)
		require.InDelta(t, .035*(low+high)/2, bin.Spread, 1e-12)
		require.InDelta(t, math.Sqrt((low*low+high*high)/2*(.03*.03+.04*.04)/2), bin.Deviation, 1e-12, "a root mean square over both axes")
	}
	require.InDelta(t, .75, bins[0].Inside, 1e-12, "both at 0, and of the other one axis")
	require.InDelta(t, .5, bins[4].Inside, 1e-12, "valence is within one spread, arousal is not")
}

// A quarter of the themes is held, always the same, by their names alone.
func TestHeldSplit(t *testing.T) {
	t.Parallel()
	n := 0
	for i := range 4000 {
		n += one(held(fmt.Sprint("theme ", i)))
	}
	require.InDelta(t, 1000, n, 100)
	for theme, want := range map[string]bool{"Dog": true, "Garbage dump": false, "Memorial": false} {
		require.Equal(t, want, held(theme), theme)
	}
}

// What is fused for an encoder is what its users get: of CLIP colours and the reader of its texts, no probes, no label table.
func TestFusedAreThoseOfTheEncoder(t *testing.T) {
	t.Parallel()
	names := func(m measuring) (list []string) {
		for _, named := range m.fused() {
			list = append(list, named.Name)
		}
		return list
	}
	clip := tagging.Named{Name: tagging.ZeroShotName, Tagger: says{valence: .8}}
	require.Equal(t, []string{"labels", "scenes", "palette"}, names(measuring{labelled: true, ships: true}))
	require.Equal(t, []string{"palette", "clip"}, names(measuring{further: []tagging.Named{clip}}))

	m := measuring{further: []tagging.Named{clip}, seen: map[string]*seen{"a": {observation: &vision.Observation{}}}}
	fusion, err := m.fusion(false)
	require.NoError(t, err)
	tags, err := m.tag(t.Context(), fusion, []string{"a"})
	require.NoError(t, err)
	require.InDelta(t, .8, tags[0].Affect.Valence, 1e-9, "it is heard")

	m.further[0].Tagger = says{err: errors.New("no words")}
	fusion, err = m.fusion(false)
	require.NoError(t, err)
	_, err = m.tag(t.Context(), fusion, []string{"a"})
	require.ErrorContains(t, err, "evaluate: a: clip: no words", "numbers without it would not be its own")
}

// says is a tagger with one opinion.
type says struct {
	valence float64
	err     error
}

func (s says) Tag(context.Context, *vision.Observation) (tagging.Tags, error) {
	return tagging.Tags{Affect: tagging.Estimate{Affect: tagging.Affect{Valence: s.valence}, Spread: .2, Known: true}}, s.err
}
