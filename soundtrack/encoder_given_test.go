package soundtrack

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// joint is a tiny CLIP with both towers.
func joint(t *testing.T, change func(*vision.Manifest)) *vision.JointEncoder {
	t.Helper()
	model := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	change(&model.Manifest)
	encoder, err := vision.NewJointEncoder(t.Context(), model, onnx.New())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, encoder.Close()) })
	return encoder
}

// gradient is a picture.
func gradient(t *testing.T) *vision.Picture {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		img.Set(i%64, i/64, color.RGBA{R: uint8(i % 251), G: uint8(i / 64), B: 90, A: 255})
	}
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, img))
	picture, err := vision.Decode(t.Context(), &file)
	require.NoError(t, err)
	return picture
}

// seenBy is what a recommender sees in the gradient.
func seenBy(t *testing.T, opts ...Option) *Recommendation {
	t.Helper()
	rec, err := Open(t.Context(), append(opts, WithoutSeed())...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rec.Close()) }()
	out, err := rec.Analyze(t.Context(), Request{Picture: gradient(t)})
	require.NoError(t, err)
	return out
}

// An encoder with both towers needs nothing else, whoever brings it; and it is read as its manifest says.
func TestGivenEncoderIsReadByItsTexts(t *testing.T) {
	t.Setenv("SOUNDTRACK_CACHE", t.TempDir())
	prompts := 0
	out := seenBy(t, WithEncoder(joint(t, func(*vision.Manifest) {})), WithPromptProgress(func(done, _ int) { prompts = done }))
	require.Empty(t, out.Degraded)
	require.Greater(t, prompts, 1000)
	require.NotEmpty(t, out.Analysis.Tags.Era.Decades, "only prompts guess decades")

	flat := joint(t, func(m *vision.Manifest) { m.Score = &vision.Score{Kind: vision.ScoreSoftmax, Scale: .01} })
	even := seenBy(t, WithEncoder(flat)).Analysis.Tags.Era.Decades
	for _, d := range even {
		require.InDelta(t, 1/float64(len(even)), d.Share, 1e-3, "cosines that hardly count tell no decade from another")
	}
	require.NotEqual(t, even, out.Analysis.Tags.Era.Decades)
}

// What the program fuses itself is not fused twice, and not said to be missing.
func TestGivenEncoderIsReadByTheFusion(t *testing.T) {
	t.Parallel()
	encoder := joint(t, func(*vision.Manifest) {})
	own, err := tagging.NewZeroShot(t.Context(), encoder)
	require.NoError(t, err)
	pictures := picturesOf{encoder}
	for name, opts := range map[string][]Option{
		"both towers": {WithEncoder(encoder)}, "one tower": {WithEncoder(pictures)},
	} {
		for _, tagger := range []string{tagging.ZeroShotName, "words"} {
			out := seenBy(t, append(opts, WithFusion(tagging.Named{Name: tagger, Tagger: own}))...)
			require.Empty(t, out.Degraded, name)
			require.Equal(t, tagging.ZeroShotName, out.Analysis.Tags.Era.Evidence[0].Tagger, name)
		}
	}

	other := joint(t, func(m *vision.Manifest) { m.ID = "another" })
	out := seenBy(t, WithEncoder(picturesOf{other}), WithFusion(tagging.Named{Name: "words", Tagger: own}))
	require.Len(t, out.Degraded, 1, "it reads another space")
	require.Contains(t, out.Degraded[0].Reason, "nothing reads the embeddings of another, for no tagger knows it")
	out = seenBy(t, WithEncoder(mutedTexts{pictures}))
	require.Len(t, out.Degraded, 1)
	require.Contains(t, out.Degraded[0].Reason, "its text tower cannot be used")

	hub := offlineHub(t)
	m := standIn(t, hub, PresetCLIPLAION)
	reads := WithFusion(tagging.Named{Name: "words", Tagger: readsSpace(vision.ModelInfo{ID: m.ID, Digest: m.Visual.File.SHA256}.Space())})
	require.Empty(t, seenBy(t, WithManifest(m), WithModelHub(hub), WithBackend(onnx.New()), reads).Degraded, "nor of a model that was opened")
}

func TestGivenEncoderIsGivenUpWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Open(ctx, WithEncoder(picturesAndTexts{picturesOf{joint(t, func(*vision.Manifest) {})}}), WithoutSeed())
	require.ErrorIs(t, err, context.Canceled)
}

func TestOpenZeroShot(t *testing.T) {
	t.Parallel()
	hub := offlineHub(t)
	m := cachedCLIP(t, hub, PresetCLIPLAION)
	from := []Option{WithModelHub(hub), WithBackend(onnx.New())}
	reader, err := OpenZeroShot(t.Context(), m, from...)
	require.NoError(t, err)
	require.Equal(t, vision.ModelInfo{ID: m.ID, Digest: m.Visual.File.SHA256}.Space(), reader.Space())

	_, err = OpenZeroShot(t.Context(), standIn(t, hub, "own"), from...)
	require.ErrorIs(t, err, ErrNoZeroShot)
	require.ErrorContains(t, err, "it has no text tower")
	_, err = OpenZeroShot(t.Context(), compact.Manifest(), from...)
	require.ErrorIs(t, err, ErrNoZeroShot)
	_, err = OpenZeroShot(t.Context(), m, WithModelHub(offlineHub(t)), WithBackend(onnx.New()))
	require.ErrorIs(t, err, ErrNoZeroShot)
	require.ErrorContains(t, err, "soundtrack models pull "+m.ID)
	_, err = OpenZeroShot(t.Context(), m, append(from, WithTagger(tagging.PaletteTagger{}))...)
	require.ErrorContains(t, err, "excludes")
	_, err = OpenZeroShot(t.Context(), vision.Manifest{}, from...)
	require.Error(t, err)
}

// picturesOf hides that an encoder embeds texts.
type picturesOf struct{ joint *vision.JointEncoder }

func (e picturesOf) Encode(ctx context.Context, pictures []*vision.Picture) ([][]float32, error) {
	return e.joint.Encode(ctx, pictures)
}
func (e picturesOf) Info() vision.ModelInfo { return e.joint.Info() }

// mutedTexts fails to embed texts.
type mutedTexts struct{ picturesOf }

func (mutedTexts) EncodeText(context.Context, []string) ([][]float32, error) {
	return nil, errors.New("no words")
}

// picturesAndTexts embeds both, and does not say which weights embed texts: their vectors are not kept.
type picturesAndTexts struct{ picturesOf }

func (e picturesAndTexts) EncodeText(ctx context.Context, texts []string) ([][]float32, error) {
	return e.joint.EncodeText(ctx, texts)
}

// readsSpace is a tagger that says which space it reads, and nothing else.
type readsSpace string

func (r readsSpace) Space() string { return string(r) }
func (readsSpace) Tag(context.Context, *vision.Observation) (tagging.Tags, error) {
	return tagging.Tags{Affect: tagging.Estimate{Spread: tagging.UnknownSpread}}, nil
}
