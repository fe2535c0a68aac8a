package onnx

import (
	"fmt"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// pairwise is an operator of two tensors, with broadcasting as in ONNX: shapes are aligned at their ends, and sizes of 1
// repeat.
type pairwise struct {
	isAdd bool // may become part of the step before it
	// float computes float32 numbers, test compares them, ints computes or compares (0 or 1) integers; each is nil if
	// that is not supported. ints reports false for what has no result, such as a division by zero.
	float func(k *simd.Kernels, dst, a, b []float32)
	test  func(a, b float32) bool
	ints  func(a, b int64) (int64, bool)
}

func loadPairwise(o pairwise) func(*node, *graph) (operator, error) {
	return func(n *node, _ *graph) (operator, error) { return &o, newAttributes(n).done() }
}

// compares reports whether the result is bool.
func (o *pairwise) compares(n *node) bool {
	return o.test != nil || n.op == "And" || n.op == "Or" || n.op == "Xor"
}

func (o *pairwise) infer(n *node, in []tensorType) ([]tensorType, error) {
	a, b := in[0], in[1]
	switch {
	case a.elem != b.elem && n.op != "Pow":
		return nil, n.invalidf("inputs are %v and %v", a.elem, b.elem)
	case !a.whole() && o.float == nil && o.test == nil, a.whole() && o.ints == nil:
		return nil, n.unsupported(fmt.Sprintf("inputs are %v, which is not supported", a.elem))
	}
	shape, err := broadcastShape(n, a.shape, b.shape)
	if err != nil {
		return nil, err
	}
	elem := a.elem
	if o.compares(n) {
		elem = onnxfile.Bool
	}
	return sized(n, elem, shape...)
}

// broadcastShape returns the shape of a result of tensors of these shapes.
func broadcastShape(n *node, shapes ...[]int) ([]int, error) {
	var shape []int
	for _, s := range shapes {
		if len(s) > len(shape) {
			shape = s
		}
	}
	shape = append([]int(nil), shape...)
	for _, s := range shapes {
		for i := 1; i <= len(s); i++ {
			have, want := &shape[len(shape)-i], s[len(s)-i]
			switch {
			case *have == want || want == 1:
			case *have == 1:
				*have = want
			default:
				return nil, n.invalidf("shapes %v do not go together", shapes)
			}
		}
	}
	return shape, nil
}

// sizeFromEnd returns the i-th dimension from the end, counted from 1, or 1 beyond the first.
func sizeFromEnd(shape []int, i int) int {
	if i > len(shape) {
		return 1
	}
	return shape[len(shape)-i]
}

func (o *pairwise) emit(b *planBuilder, n *node) error {
	left, right := n.inputs[0], n.inputs[1]
	switch {
	case b.typeOf(left).whole():
		o.emitInts(b, n)
	case o.float == nil:
		o.emitTest(b, n)
	case equalShapes(b.typeOf(left).shape, b.typeOf(right).shape):
		o.emitEqual(b, n)
	default:
		o.emitRows(b, n)
	}
	return nil
}

// emitEqual computes with tensors of the same shape in whatever layout they are.
func (o *pairwise) emitEqual(b *planBuilder, n *node) {
	left, right, f := n.inputs[0], n.inputs[1], b.fusion(n)
	l := b.existing(left, right)
	x, z := b.operand(left, l), b.operand(right, l)
	y := b.result(f.result, l)
	b.add(step{
		name: n.name, parts: ceilDiv(y.size, elementsPerPart), reads: []*storage{x, z}, writes: []*storage{y},
		inPlace: []*storage{x, z},
		run: func(st *state, _, part int) {
			from, to := part*elementsPerPart, min(y.size, (part+1)*elementsPerPart)
			o.compute(b.kernels, st.data(y)[from:to], st.data(x)[from:to], st.data(z)[from:to], f.bounds)
		},
	})
}

func (o *pairwise) compute(k *simd.Kernels, dst, a, b []float32, bounds simd.Bounds) {
	if o.isAdd {
		k.AddClip(dst, a, b, bounds)
		return
	}
	o.float(k, dst, a, b)
	if bounds != simd.Unbounded() {
		k.Clip(dst, dst, bounds)
	}
}

// fuses lets bounds be applied.
func (o *pairwise) fuses(*planBuilder, *node) abilities { return abilities{} }

// emitRows computes row by row of the last dimension. Numbers that repeat over a row or are far apart are copied first.
func (o *pairwise) emitRows(b *planBuilder, n *node) {
	f := b.fusion(n)
	shape := b.typeOf(f.result).shape
	// Pow may have an integer as its exponent
	x, z := b.floatView(n.inputs[0]).broadcast(shape), b.floatView(n.inputs[1]).broadcast(shape)
	x, z = mergeBoth(x, z)
	y := b.result(f.result, plain)
	rows, width := x.rows()
	perPart := max(1, elementsPerPart/max(1, width))
	b.needScratch(2 * width)
	b.add(step{
		name: n.name, parts: ceilDiv(rows, perPart), reads: []*storage{x.store, z.store}, writes: []*storage{y},
		run: func(st *state, worker, part int) {
			spread := st.scratch(worker, 2*width)
			for row := part * perPart; row < min(rows, (part+1)*perPart); row++ {
				u := x.floats(st, row, spread[:width])
				v := z.floats(st, row, spread[width:])
				o.compute(b.kernels, st.data(y)[row*width:][:width], u, v, f.bounds)
			}
		},
	})
}

// floatView returns where the numbers of a value lie as float32.
func (b *planBuilder) floatView(v *value) view {
	t := b.typeOf(v)
	if t.whole() {
		return contiguous(b.operand(v, plain), t.shape)
	}
	return b.view(v)
}

// floats returns a row of the last dimension, in spread if its numbers do not lie one after the other.
func (v view) floats(st *state, row int, spread []float32) []float32 {
	at, stride := v.row(row)
	if stride == 1 || len(spread) == 1 {
		return st.data(v.store)[at:][:len(spread)]
	}
	copyStrided(spread, st.data(v.store), at, stride)
	return spread
}

// mergeBoth joins neighbouring dimensions where both views run through evenly, so that rows are long.
func mergeBoth(a, b view) (x, z view) {
	const maxRow = 4096 // spreading a number over a row should stay in cache
	var merged []int
	x, z = view{store: a.store, offset: a.offset}, view{store: b.store, offset: b.offset}
	for i := len(a.shape) - 1; i >= 0; i-- {
		d := a.shape[i]
		if d == 1 {
			continue
		}
		if len(merged) > 0 {
			inner := merged[0]
			if inner*d <= maxRow && a.strides[i] == x.strides[0]*inner && b.strides[i] == z.strides[0]*inner {
				merged[0] *= d
				continue
			}
		}
		merged = append([]int{d}, merged...)
		x.strides, z.strides = append([]int{a.strides[i]}, x.strides...), append([]int{b.strides[i]}, z.strides...)
	}
	x.shape, z.shape = merged, merged
	return x, z
}

// emitTest compares float32 numbers.
func (o *pairwise) emitTest(b *planBuilder, n *node) {
	shape := b.typeOf(n.outputs[0]).shape
	x, z := b.view(n.inputs[0]).broadcast(shape), b.view(n.inputs[1]).broadcast(shape)
	y := b.result(n.outputs[0], whole)
	b.addRows(n.name, y, x, []view{x, z}, func(st *state, row, width int) {
		at, step := x.row(row)
		to, stride := z.row(row)
		left, right, dst := st.data(x.store), st.data(z.store), st.ints(y)[row*width:][:width]
		for i := range dst {
			dst[i] = truth(o.test(left[at+i*step], right[to+i*stride]))
		}
	})
}

// emitInts computes integers.
func (o *pairwise) emitInts(b *planBuilder, n *node) {
	t := b.typeOf(n.outputs[0])
	x, z := b.view(n.inputs[0]).broadcast(t.shape), b.view(n.inputs[1]).broadcast(t.shape)
	y := b.result(n.outputs[0], whole)
	b.addRows(n.name, y, x, []view{x, z}, func(st *state, row, width int) {
		at, step := x.row(row)
		to, stride := z.row(row)
		left, right, dst := st.ints(x.store), st.ints(z.store), st.ints(y)[row*width:][:width]
		for i := range dst {
			v, ok := o.ints(left[at+i*step], right[to+i*stride])
			if !ok {
				st.fail(n.invalidf("division by zero"))
				return
			}
			dst[i] = wrap(v, t.elem)
		}
	})
}

// addRows adds a step that computes y row by row, as shape says.
func (b *planBuilder) addRows(name string, y *storage, shape view, reads []view, run func(st *state, row, width int)) {
	rows, width := shape.rows()
	if rows*width == 0 {
		return
	}
	perPart := max(1, elementsPerPart/width)
	s := step{name: name, parts: ceilDiv(rows, perPart), writes: []*storage{y}}
	for _, r := range reads {
		s.reads = append(s.reads, r.store)
	}
	s.run = func(st *state, _, part int) {
		for row := part * perPart; row < min(rows, (part+1)*perPart); row++ {
			run(st, row, width)
		}
	}
	b.add(s)
}
