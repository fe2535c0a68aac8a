package tagging_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/taggingtest"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
)

// compactInfo is the model that a head ships for.
func compactInfo(t *testing.T) vision.ModelInfo {
	t.Helper()
	m := compact.Manifest()
	return vision.ModelInfo{ID: m.ID, Dim: m.Dim, Digest: m.Visual.File.SHA256, Labels: compact.LabelSet}
}

// made is an observation with numbers of the right shapes and no meaning.
func made(t *testing.T, seed uint64) *vision.Observation {
	t.Helper()
	info := compactInfo(t)
	d, ok := tagging.DefaultAffectHead().Describe(info)
	require.True(t, ok)
	rng := rand.New(rand.NewPCG(seed, 4))
	numbers := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(rng.Float64())
		}
		return x
	}
	e := &vision.Encoding{Model: info, Embedding: numbers(info.Dim), Outputs: map[string][]float32{"logits": numbers(1000)}}
	for _, b := range d.Blocks[1:] {
		e.Outputs[b.Output] = numbers(b.Size)
	}
	return &vision.Observation{Encoding: e}
}

func TestAffectHeadConformance(t *testing.T) {
	t.Parallel()
	taggingtest.Run(t, tagging.DefaultAffectHead(), made(t, 1), made(t, 2))
}

func TestAffectHeadReadsItsEncoderOnly(t *testing.T) {
	t.Parallel()
	head, o := tagging.DefaultAffectHead(), made(t, 3)
	tags, err := head.Tag(t.Context(), o)
	require.NoError(t, err)
	require.True(t, tags.Affect.Known)

	other := *o.Encoding
	other.Model.Digest = "0000"
	tags, err = head.Tag(t.Context(), &vision.Observation{Encoding: &other})
	require.NoError(t, err)
	require.False(t, tags.Affect.Known, "other weights have other directions")

	lacking := *o.Encoding
	lacking.Outputs = map[string][]float32{"logits": o.Encoding.Outputs["logits"]}
	_, err = head.Tag(t.Context(), &vision.Observation{Encoding: &lacking})
	require.ErrorIs(t, err, tagging.ErrHead)
}

// The description is what people judge the head by, so it must say what a reader needs.
func TestShippedHeadDescribesItself(t *testing.T) {
	t.Parallel()
	d, ok := tagging.DefaultAffectHead().Describe(compactInfo(t))
	require.True(t, ok)
	require.Greater(t, d.Data.Pictures, 400)
	require.Greater(t, d.Data.Groups, 150)
	require.Greater(t, d.Fit.Tries, 400, "a search that is not told is a lie")
	require.Greater(t, d.Fit.LeftOut.Valence, .55)
	require.Greater(t, d.Fit.LeftOut.Arousal, .70)
	require.InDelta(t, .68, d.Fit.LeftOut.Inside, .05)
	require.Len(t, d.Fit.Controls, 3)
	for _, c := range d.Fit.Controls {
		require.Less(t, c.Valence, d.Fit.LeftOut.Valence-.05, c.Name)
		require.Less(t, c.Arousal, d.Fit.LeftOut.Arousal-.05, c.Name)
	}
	require.Less(t, d.Weights.Bytes, 2_500_000)
}

func TestReadAffectHeadRefuses(t *testing.T) {
	t.Parallel()
	shipped := os.DirFS("heads")
	names, err := fs.Glob(shipped, "*"+tagging.HeadSuffix)
	require.NoError(t, err)
	require.Len(t, names, 1)
	description, err := fs.ReadFile(shipped, names[0])
	require.NoError(t, err)
	weights, err := fs.ReadFile(shipped, names[0][:len(names[0])-len(".json")]+".bin")
	require.NoError(t, err)
	file := func(b []byte) *fstest.MapFile { return &fstest.MapFile{Data: b} }
	for _, row := range []struct {
		name  string
		files fstest.MapFS
		is    error
	}{
		{"no folder", fstest.MapFS{}, fs.ErrNotExist},
		{"no head", fstest.MapFS{"h/readme.json": file(nil)}, fs.ErrNotExist},
		{"no weights", fstest.MapFS{"h/a.head.json": file(description)}, fs.ErrNotExist},
		{"half the weights", fstest.MapFS{"h/a.head.json": file(description), "h/a.head.bin": file(weights[:1000])}, tagging.ErrHead},
		{"two for one encoder", fstest.MapFS{
			"h/a.head.json": file(description), "h/a.head.bin": file(weights),
			"h/b.head.json": file(description), "h/b.head.bin": file(weights),
		}, tagging.ErrHead},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := tagging.ReadAffectHead(row.files, "h")
			require.ErrorIs(t, err, row.is)
		})
	}
}

func TestLabelAffect(t *testing.T) {
	t.Parallel()
	logits := make([]float32, 1000)
	logits[978] = 30 // seashore: certain
	sure := tagging.LabelAffect(logits, 1)
	want := tagging.ImageNetLabels()[978].Affect
	require.InDelta(t, want.Valence, sure.Valence, 1e-6)
	require.InDelta(t, want.Arousal, sure.Arousal, 1e-6)
	require.Greater(t, tagging.LabelAffect(logits, 10).Spread, sure.Spread, "doubt widens the spread")
	require.False(t, tagging.LabelAffect(logits[:5], 1).Known)
	require.False(t, tagging.LabelAffect(logits, 0).Known)
}
