package onnx

import (
	"context"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// evaluate computes the outputs of a node whose inputs are known, by a plan of its own: shape arithmetic, masks and
// repeated constants cost nothing in a run.
func (b *planBuilder) evaluate(ctx context.Context, n *node) error {
	one := &planBuilder{
		graph: b.graph, threads: 1, maxFloats: max(0, b.maxFloats-b.folded),
		types: b.types, stored: b.stored, views: b.views,
	}
	defer func() { // what was stored is of this plan only
		for _, values := range [][]*value{n.inputs, n.outputs} {
			for _, v := range values {
				if v != nil {
					b.stored[v.id], b.views[v.id] = [layouts]*storage{}, view{}
				}
			}
		}
	}()
	if err := n.run.emit(one, n); err != nil {
		return err
	}
	stores := make([]*storage, len(n.outputs))
	for i, v := range n.outputs {
		if v != nil {
			stores[i] = one.operand(v, b.typeOf(v).natural())
		}
	}
	for _, s := range stores {
		if s != nil {
			s.last = len(one.steps)
		}
	}
	if err := one.place(); err != nil {
		return err
	}
	st := newState(one.plan(0))
	if err := st.execute(ctx); err != nil {
		return err
	}
	b.folded += one.arena + 2*one.ints
	for i, v := range n.outputs {
		if v == nil {
			continue
		}
		t := &b.types[v.id]
		t.known = &onnxfile.Tensor{Name: v.name, Type: t.elem, Shape: t.shape}
		if t.whole() {
			t.known.Ints = st.ints(stores[i])
		} else {
			t.known.Floats = st.data(stores[i])
		}
	}
	return nil
}
