package onnx

import "github.com/soundtrack-go/sdk/internal/simd"

// fusion is what a node does beside its own operator, so that the numbers need not be read and written again:
//
//	result = clip(operator(inputs) + residual)
type fusion struct {
	skip     bool   // another node does the work of this one
	residual *value // nil for none; of the same shape as the result
	bounds   simd.Bounds
	result   *value // what the step computes: the output of the last fused node
}

// fuser is an operator whose steps can do more.
type fuser interface {
	// fuses says whether a residual may be added, before bounds, which every fuser can apply.
	fuses(b *planBuilder, n *node) (residual bool)
}

// activation is an operator that only bounds its first input.
type activation interface{ activation() simd.Bounds }

// fuse finds, for each node, the sums and bounds after it that it can do itself: where nothing else needs the value in
// between. It also drops the nodes that only outputs need which nobody asked for.
func (b *planBuilder) fuse(wanted uint64) error {
	b.fusions = make([]fusion, len(b.nodes))
	users, isOutput := b.users(wanted)
	readyAt := make([]int, len(b.values)) // position of the node whose step computes a value
	for i := range readyAt {
		readyAt[i] = -1
	}
	for _, n := range b.nodes {
		f := &b.fusions[n.index]
		if f.skip || len(users[n.outputs[0].id]) == 0 && !isOutput[n.outputs[0].id] {
			f.skip = true
			continue
		}
		f.bounds, f.result = simd.Unbounded(), n.outputs[0]
		if can, ok := n.run.(fuser); ok {
			residual := can.fuses(b, n)
			for !isOutput[f.result.id] && len(users[f.result.id]) == 1 {
				next := users[f.result.id][0]
				if act, ok := next.run.(activation); ok {
					f.bounds = act.activation()
				} else if r := b.residualOf(next, f.result); residual && r != nil && readyAt[r.id] < n.index &&
					(r.producer == nil || readyAt[r.id] >= 0) {
					f.residual, residual = r, false
				} else {
					break
				}
				b.fusions[next.index].skip, f.result = true, next.outputs[0]
				if f.bounds != simd.Unbounded() {
					break
				}
			}
		}
		readyAt[f.result.id] = n.index
	}
	return nil
}

// residualOf returns the other operand of a sum, if it can be added by whoever computes v.
func (b *planBuilder) residualOf(n *node, v *value) *value {
	if _, ok := n.run.(add); !ok {
		return nil
	}
	r := n.inputs[0]
	if r == v {
		r = n.inputs[1]
	}
	if r == v || !equalShapes(b.typeOf(r).shape, b.typeOf(v).shape) {
		return nil
	}
	return r
}

// users lists, by value, the nodes that read it, once for each time, and which values are wanted as outputs. Nodes that
// no wanted output needs do not count.
func (b *planBuilder) users(wanted uint64) (users [][]*node, isOutput []bool) {
	users, isOutput = make([][]*node, len(b.values)), make([]bool, len(b.values))
	for i, v := range b.graph.outputs {
		isOutput[v.id] = wanted&(1<<i) != 0
	}
	for i := len(b.nodes) - 1; i >= 0; i-- { // users come before their inputs
		n := b.nodes[i]
		if out := n.outputs[0].id; !isOutput[out] && len(users[out]) == 0 {
			continue
		}
		for _, v := range n.inputs {
			if v != nil {
				users[v.id] = append(users[v.id], n)
			}
		}
	}
	return users, isOutput
}
