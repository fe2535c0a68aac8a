package match

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/vision"
)

func TestPalette(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	sounding := func(title string, mode, loudness, tempo float64) catalog.Candidate {
		c := song(title, .2, .2)
		c.Song.Sound = &catalog.Sound{Mode: mode, Loudness: loudness, Tempo: tempo}
		return c
	}
	candidates := []catalog.Candidate{sounding("bright", .9, .8, .8), sounding("dark", .1, .2, .2), song("silent", .2, .2)}
	q := Query{Palette: vision.Palette{Swatches: []vision.Swatch{{Share: 1}}, Lightness: 80, Activity: 1}}
	require.Equal(t, []string{"bright", "silent", "dark"}, titles(byPart(t, rank(t, r, q, candidates), PartPalette)))
	q.Palette.Lightness, q.Palette.Activity = 20, -1.6
	require.Equal(t, []string{"dark", "silent", "bright"}, titles(byPart(t, rank(t, r, q, candidates), PartPalette)))
	q.Dials.Contrast = 1
	require.Equal(t, []string{"bright", "silent", "dark"}, titles(byPart(t, rank(t, r, q, candidates), PartPalette)))

	for _, p := range rank(t, r, Query{}, candidates) {
		require.Len(t, p.Parts, 1, "an empty palette is no black picture")
	}
}

func TestJoint(t *testing.T) {
	t.Parallel()
	r := newRanker(t, WithJointRange(.1, .5))
	q := picture(.2, .2)
	near, middle, far, none := song("near", .2, .2), song("middle", .2, .2), song("far", .2, .2), song("none", .2, .2)
	near.Similarity, near.HasSimilarity = .6, true
	middle.Similarity, middle.HasSimilarity = .2, true
	far.Similarity, far.HasSimilarity = -.3, true

	for _, p := range rank(t, r, q, []catalog.Candidate{near}) {
		require.Len(t, p.Parts, 2, "no encoding, no joint part")
	}
	q.Embedding, q.Space = []float32{1, 0}, "clip@1"
	values := map[string]float64{}
	for _, p := range rank(t, r, q, []catalog.Candidate{none, far, near, middle}) {
		values[p.Song.Title] = part(t, p, PartJoint).Value
	}
	require.InDelta(t, 1, values["near"], 1e-12)
	require.InDelta(t, .25, values["middle"], 1e-12)
	require.Zero(t, values["far"])
	require.InDelta(t, .5, values["none"], 1e-12)
	for _, p := range rank(t, r, q, []catalog.Candidate{none}) {
		require.Len(t, p.Parts, 2, "no song has a vector: the part is left out for all")
	}
}

// byPart orders picks by one part.
func byPart(t *testing.T, picks []Pick, name PartName) []Pick {
	t.Helper()
	for i := range picks {
		for j := i + 1; j < len(picks); j++ {
			if part(t, picks[j], name).Value > part(t, picks[i], name).Value {
				picks[i], picks[j] = picks[j], picks[i]
			}
		}
	}
	return picks
}
