package visiontest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/ort"
)

// Both backends compute the same through twelve layers of full size: within 10⁻⁴ of outputs that are about 1.
func TestBackendsAgreeInFullSize(t *testing.T) {
	if testing.Short() {
		t.Skip("makes files of 600 MB")
	}
	native, err := ort.New(ort.WithLibrary(testenv.Runtime(t)))
	require.NoError(t, err)
	if _, err := native.Library(); err != nil {
		t.Skip(err)
	}
	pixels, texts := clipPixels(), clipIDs(false)
	pixels.Name, texts[0].Name, texts[1].Name = "pixel_values", "input_ids", "attention_mask"
	for _, c := range []struct {
		output string
		file   vision.ModelFile
		in     []vision.Tensor
	}{
		{"image_embeds", FullCLIP(t).Visual, []vision.Tensor{pixels}},
		{"text_embeds", FullCLIPText(t), texts},
	} {
		results := [2][]vision.Tensor{}
		for i, b := range []vision.Backend{native, onnx.New()} {
			s, err := b.Open(t.Context(), c.file, vision.SessionOptions{Threads: 2})
			require.NoError(t, err)
			results[i] = []vision.Tensor{{Name: c.output}}
			require.NoError(t, s.Run(t.Context(), c.in, results[i]))
			require.NoError(t, s.Close())
		}
		d := distance(results[0][0].Data, results[1][0].Data)
		t.Logf("%s: largest difference %.2g", c.output, d)
		require.Equal(t, results[0][0].Shape, results[1][0].Shape)
		require.LessOrEqual(t, d, 1e-4, c.output)
		require.NotZero(t, d, "two backends that agree in every bit are one")
	}
}
