package zeroshot_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
	"github.com/soundtrack-go/sdk/vision/zeroshot"
)

// TestTinyCLIP goes the whole way with both towers of a model in pure Go: pictures and prompts in, probabilities out, and the
// second time without the text tower.
func TestTinyCLIP(t *testing.T) {
	t.Parallel()
	model := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	encoder, err := vision.NewJointEncoder(t.Context(), model, onnx.New())
	require.NoError(t, err)
	labels, dir := []string{"cat", "dog", "the sea at night"}, t.TempDir()
	options := []zeroshot.Option{
		zeroshot.WithTemplates("a photo of a {}.", "{}"), zeroshot.WithScore(model.Manifest.Score), zeroshot.WithCacheDir(dir),
	}
	classifier, err := zeroshot.New(t.Context(), encoder, labels, options...)
	require.NoError(t, err)
	require.NoError(t, classifier.CacheError())
	texts, err := encoder.EncodeText(t.Context(), []string{
		"a photo of a cat.", "cat", "a photo of a dog.", "dog", "a photo of a the sea at night.", "the sea at night",
	})
	require.NoError(t, err)
	pictures, err := encoder.Encode(t.Context(), visiontest.Pictures())
	require.NoError(t, err)
	require.NoError(t, encoder.Close())

	for _, v := range pictures {
		matches, err := classifier.Classify(v)
		require.NoError(t, err)
		sum := 0.0
		for l, m := range matches {
			w := unit(mean([][]float64{widen(texts[2*l]), widen(texts[2*l+1])}))
			require.InDelta(t, dot(widen(v), w), m.Cosine, 1e-6)
			sum += m.Probability
		}
		require.InDelta(t, 1, sum, 1e-9)
		require.InDelta(t, math.Exp(100*(matches[0].Cosine-matches[1].Cosine)), matches[0].Probability/matches[1].Probability,
			1e-6*matches[0].Probability/matches[1].Probability)
	}
	again, err := zeroshot.New(t.Context(), encoder, labels, options...)
	require.NoError(t, err, "a closed encoder shows that no text is embedded")
	require.Equal(t, classifier.Vectors(), again.Vectors())
}
