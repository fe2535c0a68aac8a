package onnx

import "github.com/soundtrack-go/sdk/vision/internal/onnxfile"

// where is Where: numbers of the second input where the first holds, and of the third elsewhere.
type where struct{}

func loadWhere(n *node, _ *graph) (operator, error) { return where{}, newAttributes(n).done() }

func (where) infer(n *node, in []tensorType) ([]tensorType, error) {
	if in[0].elem != onnxfile.Bool || in[1].elem != in[2].elem {
		return nil, n.invalidf("inputs are %v, %v and %v", in[0].elem, in[1].elem, in[2].elem)
	}
	shape, err := broadcastShape(n, in[0].shape, in[1].shape, in[2].shape)
	if err != nil {
		return nil, err
	}
	return sized(n, in[1].elem, shape...)
}

func (where) emit(b *planBuilder, n *node) error {
	t := b.typeOf(n.outputs[0])
	cond := b.view(n.inputs[0]).broadcast(t.shape)
	x, z := b.view(n.inputs[1]).broadcast(t.shape), b.view(n.inputs[2]).broadcast(t.shape)
	y := b.result(n.outputs[0], t.natural())
	b.addRows(n.name, y, cond, []view{cond, x, z}, func(st *state, row, width int) {
		if t.whole() {
			choose(st.ints(y)[row*width:][:width], st.ints(x.store), st.ints(z.store), st.ints(cond.store), x, z, cond, row)
		} else {
			choose(st.data(y)[row*width:][:width], st.data(x.store), st.data(z.store), st.ints(cond.store), x, z, cond, row)
		}
	})
	return nil
}

// choose computes one row of Where.
func choose[T float32 | int64](dst, a, b []T, cond []int64, x, z, c view, row int) {
	atX, stepX := x.row(row)
	atZ, stepZ := z.row(row)
	atC, stepC := c.row(row)
	for i := range dst {
		if cond[atC+i*stepC] != 0 {
			dst[i] = a[atX+i*stepX]
		} else {
			dst[i] = b[atZ+i*stepZ]
		}
	}
}
