package onnx

import (
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// elementsPerPart is how many sums or bounds make a part of a step: some tens of microseconds.
const elementsPerPart = 128 << 10

// bound is Clip and Relu: out = min(hi, max(lo, in)). NaN stays NaN.
type bound struct{ bounds simd.Bounds }

func loadRelu(n *node, _ *graph) (operator, error) {
	return bound{simd.Bounds{Lo: 0, Hi: float32(math.Inf(1))}}, newAttributes(n).done()
}

// loadClip reads the bounds from attributes before opset 11, and from constant inputs since.
func loadClip(n *node, g *graph) (operator, error) {
	b, a := simd.Unbounded(), newAttributes(n)
	if g.opset < 11 {
		b = simd.Bounds{Lo: a.float("min", -math.MaxFloat32), Hi: a.float("max", math.MaxFloat32)}
	}
	for i, side := range []*float32{nil, &b.Lo, &b.Hi} {
		v := n.input(i)
		if side == nil || v == nil {
			continue
		}
		if g.opset < 11 {
			return nil, n.invalidf("%d inputs, want 1", len(n.inputs))
		}
		if v.constant == nil || v.constant.Type != onnxfile.Float || len(v.constant.Floats) != 1 {
			return nil, n.unsupported(fmt.Sprintf("input %d is not one constant float32", i))
		}
		*side = v.constant.Floats[0]
	}
	if b.Lo != b.Lo || b.Hi != b.Hi {
		return nil, n.invalidf("bounds %v and %v", b.Lo, b.Hi)
	}
	return bound{b}, a.done()
}

func (o bound) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in[0]); err != nil {
		return nil, err
	}
	return one(n, in[0].shape...)
}

func (o bound) emit(b *planBuilder, n *node) error {
	b.emitEach(n, func(k *simd.Kernels, dst, a []float32) { k.Clip(dst, a, o.bounds) })
	return nil
}

// unary applies a function to each number.
type unary struct {
	float function
	ints  func(v int64) int64 // nil if integers are not supported
}

// eachFloat makes the loader of an operator without attributes that has a function of its own.
func eachFloat(f function) func(*node, *graph) (operator, error) {
	return func(n *node, _ *graph) (operator, error) { return unary{float: f}, newAttributes(n).done() }
}

// eachNumber is eachFloat for a function that is not worth a kernel, and for integers unless ints is nil.
func eachNumber(f func(v float64) float64, ints func(v int64) int64) func(*node, *graph) (operator, error) {
	float := func(_ *simd.Kernels, dst, a []float32) {
		for i, v := range a {
			dst[i] = float32(f(float64(v)))
		}
	}
	return func(n *node, _ *graph) (operator, error) { return unary{float, ints}, newAttributes(n).done() }
}

func loadGelu(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	switch form := a.text("approximate", "none"); form {
	case "none":
		return unary{float: (*simd.Kernels).GELU}, a.done()
	case "tanh":
		return unary{float: (*simd.Kernels).GELUTanh}, a.done()
	default:
		return nil, n.unsupported("approximate " + form + " is not supported")
	}
}

// loadQuickGELU makes the operator of our own that [rewriter] puts in place of x·Sigmoid(alpha·x).
func loadQuickGELU(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	alpha := a.float("alpha", 1)
	return unary{float: func(k *simd.Kernels, dst, a []float32) { k.QuickGELU(dst, a, alpha) }}, a.done()
}

func (o unary) infer(n *node, in []tensorType) ([]tensorType, error) {
	if in[0].whole() && o.ints == nil {
		return nil, needFloat(n, in[0])
	}
	return sized(n, in[0].elem, in[0].shape...)
}

func (o unary) emit(b *planBuilder, n *node) error {
	t := b.typeOf(n.inputs[0])
	if !t.whole() {
		b.emitEach(n, o.float)
		return nil
	}
	x, y := b.operand(n.inputs[0], whole), b.result(n.outputs[0], whole)
	b.add(step{
		name: n.name, parts: 1, reads: []*storage{x}, writes: []*storage{y}, inPlace: []*storage{x},
		run: func(st *state, _, _ int) {
			dst := st.ints(y)
			for i, v := range st.ints(x) {
				dst[i] = wrap(o.ints(v), t.elem)
			}
		},
	})
	return nil
}

// emitEach adds a step that applies f to all numbers, in whatever layout they are.
func (b *planBuilder) emitEach(n *node, f function) {
	l := b.existing(n.inputs[0])
	x, y := b.operand(n.inputs[0], l), b.result(n.outputs[0], l)
	b.add(step{
		name: n.name, parts: ceilDiv(y.size, elementsPerPart), reads: []*storage{x}, writes: []*storage{y},
		inPlace: []*storage{x},
		run: func(st *state, _, part int) {
			from, to := part*elementsPerPart, min(y.size, (part+1)*elementsPerPart)
			f(b.kernels, st.data(y)[from:to], st.data(x)[from:to])
		},
	})
}

// existing returns a layout in which one of the values is in memory already, the one for convolutions if there is a choice.
func (b *planBuilder) existing(values ...*value) layout {
	for _, v := range values {
		if b.has(v, channelsLast) {
			return channelsLast
		}
	}
	return plain
}
