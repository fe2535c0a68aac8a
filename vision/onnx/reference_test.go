package onnx

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// array is a tensor of the reference implementation.
type array struct {
	shape []int
	data  []float64
}

func newArray(shape ...int) array {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return array{shape, make([]float64, n)}
}

func fromFloats(shape []int, data []float32) array {
	a := newArray(shape...)
	for i, v := range data {
		a.data[i] = float64(v)
	}
	return a
}

// interpret executes a model node by node, in file order, in float64, by the definitions of the ONNX specification and
// without regard to speed: the oracle of this package's tests.
func interpret(t testing.TB, m *onnxfile.Model, inputs ...vision.Tensor) map[string]array {
	t.Helper()
	values := map[string]array{}
	for _, w := range m.Graph.Initializers {
		values[w.Name] = fromFloats(w.Shape, floatNumbers(&w))
	}
	for _, in := range inputs {
		values[in.Name] = fromFloats(in.Shape, in.Data)
	}
	for i := range m.Graph.Nodes {
		n := &m.Graph.Nodes[i]
		arg := func(i int) *array {
			if i >= len(n.Inputs) || n.Inputs[i] == "" {
				return nil
			}
			a, ok := values[n.Inputs[i]]
			require.True(t, ok, "no value %q", n.Inputs[i])
			return &a
		}
		var out array
		switch n.Op {
		case "Conv":
			out = refConv(n, arg(0), arg(1), arg(2))
		case "Clip":
			lo, hi := math.Inf(-1), math.Inf(1)
			if a := arg(1); a != nil {
				lo = a.data[0]
			}
			if a := arg(2); a != nil {
				hi = a.data[0]
			}
			out = refMap(arg(0), func(v float64) float64 { return math.Min(hi, math.Max(lo, v)) })
		case "Relu":
			out = refMap(arg(0), func(v float64) float64 { return math.Max(0, v) })
		case "Add":
			out = refAdd(arg(0), arg(1))
		case "GlobalAveragePool":
			x := arg(0)
			out = newArray(x.shape[0], x.shape[1], 1, 1)
			size := x.shape[2] * x.shape[3]
			for i, v := range x.data {
				out.data[i/size] += v / float64(size)
			}
		case "Gemm":
			out = refGemm(n, arg(0), arg(1), arg(2))
		case "Identity":
			out = *arg(0)
		case "Flatten":
			axis := int(refInt(n, "axis", 1))
			if axis < 0 {
				axis += len(arg(0).shape)
			}
			out = array{[]int{1, 1}, arg(0).data}
			for i, d := range arg(0).shape {
				out.shape[min(1, max(0, i-axis+1))] *= d
			}
		default:
			var ok bool
			out, ok = refTransformer(n, arg(0), arg(1), arg(2))
			require.True(t, ok, "no reference for %s", n.Op)
		}
		values[n.Outputs[0]] = out
	}
	return values
}

func refInt(n *onnxfile.Node, name string, def int64) int64 {
	if a := n.Attr(name); a != nil {
		return a.Int
	}
	return def
}

func refInts(n *onnxfile.Node, name string, def ...int64) []int64 {
	if a := n.Attr(name); a != nil {
		return a.Ints
	}
	return def
}

func refMap(x *array, f func(float64) float64) array {
	out := newArray(x.shape...)
	for i, v := range x.data {
		out.data[i] = f(v)
	}
	return out
}

