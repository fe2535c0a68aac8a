package tagging_test

import (
	"encoding/json"
	"io/fs"
	"math"
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
	require.InDelta(t, .75, d.Fit.LeftOut.Inside, .04, "68 % of people's ratings, so more of the teacher's own")
	require.Len(t, d.Fit.Controls, 3)
	for _, c := range d.Fit.Controls {
		require.Less(t, c.Valence, d.Fit.LeftOut.Valence-.05, c.Name)
		require.Less(t, c.Arousal, d.Fit.LeftOut.Arousal-.05, c.Name)
	}
	require.Less(t, d.Weights.Bytes, 2_500_000)
}

// changed is the shipped head with another description.
func changed(t *testing.T, change func(*tagging.HeadDescription)) *tagging.AffectHead {
	t.Helper()
	d, ok := tagging.DefaultAffectHead().Describe(compactInfo(t))
	require.True(t, ok)
	change(&d)
	description, err := json.Marshal(d)
	require.NoError(t, err)
	names, err := fs.Glob(os.DirFS("heads"), "*.head.bin")
	require.NoError(t, err)
	require.Len(t, names, 1)
	weights, err := fs.ReadFile(os.DirFS("heads"), names[0])
	require.NoError(t, err)
	h, err := tagging.ReadAffectHead(fstest.MapFS{"a.head.json": {Data: description}, "a.head.bin": {Data: weights}}, ".")
	require.NoError(t, err)
	return h
}

// Heads of one's own come before those of the other side for their encoders, and leave it the rest.
func TestAffectHeadsJoin(t *testing.T) {
	t.Parallel()
	shipped, o := tagging.DefaultAffectHead(), made(t, 5)
	gloomy := changed(t, func(d *tagging.HeadDescription) { d.Valence.Offset = -10 })
	elsewhere := changed(t, func(d *tagging.HeadDescription) { d.Encoder.ID, d.Encoder.Digest = "another", "ffff" })
	other := *o.Encoding
	other.Model.Digest = "ffff"
	valence := func(h *tagging.AffectHead, e *vision.Encoding) (float64, bool) {
		tags, err := h.Tag(t.Context(), &vision.Observation{Encoding: e})
		require.NoError(t, err)
		return tags.Affect.Valence, tags.Affect.Known
	}
	usual, known := valence(shipped, o.Encoding)
	require.True(t, known)
	require.Greater(t, usual, -1.)
	for _, row := range []struct {
		name        string
		joined      *tagging.AffectHead
		here        float64
		knowsOthers bool
		encoders    []string
	}{
		{"nothing of one's own", shipped.With(nil), usual, false, []string{"compact"}},
		{"for the same encoder", shipped.With(gloomy), -1, false, []string{"compact"}},
		{"the other way round", gloomy.With(shipped), usual, false, []string{"compact"}},
		{"for another", shipped.With(elsewhere), usual, true, []string{"another", "compact"}},
		{"for both", shipped.With(elsewhere.With(gloomy)), -1, true, []string{"another", "compact"}},
		{"to nothing", new(tagging.AffectHead).With(gloomy), -1, false, []string{"compact"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			here, known := valence(row.joined, o.Encoding)
			require.True(t, known)
			require.InDelta(t, row.here, here, 1e-9)
			there, known := valence(row.joined, &other)
			require.Equal(t, row.knowsOthers, known)
			if known {
				require.InDelta(t, usual, there, 1e-9)
			}
			var encoders []string
			for _, d := range row.joined.Descriptions() {
				encoders = append(encoders, d.Encoder.ID)
			}
			require.Equal(t, row.encoders, encoders)
			again, _ := valence(shipped, o.Encoding)
			require.InDelta(t, usual, again, 0, "what is joined stays as it is")
		})
	}
}

// The head reads the table at the temperature that it was fitted with, not at the network's own.
func TestHeadReadsTheTableAtItsTemperature(t *testing.T) {
	t.Parallel()
	o := made(t, 8)
	o.Encoding.Outputs["logits"][978] = 9 // seashore, but not for certain
	valence := func(h *tagging.AffectHead) float64 {
		tags, err := h.Tag(t.Context(), o)
		require.NoError(t, err)
		return tags.Affect.Valence
	}
	shipped := tagging.DefaultAffectHead()
	d, ok := shipped.Describe(o.Encoding.Model)
	require.True(t, ok)
	mild := changed(t, func(d *tagging.HeadDescription) { d.Temperature = 2 })
	table := func(temperature float64) float64 {
		return tagging.LabelAffect(o.Encoding.Outputs["logits"], temperature).Valence
	}
	require.Greater(t, math.Abs(table(d.Temperature)-table(1)), .02, "the test can tell")
	require.InDelta(t, d.Valence.Gain*(table(d.Temperature)-table(2)), valence(shipped)-valence(mild), 1e-6)
}

// Without the head the default taggers read affect off the unfitted table; with it the table does not count twice.
func TestHeadCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	o := made(t, 6)
	heard := func(opts ...tagging.FusionOption) map[string]bool {
		f, err := tagging.Default().With(opts...)
		require.NoError(t, err)
		tags, err := f.Tag(t.Context(), o)
		require.NoError(t, err)
		names := map[string]bool{}
		for _, e := range tags.AffectEvidence {
			names[e.Tagger] = true
		}
		return names
	}
	on, off := heard(), heard(tagging.WithoutTagger(tagging.HeadName))
	require.True(t, on[tagging.HeadName])
	require.False(t, on[tagging.LabelsName])
	require.False(t, off[tagging.HeadName])
	require.True(t, off[tagging.LabelsName])
	silent := changed(t, func(d *tagging.HeadDescription) { d.Encoder.Digest = "0000" })
	require.Equal(t, off, heard(tagging.Replacing(tagging.HeadName, silent)))
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
