package ort

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// requireRefused wants an error that matches target and no session.
func requireRefused(t *testing.T, b *Backend, model vision.ModelFile, target error, reason string) {
	t.Helper()
	s, err := b.Open(t.Context(), model, vision.SessionOptions{})
	if err == nil {
		_ = s.Close()
	}
	require.ErrorIs(t, err, target)
	require.ErrorContains(t, err, reason)
}

func TestDamagedModels(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	data, err := os.ReadFile(testenv.Data(t, "clip-reference", "tiny-onnx", "tiny-vision-hub.onnx"))
	require.NoError(t, err)
	good := writeFile(t, data)
	t.Run("bits", func(t *testing.T) {
		t.Parallel()
		rng := rand.New(rand.NewPCG(4, 4))
		for range 200 {
			bit := rng.IntN(8 * len(data))
			data := append([]byte(nil), data...)
			data[bit/8] ^= 1 << (bit % 8)
			requireRefused(t, b, vision.ModelFile{Path: writeFile(t, data).Path, SHA256: good.SHA256}, vision.ErrModel, "SHA-256")
		}
	})
	t.Run("truncated", func(t *testing.T) {
		t.Parallel()
		for i := range 20 {
			cut := writeFile(t, data[:len(data)*i/20])
			requireRefused(t, b, cut, vision.ErrModel, "") // with its own digest, so that the format must tell
			requireRefused(t, b, vision.ModelFile{Path: cut.Path, SHA256: good.SHA256}, vision.ErrModel, "")
		}
	})
	t.Run("too large", func(t *testing.T) {
		t.Parallel()
		requireRefused(t, newBackend(t, WithMaxModelBytes(int64(len(data)-1))), good, vision.ErrModel, "at most")
	})
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		requireRefused(t, b, vision.ModelFile{Path: t.TempDir(), SHA256: good.SHA256}, vision.ErrModel, "regular")
	})
	t.Run("threads", func(t *testing.T) {
		t.Parallel()
		for _, threads := range []int{-1, maxThreads + 1} {
			_, err := b.Open(t.Context(), good, vision.SessionOptions{Threads: threads})
			require.ErrorContains(t, err, "threads")
		}
	})
}

// twice is a model that adds its input to itself.
func twice(in, out onnxfile.ValueInfo) *onnxfile.Model {
	return &onnxfile.Model{Opset: 17, Graph: onnxfile.Graph{
		Name:   "twice",
		Nodes:  []onnxfile.Node{{Name: "sum", Op: "Add", Inputs: []string{"x", "x"}, Outputs: []string{"y"}}},
		Inputs: []onnxfile.ValueInfo{in}, Outputs: []onnxfile.ValueInfo{out},
	}}
}

func value(name string, kind onnxfile.ElemType, shape ...onnxfile.Dim) onnxfile.ValueInfo {
	return onnxfile.ValueInfo{Name: name, Type: kind, Shape: shape}
}

func TestOddModels(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	row := onnxfile.BatchShape("N", 3)
	for _, c := range []struct {
		name   string
		change func(*onnxfile.Model)
		target error
		reason string
	}{
		{"cycle", func(m *onnxfile.Model) {
			m.Graph.Nodes = []onnxfile.Node{
				{Op: "Add", Inputs: []string{"x", "z"}, Outputs: []string{"y"}}, {Op: "Neg", Inputs: []string{"y"}, Outputs: []string{"z"}},
			}
		}, vision.ErrModel, "acyclic"},
		{"missing value", func(m *onnxfile.Model) { m.Graph.Nodes[0].Inputs[1] = "nothing" }, vision.ErrModel, "nothing"},
		{"unknown operator", func(m *onnxfile.Model) { m.Graph.Nodes[0].Op = "NoSuchOperator" }, vision.ErrUnsupported, "NoSuchOperator"},
		{"future opset", func(m *onnxfile.Model) { m.Opset = 1000 }, vision.ErrUnsupported, "opset"},
		{"future format", func(m *onnxfile.Model) { m.IRVersion = 1000 }, vision.ErrUnsupported, "IR version"},
		{"double input", func(m *onnxfile.Model) {
			m.Graph.Inputs[0].Type, m.Graph.Outputs[0].Type = onnxfile.Double, onnxfile.Double
		}, vision.ErrUnsupported, "float64"},
		{"scalar input", func(m *onnxfile.Model) { m.Graph.Inputs[0].Shape = []onnxfile.Dim{} }, vision.ErrModel, "shape"},
		{"empty input", func(m *onnxfile.Model) { m.Graph.Inputs[0].Shape = onnxfile.FixedShape(0) }, vision.ErrModel, "shape"},
		{"no float output", func(m *onnxfile.Model) {
			m.Graph.Inputs[0].Type, m.Graph.Outputs[0].Type = onnxfile.Int64, onnxfile.Int64
		}, vision.ErrUnsupported, "no float32 output"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := twice(value("x", onnxfile.Float, row...), value("y", onnxfile.Float, row...))
			openModel(t, b, writeModel(t, m), 1) // it is the change that matters
			c.change(m)
			requireRefused(t, b, writeModel(t, m), c.target, c.reason)
		})
	}
}

