package soundtrack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// A forged state is refused whole, by the name of the field, and not only where the ranker would stumble.
func TestStateNamesTheForgedField(t *testing.T) {
	t.Parallel()
	thing := func(name string, confidence float64) []tagging.Tag {
		return []tagging.Tag{{Name: name, Confidence: confidence}}
	}
	for _, row := range []struct {
		field string
		forge func(*soundtrack.Analysis)
	}{
		{"affect", func(a *soundtrack.Analysis) { a.Tags.Affect.Valence = 5 }},
		{"caption", func(a *soundtrack.Analysis) { a.Tags.Caption = strings.Repeat("x", 200_000) }},
		{"objects[0]", func(a *soundtrack.Analysis) { a.Tags.Objects = thing("evil\u202e", .5) }},
		{"objects[0]", func(a *soundtrack.Analysis) { a.Tags.Objects = thing("evil", 1e300) }},
		{"scenes[0]", func(a *soundtrack.Analysis) { a.Tags.Scenes = thing("", .5) }},
		{"colours[0]", func(a *soundtrack.Analysis) {
			a.Tags.Colours = []tagging.Colour{{Hex: "javascript:", Name: "red", Share: 1}}
		}},
		{"era", func(a *soundtrack.Analysis) { a.Tags.Era = tagging.Era{Label: "roman", Confidence: 77} }},
		{"era", func(a *soundtrack.Analysis) {
			a.Tags.Era = tagging.Era{Label: tagging.EraModern, Decade: 1500, Confidence: .5, Captured: time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)}
		}},
		{"concepts", func(a *soundtrack.Analysis) {
			a.Tags.Concepts = tagging.ConceptVector{{Concept: "<script>", Weight: 1}}
		}},
		{"concepts", func(a *soundtrack.Analysis) { a.Tags.Concepts = tagging.ConceptVector{{Concept: "sea", Weight: 1.2}} }},
		{"care", func(a *soundtrack.Analysis) { a.Tags.Care = []tagging.Care{{Topic: "boredom", Confidence: .5}} }},
		{"degraded", func(a *soundtrack.Analysis) { a.Tags.Degraded = []tagging.Degradation{{Part: "a\nb"}} }},
		{"palette", func(a *soundtrack.Analysis) { a.Palette.Lightness = 1e300 }},
		{"palette", func(a *soundtrack.Analysis) { a.Palette.Swatches = []vision.Swatch{{Name: "red", Share: 2}} }},
		{"palette", func(a *soundtrack.Analysis) { a.Palette.Swatches = []vision.Swatch{{Name: "red\u202e", Share: 1}} }},
		{"palette", func(a *soundtrack.Analysis) { a.Palette.Swatches = make([]vision.Swatch, 500) }},
		{"size", func(a *soundtrack.Analysis) { a.Width = -1 }},
		{"size", func(a *soundtrack.Analysis) { a.Height = 1 << 40 }},
		{"space", func(a *soundtrack.Analysis) { a.Space = "a\x00b" }},
		{"embedding", func(a *soundtrack.Analysis) { a.Embedding = append(make([]float32, 20_000), 1) }},
	} {
		forged := soundtrack.Analysis{Tags: tagging.Tags{Affect: feels(.5, .5)}}
		row.forge(&forged)
		data, err := forged.MarshalBinary()
		require.NoError(t, err)
		var back soundtrack.Analysis
		err = back.UnmarshalBinary(data)
		require.ErrorIs(t, err, soundtrack.ErrState)
		require.ErrorContains(t, err, row.field+":")
		require.Less(t, len(err.Error()), 300)
		require.Zero(t, back, "nothing of it is kept")
	}
}

// A recommender with a vocabulary of its own makes states with concepts that another does not know: they are no forgery, and
// count for nothing where nobody knows them.
func TestStateKeepsForeignConcepts(t *testing.T) {
	t.Parallel()
	foreign := soundtrack.Analysis{Tags: tagging.Tags{
		Affect:   feels(.5, .2),
		Objects:  []tagging.Tag{{Concept: "company-mascot", Name: "company mascot", Confidence: .9}},
		Concepts: tagging.ConceptVector{{Concept: "company-mascot", Weight: .9}, {Concept: "sea", Weight: .8}},
	}}
	data, err := foreign.MarshalBinary()
	require.NoError(t, err)
	var back soundtrack.Analysis
	require.NoError(t, back.UnmarshalBinary(data))
	require.Equal(t, foreign.Tags, back.Tags)

	plain := foreign
	plain.Tags.Concepts = foreign.Tags.Concepts[1:]
	rec := openPalette(t)
	with, err := rec.Recommend(t.Context(), soundtrack.Request{Analysis: &back, Count: 10})
	require.NoError(t, err)
	without, err := rec.Recommend(t.Context(), soundtrack.Request{Analysis: &plain, Count: 10})
	require.NoError(t, err)
	require.Equal(t, ids(without.Picks), ids(with.Picks))
}
