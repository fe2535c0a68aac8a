package onnx

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// small is a model with one of everything, for damage.
func small() *onnxfile.Model {
	b := newBuilder(11).input("x", 4, 6, 6)
	x, _ := b.convSame("x", 6, 4, 8, 3, 1, 1)
	x = b.relu6(x)
	y, _ := b.convSame(x, 6, 8, 8, 3, 1, 8)
	y, _ = b.convSame(y, 6, 8, 8, 1, 1, 1)
	y = b.node("Add", []string{x, y})
	y = b.node("Identity", []string{b.node("Relu", []string{y})})
	y = b.node("Flatten", []string{b.node("GlobalAveragePool", []string{y})})
	shape := b.node("Constant", nil, onnxfile.TensorAttr("value", onnxfile.IntTensor("", []int{2}, []int64{-1, 8})))
	y = b.node("Reshape", []string{y, shape})
	b.node("Gemm", []string{y, b.constant(1, 8, 5), b.constant(1, 5)}, onnxfile.FloatAttr("alpha", 0.5))
	b.name("y")
	b.output("y", 5)
	return b.m
}

func TestOpenVerifies(t *testing.T) {
	t.Parallel()
	good := save(t, small())
	expired, cancel := context.WithCancel(t.Context())
	cancel()
	for _, row := range []struct {
		name string
		ctx  context.Context
		file vision.ModelFile
		opts vision.SessionOptions
		with []Option
		is   error
		want string
	}{
		{name: "other digest", file: vision.ModelFile{Path: good.Path, SHA256: strings.Repeat("0", 64)}, is: vision.ErrModel, want: "SHA-256"},
		{name: "no digest", file: vision.ModelFile{Path: good.Path}, is: vision.ErrModel, want: "SHA-256"},
		{name: "no file", file: vision.ModelFile{Path: filepath.Join(t.TempDir(), "none")}, is: os.ErrNotExist},
		{name: "folder", file: vision.ModelFile{Path: t.TempDir()}, is: vision.ErrModel, want: "regular"},
		{name: "too large", file: good, with: []Option{WithMaxModelBytes(100)}, is: vision.ErrModel, want: "at most 100"},
		{name: "cancelled", ctx: expired, file: good, is: context.Canceled},
		{name: "threads", file: good, opts: vision.SessionOptions{Threads: -1}, want: "-1 threads"},
		{name: "option", file: good, with: []Option{WithMaxRunBytes(0)}, want: "WithMaxRunBytes(0)"},
		{name: "other option", file: good, with: []Option{WithMaxModelBytes(1 << 40)}, want: "WithMaxModelBytes"},
		{name: "little memory", file: good, with: []Option{WithMaxRunBytes(64)}, is: vision.ErrModel, want: "64 bytes"},
		{name: "not a model", file: saveBytes(t, []byte("hello")), is: vision.ErrModel, want: "ONNX"},
		{name: "empty", file: saveBytes(t, nil), is: vision.ErrModel, want: "graph"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx := row.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			s, err := New(row.with...).Open(ctx, row.file, row.opts)
			require.Nil(t, s)
			require.Error(t, err)
			if row.is != nil {
				require.ErrorIs(t, err, row.is)
			}
			require.ErrorContains(t, err, row.want)
		})
	}
	s, err := New().Open(t.Context(), good, vision.SessionOptions{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

func TestOpenRefusesGraphs(t *testing.T) {
	t.Parallel()
	attr := func(m *onnxfile.Model, node int, a onnxfile.Attribute) {
		n := &m.Graph.Nodes[node]
		if old := n.Attr(a.Name); old != nil {
			*old = a
			return
		}
		n.Attributes = append(n.Attributes, a)
	}
	for _, row := range []struct {
		name   string
		damage func(m *onnxfile.Model)
		is     error
		want   string
	}{
		{"unknown operator", func(m *onnxfile.Model) { m.Graph.Nodes[5].Op = "Einsum" }, vision.ErrUnsupported, `node "Relu_5": operator Einsum`},
		{"unknown operator nobody needs", func(m *onnxfile.Model) {
			m.Graph.Nodes = append(m.Graph.Nodes, onnxfile.Node{Op: "If", Outputs: []string{"dead"}})
		}, vision.ErrUnsupported, `node "dead": operator If`},
		{"operator of another domain", func(m *onnxfile.Model) { m.Graph.Nodes[0].Domain = "com.microsoft" }, vision.ErrUnsupported, "com.microsoft"},
		{"future opset", func(m *onnxfile.Model) { m.Opset = 99 }, vision.ErrUnsupported, "opset 99"},
		{"old opset", func(m *onnxfile.Model) { m.Opset = 4 }, vision.ErrUnsupported, "opset 4"},
		{"dilation", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntsAttr("dilations", 2, 2)) }, vision.ErrUnsupported, "dilations"},
		{"unknown attribute", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntAttr("fancy", 1)) }, vision.ErrUnsupported, "fancy"},
		{"integer input", func(m *onnxfile.Model) { m.Graph.Inputs[0].Type = onnxfile.Int64 }, vision.ErrUnsupported, "int64"},
		{"half weights", func(m *onnxfile.Model) {
			w := &m.Graph.Initializers[0]
			w.Type, w.Raw, w.Floats = onnxfile.Float16, make([]byte, 2*len(w.Floats)), nil
		}, vision.ErrUnsupported, "float32"},
		{"computed weights", func(m *onnxfile.Model) { m.Graph.Nodes[2].Inputs[1] = "x" }, vision.ErrUnsupported, "constants"},
		{"cycle", func(m *onnxfile.Model) { m.Graph.Nodes[0].Inputs[0] = "v5" }, vision.ErrModel, "depends on its own output"},
		{"self cycle", func(m *onnxfile.Model) { m.Graph.Nodes[5].Inputs[0] = "v5" }, vision.ErrModel, "depends on its own output"},
		{"missing input", func(m *onnxfile.Model) { m.Graph.Nodes[0].Inputs[0] = "nowhere" }, vision.ErrModel, `"nowhere" does not exist`},
		{"missing output", func(m *onnxfile.Model) { m.Graph.Outputs[0].Name = "nowhere" }, vision.ErrModel, `"nowhere" does not exist`},
		{"output twice", func(m *onnxfile.Model) { m.Graph.Outputs = append(m.Graph.Outputs, m.Graph.Outputs[0]) }, vision.ErrModel, "twice"},
		{"value twice", func(m *onnxfile.Model) { m.Graph.Nodes[1].Outputs[0] = "v0" }, vision.ErrModel, "defined twice"},
		{"nameless weight", func(m *onnxfile.Model) { m.Graph.Initializers[0].Name = "" }, vision.ErrModel, "without a name"},
		{"too few inputs", func(m *onnxfile.Model) { m.Graph.Nodes[0].Inputs = m.Graph.Nodes[0].Inputs[:1] }, vision.ErrModel, "1 inputs"},
		{"required input left out", func(m *onnxfile.Model) { m.Graph.Nodes[0].Inputs[1] = "" }, vision.ErrModel, "left out"},
		{"no outputs", func(m *onnxfile.Model) { m.Graph.Nodes[0].Outputs = nil }, vision.ErrModel, "outputs"},
		{"stride 0", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntsAttr("strides", 0, 1)) }, vision.ErrModel, "strides"},
		{"negative pads", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntsAttr("pads", -1, 0, 0, 0)) }, vision.ErrModel, "pads"},
		{"three pads", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntsAttr("pads", 0, 0, 0)) }, vision.ErrModel, "pads"},
		{"attribute of wrong kind", func(m *onnxfile.Model) { attr(m, 0, onnxfile.FloatAttr("group", 1)) }, vision.ErrModel, "kind"},
		{"groups", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntAttr("group", 3)) }, vision.ErrModel, "groups"},
		{"no groups", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntAttr("group", 0)) }, vision.ErrModel, "groups"},
		{"kernel shape", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntsAttr("kernel_shape", 5, 5)) }, vision.ErrModel, "kernel_shape"},
		{"auto pad", func(m *onnxfile.Model) { attr(m, 0, onnxfile.StringAttr("auto_pad", "MAYBE")) }, vision.ErrModel, "auto_pad"},
		{"channels", func(m *onnxfile.Model) { m.Graph.Inputs[0].Shape[1].Size = 5 }, vision.ErrModel, "want [N, 4, H, W]"},
		{"rank", func(m *onnxfile.Model) { m.Graph.Inputs[0].Shape = onnxfile.FixedShape(1, 4) }, vision.ErrModel, "shape [1 4]"},
		{"no rank", func(m *onnxfile.Model) { m.Graph.Inputs[0].Shape = nil }, vision.ErrModel, "input"},
		{"empty input", func(m *onnxfile.Model) { m.Graph.Inputs[0].Shape[2].Size = 0 }, vision.ErrModel, "input"},
		{"window larger than picture", func(m *onnxfile.Model) {
			m.Graph.Inputs[0].Shape[2].Size = 1
			attr(m, 0, onnxfile.IntsAttr("pads", 0, 0, 0, 0))
		}, vision.ErrModel, "does not fit"},
		{"huge picture", func(m *onnxfile.Model) {
			m.Graph.Inputs[0].Shape[2].Size, m.Graph.Inputs[0].Shape[3].Size = 1<<14, 1<<14
		}, vision.ErrModel, "output would have shape"},
		{"large picture", func(m *onnxfile.Model) {
			m.Graph.Inputs[0].Shape[2].Size, m.Graph.Inputs[0].Shape[3].Size = 1<<13, 1<<12
		}, vision.ErrModel, "bytes beside the weights"},
		{"huge padding", func(m *onnxfile.Model) { attr(m, 0, onnxfile.IntsAttr("pads", 1<<20, 1<<20, 0, 0)) }, vision.ErrModel, "output would have shape"},
		{"output shape", func(m *onnxfile.Model) { m.Graph.Outputs[0].Shape[1].Size = 6 }, vision.ErrModel, "the file says [-1 6]"},
		{"output type", func(m *onnxfile.Model) { m.Graph.Outputs[0].Type = onnxfile.Int64 }, vision.ErrModel, "the file says int64"},
		{"NaN bounds", func(m *onnxfile.Model) { m.Graph.Initializers[2].Floats[0] = float32(math.NaN()) }, vision.ErrModel, "bounds"},
		{"bias", func(m *onnxfile.Model) { m.Graph.Nodes[0].Inputs[2] = "w0" }, vision.ErrModel, "bias"},
		{"sum of other shapes", func(m *onnxfile.Model) { m.Graph.Nodes[4].Inputs[0] = "x" }, vision.ErrModel, "do not go together"},
		{"matrix of other size", func(m *onnxfile.Model) { attr(m, 11, onnxfile.IntAttr("transB", 1)) }, vision.ErrModel, "C has 5 numbers"},
		{"constant without value", func(m *onnxfile.Model) { m.Graph.Nodes[9].Attributes = nil }, vision.ErrModel, "attributes"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			m := small()
			row.damage(m)
			s, err := New().Open(t.Context(), save(t, m), vision.SessionOptions{})
			require.Nil(t, s)
			require.ErrorIs(t, err, row.is)
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestOpenTakesNodesInAnyOrder(t *testing.T) {
	t.Parallel()
	m := small()
	in, out := tensor("x", 1, 4, 6, 6), []vision.Tensor{{Name: "y"}}
	require.NoError(t, open(t, m, 1).Run(t.Context(), []vision.Tensor{in}, out))
	nodes := m.Graph.Nodes
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	again := []vision.Tensor{{Name: "y"}}
	require.NoError(t, open(t, m, 1).Run(t.Context(), []vision.Tensor{in}, again))
	require.Equal(t, out, again)
}

// survive opens and, if that works, runs whatever data is: an error or a result, but no panic, hang or flood of memory.
func survive(t testing.TB, data []byte) {
	t.Helper()
	m, err := onnxfile.Parse(data)
	if err != nil {
		require.ErrorIs(t, err, onnxfile.ErrFormat)
		return
	}
	backend := New(WithMaxRunBytes(16 << 20))
	s, err := newSession(t.Context(), backend, m, 1)
	if err != nil {
		return
	}
	var in []vision.Tensor
	for _, info := range s.Signature().Inputs {
		x, total := vision.Tensor{Name: info.Name}, 1
		for _, d := range info.Shape {
			if d < 0 {
				d = 2
			}
			if total *= d; total > 1<<20 {
				return
			}
			x.Shape = append(x.Shape, d)
		}
		if info.Type == "float32" {
			x.Data = make([]float32, total)
		} else {
			x.Ints = make([]int64, total)
		}
		for i := range total {
			if x.Data != nil {
				x.Data[i] = float32(i%7) - 3
			} else {
				x.Ints[i] = int64(i%7) - 3
			}
		}
		in = append(in, x)
	}
	var out []vision.Tensor
	for _, info := range s.Signature().Outputs {
		out = append(out, vision.Tensor{Name: info.Name})
	}
	_ = s.Run(t.Context(), in, out)
	require.NoError(t, s.Close())
}

func TestOpenSurvivesDamage(t *testing.T) {
	t.Parallel()
	data, err := small().Marshal()
	require.NoError(t, err)
	for n := range data {
		survive(t, data[:n])
	}
	rng := rand.New(rand.NewPCG(2, 2))
	// weights are most of the bytes and bear every damage: half of the flips go to the part that is structure
	structure := len(data) - 4*(8*4*9+8*9+64+8+8+8+40)
	for i := range 2000 {
		damaged := append([]byte(nil), data...)
		at := rng.IntN(len(data))
		if i%2 == 0 {
			at = rng.IntN(structure)
		}
		damaged[at] ^= 1 << rng.IntN(8)
		survive(t, damaged)
	}
}

// TestOpenSurvivesDamagedTransformers flips bits of a text tower, most of which is structure.
func TestOpenSurvivesDamagedTransformers(t *testing.T) {
	t.Parallel()
	data, err := text(onnxfile.Int64).Marshal()
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(3, 2))
	for range 2000 {
		damaged := append([]byte(nil), data...)
		damaged[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
		survive(t, damaged)
	}
}

func FuzzOpen(f *testing.F) {
	for _, m := range []*onnxfile.Model{small(), text(onnxfile.Int32), {Opset: 17, Graph: onnxfile.Graph{
		Nodes:   []onnxfile.Node{{Op: "Relu", Inputs: []string{"x"}, Outputs: []string{"y"}}},
		Inputs:  []onnxfile.ValueInfo{{Name: "x", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 2)}},
		Outputs: []onnxfile.ValueInfo{{Name: "y", Type: onnxfile.Float}},
	}}} {
		data, err := m.Marshal()
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { survive(t, data) })
}
