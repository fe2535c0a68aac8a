package onnx

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// save writes a model into a temporary file.
func save(t testing.TB, m *onnxfile.Model) vision.ModelFile {
	t.Helper()
	data, err := m.Marshal()
	require.NoError(t, err)
	return saveBytes(t, data)
}

func saveBytes(t testing.TB, data []byte) vision.ModelFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.onnx")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	digest := sha256.Sum256(data)
	return vision.ModelFile{Path: path, SHA256: hex.EncodeToString(digest[:])}
}

func open(t testing.TB, m *onnxfile.Model, threads int, opts ...Option) vision.Session {
	t.Helper()
	s, err := New(opts...).Open(context.Background(), save(t, m), vision.SessionOptions{Threads: threads})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// backends are the two kernel sets that every test of numbers runs with.
func backends() map[string][]Option {
	return map[string][]Option{"generic": {WithGenericKernels()}, New().Kernels(): nil}
}

func random(rng *rand.Rand, n int, scale float64) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(rng.NormFloat64() * scale)
	}
	return out
}

// near compares with a tolerance relative to the largest number.
func near(t testing.TB, want, got []float32, tol float64) {
	t.Helper()
	require.Len(t, got, len(want))
	scale := 1.0
	for _, v := range want {
		scale = max(scale, math.Abs(float64(v)))
	}
	for i, w := range want {
		if d := math.Abs(float64(w) - float64(got[i])); d > tol*scale || (w != w) != (got[i] != got[i]) {
			require.Failf(t, "numbers differ", "at %d of %d: want %v, got %v, tolerance %v", i, len(want), w, got[i], tol*scale)
		}
	}
}

// builder makes models in the order of their nodes.
type builder struct {
	m   *onnxfile.Model
	rng *rand.Rand
}

func newBuilder(seed uint64) *builder {
	return &builder{m: &onnxfile.Model{Opset: 17, Graph: onnxfile.Graph{Name: "test"}}, rng: rand.New(rand.NewPCG(seed, 1))}
}

func (b *builder) input(name string, shape ...int) *builder {
	b.m.Graph.Inputs = append(b.m.Graph.Inputs, onnxfile.ValueInfo{Name: name, Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", shape...)})
	return b
}

func (b *builder) output(name string, shape ...int) *builder {
	b.m.Graph.Outputs = append(b.m.Graph.Outputs, onnxfile.ValueInfo{Name: name, Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", shape...)})
	return b
}

// constant adds a weight of random numbers and returns its name.
func (b *builder) constant(scale float64, shape ...int) string {
	n := 1
	for _, d := range shape {
		n *= d
	}
	name := fmt.Sprintf("w%d", len(b.m.Graph.Initializers))
	b.m.Graph.Initializers = append(b.m.Graph.Initializers, onnxfile.FloatTensor(name, shape, random(b.rng, n, scale)))
	return name
}

func (b *builder) scalar(v float32) string {
	name := fmt.Sprintf("w%d", len(b.m.Graph.Initializers))
	b.m.Graph.Initializers = append(b.m.Graph.Initializers, onnxfile.FloatTensor(name, nil, []float32{v}))
	return name
}

// node adds a node and returns the name of its output.
func (b *builder) node(op string, inputs []string, attrs ...onnxfile.Attribute) string {
	out := fmt.Sprintf("v%d", len(b.m.Graph.Nodes))
	b.m.Graph.Nodes = append(b.m.Graph.Nodes, onnxfile.Node{
		Name: fmt.Sprintf("%s_%d", op, len(b.m.Graph.Nodes)), Op: op, Inputs: inputs, Outputs: []string{out}, Attributes: attrs,
	})
	return out
}

// name renames the output of the last node.
func (b *builder) name(name string) string {
	b.m.Graph.Nodes[len(b.m.Graph.Nodes)-1].Outputs[0] = name
	return name
}

// convSame adds a convolution with explicit SAME padding, whose odd pixel goes right and bottom.
func (b *builder) convSame(x string, size, in, out, kernel, stride, group int) (string, int) {
	next := (size + stride - 1) / stride
	pad := int64(max(0, (next-1)*stride+kernel-size))
	w := b.constant(math.Sqrt(2/float64(kernel*kernel*in/group)), out, in/group, kernel, kernel)
	bias := b.constant(0.1, out)
	return b.node("Conv", []string{x, w, bias},
		onnxfile.IntsAttr("kernel_shape", int64(kernel), int64(kernel)), onnxfile.IntsAttr("strides", int64(stride), int64(stride)),
		onnxfile.IntsAttr("pads", pad/2, pad/2, pad-pad/2, pad-pad/2), onnxfile.IntAttr("group", int64(group))), next
}

func (b *builder) relu6(x string) string {
	return b.node("Clip", []string{x, b.scalar(0), b.scalar(6)})
}

// liteNet is a network of the shape of EfficientNet-Lite0 with random weights, for pictures of size×size.
// Its numbers mean nothing; its speed is that of the compact model. thin divides the number of channels.
func liteNet(seed uint64, size, thin int) *onnxfile.Model {
	b := newBuilder(seed).input("image", 3, size, size)
	in := 32 / thin
	x, size := b.convSame("image", size, 3, in, 3, 2, 1)
	x = b.relu6(x)
	for _, s := range []struct {
		repeat, kernel, stride, expand, out int
		output                              string
	}{
		{1, 3, 1, 1, 16, ""}, {2, 3, 2, 6, 24, ""}, {2, 5, 2, 6, 40, ""}, {3, 3, 2, 6, 80, ""},
		{3, 5, 1, 6, 112, "map112"}, {4, 5, 2, 6, 192, "map192"}, {1, 3, 1, 6, 320, "map320"},
	} {
		s.out /= thin
		for i := range s.repeat {
			stride := s.stride
			if i > 0 {
				stride = 1
			}
			y, mid := x, in*s.expand
			if s.expand > 1 {
				y, _ = b.convSame(y, size, in, mid, 1, 1, 1)
				y = b.relu6(y)
			}
			y, size = b.convSame(y, size, mid, mid, s.kernel, stride, mid)
			y = b.relu6(y)
			y, _ = b.convSame(y, size, mid, s.out, 1, 1, 1)
			if stride == 1 && in == s.out {
				y = b.node("Add", []string{x, y})
			}
			x, in = y, s.out
		}
		if s.output != "" {
			x = b.name(s.output)
			b.output(s.output, in, size, size)
		}
	}
	x, _ = b.convSame(x, size, in, 1280/thin, 1, 1, 1)
	x = b.relu6(x)
	x = b.node("GlobalAveragePool", []string{x})
	b.node("Flatten", []string{x})
	x = b.name("embedding")
	b.node("Gemm", []string{x, b.constant(0.03, 1000/thin, 1280/thin), b.constant(0.1, 1000/thin)}, onnxfile.IntAttr("transB", 1))
	b.name("logits")
	b.output("embedding", 1280/thin).output("logits", 1000/thin)
	return b.m
}

func picture(seed uint64, n, size int) vision.Tensor {
	rng := rand.New(rand.NewPCG(seed, 9))
	data := make([]float32, n*3*size*size)
	for i := range data {
		data[i] = rng.Float32()*2 - 1
	}
	return vision.Tensor{Name: "image", Shape: []int{n, 3, size, size}, Data: data}
}

func liteOutputs() []vision.Tensor {
	return []vision.Tensor{{Name: "logits"}, {Name: "embedding"}, {Name: "map320"}, {Name: "map192"}, {Name: "map112"}}
}
