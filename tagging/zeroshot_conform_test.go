package tagging_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/taggingtest"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestZeroShotConforms(t *testing.T) {
	t.Parallel()
	model := visiontest.TinyCLIP(t, visiontest.CLIPImmich)
	encoder, err := vision.NewJointEncoder(t.Context(), model, onnx.New())
	require.NoError(t, err)
	defer encoder.Close()
	// Random towers tell nothing apart: a temperature far below 1 makes them name things all the same.
	bold := map[tagging.Kind]tagging.Calibration{}
	for _, c := range tagging.DefaultVocabulary().Concepts() {
		if c.Kind != tagging.KindMusic && c.Kind != tagging.KindGenre { // they are not seen
			bold[c.Kind] = tagging.Calibration{Temperature: .05}
		}
	}
	z, err := tagging.NewZeroShot(t.Context(), encoder, tagging.WithCalibration(bold))
	require.NoError(t, err)
	fusion, err := tagging.Default().With(tagging.Named{Name: tagging.ZeroShotName, Tagger: z})
	require.NoError(t, err)
	observer, err := vision.NewObserver(vision.WithEncoder(encoder))
	require.NoError(t, err)
	var observations []*vision.Observation
	for _, picture := range visiontest.Pictures() {
		o, err := observer.Observe(t.Context(), picture)
		require.NoError(t, err)
		observations = append(observations, o)
	}
	tags, err := z.Tag(t.Context(), observations[0])
	require.NoError(t, err)
	require.NotEmpty(t, tags.Concepts, "there is something to check")
	t.Run("alone", func(t *testing.T) { taggingtest.Run(t, z, observations...) })
	t.Run("fused", func(t *testing.T) { taggingtest.Run(t, fusion, observations...) })
}
