package onnx

import (
	"fmt"
)

// layerNorm is LayerNormalization over the dimensions from an axis on, with constant or computed gain and bias.
type layerNorm struct {
	axis    int64
	epsilon float32
}

func loadLayerNorm(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	o := layerNorm{axis: a.int("axis", -1), epsilon: a.float("epsilon", 1e-5)}
	if a.int("stash_type", 1) != 1 {
		return nil, n.unsupported("stash_type is not float32")
	}
	return o, a.done()
}

func (o layerNorm) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in...); err != nil {
		return nil, err
	}
	axis, err := axisOf(n, o.axis, len(in[0].shape))
	if err != nil {
		return nil, err
	}
	width := product(in[0].shape[axis:])
	for _, t := range in[1:] {
		if t.shape != nil && product(t.shape) != width {
			return nil, n.unsupported(fmt.Sprintf("gain or bias of shape %v for rows of %d", t.shape, width))
		}
	}
	return one(n, in[0].shape...)
}

func (o layerNorm) emit(b *planBuilder, n *node) error {
	shape := b.typeOf(n.inputs[0]).shape
	axis, err := axisOf(n, o.axis, len(shape))
	if err != nil {
		return err
	}
	width := product(shape[axis:])
	x, gain := b.operand(n.inputs[0], plain), b.operand(n.inputs[1], plain)
	bias := &storage{kind: isConstant}
	if v := n.input(2); v != nil {
		bias = b.operand(v, plain)
	} else {
		bias.numbers = make([]float32, width)
	}
	y := b.result(n.outputs[0], plain)
	s := b.rowStep(n.name, y, width, func(st *state, from, to int) {
		for ; from < to; from += width {
			b.kernels.LayerNorm(st.data(y)[from:from+width], st.data(x)[from:from+width], st.data(gain), st.data(bias), o.epsilon)
		}
	})
	s.reads, s.inPlace = []*storage{x, gain, bias}, []*storage{x}
	b.add(s)
	return nil
}

// rowStep is a step that computes whole rows of that width, given where the first starts and the last ends.
func (b *planBuilder) rowStep(name string, y *storage, width int, run func(st *state, from, to int)) step {
	part := max(1, elementsPerPart/width) * width
	return step{
		name: name, parts: ceilDiv(y.size, part), writes: []*storage{y},
		run: func(st *state, _, i int) { run(st, i*part, min(y.size, (i+1)*part)) },
	}
}

// softmax is Softmax along an axis; before opset 13, along all dimensions from the axis on.
type softmax struct {
	axis    int64
	flatten bool
}

func loadSoftmax(n *node, g *graph) (operator, error) {
	a, last := newAttributes(n), int64(-1)
	if g.opset < 13 {
		last = 1
	}
	return softmax{axis: a.int("axis", last), flatten: g.opset < 13}, a.done()
}

func (o softmax) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in[0]); err != nil {
		return nil, err
	}
	if _, err := axisOf(n, o.axis, len(in[0].shape)); err != nil {
		return nil, err
	}
	return one(n, in[0].shape...)
}

// emit brings the axis to the end, where rows lie one after the other.
func (o softmax) emit(b *planBuilder, n *node) error {
	w := b.view(n.inputs[0])
	axis, err := axisOf(n, o.axis, len(w.shape))
	if err != nil {
		return err
	}
	width := w.shape[axis]
	perm := make([]int, 0, len(w.shape))
	for i := range w.shape {
		if i != axis {
			perm = append(perm, i)
		}
	}
	perm = append(perm, axis)
	if o.flatten {
		width = product(w.shape[axis:])
		for i := range perm {
			perm[i] = i
		}
	}
	lines := w.permute(perm)
	x := lines.store
	if !lines.isAll() {
		x = b.newStorage(product(w.shape), false)
		b.copyTo(n.name+" (copy)", x, lines)
	}
	y := b.newStorage(x.size, false)
	s := b.rowStep(n.name, y, width, func(st *state, from, to int) {
		for ; from < to; from += width {
			b.kernels.Softmax(st.data(y)[from:from+width], st.data(x)[from:from+width], 1)
		}
	})
	s.reads, s.inPlace = []*storage{x}, []*storage{x}
	b.add(s)
	b.setView(n.outputs[0], contiguous(y, lines.shape).permute(inverse(perm)))
	return nil
}