func refConv(n *onnxfile.Node, x, w, bias *array) array {
	strides, pads, group := refInts(n, "strides", 1, 1), refInts(n, "pads", 0, 0, 0, 0), int(refInt(n, "group", 1))
	var out [2]int
	var before [2]int
	for d := range 2 {
		size, kernel, stride := x.shape[2+d], w.shape[2+d], int(strides[d])
		begin, end := int(pads[d]), int(pads[2+d])
		if a := n.Attr("auto_pad"); a != nil && a.Text != "NOTSET" {
			begin, end = 0, 0
			if a.Text != "VALID" {
				total := max(0, ((size+stride-1)/stride-1)*stride+kernel-size)
				begin = total / 2
				if a.Text == "SAME_LOWER" {
					begin = total - total/2
				}
				end = total - begin
			}
		}
		out[d], before[d] = (size+begin+end-kernel)/stride+1, begin
	}
	y := newArray(x.shape[0], w.shape[0], out[0], out[1])
	perGroup, outs := w.shape[1], w.shape[0]/group
	at := 0
	for b := range x.shape[0] {
		for m := range w.shape[0] {
			for oy := range out[0] {
				for ox := range out[1] {
					s := 0.0
					if bias != nil {
						s = bias.data[m]
					}
					for c := range perGroup {
						for ky := range w.shape[2] {
							for kx := range w.shape[3] {
								iy, ix := oy*int(strides[0])-before[0]+ky, ox*int(strides[1])-before[1]+kx
								if iy < 0 || iy >= x.shape[2] || ix < 0 || ix >= x.shape[3] {
									continue
								}
								channel := m/outs*perGroup + c
								s += x.data[((b*x.shape[1]+channel)*x.shape[2]+iy)*x.shape[3]+ix] *
									w.data[((m*perGroup+c)*w.shape[2]+ky)*w.shape[3]+kx]
							}
						}
					}
					y.data[at] = s
					at++
				}
			}
		}
	}
	return y
}

func refAdd(a, b *array) array {
	return refPair(a, b, func(x, y float64) float64 { return x + y })
}

// refPair combines two tensors with broadcasting.
func refPair(a, b *array, f func(x, y float64) float64) array {
	rank := max(len(a.shape), len(b.shape))
	shape := make([]int, rank)
	for i := range shape {
		shape[rank-1-i] = max(sizeFromEnd(a.shape, i+1), sizeFromEnd(b.shape, i+1))
	}
	out := newArray(shape...)
	pick := func(x *array, index int) float64 {
		at, step := 0, 1
		for i := range shape {
			d := shape[rank-1-i]
			if size := sizeFromEnd(x.shape, i+1); size > 1 {
				at += index % d * step
				step *= size
			}
			index /= d
		}
		return x.data[at]
	}
	for i := range out.data {
		out.data[i] = f(pick(a, i), pick(b, i))
	}
	return out
}

func refGemm(n *onnxfile.Node, a, b, c *array) array {
	alpha, beta := 1.0, 1.0
	if attr := n.Attr("alpha"); attr != nil {
		alpha = float64(attr.Float)
	}
	if attr := n.Attr("beta"); attr != nil {
		beta = float64(attr.Float)
	}
	at := func(x *array, transposed bool, i, j int) float64 {
		if transposed {
			i, j = j, i
		}
		return x.data[i*x.shape[1]+j]
	}
	transA, transB := refInt(n, "transA", 0) != 0, refInt(n, "transB", 0) != 0
	m, k, cols := a.shape[0], a.shape[1], b.shape[1]
	if transA {
		m, k = k, m
	}
	if transB {
		cols = b.shape[0]
	}
	out := newArray(m, cols)
	for i := range m {
		for j := range cols {
			s := 0.0
			for p := range k {
				s += at(a, transA, i, p) * at(b, transB, p, j)
			}
			out.data[i*cols+j] = alpha * s
		}
	}
	if c != nil {
		out = refAdd(&out, &array{c.shape, refMap(c, func(v float64) float64 { return beta * v }).data})
	}
	return out
}

// tolerance relative to the largest number of a tensor: float32 sums of some thousand products.
const tolerance = 1e-5

// checkModel runs a model with all kernel sets and 1 and 3 threads, and compares all outputs with the reference.
func checkModel(t *testing.T, m *onnxfile.Model, inputs ...vision.Tensor) {
	t.Helper()
	want := interpret(t, m, inputs...)
	for name, opts := range backends() {
		for _, threads := range []int{1, 3} {
			outputs := make([]vision.Tensor, len(m.Graph.Outputs))
			for i, info := range m.Graph.Outputs {
				outputs[i].Name = info.Name
			}
			require.NoError(t, open(t, m, threads, opts...).Run(t.Context(), inputs, outputs), name)
			for _, out := range outputs {
				ref := want[out.Name]
				require.Equal(t, ref.shape, out.Shape, "%s: %s", name, out.Name)
				data := make([]float32, len(ref.data))
				for i, v := range ref.data {
					data[i] = float32(v)
				}
				near(t, data, out.Data, tolerance)
			}
		}
	}
}
