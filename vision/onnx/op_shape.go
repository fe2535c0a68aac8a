package onnx

import (
	"slices"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// maxDims bounds the dimensions of what operators make.
const maxDims = 8

// reshaped is an operator whose output has the numbers of its input in the same order: Identity, Flatten, Reshape,
// Squeeze and Unsqueeze. It costs nothing where strides can say the new shape.
type reshaped struct {
	shape func(n *node, in []tensorType) ([]int, error)
	any   bool // the layout may stay what it is
}

func (o reshaped) infer(n *node, in []tensorType) ([]tensorType, error) {
	shape, err := o.shape(n, in)
	if err != nil {
		return nil, err
	}
	out, err := sized(n, in[0].elem, shape...)
	if err == nil && out[0].elements() != in[0].elements() {
		return nil, n.invalidf("shape %v cannot become %v", in[0].shape, shape)
	}
	return out, err
}

func (o reshaped) emit(b *planBuilder, n *node) error {
	in, out := n.inputs[0], n.outputs[0]
	if o.any {
		b.stored[out.id], b.views[out.id] = b.stored[in.id], b.views[in.id]
		if b.typeOf(in).known != nil {
			l := b.typeOf(in).natural()
			b.stored[out.id][l] = b.operand(in, l)
		}
		return nil
	}
	if t := b.typeOf(in); t.whole() && b.has(in, plain) { // computed as float32
		b.stored[out.id][plain] = b.stored[in.id][plain]
		return nil
	}
	shape := b.typeOf(out).shape
	if w, ok := b.view(in).reshape(shape); ok {
		b.setView(out, w)
		return nil
	}
	l := b.typeOf(in).natural()
	b.stored[out.id][l] = b.operand(in, l)
	return nil
}

// loadIdentity is also Dropout, which does nothing outside training.
func loadIdentity(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	if n.op == "Dropout" {
		a.float("ratio", 0)
		a.int("seed", 0)
		if v := n.input(2); v != nil && (v.constant == nil || slices.Contains(wholeNumbers(v.constant), 1)) {
			return nil, n.unsupported("training is not supported")
		}
	}
	same := func(_ *node, in []tensorType) ([]int, error) { return in[0].shape, nil }
	return reshaped{shape: same, any: true}, a.done()
}

// loadFlatten reads the axis before which dimensions become rows, and from which they become columns.
func loadFlatten(n *node, g *graph) (operator, error) {
	a := newAttributes(n)
	axis := a.int("axis", 1)
	if axis < 0 && g.opset < 11 {
		return nil, n.invalidf("axis %d", axis)
	}
	shape := func(n *node, in []tensorType) ([]int, error) {
		at, rank := axis, int64(len(in[0].shape))
		if at < 0 {
			at += rank
		}
		if at < 0 || at > rank {
			return nil, n.invalidf("axis %d of shape %v", axis, in[0].shape)
		}
		return []int{product(in[0].shape[:at]), product(in[0].shape[at:])}, nil
	}
	return reshaped{shape: shape}, a.done()
}

// product multiplies sizes, whose product has been bounded.
func product(sizes []int) int { return tensorType{shape: sizes}.elements() }

// loadReshape reads the new shape, which must be known before a run: 0 keeps a dimension, -1 takes what is left.
func loadReshape(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	allowZero := a.int("allowzero", 0) != 0
	return reshaped{shape: func(n *node, in []tensorType) ([]int, error) {
		want, err := knownList(n, in, 1)
		if err != nil {
			return nil, err
		}
		return reshape(n, in[0].shape, want, allowZero)
	}}, a.done()
}

// knownList returns the numbers of an input that says shapes or axes, a list of at most maxDims integers.
func knownList(n *node, in []tensorType, i int) ([]int64, error) {
	list, ok := in[i].ints()
	switch {
	case !ok:
		return nil, n.unsupported(
			"input " + string(rune('0'+i)) + " must be integers that follow from constants and shapes")
	case len(in[i].shape) > 1 || len(list) > maxDims:
		return nil, n.invalidf("input %d has shape %v, want a list of at most %d", i, in[i].shape, maxDims)
	}
	return list, nil
}

func reshape(n *node, in []int, want []int64, allowZero bool) ([]int, error) {
	shape, free, known, total := make([]int, len(want)), -1, 1, product(in)
	bad := func() error { return n.invalidf("shape %v for an input of shape %v", want, in) }
	for i, d := range want {
		switch {
		case d == -1 && free < 0:
			free = i
			continue
		case d == 0 && !allowZero && i < len(in):
			shape[i] = in[i]
		case d >= 0 && d <= int64(total):
			shape[i] = int(d)
		default:
			return nil, bad()
		}
		if shape[i] > 0 && known > total/shape[i] {
			return nil, bad()
		}
		known *= shape[i]
	}
	if free >= 0 {
		if known == 0 {
			return nil, bad()
		}
		shape[free] = total / known
	}
	return shape, nil
}

// axesOf returns the axes that an attribute lists up to some opset and an input since, each made non-negative for a
// tensor of that rank. The list is nil if it is left out.
func axesOf(n *node, in []tensorType, attr []int64, input, rank int) ([]int, error) {
	list := attr
	if list == nil && input < len(in) && in[input].shape != nil {
		var err error
		if list, err = knownList(n, in, input); err != nil {
			return nil, err
		}
	}
	if list == nil {
		return nil, nil
	}
	axes := make([]int, len(list))
	for i, a := range list {
		axis, err := axisOf(n, a, rank)
		if err != nil {
			return nil, err
		}
		if slices.Contains(axes[:i], axis) {
			return nil, n.invalidf("axis %d twice", a)
		}
		axes[i] = axis
	}
	return axes, nil
}

// axisOf makes an axis non-negative.
func axisOf(n *node, axis int64, rank int) (int, error) {
	if axis < -int64(rank) || axis >= int64(rank) {
		return 0, n.invalidf("axis %d of %d dimensions", axis, rank)
	}
	if axis < 0 {
		axis += int64(rank)
	}
	return int(axis), nil
}

// loadSqueeze drops dimensions of size 1: those listed, or all.
func loadSqueeze(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	list, _ := a.ints("axes")
	return reshaped{shape: func(n *node, in []tensorType) ([]int, error) {
		shape := in[0].shape
		axes, err := axesOf(n, in, list, 1, len(shape))
		if err != nil {
			return nil, err
		}
		var out []int
		for i, d := range shape {
			switch drop := axes == nil && d == 1 || slices.Contains(axes, i); {
			case drop && d != 1:
				return nil, n.invalidf("axis %d of shape %v is not 1", i, shape)
			case !drop:
				out = append(out, d)
			}
		}
		return out, nil
	}}, a.done()
}

// loadUnsqueeze inserts dimensions of size 1 where the output has the listed axes.
func loadUnsqueeze(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	list, _ := a.ints("axes")
	return reshaped{shape: func(n *node, in []tensorType) ([]int, error) {
		count := len(list)
		if list == nil && len(in) > 1 {
			given, err := knownList(n, in, 1)
			if err != nil {
				return nil, err
			}
			count = len(given)
		}
		rank := len(in[0].shape) + count
		axes, err := axesOf(n, in, list, 1, rank)
		if err != nil {
			return nil, err
		}
		if axes == nil {
			return nil, n.invalidf("no axes")
		}
		out, rest := make([]int, rank), in[0].shape
		for i := range out {
			if slices.Contains(axes, i) {
				out[i] = 1
			} else {
				out[i], rest = rest[0], rest[1:]
			}
		}
		return out, nil
	}}, a.done()
}

// shapeOf is Shape, from one dimension to another, and Size: numbers that are known before a run.
type shapeOf struct {
	start, end int64
	size       bool
}

func loadShape(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	o := shapeOf{start: a.int("start", 0), end: a.int("end", maxSize)}
	return o, a.done()
}

func loadSize(n *node, _ *graph) (operator, error) {
	return shapeOf{size: true}, newAttributes(n).done()
}

func (o shapeOf) infer(_ *node, in []tensorType) ([]tensorType, error) {
	shape := in[0].shape
	if o.size {
		t := onnxfile.IntTensor("", nil, []int64{int64(product(shape))})
		return []tensorType{constantType(&t)}, nil
	}
	rank := int64(len(shape))
	clamp := func(i int64) int64 {
		if i < 0 {
			i += rank
		}
		return min(rank, max(0, i))
	}
	var list []int64
	for i := clamp(o.start); i < clamp(o.end); i++ {
		list = append(list, int64(shape[i]))
	}
	t := onnxfile.IntTensor("", []int{len(list)}, list)
	return []tensorType{constantType(&t)}, nil
}

func (shapeOf) emit(*planBuilder, *node) error { return nil } // known
