package onnx

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestExampleModel makes the file of the package's example, and notices if models are written in another way than before.
func TestExampleModel(t *testing.T) {
	t.Parallel()
	m := &onnxfile.Model{ProducerName: "soundtrack", Opset: 17, Graph: onnxfile.Graph{
		Name: "example",
		Nodes: []onnxfile.Node{
			{Name: "product", Op: "Gemm", Inputs: []string{"x", "W", "b"}, Outputs: []string{"xW"}},
			{Name: "clip", Op: "Clip", Inputs: []string{"xW", "lo", "hi"}, Outputs: []string{"y"}},
		},
		Initializers: []onnxfile.Tensor{
			onnxfile.FloatTensor("W", []int{2, 2}, []float32{1, -1, 2, 0.5}), onnxfile.FloatTensor("b", []int{2}, []float32{0, 1}),
			onnxfile.FloatTensor("lo", nil, []float32{0}), onnxfile.FloatTensor("hi", nil, []float32{6}),
		},
		Inputs:  []onnxfile.ValueInfo{{Name: "x", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 2)}},
		Outputs: []onnxfile.ValueInfo{{Name: "y", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 2)}},
	}}
	data, err := m.Marshal()
	require.NoError(t, err)
	path := filepath.Join("testdata", "example.onnx")
	if *update {
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, data)
}
