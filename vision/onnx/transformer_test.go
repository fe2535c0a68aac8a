package onnx

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// shape adds a constant that says a shape.
func (b *builder) shape(sizes ...int64) string {
	name := fmt.Sprintf("w%d", len(b.m.Graph.Initializers))
	b.m.Graph.Initializers = append(b.m.Graph.Initializers, onnxfile.IntTensor(name, []int{len(sizes)}, sizes))
	return name
}

// pair adds a node of two inputs, which may be numbers.
func (b *builder) pair(op string, x, y any) string {
	name := func(v any) string {
		if number, ok := v.(float64); ok {
			return b.scalar(float32(number))
		}
		return v.(string)
	}
	return b.node(op, []string{name(x), name(y)})
}

func (b *builder) one(op, x string) string { return b.node(op, []string{x}) }

func (b *builder) mean(x string) string {
	return b.node("ReduceMean", []string{x}, onnxfile.IntsAttr("axes", -1))
}

// TestRewrites compares what exporters spell out with the reference, and counts steps: one where it is recognised, and
// more where a constant is another, an intermediate result is needed elsewhere, or the operands are not the same.
func TestRewrites(t *testing.T) {
	t.Parallel()
	const width = 19
	erf := func(b *builder, x string, scale float64) string {
		return b.pair("Add", b.one("Erf", b.pair("Mul", x, scale)), 1.0)
	}
	tanh := func(b *builder, x, cube string, inner float64) string {
		sum := b.pair("Add", x, b.pair("Mul", cube, inner))
		return b.pair("Add", 1.0, b.one("Tanh", b.pair("Mul", math.Sqrt(2/math.Pi), sum)))
	}
	norm := func(b *builder, x, y string, gain int) string {
		d := b.pair("Sub", x, b.mean(x))
		square := b.pair("Pow", b.pair("Sub", y, b.mean(y)), 2.0)
		root := b.one("Sqrt", b.pair("Add", b.mean(square), 1e-5))
		return b.pair("Add", b.pair("Mul", b.pair("Div", d, root), b.constant(1, gain)), b.constant(1, width))
	}
	for _, row := range []struct {
		name  string
		build func(b *builder, x string) string
		steps int
	}{
		{"quick gelu", func(b *builder, x string) string {
			return b.pair("Mul", x, b.one("Sigmoid", b.pair("Mul", x, 1.702)))
		}, 1},
		{"silu", func(b *builder, x string) string { return b.pair("Mul", b.one("Sigmoid", x), x) }, 1},
		{"quick gelu of another", func(b *builder, x string) string {
			return b.pair("Mul", b.pair("Add", x, 1.0), b.one("Sigmoid", b.pair("Mul", x, 1.702)))
		}, 4},
		{"quick gelu halved", func(b *builder, x string) string {
			return b.pair("Mul", 0.5, b.pair("Mul", x, b.one("Sigmoid", x)))
		}, 2},
		{"gelu by division", func(b *builder, x string) string {
			e := b.pair("Add", b.one("Erf", b.pair("Div", x, math.Sqrt2)), 1.0)
			return b.pair("Mul", b.pair("Mul", x, e), 0.5)
		}, 1},
		{"gelu half first", func(b *builder, x string) string {
			return b.pair("Mul", b.pair("Mul", 0.5, x), erf(b, x, math.Sqrt2/2))
		}, 1},
		{"gelu divided by two", func(b *builder, x string) string {
			return b.pair("Mul", b.pair("Div", x, 2.0), erf(b, x, math.Sqrt2/2))
		}, 1},
		{"gelu of another scale", func(b *builder, x string) string {
			return b.pair("Mul", b.pair("Mul", 0.5, x), erf(b, x, 0.7))
		}, 5},
		{"gelu not halved", func(b *builder, x string) string { return b.pair("Mul", x, erf(b, x, math.Sqrt2/2)) }, 4},
		{"tanh gelu", func(b *builder, x string) string {
			return b.pair("Mul", b.pair("Mul", x, 0.5), tanh(b, x, b.pair("Pow", x, 3.0), 0.044715))
		}, 1},
		{"tanh gelu by products", func(b *builder, x string) string {
			cube := b.pair("Mul", x, b.pair("Mul", x, x))
			return b.pair("Mul", 0.5, b.pair("Mul", x, tanh(b, x, cube, 0.044715)))
		}, 1},
		{"tanh gelu of a square", func(b *builder, x string) string {
			return b.pair("Mul", b.pair("Mul", x, 0.5), tanh(b, x, b.pair("Pow", x, 2.0), 0.044715))
		}, 8},
		{"tanh gelu of another constant", func(b *builder, x string) string {
			return b.pair("Mul", b.pair("Mul", x, 0.5), tanh(b, x, b.pair("Pow", x, 3.0), 0.04))
		}, 8},
		{"layer norm", func(b *builder, x string) string { return norm(b, x, x, width) }, 1},
		{"layer norm of two", func(b *builder, x string) string { return norm(b, x, b.one("Tanh", x), width) }, 12},
		{"layer norm with one gain", func(b *builder, x string) string { return norm(b, x, x, 1) }, 11},
		{"matrix and bias", func(b *builder, x string) string {
			return b.pair("Add", b.pair("MatMul", x, b.constant(1, width, 7)), b.constant(1, 7))
		}, 1},
		{"bias and matrix", func(b *builder, x string) string {
			return b.pair("Add", b.constant(1, 7), b.pair("MatMul", x, b.constant(1, width, 7)))
		}, 1},
		{"matrix, bias, activation", func(b *builder, x string) string {
			y := b.pair("Add", b.pair("MatMul", x, b.constant(0.3, width, 7)), b.constant(1, 7))
			return b.pair("Mul", y, b.one("Sigmoid", b.pair("Mul", y, 1.702)))
		}, 1},
		{"matrix, bias, residual", func(b *builder, x string) string {
			return b.pair("Add", x, b.pair("Add", b.pair("MatMul", x, b.constant(1, width, width)), b.constant(1, width)))
		}, 1},
		{"matrix and a bias for each row", func(b *builder, x string) string {
			return b.pair("Add", b.pair("MatMul", x, b.constant(1, width, 7)), b.constant(1, 5, 1))
		}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBuilder(20).input("x", 5, width)
			b.out(row.build(b, "x"))
			in := tensor("x", 2, 5, width)
			checkModel(t, b.m, in)
			out := []vision.Tensor{{Name: b.m.Graph.Outputs[0].Name}}
			require.Equal(t, row.steps, steps(t, open(t, b.m, 1), []vision.Tensor{in}, out))
			for _, n := range b.m.Graph.Nodes[:len(b.m.Graph.Nodes)-1] { // what else is needed must not be lost
				b.out(n.Outputs[0])
			}
			checkModel(t, b.m, in)
		})
	}
}

