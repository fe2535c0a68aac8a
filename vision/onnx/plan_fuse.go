package onnx

import "github.com/soundtrack-go/sdk/internal/simd"

// fusion is what a node does beside its own operator, so that the numbers need not be read and written again:
//
//	result = activate(clip(operator(inputs) + residual))
type fusion struct {
	skip      bool   // another node does the work of this one
	residual  *value // nil for none; of the same shape as the result
	bounds    simd.Bounds
	activate  function   // nil for none
	result    *value     // what the step computes: the output of the last fused node
	order     []int      // of the result's dimensions in memory; nil for their own
	attention *attention // the operators before this node that it does as well
}

// fuser is an operator whose steps can do more.
type fuser interface {
	// fuses says what the operator can do beside its own work; each can apply bounds.
	fuses(b *planBuilder, n *node) abilities
}

type abilities struct {
	residual bool // add another tensor, before bounds or an activation
	activate bool // apply any activation
	order    bool // write dimensions in another order
}

// function sets dst[i] to something of a[i].
type function func(k *simd.Kernels, dst, a []float32)

// fusion returns what has been found for a node; nothing in a plan of one node.
func (b *planBuilder) fusion(n *node) fusion {
	if b.fusions == nil {
		return fusion{bounds: simd.Unbounded(), result: n.outputs[0]}
	}
	return b.fusions[n.index]
}

// fuse finds, for each node, what the nodes after it do that it can do itself: where nothing else needs the value in
// between. It also drops the nodes whose outputs nobody needs, because they are known or were not asked for.
func (b *planBuilder) fuse(wanted uint64) error {
	b.fusions = make([]fusion, len(b.nodes))
	users, isOutput := b.users(wanted)
	readyAt := make([]int, len(b.values)) // position of the node whose step computes a value
	for i := range readyAt {
		readyAt[i] = -1
	}
	for _, n := range b.nodes {
		f := &b.fusions[n.index]
		f.bounds, f.result = simd.Unbounded(), n.outputs[0]
		f.skip = !b.needed(n, users, isOutput)
	}
	for _, n := range b.nodes {
		b.matchAttention(n, users, isOutput)
	}
	for _, n := range b.nodes {
		f := &b.fusions[n.index]
		if f.skip {
			continue
		}
		if can, ok := n.run.(fuser); ok {
			abilities := can.fuses(b, n)
			for !isOutput[f.result.id] && len(users[f.result.id]) == 1 {
				next := users[f.result.id][0]
				if !b.join(f, next, abilities, func(r *value) bool {
					return readyAt[r.id] < n.index && (r.producer == nil || b.typeOf(r).known != nil || readyAt[r.id] >= 0)
				}) {
					break
				}
				abilities.residual, abilities.order = abilities.residual && f.residual == nil, false
				if f.order != nil || f.activate != nil || f.bounds != simd.Unbounded() {
					break
				}
			}
		}
		for _, v := range n.outputs {
			if v != nil {
				readyAt[v.id] = n.index
			}
		}
		readyAt[f.result.id] = n.index
	}
	return nil
}

// join lets f do the work of the node after it, and reports whether it can. ready says whether a value is computed
// before f.
func (b *planBuilder) join(f *fusion, next *node, can abilities, ready func(*value) bool) bool {
	if b.fusions[next.index].skip {
		return false // known, or part of an attention
	}
	switch run := next.run.(type) {
	case bound:
		f.bounds = run.bounds
	case unary:
		if !can.activate {
			return false
		}
		f.activate = run.float
	case *pairwise:
		r := b.residualOf(next, f.result)
		if !can.residual || r == nil || !ready(r) {
			return false
		}
		f.residual = r
	case transposed:
		perm := run.order(len(b.typeOf(f.result).shape))
		if !can.order || len(perm) == 0 || perm[len(perm)-1] != len(perm)-1 {
			return false
		}
		f.order = perm
		return true // the result is still the value before it, of which the next node is a view
	default:
		return false
	}
	b.fusions[next.index].skip, f.result = true, next.outputs[0]
	return true
}

// needed reports whether a run has to compute an output of a node.
func (b *planBuilder) needed(n *node, users [][]*node, isOutput []bool) bool {
	for _, v := range n.outputs {
		if v != nil && b.typeOf(v).known == nil && (isOutput[v.id] || len(users[v.id]) > 0) {
			return true
		}
	}
	return false
}

// residualOf returns the other operand of a sum, if it can be added by whoever computes v.
func (b *planBuilder) residualOf(n *node, v *value) *value {
	if o, ok := n.run.(*pairwise); !ok || !o.isAdd || b.typeOf(v).whole() {
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
		if !b.needed(n, users, isOutput) {
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
