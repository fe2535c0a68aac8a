package onnx

import (
	"math"
	"slices"
)

// transposed is Transpose.
type transposed struct{ perm []int } // nil: all dimensions in reverse order

func loadTranspose(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	list, ok := a.ints("perm")
	o := transposed{}
	if ok {
		o.perm = make([]int, len(list))
		seen := make([]bool, len(list))
		for i, p := range list {
			if p < 0 || p >= int64(len(list)) || seen[p] {
				return nil, n.invalidf("perm %v", list)
			}
			o.perm[i], seen[p] = int(p), true
		}
	}
	return o, a.done()
}

// order returns the permutation for a tensor of that rank, or nil if it is one for others.
func (o transposed) order(rank int) []int {
	perm := o.perm
	if perm == nil {
		perm = make([]int, rank)
		for i := range perm {
			perm[i] = rank - 1 - i
		}
	}
	if len(perm) != rank {
		return nil
	}
	return perm
}

func (o transposed) infer(n *node, in []tensorType) ([]tensorType, error) {
	perm := o.order(len(in[0].shape))
	if perm == nil {
		return nil, n.invalidf("perm %v for shape %v", o.perm, in[0].shape)
	}
	shape := make([]int, len(perm))
	for i, p := range perm {
		shape[i] = in[0].shape[p]
	}
	return sized(n, in[0].elem, shape...)
}

func (o transposed) emit(b *planBuilder, n *node) error {
	w := b.view(n.inputs[0])
	b.setView(n.outputs[0], w.permute(o.order(len(w.shape))))
	return nil
}

// expand is Expand: repetition to a known shape.
type expand struct{}

func loadExpand(n *node, _ *graph) (operator, error) { return expand{}, newAttributes(n).done() }

func (expand) infer(n *node, in []tensorType) ([]tensorType, error) {
	want, err := sizesOf(n, in, 1)
	if err != nil {
		return nil, err
	}
	shape, err := broadcastShape(n, in[0].shape, want)
	if err != nil {
		return nil, err
	}
	return sized(n, in[0].elem, shape...)
}

// sizesOf returns a shape that an input says.
func sizesOf(n *node, in []tensorType, i int) ([]int, error) {
	list, err := knownList(n, in, i)
	if err != nil {
		return nil, err
	}
	sizes := make([]int, len(list))
	for i, d := range list {
		if d < 0 || d > math.MaxInt32 {
			return nil, n.invalidf("shape %v", list)
		}
		sizes[i] = int(d)
	}
	return sizes, nil
}

func (expand) emit(b *planBuilder, n *node) error {
	out := n.outputs[0]
	b.setView(out, b.view(n.inputs[0]).broadcast(b.typeOf(out).shape))
	return nil
}

// tile is Tile: each dimension is repeated a known number of times.
type tile struct{}

func loadTile(n *node, _ *graph) (operator, error) { return tile{}, newAttributes(n).done() }

func (tile) infer(n *node, in []tensorType) ([]tensorType, error) {
	repeats, err := sizesOf(n, in, 1)
	if err != nil {
		return nil, err
	}
	shape := slices.Clone(in[0].shape)
	if len(repeats) != len(shape) {
		return nil, n.invalidf("repeats %v for shape %v", repeats, shape)
	}
	for i, r := range repeats {
		shape[i] *= r // both below 2³²
	}
	return sized(n, in[0].elem, shape...)
}

// emit gives each dimension one before it that repeats, and copies.
func (tile) emit(b *planBuilder, n *node) error {
	from, out := b.view(n.inputs[0]), n.outputs[0]
	t := b.typeOf(out)
	w := view{store: from.store, offset: from.offset}
	for i, d := range from.shape {
		w.shape, w.strides = append(w.shape, t.shape[i]/max(1, d), d), append(w.strides, 0, from.strides[i])
	}
	b.copyTo(n.name, b.result(out, t.natural()), w)
	return nil
}

// concat is Concat.
type concat struct{ axis int64 }

func loadConcat(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	if n.source.Attr("axis") == nil {
		return nil, n.invalidf("no axis")
	}
	return concat{axis: a.int("axis", 0)}, a.done()
}

func (o concat) infer(n *node, in []tensorType) ([]tensorType, error) {
	axis, err := axisOf(n, o.axis, len(in[0].shape))
	if err != nil {
		return nil, err
	}
	shape := slices.Clone(in[0].shape)
	for i, t := range in[1:] {
		if t.elem != in[0].elem || len(t.shape) != len(shape) {
			return nil, n.invalidf("inputs are %v of shape %v and %v of shape %v", in[0].elem, shape, t.elem, t.shape)
		}
		for d := range shape {
			if d != axis && t.shape[d] != shape[d] {
				return nil, n.invalidf("input %d has shape %v, which does not go on %v", i+1, t.shape, shape)
			}
		}
		shape[axis] += t.shape[axis]
	}
	return sized(n, in[0].elem, shape...)
}

// emit copies each input to its part of the output: rows of all dimensions from the axis on, which are shorter than
// those of the output.
func (o concat) emit(b *planBuilder, n *node) error {
	t := b.typeOf(n.outputs[0])
	axis, err := axisOf(n, o.axis, len(t.shape))
	if err != nil {
		return err
	}
	y := b.result(n.outputs[0], t.natural())
	outer, pitch, at := product(t.shape[:axis]), product(t.shape[axis:]), 0
	for _, v := range n.inputs {
		from := b.view(v)
		width := product(from.shape[axis:])
		if width == 0 {
			continue
		}
		offset := at
		inner := view{store: from.store, shape: from.shape[axis:], strides: from.strides[axis:]}
		inner, rows, length, _ := copyPlan(inner)
		heads := view{shape: append(slices.Clone(from.shape[:axis]), 1), strides: append(slices.Clone(from.strides[:axis]), 0)}
		b.add(step{
			name: n.name, parts: outer, reads: []*storage{from.store}, writes: []*storage{y},
			run: func(st *state, _, part int) {
				head, _ := heads.row(part)
				w := inner
				w.offset = from.offset + head
				if y.ints {
					copyRows(st.ints(y)[part*pitch+offset:][:rows*length], st.ints(from.store), w, 0, rows)
				} else {
					copyRows(st.data(y)[part*pitch+offset:][:rows*length], st.data(from.store), w, 0, rows)
				}
			},
		})
		at += width
	}
	return nil
}
