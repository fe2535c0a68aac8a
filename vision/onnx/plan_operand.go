package onnx

import "github.com/soundtrack-go/sdk/vision/internal/onnxfile"

// operand returns where a value lies in a layout, and adds steps that bring it there if need be.
func (b *planBuilder) operand(v *value, l layout) *storage {
	stored, t := &b.stored[v.id], b.typeOf(v)
	if stored[l] != nil {
		return stored[l]
	}
	if t.known != nil && (l == plain || l == whole) {
		stored[l] = constantStorage(t.known, l)
		return stored[l]
	}
	if natural := t.natural(); b.views[v.id].store != nil && stored[natural] == nil {
		stored[natural] = b.inOrder(v)
		if l == natural {
			return stored[l]
		}
	}
	switch {
	case l == channelsLast:
		b.toLayout(v, b.operand(v, plain), l)
	case l == plain && stored[channelsLast] != nil:
		b.toLayout(v, stored[channelsLast], l)
	case l == plain:
		stored[l] = b.toFloats(v, b.operand(v, whole))
	default:
		stored[l] = b.toInts(v, b.operand(v, plain))
	}
	return stored[l]
}

// constantStorage holds numbers that are known.
func constantStorage(t *onnxfile.Tensor, l layout) *storage {
	s := &storage{kind: isConstant, ints: l == whole}
	if l == whole {
		s.wholes = wholeNumbers(t)
	} else {
		s.numbers = floatNumbers(t)
	}
	s.size = max(len(s.wholes), len(s.numbers))
	return s
}

// inOrder copies a view so that its numbers lie in order, unless they do.
func (b *planBuilder) inOrder(v *value) *storage {
	w := b.views[v.id]
	if w.isAll() {
		return w.store
	}
	s := b.newStorage(b.typeOf(v).elements(), w.store.ints)
	b.copyTo(v.name+" (copy)", s, w)
	return s
}

// toLayout brings the numbers of a picture into the other order.
func (b *planBuilder) toLayout(v *value, from *storage, l layout) {
	stored, shape := &b.stored[v.id], b.typeOf(v).shape
	switch {
	case sameInBoth(shape):
		stored[l] = from
	case from.kind == isConstant:
		to := &storage{kind: isConstant, numbers: make([]float32, from.size), size: from.size}
		for i := range shape[0] {
			convert(to.numbers, from.numbers, shape, l, i)
		}
		stored[l] = to
	default:
		to := b.newStorage(from.size, false)
		stored[l] = to
		b.add(step{
			name: v.name + " (layout)", parts: shape[0], reads: []*storage{from}, writes: []*storage{to},
			run: func(st *state, _, part int) { convert(st.data(to), st.data(from), shape, l, part) },
		})
	}
}

// toFloats converts whole numbers. Those beyond 2²⁴ are rounded.
func (b *planBuilder) toFloats(v *value, from *storage) *storage {
	to := b.newStorage(from.size, false)
	b.add(step{
		name: v.name + " (to float32)", parts: 1, reads: []*storage{from}, writes: []*storage{to},
		run: func(st *state, _, _ int) {
			dst := st.data(to)
			for i, v := range st.ints(from) {
				dst[i] = float32(v)
			}
		},
	})
	return to
}

// toInts converts numbers of an integer type that were computed as float32.
func (b *planBuilder) toInts(v *value, from *storage) *storage {
	to := b.newStorage(from.size, true)
	b.add(step{
		name: v.name + " (to int64)", parts: 1, reads: []*storage{from}, writes: []*storage{to},
		run: func(st *state, _, _ int) {
			dst := st.ints(to)
			for i, v := range st.data(from) {
				dst[i] = int64(v)
			}
		},
	})
	return to
}

// view returns where a value lies, by strides.
func (b *planBuilder) view(v *value) view {
	t := b.typeOf(v)
	if w := b.views[v.id]; w.store != nil && b.stored[v.id][t.natural()] == nil {
		return w
	}
	if s := b.stored[v.id][channelsLast]; s != nil && b.stored[v.id][plain] == nil {
		c, h, w := t.shape[1], t.shape[2], t.shape[3]
		return view{store: s, shape: t.shape, strides: []int{c * h * w, 1, w * c, c}}
	}
	return contiguous(b.operand(v, t.natural()), t.shape)
}

// setView says where a value lies.
func (b *planBuilder) setView(v *value, w view) {
	if w.isAll() {
		l := plain
		if w.store.ints {
			l = whole
		}
		b.stored[v.id][l] = w.store
		return
	}
	b.views[v.id] = w
}
