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

func (o bound) activation() simd.Bounds { return o.bounds }

func (o bound) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in[0]); err != nil {
		return nil, err
	}
	return one(n, in[0].shape...)
}

func (o bound) emit(b *planBuilder, n *node) error {
	l := b.existing(n.inputs[0])
	x, y := b.operand(n.inputs[0], l), b.result(n.outputs[0], l)
	b.add(step{
		name: n.name, parts: ceilDiv(y.size, elementsPerPart), reads: []*storage{x}, writes: []*storage{y},
		inPlace: []*storage{x},
		run: func(st *state, _, part int) {
			from, to := part*elementsPerPart, min(y.size, (part+1)*elementsPerPart)
			b.kernels.Clip(st.data(y)[from:to], st.data(x)[from:to], o.bounds)
		},
	})
	return nil
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

// add is Add, with broadcasting as in ONNX: shapes are aligned at their ends, and sizes of 1 repeat.
type add struct{}

func loadAdd(n *node, _ *graph) (operator, error) {
	return add{}, newAttributes(n).done()
}

func (add) fuses(*planBuilder, *node) bool { return false }

func (add) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in...); err != nil {
		return nil, err
	}
	a, b := in[0].shape, in[1].shape
	shape := make([]int, max(len(a), len(b)))
	for i := range shape {
		x, y := sizeFromEnd(a, len(shape)-i), sizeFromEnd(b, len(shape)-i)
		if x != y && x != 1 && y != 1 {
			return nil, n.invalidf("shapes %v and %v do not go together", a, b)
		}
		shape[i] = max(x, y)
		if min(x, y) == 0 {
			shape[i] = 0
		}
	}
	return one(n, shape...)
}

// sizeFromEnd returns the i-th dimension from the end, counted from 1, or 1 beyond the first.
func sizeFromEnd(shape []int, i int) int {
	if i > len(shape) {
		return 1
	}
	return shape[len(shape)-i]
}

func (o add) emit(b *planBuilder, n *node) error {
	left, right := n.inputs[0], n.inputs[1]
	f := b.fusions[n.index]
	if !equalShapes(b.typeOf(left).shape, b.typeOf(right).shape) {
		o.emitBroadcast(b, n)
		return nil
	}
	l := b.existing(left, right)
	x, z := b.operand(left, l), b.operand(right, l)
	y := b.result(f.result, l)
	b.add(step{
		name: n.name, parts: ceilDiv(y.size, elementsPerPart), reads: []*storage{x, z}, writes: []*storage{y},
		inPlace: []*storage{x, z},
		run: func(st *state, _, part int) {
			from, to := part*elementsPerPart, min(y.size, (part+1)*elementsPerPart)
			b.kernels.AddClip(st.data(y)[from:to], st.data(x)[from:to], st.data(z)[from:to], f.bounds)
		},
	})
	return nil
}

// emitBroadcast adds row by row of the last dimension. A number that repeats over a row is spread first.
func (add) emitBroadcast(b *planBuilder, n *node) {
	f := b.fusions[n.index]
	x, z := b.operand(n.inputs[0], plain), b.operand(n.inputs[1], plain)
	y := b.result(f.result, plain)
	shape := b.typeOf(f.result).shape
	xs, zs := strides(b.typeOf(n.inputs[0]).shape, len(shape)), strides(b.typeOf(n.inputs[1]).shape, len(shape))
	last := len(shape) - 1
	width := shape[last]
	rows := y.size / width
	perPart := max(1, elementsPerPart/width)
	b.needScratch(2 * width)
	b.add(step{
		name: n.name, parts: ceilDiv(rows, perPart), reads: []*storage{x, z}, writes: []*storage{y},
		run: func(st *state, worker, part int) {
			spread := st.scratch(worker, 2*width)
			for row := part * perPart; row < min(rows, (part+1)*perPart); row++ {
				u := rowOf(st.data(x), row, shape, xs, spread[:width])
				v := rowOf(st.data(z), row, shape, zs, spread[width:])
				b.kernels.AddClip(st.data(y)[row*width:][:width], u, v, f.bounds)
			}
		},
	})
}

// strides returns how far apart neighbours are along each of rank dimensions, 0 where a shape repeats.
func strides(shape []int, rank int) []int {
	s, step := make([]int, rank), 1
	for i := 1; i <= len(shape); i++ {
		if d := shape[len(shape)-i]; d > 1 {
			s[rank-i] = step
			step *= d
		}
	}
	return s
}

// rowOf returns one row of the last dimension, counted over all others, of a tensor with strides in shape.
func rowOf(data []float32, row int, shape, strides []int, spread []float32) []float32 {
	at, last := 0, len(shape)-1
	for i := last - 1; i >= 0; i-- {
		at += row % shape[i] * strides[i]
		row /= shape[i]
	}
	if strides[last] == 1 || shape[last] == 1 {
		return data[at:][:shape[last]]
	}
	for i := range spread {
		spread[i] = data[at]
	}
	return spread
}
