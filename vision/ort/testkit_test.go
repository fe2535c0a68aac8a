package ort

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestMain(m *testing.M) {
	if os.Getenv(envInterrupt) != "" {
		os.Exit(untilInterrupted())
	}
	goleak.VerifyTestMain(m)
}

// newBackend makes a backend with the library of the machine, or skips.
func newBackend(t testing.TB, opts ...Option) *Backend {
	t.Helper()
	if !built {
		t.Skip("built without cgo")
	}
	b, err := New(append([]Option{WithLibrary(testenv.Runtime(t))}, opts...)...)
	require.NoError(t, err)
	return b
}

// newCard makes a backend that computes on a card alone, or skips with the reason why it cannot.
func newCard(t testing.TB, cuda CUDA, opts ...Option) *Backend {
	t.Helper()
	b := newBackend(t, append([]Option{WithProviders(cuda)}, opts...)...)
	s, err := b.Open(t.Context(), visiontest.TinyModel(t), vision.SessionOptions{})
	if err != nil {
		require.ErrorIs(t, err, ErrProvider)
		t.Skip(err)
	}
	require.Equal(t, "CUDA", s.Info().Device)
	require.Empty(t, s.Info().Note)
	require.NoError(t, s.Close())
	return b
}

// openModel opens a model for the length of a test.
func openModel(t testing.TB, b vision.Backend, model vision.ModelFile, threads int) vision.Session {
	t.Helper()
	s, err := b.Open(t.Context(), model, vision.SessionOptions{Threads: threads})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// writeModel writes m into a temporary folder.
func writeModel(t testing.TB, m *onnxfile.Model) vision.ModelFile {
	t.Helper()
	data, err := m.Marshal()
	require.NoError(t, err)
	return writeFile(t, data)
}

func writeFile(t testing.TB, data []byte) vision.ModelFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.onnx")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	sum := sha256.Sum256(data)
	return vision.ModelFile{Path: path, SHA256: hex.EncodeToString(sum[:])}
}

// formula is the input of reference outputs: element i is ((i·2654435761 mod 2³²) / 2³¹) − 1.
func formula(shape ...int) []float32 {
	n, err := onnxfile.Elements(shape)
	if err != nil {
		panic(err)
	}
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(float64(uint32(i)*2654435761)/(1<<31) - 1)
	}
	return data
}

// products is a model that multiplies its input [N, width] by as many matrices as layers says: slow, and any slower by
// larger batches.
func products(layers, width int) *onnxfile.Model {
	m := &onnxfile.Model{Opset: 17, Graph: onnxfile.Graph{
		Name:    "products",
		Inputs:  []onnxfile.ValueInfo{{Name: "x0", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", width)}},
		Outputs: []onnxfile.ValueInfo{{Name: "x" + string(rune('0'+layers)), Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", width)}},
	}}
	matrix := make([]float32, width*width)
	for i := range width {
		matrix[i*width+(i+1)%width] = 1 // a rotation, so that numbers stay what they are
	}
	m.Graph.Initializers = []onnxfile.Tensor{onnxfile.FloatTensor("matrix", []int{width, width}, matrix)}
	for i := range layers {
		m.Graph.Nodes = append(m.Graph.Nodes, onnxfile.Node{
			Op: "MatMul", Inputs: []string{"x" + string(rune('0'+i)), "matrix"}, Outputs: []string{"x" + string(rune('1'+i))},
		})
	}
	return m
}
