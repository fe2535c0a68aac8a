package ort

import (
	"encoding/json"
	"math"
	"os"
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
	b := newBackend(t)
	for name, want := range index.Models {
		for _, threads := range []int{1, 2} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
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
				require.NoError(t, s.Run(t.Context(), inputs, outputs))
				require.Equal(t, []int{2, 16}, outputs[0].Shape)
				for i, got := range outputs[0].Data {
					require.Less(t, math.Abs(float64(got-want.Output[i/16][i%16])), 1e-5, "component %d", i)
				}
			})
		}
	}
}

// A card is used where there is one, and must give what the processor gives.
func TestCUDA(t *testing.T) {
	s, err := newBackend(t, WithProviders(CUDA{})).Open(t.Context(), visiontest.TinyModel(t), vision.SessionOptions{})
	if err != nil {
		require.ErrorIs(t, err, ErrProvider)
		t.Skip(err)
	}
	require.Equal(t, "CUDA", s.Info().Device)
	require.NoError(t, s.Close())
	visiontest.RunBackend(t, func(t *testing.T) vision.Backend { return newBackend(t, WithProviders(CUDA{})) })
}
