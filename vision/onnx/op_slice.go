package onnx

import "slices"

// slice is Slice. Starts, ends, axes and steps must be known.
type slice struct{}

func loadSlice(n *node, _ *graph) (operator, error) { return slice{}, newAttributes(n).done() }

// cuts returns where each dimension starts, how it goes on and how many numbers it keeps.
func (slice) cuts(n *node, in []tensorType) (starts, steps, counts []int, err error) {
	shape := in[0].shape
	var lists [5][]int64
	for i := 1; i < len(in); i++ {
		if in[i].shape != nil {
			if lists[i], err = knownList(n, in, i); err != nil {
				return nil, nil, nil, err
			}
		}
	}
	if lists[3] == nil {
		for i := range lists[1] {
			lists[3] = append(lists[3], int64(i))
		}
	}
	if lists[4] == nil {
		lists[4] = slices.Repeat([]int64{1}, len(lists[1]))
	}
	if len(lists[2]) != len(lists[1]) || len(lists[3]) != len(lists[1]) || len(lists[4]) != len(lists[1]) {
		return nil, nil, nil, n.invalidf("starts, ends, axes and steps %v have different lengths", lists[1:])
	}
	starts, steps, counts = make([]int, len(shape)), make([]int, len(shape)), slices.Clone(shape)
	for i := range steps {
		steps[i] = 1
	}
	for i, a := range lists[3] {
		axis, err := axisOf(n, a, len(shape))
		if err != nil {
			return nil, nil, nil, err
		}
		step := lists[4][i]
		if step == 0 || step < -maxSize || step > maxSize {
			return nil, nil, nil, n.invalidf("step %d", step)
		}
		starts[axis], counts[axis] = cutAxis(lists[1][i], lists[2][i], step, int64(shape[axis]))
		steps[axis] = int(step)
	}
	return starts, steps, counts, nil
}

// cutAxis returns the first index and the number of indices from start to before end. Negative ones count from the end.
func cutAxis(start, end, step, size int64) (first, count int) {
	lo, hi := int64(0), size
	if step < 0 {
		lo, hi = -1, size-1
	}
	clamp := func(v int64) int64 {
		if v < 0 {
			v += size // cannot overflow: v is negative
		}
		return min(hi, max(lo, v))
	}
	start, end = min(max(clamp(start), 0), max(0, size-1)+truth(step > 0)), clamp(end)
	if step > 0 {
		return int(start), int(max(0, (end-start+step-1)/step))
	}
	return int(start), int(max(0, (start-end-step-1)/-step))
}

func (o slice) infer(n *node, in []tensorType) ([]tensorType, error) {
	_, _, counts, err := o.cuts(n, in)
	if err != nil {
		return nil, err
	}
	return sized(n, in[0].elem, counts...)
}

func (o slice) emit(b *planBuilder, n *node) error {
	starts, steps, counts, err := o.cuts(n, b.inputTypes(n))
	if err != nil {
		return err
	}
	from := b.view(n.inputs[0])
	w := view{store: from.store, offset: from.offset, shape: counts, strides: make([]int, len(counts))}
	for i := range counts {
		w.offset += starts[i] * from.strides[i]
		w.strides[i] = steps[i] * from.strides[i]
	}
	b.setView(n.outputs[0], w)
	if slices.ContainsFunc(w.strides, func(s int) bool { return s < 0 }) { // kernels do not read backwards
		b.operand(n.outputs[0], b.typeOf(n.outputs[0]).natural())
	}
	return nil
}

// split is Split into equal parts or such of known sizes.
type split struct {
	axis  int64
	sizes []int64 // before opset 13
}

func loadSplit(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	o := split{axis: a.int("axis", 0)}
	o.sizes, _ = a.ints("split")
	if parts := a.int("num_outputs", int64(len(n.outputs))); parts != int64(len(n.outputs)) {
		return nil, n.invalidf("num_outputs %d for %d outputs", parts, len(n.outputs))
	}
	return o, a.done()
}

func (o split) infer(n *node, in []tensorType) ([]tensorType, error) {
	shape := in[0].shape
	axis, err := axisOf(n, o.axis, len(shape))
	if err != nil {
		return nil, err
	}
	sizes := o.sizes
	if sizes == nil && len(in) > 1 && in[1].shape != nil {
		if sizes, err = knownList(n, in, 1); err != nil {
			return nil, err
		}
	}
	if sizes == nil {
		each := ceilDiv(shape[axis], len(n.outputs)) // the last one gets what is left
		for left := shape[axis]; len(sizes) < len(n.outputs); left -= each {
			sizes = append(sizes, int64(max(0, min(each, left))))
		}
	}
	total, out := int64(0), make([]tensorType, len(n.outputs))
	for i, size := range sizes {
		if size < 0 || size > int64(shape[axis]) || i >= len(out) {
			return nil, n.invalidf("parts %v of shape %v", sizes, shape)
		}
		total += size
		part := slices.Clone(shape)
		part[axis] = int(size)
		t, err := sized(n, in[0].elem, part...)
		if err != nil {
			return nil, err
		}
		out[i] = t[0]
	}
	if total != int64(shape[axis]) || len(sizes) != len(out) {
		return nil, n.invalidf("parts %v of shape %v", sizes, shape)
	}
	return out, nil
}

func (o split) emit(b *planBuilder, n *node) error {
	from := b.view(n.inputs[0])
	axis, err := axisOf(n, o.axis, len(from.shape))
	for _, v := range n.outputs {
		if v == nil {
			return n.invalidf("an output is left out")
		}
		shape := b.typeOf(v).shape
		b.setView(v, view{store: from.store, offset: from.offset, shape: shape, strides: from.strides})
		from.offset += shape[axis] * from.strides[axis]
	}
	return err
}
