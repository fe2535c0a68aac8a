package clipgraph

import (
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// layer is one transformer layer on x [N, tokens, Width]: x += attention(norm(x)); x += mlp(norm(x)). mask is added to
// attention scores unless it is empty.
func (b *builder) layer(x, mask string) string {
	name := fmt.Sprintf("layers.%d.", b.layers)
	b.layers++
	x = b.node("Add", []string{x, b.attention(b.layerNorm(x, name+"norm1"), name, mask)})
	return b.node("Add", []string{x, b.mlp(b.layerNorm(x, name+"norm2"), name)})
}

func (b *builder) mlp(x, name string) string {
	x = b.linear(x, name+"up", b.Width, b.Hidden)
	if b.Activation == QuickGELU {
		gate := b.node("Sigmoid", []string{b.node("Mul", []string{x, b.float("quick", 1.702)})})
		x = b.node("Mul", []string{x, gate})
	} else {
		erf := b.node("Erf", []string{b.node("Mul", []string{x, b.float("root half", math.Sqrt2/2)})})
		x = b.node("Mul", []string{x, b.node("Add", []string{erf, b.float("one", 1)})})
		x = b.node("Mul", []string{x, b.float("half", 0.5)})
	}
	return b.linear(x, name+"down", b.Hidden, b.Width)
}

// attention is softmax(q·kᵀ/√d + mask)·v for each head, of d = Width/Heads numbers, and a projection.
func (b *builder) attention(x, name, mask string) string {
	scale := b.float("scale", 1/math.Sqrt(float64(b.Width/b.Heads)))
	q := b.linear(x, name+"q", b.Width, b.Width)
	if b.Primitive {
		q = b.node("Mul", []string{q, scale})
		k := b.linear(x, name+"k", b.Width, b.Width)
		v := b.linear(x, name+"v", b.Width, b.Width)
		x = b.foldedHeads(x, q, k, v, mask)
	} else {
		q = b.split(q, 0, 2, 1, 3)
		k := b.split(b.linear(x, name+"k", b.Width, b.Width), 0, 2, 3, 1)
		v := b.split(b.linear(x, name+"v", b.Width, b.Width), 0, 2, 1, 3)
		scores := b.node("MatMul", []string{b.node("Mul", []string{q, scale}), k})
		if mask != "" {
			scores = b.node("Add", []string{scores, mask})
		}
		x = b.node("MatMul", []string{b.softmax(scores), v})
		x = b.node("Reshape", []string{b.transpose(x, 0, 2, 1, 3), b.ints("together", 0, 0, int64(b.Width))})
	}
	return b.linear(x, name+"out", b.Width, b.Width)
}

func (b *builder) softmax(x string) string {
	return b.node("Softmax", []string{x}, onnxfile.IntAttr("axis", -1))
}

// split makes [N, tokens, Heads, d] of x and permutes that.
func (b *builder) split(x string, perm ...int64) string {
	return b.transpose(b.node("Reshape", []string{x, b.ints("apart", 0, 0, int64(b.Heads), int64(b.Width/b.Heads))}), perm...)
}

// foldedHeads is the middle of attention on [N·Heads, tokens, d], with shapes taken from x [N, tokens, Width]. Only the
// mask needs the heads apart.
func (b *builder) foldedHeads(x, q, k, v, mask string) string {
	n, tokens := b.dim(x, 0), b.dim(x, 1)
	heads, d := b.int("heads", int64(b.Heads)), b.int("head width", int64(b.Width/b.Heads))
	folded := b.node("Mul", []string{n, heads})
	fold := func(x string) string {
		x = b.node("Reshape", []string{x, b.join(n, b.int("any", -1), heads, d)})
		return b.node("Reshape", []string{b.transpose(x, 0, 2, 1, 3), b.join(folded, b.int("any", -1), d)})
	}
	q, k, v = fold(q), fold(k), fold(v)
	scores := b.node("MatMul", []string{q, b.transpose(k, 0, 2, 1)})
	if mask != "" {
		scores = b.node("Reshape", []string{scores, b.join(n, heads, tokens, tokens)})
		scores = b.node("Add", []string{scores, mask})
		scores = b.node("Reshape", []string{scores, b.join(folded, tokens, tokens)})
	}
	y := b.node("MatMul", []string{b.softmax(scores), v})
	y = b.node("Reshape", []string{y, b.join(n, heads, tokens, d)})
	return b.node("Reshape", []string{b.transpose(y, 0, 2, 1, 3), b.join(n, tokens, b.int("width", int64(b.Width)))})
}
