package onnx

import "github.com/soundtrack-go/sdk/vision/internal/onnxfile"

// view is an operator whose output has the numbers of its input in the same order: Identity, Flatten and Reshape.
// It costs nothing.
type view struct {
	shape func(n *node, in []int) ([]int, error)
	any   bool // the layout may stay what it is
}

func (o view) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in[0]); err != nil {
		return nil, err
	}
	shape, err := o.shape(n, in[0].shape)
	if err != nil {
		return nil, err
	}
	out, err := one(n, shape...)
	if err == nil && out[0].elements() != in[0].elements() {
		return nil, n.invalidf("shape %v cannot become %v", in[0].shape, shape)
	}
	return out, err
}

func (o view) emit(b *planBuilder, n *node) error {
	in, out := n.inputs[0], n.outputs[0]
	if o.any && b.has(in, channelsLast) {
		b.stored[out.id] = b.stored[in.id]
		return nil
	}
	b.stored[out.id][plain] = b.operand(in, plain)
	return nil
}

func loadIdentity(n *node, _ *graph) (operator, error) {
	same := func(_ *node, in []int) ([]int, error) { return in, nil }
	return view{shape: same, any: true}, newAttributes(n).done()
}

// loadFlatten reads the axis before which dimensions become rows, and from which they become columns.
func loadFlatten(n *node, g *graph) (operator, error) {
	a := newAttributes(n)
	axis := a.int("axis", 1)
	if axis < 0 && g.opset < 11 {
		return nil, n.invalidf("axis %d", axis)
	}
	shape := func(n *node, in []int) ([]int, error) {
		at, rank := axis, int64(len(in))
		if at < 0 {
			at += rank
		}
		if at < 0 || at > rank {
			return nil, n.invalidf("axis %d of shape %v", axis, in)
		}
		rows, cols := 1, 1
		for i, d := range in {
			if int64(i) < at {
				rows *= d
			} else {
				cols *= d
			}
		}
		return []int{rows, cols}, nil
	}
	return view{shape: shape}, a.done()
}

// loadReshape reads the new shape, which must be a constant: 0 keeps a dimension, -1 takes what is left.
func loadReshape(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	allowZero := a.int("allowzero", 0) != 0
	t := n.inputs[1].constant
	switch {
	case t == nil:
		return nil, n.unsupported("the shape is not a constant")
	case t.Type != onnxfile.Int64 || len(t.Shape) != 1 || len(t.Ints) > maxDims:
		return nil, n.invalidf("the shape is a %v of shape %v", t.Type, t.Shape)
	}
	want := t.Ints
	return view{shape: func(n *node, in []int) ([]int, error) { return reshape(n, in, want, allowZero) }}, a.done()
}

const maxDims = 8

func reshape(n *node, in []int, want []int64, allowZero bool) ([]int, error) {
	shape, free, known, total := make([]int, len(want)), -1, 1, 1
	for _, d := range in {
		total *= d
	}
	for i, d := range want {
		switch {
		case d == -1 && free < 0:
			free = i
			continue
		case d == 0 && !allowZero && i < len(in):
			shape[i] = in[i]
		case d > 0 && d <= int64(total):
			shape[i] = int(d)
		default:
			return nil, n.invalidf("shape %v for an input of shape %v", want, in)
		}
		if known > total/shape[i] {
			return nil, n.invalidf("shape %v for an input of shape %v", want, in)
		}
		known *= shape[i]
	}
	if free >= 0 {
		shape[free] = total / known
	}
	return shape, nil
}
