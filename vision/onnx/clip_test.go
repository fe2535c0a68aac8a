package onnx_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

// tinyCLIP is index.json beside the tiny CLIP models: their outputs, made by the reference implementation.
type tinyCLIP struct {
	IDs    [][]int64 `json:"text_input_ids"`
	Models map[string]struct {
		SHA256 string      `json:"sha256"`
		Output [][]float32 `json:"output"`
	} `json:"models"`
}

// TestTinyCLIP runs the tiny CLIP models, which have both the names and types of the hub's exports and those of
// immich's, and compares with the reference's numbers. An embedding of another activation differs by 0.005.
func TestTinyCLIP(t *testing.T) {
	t.Parallel()
	folder := testenv.Data(t, "clip-reference", "tiny-onnx")
	var index tinyCLIP
	data, err := os.ReadFile(filepath.Join(folder, "index.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &index))
	require.Len(t, index.Models, 5)
	pixels := make([]float32, 2*3*224*224)
	for k := range pixels {
		pixels[k] = float32(float64(uint32(uint64(k)*2654435761))/(1<<31) - 1)
	}
	var ids, mask []int64
	for _, row := range index.IDs {
		ids = append(ids, row...)
		for range row {
			mask = append(mask, 1)
		}
	}
	given := map[string]vision.Tensor{
		"pixel_values": {Shape: []int{2, 3, 224, 224}, Data: pixels}, "image": {Shape: []int{2, 3, 224, 224}, Data: pixels},
		"input_ids": {Shape: []int{2, 77}, Ints: ids}, "text": {Shape: []int{2, 77}, Ints: ids},
		"attention_mask": {Shape: []int{2, 77}, Ints: mask},
	}
	for file, model := range index.Models {
		for name, backend := range map[string]*onnx.Backend{"generic": onnx.New(onnx.WithGenericKernels()), "best": onnx.New()} {
			for _, threads := range []int{1, 3} {
				s, err := backend.Open(t.Context(),
					vision.ModelFile{Path: filepath.Join(folder, file), SHA256: model.SHA256}, vision.SessionOptions{Threads: threads})
				require.NoError(t, err, file)
				var in []vision.Tensor
				for _, info := range s.Signature().Inputs {
					x := given[info.Name]
					x.Name = info.Name
					in = append(in, x)
				}
				out := []vision.Tensor{{Name: s.Signature().Outputs[0].Name}}
				require.NoError(t, s.Run(t.Context(), in, out), file)
				require.Equal(t, []int{2, len(model.Output[0])}, out[0].Shape)
				worst := 0.0
				for i, v := range out[0].Data {
					want := model.Output[i/out[0].Shape[1]][i%out[0].Shape[1]]
					worst = max(worst, math.Abs(float64(v-want)))
				}
				require.LessOrEqual(t, worst, 1e-5, "%s with %s kernels", file, name)
				t.Logf("%s %s threads=%d worst %.2g", file, name, threads, worst)
				require.NoError(t, s.Close())
			}
		}
	}
}
