package onnx

import "slices"

// view is a tensor that lies in a storage by strides, so that transposing, cutting, splitting and repeating cost
// nothing until somebody needs the numbers one after the other.
type view struct {
	store          *storage
	offset         int   // of the first number
	shape, strides []int // a stride of 0 repeats
}

// contiguous is all of a storage, in row-major order.
func contiguous(s *storage, shape []int) view {
	return view{store: s, shape: shape, strides: rowMajor(shape)}
}

// rowMajor returns how far apart neighbours along each dimension are.
func rowMajor(shape []int) []int {
	strides, step := make([]int, len(shape)), 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = step
		step *= shape[i]
	}
	return strides
}

// isAll reports whether the view is its storage, from the first number to the last in their order.
func (v view) isAll() bool {
	step := 1
	for i := len(v.shape) - 1; i >= 0; i-- {
		if v.shape[i] != 1 && v.strides[i] != step {
			return false
		}
		step *= v.shape[i]
	}
	return v.offset == 0 && step == v.store.size
}

// permute reorders dimensions: dimension i of the result is perm[i] of v.
func (v view) permute(perm []int) view {
	out := view{store: v.store, offset: v.offset, shape: make([]int, len(perm)), strides: make([]int, len(perm))}
	for i, p := range perm {
		out.shape[i], out.strides[i] = v.shape[p], v.strides[p]
	}
	return out
}

// inverse returns the permutation that undoes perm.
func inverse(perm []int) []int {
	out := make([]int, len(perm))
	for i, p := range perm {
		out[p] = i
	}
	return out
}

// broadcast repeats v, whose shape is aligned at the end, to shape.
func (v view) broadcast(shape []int) view {
	out := view{store: v.store, offset: v.offset, shape: shape, strides: make([]int, len(shape))}
	ahead := len(shape) - len(v.shape)
	for i, d := range v.shape {
		if d == shape[ahead+i] {
			out.strides[ahead+i] = v.strides[i]
		}
	}
	return out
}

// reshape gives v another shape of as many numbers, if strides can say where they are.
func (v view) reshape(shape []int) (view, bool) {
	out := view{store: v.store, offset: v.offset, shape: shape, strides: make([]int, len(shape))}
	if slices.Contains(shape, 0) {
		return out, true
	}
	from := merge(v)
	at, left := 0, 1 // group of from that is being divided, and the numbers of it that are still to be covered
	if len(from.shape) > 0 {
		left = from.shape[0]
	}
	for i, d := range shape {
		if d == 1 {
			continue
		}
		for left == 1 && at+1 < len(from.shape) {
			at++
			left = from.shape[at]
		}
		if left%d != 0 {
			return view{}, false
		}
		left /= d
		out.strides[i] = from.strides[at] * left
	}
	return out, true
}

// merge joins neighbouring dimensions that strides run through evenly, and drops those of size 1.
func merge(v view) view {
	out := view{store: v.store, offset: v.offset}
	for i, d := range v.shape {
		last := len(out.shape) - 1
		switch {
		case d == 1:
		case last >= 0 && out.strides[last] == v.strides[i]*d:
			out.shape[last] *= d
			out.strides[last] = v.strides[i]
		default:
			out.shape, out.strides = append(out.shape, d), append(out.strides, v.strides[i])
		}
	}
	return out
}

// rows returns the number of rows of the last dimension, and their length.
func (v view) rows() (count, width int) {
	count, width = 1, 1
	for i, d := range v.shape {
		if i == len(v.shape)-1 {
			width = d
		} else {
			count *= d
		}
	}
	return count, width
}

// row returns where a row of the last dimension starts, counted over all others, and the stride within.
func (v view) row(i int) (at, stride int) {
	at = v.offset
	last := len(v.shape) - 1
	if last < 0 {
		return at, 0
	}
	for d := last - 1; d >= 0; d-- {
		at += i % v.shape[d] * v.strides[d]
		i /= v.shape[d]
	}
	return at, v.strides[last]
}

// copyRows writes rows from to to of v, which lies in src, to dst one after the other.
func copyRows[T float32 | int64](dst, src []T, v view, from, to int) {
	_, width := v.rows()
	for i := from; i < to; i++ {
		at, stride := v.row(i)
		copyStrided(dst[(i-from)*width:][:width], src, at, stride)
	}
}

// copyStrided sets dst[i] = src[at + i·stride].
func copyStrided[T float32 | int64](dst, src []T, at, stride int) {
	switch stride {
	case 0:
		for i := range dst {
			dst[i] = src[at]
		}
	case 1:
		copy(dst, src[at:])
	default:
		for i := range dst {
			dst[i] = src[at+i*stride]
		}
	}
}

// copyPlan is the shape in which a view is copied: with as few and as long rows as its strides allow.
func copyPlan(v view) (merged view, rows, width, perPart int) {
	merged = merge(v)
	rows, width = merged.rows()
	return merged, rows, width, max(1, elementsPerPart/max(1, width))
}

// copyTo adds a step that writes a view one after the other to a storage of the same kind.
func (b *planBuilder) copyTo(name string, to *storage, v view) {
	merged, rows, width, perPart := copyPlan(v)
	if rows*width == 0 {
		return
	}
	b.add(step{
		name: name, parts: ceilDiv(rows, perPart), reads: []*storage{v.store}, writes: []*storage{to},
		run: func(st *state, _, part int) {
			from, end := part*perPart, min(rows, (part+1)*perPart)
			if to.ints {
				copyRows(st.ints(to)[from*width:], st.ints(merged.store), merged, from, end)
			} else {
				copyRows(st.data(to)[from*width:], st.data(merged.store), merged, from, end)
			}
		},
	})
}
