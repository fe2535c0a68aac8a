package onnx

import (
	"context"
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// Limits of a graph, far above the models that we know. They keep planning, whose cost grows with the square of the
// number of tensors that live at a time, short for hostile files.
const (
	maxNodes   = 1 << 14
	maxOutputs = 64
)

// buildGraph checks names and operators, drops what no output needs, orders the rest, computes what follows from
// constants, and loads the operators. maxFloats bounds the memory for what is computed. It takes the weights from m.
func buildGraph(ctx context.Context, m *onnxfile.Model, kernels *simd.Kernels, maxFloats int) (*graph, error) {
	b := graphBuilder{
		graph: &graph{opset: m.Opset, kernels: kernels}, byName: map[string]*value{}, source: &m.Graph,
		nodes: make([]*node, len(m.Graph.Nodes)),
	}
	fold := func() error { return b.fold(ctx, maxFloats) }
	for _, stage := range []func() error{b.declare, b.connect, b.order, fold, b.rewrite, b.order, b.load} {
		if err := stage(); err != nil {
			return nil, err
		}
	}
	return b.graph, nil
}

type graphBuilder struct {
	*graph
	source *onnxfile.Graph
	byName map[string]*value
	nodes  []*node // all of the file, in its order
}

// define makes a value, whose name must be new.
func (b *graphBuilder) define(name string) (*value, error) {
	if name == "" {
		return nil, invalidf("a value without a name")
	}
	if b.byName[name] != nil {
		return nil, invalidf("value %q is defined twice", name)
	}
	v := &value{id: len(b.values), name: name}
	b.values, b.byName[name] = append(b.values, v), v
	return v, nil
}

// declare makes the values of the file.
func (b *graphBuilder) declare() error {
	if len(b.source.Nodes) > maxNodes || len(b.source.Outputs) > maxOutputs {
		return invalidf("%d nodes and %d outputs, want at most %d and %d",
			len(b.source.Nodes), len(b.source.Outputs), maxNodes, maxOutputs)
	}
	for i := range b.source.Initializers {
		v, err := b.define(b.source.Initializers[i].Name)
		if err != nil {
			return err
		}
		v.constant = &b.source.Initializers[i]
	}
	for _, info := range b.source.Inputs {
		if v := b.byName[info.Name]; v != nil && v.constant != nil {
			continue // old files list initializers as inputs with a default
		}
		v, err := b.define(info.Name)
		if err != nil {
			return err
		}
		b.inputs, b.inputInfo = append(b.inputs, v), append(b.inputInfo, info)
	}
	for i := range b.source.Nodes {
		n := &node{source: &b.source.Nodes[i], op: b.source.Nodes[i].Op, name: b.source.Nodes[i].Name}
		b.nodes[i] = n
		for _, name := range n.source.Outputs {
			if name == "" {
				n.outputs = append(n.outputs, nil)
				continue
			}
			v, err := b.define(name)
			if err != nil {
				return err
			}
			v.producer, n.outputs = n, append(n.outputs, v)
			if n.name == "" {
				n.name = name
			}
		}
	}
	return nil
}

// connect finds the inputs of every node and checks that its operator is known.
func (b *graphBuilder) connect() error {
	for _, n := range b.nodes {
		for _, name := range n.source.Inputs {
			v := b.byName[name]
			if v == nil && name != "" {
				return n.invalidf("input %q does not exist", name)
			}
			n.inputs = append(n.inputs, v)
		}
		if err := checkOperator(n, b.opset); err != nil {
			return err
		}
	}
	for _, info := range b.source.Outputs {
		v := b.byName[info.Name]
		if v == nil {
			return invalidf("output %q does not exist", info.Name)
		}
		if slices.Contains(b.outputs, v) {
			return invalidf("output %q is listed twice", info.Name)
		}
		b.outputs, b.outputInfo = append(b.outputs, v), append(b.outputInfo, info)
	}
	return nil
}

// order lists the nodes that outputs need, depth first, so that each follows its inputs.
func (b *graphBuilder) order() error {
	b.graph.nodes = nil
	const (
		fresh = iota
		open  // its inputs are being visited: meeting it again is a cycle
		done
	)
	state := make(map[*node]int, len(b.nodes))
	type visit struct {
		n    *node
		next int // input to look at
	}
	var stack []visit
	enter := func(v *value) error {
		if v == nil || v.producer == nil {
			return nil
		}
		switch n := v.producer; state[n] {
		case open:
			return n.invalidf("its input depends on its own output")
		case fresh:
			state[n] = open
			stack = append(stack, visit{n: n})
		}
		return nil
	}
	for _, out := range b.outputs {
		if err := enter(out); err != nil {
			return err
		}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next < len(top.n.inputs) {
				top.next++
				if err := enter(top.n.inputs[top.next-1]); err != nil {
					return err
				}
				continue
			}
			state[top.n] = done
			top.n.index = len(b.graph.nodes)
			b.graph.nodes = append(b.graph.nodes, top.n)
			stack = stack[:len(stack)-1]
		}
	}
	return nil
}