// heads adds the projection of x to heads: [N, T, heads·dim] to [N, heads, T, dim], or [N, heads, dim, T].
func (b *builder) heads(x string, width, heads, dim int, transposed bool) string {
	y := b.pair("Add", b.pair("MatMul", x, b.constant(0.4, width, heads*dim)), b.constant(0.5, heads*dim))
	y = b.pair("Reshape", y, b.shape(0, 0, int64(heads), int64(dim)))
	perm := []int64{0, 2, 1, 3}
	if transposed {
		perm = []int64{0, 2, 3, 1}
	}
	return b.node("Transpose", []string{y}, onnxfile.IntsAttr("perm", perm...))
}

// TestAttention compares every way to write an attention with the reference. Where it is recognised, it is one step
// beside those of its four matrices.
func TestAttention(t *testing.T) {
	t.Parallel()
	const tokens, width, heads, dim = 11, 12, 3, 5
	for _, row := range []struct {
		name  string
		build func(b *builder, q, k, v string) string
		steps int
	}{
		{"plain", func(b *builder, q, k, v string) string {
			return b.pair("MatMul", b.one("Softmax", b.pair("MatMul", q, k)), v)
		}, 5},
		{"scaled queries", func(b *builder, q, k, v string) string {
			return b.pair("MatMul", b.one("Softmax", b.pair("MatMul", b.pair("Mul", q, 0.3), k)), v)
		}, 5},
		{"scaled both", func(b *builder, q, k, v string) string {
			return b.pair("MatMul", b.one("Softmax", b.pair("MatMul", b.pair("Div", q, 2.0), b.pair("Mul", 0.7, k))), v)
		}, 5},
		{"scaled scores, masks", func(b *builder, q, k, v string) string {
			scores := b.pair("Add", b.pair("Div", b.pair("MatMul", q, k), 3.0), b.constant(1, tokens, tokens))
			return b.pair("MatMul", b.one("Softmax", b.pair("Add", b.constant(1, 1, heads, 1, tokens), scores)), v)
		}, 5},
		{"column mask", func(b *builder, q, k, v string) string {
			scores := b.pair("Add", b.pair("MatMul", q, k), b.constant(1, heads, tokens, 1))
			return b.pair("MatMul", b.one("Softmax", scores), v)
		}, 5},
		{"folded", func(b *builder, q, k, v string) string {
			fold := func(x string, rows, cols int64) string { return b.pair("Reshape", x, b.shape(-1, rows, cols)) }
			k = b.node("Transpose", []string{k}, onnxfile.IntsAttr("perm", 0, 1, 3, 2))
			k = b.node("Transpose", []string{fold(k, tokens, dim)}, onnxfile.IntsAttr("perm", 0, 2, 1))
			scores := b.pair("Reshape", b.pair("MatMul", fold(q, tokens, dim), k), b.shape(-1, heads, tokens, tokens))
			scores = b.pair("Add", scores, b.constant(1, 1, heads, 1, tokens))
			y := b.pair("MatMul", b.one("Softmax", fold(scores, tokens, tokens)), fold(v, tokens, dim))
			return b.pair("Reshape", y, b.shape(-1, heads, tokens, dim))
		}, 6},
		{"folded scores and values", func(b *builder, _, k, v string) string {
			q := b.pair("Reshape", b.pair("MatMul", "x", b.constant(0.4, width, dim)), b.shape(-1, 1, tokens, dim))
			q = b.pair("Add", q, b.constant(1, heads, 1, 1)) // the reference does not repeat on the left
			q = b.pair("Reshape", q, b.shape(-1, heads, tokens, dim))
			scores := b.pair("Reshape", b.pair("MatMul", q, k), b.shape(-1, tokens, tokens))
			y := b.pair("MatMul", b.one("Softmax", scores), b.pair("Reshape", v, b.shape(-1, tokens, dim)))
			return b.pair("Reshape", y, b.shape(-1, heads, tokens, dim))
		}, 7},
		{"one value for all heads", func(b *builder, q, k, _ string) string {
			v := b.pair("Reshape", b.pair("MatMul", "x", b.constant(0.4, width, dim)), b.shape(-1, 1, tokens, dim))
			return b.pair("MatMul", b.one("Softmax", b.pair("MatMul", q, k)), v)
		}, 5},
		{"scaled after the mask", func(b *builder, q, k, v string) string {
			scores := b.pair("Mul", b.pair("Add", b.pair("MatMul", q, k), b.constant(1, tokens, tokens)), 0.5)
			return b.pair("MatMul", b.one("Softmax", scores), v)
		}, 11},
		{"scores used twice", func(b *builder, q, k, v string) string {
			scores := b.pair("MatMul", q, k)
			b.out(scores)
			return b.pair("MatMul", b.one("Softmax", scores), v)
		}, 9},
		{"no softmax", func(b *builder, q, k, v string) string {
			return b.pair("MatMul", b.one("Tanh", b.pair("MatMul", q, k)), v)
		}, 8},
	} {
		for _, n := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s batch=%d", row.name, n), func(t *testing.T) {
				t.Parallel()
				b := newBuilder(21).input("x", tokens, width)
				q, k := b.heads("x", width, heads, dim, false), b.heads("x", width, heads, dim, true)
				y := row.build(b, q, k, b.heads("x", width, heads, dim, false))
				y = b.node("Transpose", []string{y}, onnxfile.IntsAttr("perm", 0, 2, 1, 3))
				y = b.pair("Reshape", y, b.shape(0, 0, heads*dim))
				b.out(b.pair("MatMul", y, b.constant(0.4, heads*dim, width)))
				in := tensor("x", n, tokens, width)
				checkModel(t, b.m, in)
				var out []vision.Tensor
				for _, info := range b.m.Graph.Outputs {
					out = append(out, vision.Tensor{Name: info.Name})
				}
				require.Equal(t, row.steps, steps(t, open(t, b.m, 1), []vision.Tensor{in}, out))
			})
		}
	}
}