// A file whose weights lie elsewhere, wherever that is, never reaches the library.
func TestExternalData(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	for _, location := range []string{"weights.bin", "../../etc/passwd", "/etc/passwd", "*/_ORT_MEM_ADDR_/*"} {
		requireRefused(t, b, writeFile(t, externalModel(location)), vision.ErrModel, "external data")
	}
}

// externalModel is a model with one tensor that is outside, spelt out because onnxfile does not write such a thing.
func externalModel(location string) []byte {
	message := func(tag byte, b []byte) []byte { // field numbers up to 15 and lengths up to 127 are one byte each
		return append([]byte{tag<<3 | 2, byte(len(b))}, b...)
	}
	entry := append(message(1, []byte("location")), message(2, []byte(location))...)
	tensor := append([]byte{1 << 3, 1, 2 << 3, 1}, message(8, []byte("w"))...)
	tensor = append(tensor, message(13, entry)...)
	tensor = append(tensor, 14<<3, 1)
	opset := message(8, []byte{2 << 3, 17})
	return append(append([]byte{1 << 3, 8}, message(7, message(5, tensor))...), opset...)
}

// NaN is what a model may compute; the encoder above refuses it.
func TestNotANumber(t *testing.T) {
	t.Parallel()
	shape := onnxfile.BatchShape("N", 3, 8, 8)
	m := twice(value("x", onnxfile.Float, shape...), value("y", onnxfile.Float, onnxfile.BatchShape("N", 3)...))
	nan := float32(math.NaN())
	m.Graph.Initializers = []onnxfile.Tensor{onnxfile.FloatTensor("nan", []int{3}, []float32{nan, 1, nan})}
	m.Graph.Nodes = []onnxfile.Node{
		{Op: "GlobalAveragePool", Inputs: []string{"x"}, Outputs: []string{"pooled"}},
		{Op: "Flatten", Inputs: []string{"pooled"}, Outputs: []string{"flat"}},
		{Op: "Add", Inputs: []string{"flat", "nan"}, Outputs: []string{"y"}},
	}
	manifest := vision.Manifest{
		ID: "nan", Dim: 3, Preprocess: vision.Preprocess{Size: 8, Crop: vision.CropStretch, Std: [3]float64{1, 1, 1}},
		Visual: vision.Graph{Input: "x", Output: "y"},
	}
	file := writeModel(t, m)
	manifest.Visual.File = vision.File{Name: "nan.onnx", SHA256: file.SHA256}
	_, err := vision.NewEncoder(t.Context(), vision.Model{Manifest: manifest, Visual: file}, newBackend(t))
	require.ErrorIs(t, err, vision.ErrEmbedding)
}

func TestFallingBackIsReported(t *testing.T) {
	t.Parallel()
	s := openModel(t, newBackend(t), visiontest.TinyModel(t), 1)
	require.Equal(t, "CPU", s.Info().Device)
	require.Empty(t, s.Info().Note)
	require.Regexp(t, `^ONNX Runtime 1\.\d+\.\d+`, s.Info().Backend)

	absent := CUDA{Device: 255} // no machine has so many cards
	s = openModel(t, newBackend(t, WithProviders(absent, CPU{})), visiontest.TinyModel(t), 1)
	require.Equal(t, "CPU", s.Info().Device)
	require.Contains(t, s.Info().Note, "CUDA: ")
	for _, private := range []string{"/", "hostname", "ONNXRuntimeError"} {
		require.NotContains(t, s.Info().Note, private, "strangers read notes")
	}

	_, err := newBackend(t, WithProviders(absent)).Open(t.Context(), visiontest.TinyModel(t), vision.SessionOptions{})
	require.ErrorIs(t, err, ErrProvider)
	require.ErrorContains(t, err, "CUDA: ")
}