// fold turns the outputs of nodes into constants if all their inputs are constants.
func (b *graphBuilder) fold(ctx context.Context, maxFloats int) error {
	p := newPlanBuilder(b.graph, 1, maxFloats)
	for _, n := range b.graph.nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n.op == "Constant" {
			t, err := constantOf(n)
			if err != nil {
				return err
			}
			n.outputs[0].constant, n.outputs[0].producer = t, nil
			continue
		}
		if slices.ContainsFunc(n.inputs, func(v *value) bool { return v != nil && v.constant == nil }) {
			continue
		}
		if err := b.foldNode(ctx, p, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *graphBuilder) foldNode(ctx context.Context, p *planBuilder, n *node) error {
	for _, v := range n.inputs {
		if v != nil {
			p.types[v.id] = constantType(v.constant)
		}
	}
	var err error
	if n.run, err = loadOperator(n, b.graph); err != nil {
		return err
	}
	if err := p.inferNode(ctx, n); err != nil {
		return err
	}
	for _, v := range n.outputs {
		if v != nil {
			v.constant, v.producer = p.types[v.id].known, nil
		}
	}
	return nil
}

// loadOperator reads the attributes of a node and prepares its weights.
func loadOperator(n *node, g *graph) (operator, error) {
	for i, v := range n.inputs {
		if v != nil && v.constant != nil && !supportedElem(v.constant.Type) {
			return nil, n.unsupported(fmt.Sprintf("input %d is %v, want float32 or integers", i, v.constant.Type))
		}
	}
	if n.op == quickGELU {
		return loadQuickGELU(n, g)
	}
	return operators[n.op].load(n, g)
}

// load prepares the operators. Weights are dropped as soon as all their users have packed them, so that few are in
// memory twice.
func (b *graphBuilder) load() error {
	uses := make([]int, len(b.values))
	for _, n := range b.graph.nodes {
		for _, v := range n.inputs {
			if v != nil {
				uses[v.id]++
			}
		}
	}
	for _, v := range b.outputs {
		v.keep = true
	}
	for _, n := range b.graph.nodes {
		var err error
		if n.run, err = loadOperator(n, b.graph); err != nil {
			return err
		}
		for i, v := range n.inputs {
			if v == nil {
				continue
			}
			if operators[n.op].loaded&(1<<i) == 0 {
				v.keep = true
			}
			if uses[v.id]--; uses[v.id] == 0 && !v.keep && v.constant != nil {
				*v.constant = *empty(v.constant)
			}
		}
	}
	for _, v := range b.values {
		if v.constant != nil && !v.keep {
			*v.constant = *empty(v.constant) // dead ones, too
		}
	}
	for _, n := range b.nodes {
		n.source = nil
	}
	return nil
}
