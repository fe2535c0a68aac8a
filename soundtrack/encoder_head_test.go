package soundtrack_test

import (
	"bytes"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/affecthead"
	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// gloomyHead is a head for a model that feels the same about every picture: valence -.8, arousal -.4. It was good, it says,
// at pictures left out.
func gloomyHead(t *testing.T, model vision.ModelInfo) *tagging.AffectHead {
	return scoredHead(t, model, .7)
}

func scoredHead(t *testing.T, model vision.ModelInfo, leftOut float64) *tagging.AffectHead {
	t.Helper()
	axis := func(offset float64) affecthead.Axis {
		return affecthead.Axis{Kernel: affecthead.Linear, Outputs: []string{affecthead.Embedding}, Offset: offset}
	}
	h := affecthead.Head{
		Description: affecthead.Description{
			Version: affecthead.Version, Encoder: affecthead.Encoder{ID: model.ID, Digest: model.Digest},
			Blocks:  []affecthead.Block{{Output: affecthead.Embedding, Size: model.Dim, Weight: 1}},
			Valence: axis(-.8), Arousal: axis(-.4), Spread: affecthead.Spread{Base: .2}, Data: affecthead.Data{Pictures: 1},
			Fit: affecthead.Fit{LeftOut: affecthead.Score{Valence: leftOut, Arousal: leftOut}},
		},
		Mean: make([]float32, model.Dim), Scale: make([]float32, model.Dim),
	}
	for i := range h.Axes {
		h.Axes[i].Weights = make([]float32, model.Dim)
	}
	var description, weights bytes.Buffer
	require.NoError(t, h.Write(&description, &weights))
	read, err := tagging.ReadAffectHead(fstest.MapFS{
		"gloomy.head.json": {Data: description.Bytes()}, "gloomy.head.bin": {Data: weights.Bytes()},
	}, ".")
	require.NoError(t, err)
	return read
}

// felt looks at a picture and returns the answer with the taggers that say how it feels.
func felt(t *testing.T, opts ...soundtrack.Option) (out *soundtrack.Recommendation, heard map[string]bool) {
	t.Helper()
	out, err := open(t, opts...).Analyze(t.Context(), soundtrack.Request{Image: sunset()})
	require.NoError(t, err)
	heard = map[string]bool{}
	for _, e := range out.Analysis.Tags.AffectEvidence {
		heard[e.Tagger] = true
	}
	return out, heard
}

// A head makes an encoder that nobody reads say how pictures feel; the answer does not deny it.
func TestAffectHeadReadsOwnEncoder(t *testing.T) {
	t.Parallel()
	own := soundtrack.WithAffectHead(gloomyHead(t, beach{}.Info()))
	mute, heard := felt(t, soundtrack.WithEncoder(beach{}))
	require.False(t, heard[tagging.HeadName])
	require.Contains(t, mute.Degraded[0].Reason, "nothing reads the embeddings of beach")
	require.Contains(t, mute.Degraded[0].Reason, "things, scenes and mood come from colours alone")

	out, heard := felt(t, soundtrack.WithEncoder(beach{}), own)
	require.True(t, heard[tagging.HeadName])
	require.Less(t, out.Analysis.Tags.Affect.Valence, mute.Analysis.Tags.Affect.Valence-.3)
	require.Contains(t, out.Degraded[0].Reason, "only the affect head reads the embeddings of beach")
	require.Contains(t, out.Degraded[0].Reason, ": things and scenes come from colours alone")

	_, heard = felt(t, soundtrack.WithEncoder(beach{}), own, soundtrack.WithFusion(tagging.WithoutTagger(tagging.HeadName)))
	require.False(t, heard[tagging.HeadName], "WithFusion comes after")
	_, err := soundtrack.Open(t.Context(), soundtrack.WithEncoder(beach{}), soundtrack.WithoutAffectHead(),
		soundtrack.WithFusion(tagging.Replacing(tagging.HeadName, joyful{})))
	require.ErrorContains(t, err, "no such tagger; there are labels")
}

// For the encoder that the shipped head reads, one's own takes its place, and without any the table of labels decides.
func TestAffectHeadReplacesTheShippedOne(t *testing.T) {
	t.Parallel()
	model := testenv.CompactModel(t).Manifest
	info := vision.ModelInfo{ID: model.ID, Dim: model.Dim, Digest: model.Visual.File.SHA256}
	compact := []soundtrack.Option{soundtrack.WithPreset(soundtrack.PresetCompact), soundtrack.WithOffline()}

	usual, heard := felt(t, compact...)
	require.True(t, heard[tagging.HeadName])
	require.False(t, heard[tagging.LabelsName])

	own, heard := felt(t, append(compact, soundtrack.WithAffectHead(gloomyHead(t, info)))...)
	require.True(t, heard[tagging.HeadName])
	require.Less(t, own.Analysis.Tags.Affect.Valence, -.4)
	require.Less(t, own.Analysis.Tags.Affect.Valence, usual.Analysis.Tags.Affect.Valence-.1)

	off, heard := felt(t, append(compact, soundtrack.WithoutAffectHead())...)
	require.False(t, heard[tagging.HeadName])
	require.True(t, heard[tagging.LabelsName])
	require.Empty(t, off.Degraded, "it was asked for")
}

// A head counts as far as its own score goes, not as far as the shipped one's.
func TestAffectHeadCountsAsItWasMeasured(t *testing.T) {
	t.Parallel()
	valence := func(leftOut float64) float64 {
		head := soundtrack.WithAffectHead(scoredHead(t, beach{}.Info(), leftOut))
		out, _ := felt(t, soundtrack.WithEncoder(beach{}), head)
		return out.Analysis.Tags.Affect.Valence
	}
	mute, _ := felt(t, soundtrack.WithEncoder(beach{}))
	require.Equal(t, mute.Analysis.Tags.Affect.Valence, valence(0), "it knew nothing")
	require.Equal(t, mute.Analysis.Tags.Affect.Valence, valence(-.3), "it knew less than nothing")
	require.Less(t, valence(.2), valence(0))
	require.Less(t, valence(.7), valence(.2))
}

// A head that nobody would hear is a mistake, and the error says which encoder it wants.
func TestAffectHeadForAnotherEncoder(t *testing.T) {
	t.Setenv("SOUNDTRACK_CACHE", t.TempDir())
	elsewhere := beach{}.Info()
	elsewhere.Digest = "2222222222223333"
	heads := gloomyHead(t, elsewhere).With(gloomyHead(t, vision.ModelInfo{ID: "alps", Dim: 2, Digest: "9"}))
	for _, row := range []struct {
		name string
		opts []soundtrack.Option
		says []string
	}{
		{"of one's own", []soundtrack.Option{soundtrack.WithEncoder(beach{})}, []string{"it is beach@1,", "train affect --encoder beach,"}},
		{"colours only", []soundtrack.Option{soundtrack.WithPreset(soundtrack.PresetPalette)}, []string{"palette reads colours only", "with --encoder"}},
		{"the best at hand", []soundtrack.Option{soundtrack.WithOffline()}, []string{"palette reads colours only", "with --encoder"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := soundtrack.Open(t.Context(), append(row.opts, soundtrack.WithAffectHead(heads))...)
			require.ErrorIs(t, err, soundtrack.ErrAffectHead)
			for _, words := range append(row.says, "the heads are for alps@9, beach@222222222222;") {
				require.ErrorContains(t, err, words)
			}
		})
	}
}
