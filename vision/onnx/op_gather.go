package onnx

import (
	"slices"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// gather is Gather: slices of the data along an axis, by indices. Those of a known single index are a view; others,
// such as the rows of an embedding table, are copied, and indices are checked when a run knows them.
type gather struct{ axis int64 }

func loadGather(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	return gather{a.int("axis", 0)}, a.done()
}

func needIndices(n *node, t tensorType) error {
	if t.elem != onnxfile.Int64 && t.elem != onnxfile.Int32 {
		return n.invalidf("indices are %v", t.elem)
	}
	return nil
}

// indexOf makes an index non-negative, or reports that it is outside.
func indexOf(i int64, size int) (int, bool) {
	if i < 0 {
		i += int64(size)
	}
	return int(i), i >= 0 && i < int64(size)
}

func badIndex(n *node, i int64, size int) error {
	return n.invalidf("index %d of %d", i, size)
}

func (o gather) infer(n *node, in []tensorType) ([]tensorType, error) {
	shape := in[0].shape
	axis, err := axisOf(n, o.axis, len(shape))
	if err != nil {
		return nil, err
	}
	if err := needIndices(n, in[1]); err != nil {
		return nil, err
	}
	return sized(n, in[0].elem, slices.Concat(shape[:axis], in[1].shape, shape[axis+1:])...)
}

func (o gather) emit(b *planBuilder, n *node) error {
	data, out := n.inputs[0], n.outputs[0]
	t, shape := b.typeOf(out), b.typeOf(data).shape
	axis, err := axisOf(n, o.axis, len(shape))
	if err != nil {
		return err
	}
	if list, ok := b.typeOf(n.inputs[1]).ints(); ok && len(list) == 1 {
		at, ok := indexOf(list[0], shape[axis])
		if !ok {
			return badIndex(n, list[0], shape[axis])
		}
		w := b.view(data)
		w.offset += at * w.strides[axis]
		w.strides = slices.Concat(w.strides[:axis], make([]int, len(b.typeOf(n.inputs[1]).shape)), w.strides[axis+1:])
		w.shape = t.shape
		b.setView(out, w)
		return nil
	}
	x, indices := b.operand(data, t.natural()), b.operand(n.inputs[1], whole)
	y := b.result(out, t.natural())
	inner, count := product(shape[axis+1:]), indices.size
	if inner == 0 {
		return nil
	}
	perPart := max(1, elementsPerPart/inner)
	rows := product(shape[:axis]) * count
	b.add(step{
		name: n.name, parts: ceilDiv(rows, perPart), reads: []*storage{x, indices}, writes: []*storage{y},
		run: func(st *state, _, part int) {
			for row := part * perPart; row < min(rows, (part+1)*perPart); row++ {
				i := st.ints(indices)[row%count]
				at, ok := indexOf(i, shape[axis])
				if !ok {
					st.fail(badIndex(n, i, shape[axis]))
					return
				}
				copyPiece(st, y, x, row*inner, (row/count*shape[axis]+at)*inner, inner)
			}
		},
	})
	return nil
}

// copyPiece copies n neighbouring numbers between storages of the same kind.
func copyPiece(st *state, to, from *storage, at, source, n int) {
	if to.ints {
		copy(st.ints(to)[at:][:n], st.ints(from)[source:])
	} else {
		copy(st.data(to)[at:][:n], st.data(from)[source:])
	}
}

// gatherElements is GatherElements: out[i][j][k] = data[i][index[i][j][k]][k] for axis 1.
type gatherElements struct{ axis int64 }

func loadGatherElements(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	return gatherElements{a.int("axis", 0)}, a.done()
}

func (o gatherElements) infer(n *node, in []tensorType) ([]tensorType, error) {
	data, index := in[0].shape, in[1].shape
	axis, err := axisOf(n, o.axis, len(data))
	if err != nil {
		return nil, err
	}
	if err := needIndices(n, in[1]); err != nil {
		return nil, err
	}
	if len(index) != len(data) {
		return nil, n.invalidf("indices of shape %v for data of shape %v", index, data)
	}
	for i, d := range index {
		if i != axis && d > data[i] {
			return nil, n.invalidf("indices of shape %v for data of shape %v", index, data)
		}
	}
	return sized(n, in[0].elem, index...)
}

func (o gatherElements) emit(b *planBuilder, n *node) error {
	t, from := b.typeOf(n.outputs[0]), b.view(n.inputs[0])
	axis, err := axisOf(n, o.axis, len(t.shape))
	if err != nil {
		return err
	}
	size, stride := from.shape[axis], from.strides[axis]
	index := b.view(n.inputs[1])
	y := b.result(n.outputs[0], t.natural())
	// where an element would be at index 0
	base := view{store: from.store, offset: from.offset, shape: t.shape, strides: slices.Clone(from.strides)}
	base.strides[axis] = 0
	b.addRows(n.name, y, index, []view{index, from}, func(st *state, row, width int) {
		at, step := base.row(row)
		list, listStep := index.row(row)
		for i := range width {
			v := st.ints(index.store)[list+i*listStep]
			j, ok := indexOf(v, size)
			if !ok {
				st.fail(badIndex(n, v, size))
				return
			}
			copyPiece(st, y, from.store, row*width+i, at+i*step+j*stride, 1)
		}
	})
	return nil
}

// gatherND is GatherND: each row of the indices says the place of one slice of the data.
type gatherND struct{ batch int64 }

func loadGatherND(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	return gatherND{a.int("batch_dims", 0)}, a.done()
}

func (o gatherND) infer(n *node, in []tensorType) ([]tensorType, error) {
	data, index := in[0].shape, in[1].shape
	if err := needIndices(n, in[1]); err != nil {
		return nil, err
	}
	depth := lastSize(index)
	batch := int(min(maxDims, max(-1, o.batch)))
	if batch < 0 || len(index) <= batch || len(data) < batch+depth || depth < 1 || !slices.Equal(data[:batch], index[:batch]) {
		return nil, n.invalidf("indices of shape %v for data of shape %v and %d batch dimensions", index, data, o.batch)
	}
	return sized(n, in[0].elem, slices.Concat(index[:len(index)-1], data[batch+depth:])...)
}

func (o gatherND) emit(b *planBuilder, n *node) error {
	t, shape := b.typeOf(n.outputs[0]), b.typeOf(n.inputs[0]).shape
	x, index := b.operand(n.inputs[0], t.natural()), b.operand(n.inputs[1], whole)
	y := b.result(n.outputs[0], t.natural())
	batch, depth := int(o.batch), lastSize(b.typeOf(n.inputs[1]).shape)
	slots := slotsOf(shape, batch, depth)
	rows := index.size / depth
	perBatch := max(1, rows/max(1, product(shape[:batch])))
	b.add(step{
		name: n.name, parts: min(1, rows), reads: []*storage{x, index}, writes: []*storage{y},
		run: func(st *state, _, _ int) {
			for row := range rows {
				at, err := slots.at(n, st.ints(index)[row*depth:][:depth])
				if err != nil {
					st.fail(err)
					return
				}
				copyPiece(st, y, x, row*slots.size, row/perBatch*slots.batch+at, slots.size)
			}
		},
	})
	return nil
}

// slots says where the slices lie that lists of indices point to.
type slots struct {
	shape, strides []int // of the indexed dimensions
	batch, size    int   // numbers of a batch and of a slice
}

func slotsOf(shape []int, batch, depth int) slots {
	all := rowMajor(shape)
	return slots{
		shape: shape[batch : batch+depth], strides: all[batch : batch+depth],
		batch: product(shape[batch:]), size: product(shape[batch+depth:]),
	}
}

func (s slots) at(n *node, list []int64) (int, error) {
	at := 0
	for i, v := range list {
		j, ok := indexOf(v, s.shape[i])
		if !ok {
			return 0, badIndex(n, v, s.shape[i])
		}
		at += j * s.strides[i]
	}
	return at, nil
}

// scatterND is ScatterND: a copy of the data in which some slices are replaced. Later ones win.
type scatterND struct{}

func loadScatterND(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	if how := a.text("reduction", "none"); how != "none" {
		return nil, n.unsupported("reduction " + how + " is not supported")
	}
	return scatterND{}, a.done()
}

func (scatterND) infer(n *node, in []tensorType) ([]tensorType, error) {
	data, index, updates := in[0].shape, in[1].shape, in[2].shape
	if in[1].elem != onnxfile.Int64 || in[2].elem != in[0].elem {
		return nil, n.invalidf("inputs are %v, %v and %v", in[0].elem, in[1].elem, in[2].elem)
	}
	depth := lastSize(index)
	if len(index) < 1 || depth < 1 || depth > len(data) ||
		!slices.Equal(updates, slices.Concat(index[:len(index)-1], data[depth:])) {
		return nil, n.invalidf("indices of shape %v and updates of shape %v for data of shape %v", index, updates, data)
	}
	return sized(n, in[0].elem, data...)
}

func (scatterND) emit(b *planBuilder, n *node) error {
	t := b.typeOf(n.outputs[0])
	x, index, updates := b.view(n.inputs[0]), b.operand(n.inputs[1], whole), b.operand(n.inputs[2], t.natural())
	y := b.result(n.outputs[0], t.natural())
	depth := lastSize(b.typeOf(n.inputs[1]).shape)
	slots := slotsOf(t.shape, 0, depth)
	b.copyTo(n.name+" (copy)", y, x)
	b.add(step{
		name: n.name, parts: min(1, index.size), reads: []*storage{index, updates}, writes: []*storage{y},
		run: func(st *state, _, _ int) {
			for row := range index.size / depth {
				at, err := slots.at(n, st.ints(index)[row*depth:][:depth])
				if err != nil {
					st.fail(err)
					return
				}
				copyPiece(st, y, updates, at, row*slots.size, slots.size)
			}
		},
	})
	return nil
}
