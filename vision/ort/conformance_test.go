package ort

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]Option{
		"default": nil, "without arena": {WithoutArena()}, "one run at once": {WithMaxRuns(1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			visiontest.RunBackend(t, func(t *testing.T) vision.Backend { return newBackend(t, opts...) })
		})
	}
}

// The tiny CLIP models were computed by transformers: pictures and texts, with the names and types of both kinds of hub.
func TestTinyCLIP(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	for _, threads := range []int{1, 2} {
		t.Run(fmt.Sprintf("threads=%d", threads), func(t *testing.T) {
			t.Parallel()
			checkReference(t, b, threads, 1e-5)
		})
	}
}

// checkReference compares what the tiny CLIP models give on b, about 1, with what transformers gives.
func checkReference(t *testing.T, b *Backend, threads int, tolerance float64) {
	t.Helper()
	data, err := os.ReadFile(testenv.Data(t, "clip-reference", "tiny-onnx", "index.json"))
	require.NoError(t, err)
	var index struct {
		TextInputIDs [][]int64 `json:"text_input_ids"`
		Models       map[string]struct {
			SHA256 string
			Output [][]float32
		}
	}
	require.NoError(t, json.Unmarshal(data, &index))
	require.NotEmpty(t, index.Models)
	var ids, mask []int64
	for _, row := range index.TextInputIDs {
		ids = append(ids, row...)
		for range row {
			mask = append(mask, 1)
		}
	}
	for name, want := range index.Models {
		t.Run(name, func(t *testing.T) {
			file := vision.ModelFile{Path: testenv.Data(t, "clip-reference", "tiny-onnx", name), SHA256: want.SHA256}
			s := openModel(t, b, file, threads)
			var inputs []vision.Tensor
			for _, in := range s.Signature().Inputs {
				input := vision.Tensor{Name: in.Name, Shape: []int{2, 77}, Ints: ids}
				switch in.Name {
				case "attention_mask":
					input.Ints = mask
				case "image", "pixel_values":
					input = vision.Tensor{Name: in.Name, Shape: []int{2, 3, 224, 224}, Data: formula(2, 3, 224, 224)}
				}
				inputs = append(inputs, input)
			}
			outputs := []vision.Tensor{{Name: s.Signature().Outputs[0].Name}}
			for range 2 { // the second time with the memory of the first
				require.NoError(t, s.Run(t.Context(), inputs, outputs))
				require.Equal(t, []int{2, 16}, outputs[0].Shape)
				requireNear(t, slices.Concat(want.Output...), outputs[0].Data, tolerance)
			}
		})
	}
}

// requireNear compares component by component.
func requireNear(t *testing.T, want, got []float32, tolerance float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.LessOrEqual(t, math.Abs(float64(got[i])-float64(want[i])), tolerance, "component %d", i)
	}
}
