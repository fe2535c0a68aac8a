package optimize

import (
	"errors"
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// ErrUnrecognised reports a graph that [ClassToken] cannot rewrite. The message says what it looked for and what it found.
var ErrUnrecognised = errors.New("optimize: not a plain export of a vision transformer")

func unrecognised(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnrecognised}, args...)...)
}

// pick is a node that takes one position of an axis of its first input.
type pick struct {
	node  *onnxfile.Node
	axis  int
	index int
	keeps bool // the axis stays, with size 1: a Slice rather than a Gather
}

// sorted returns a graph's nodes in topological order.
func sorted(g *onnxfile.Graph) ([]*onnxfile.Node, error) {
	makers := map[string]*onnxfile.Node{}
	for i := range g.Nodes {
		if len(g.Nodes[i].Outputs) == 0 {
			return nil, unrecognised("node %q makes nothing", g.Nodes[i].Name)
		}
		for _, out := range g.Nodes[i].Outputs {
			makers[out] = &g.Nodes[i]
		}
	}
	var order []*onnxfile.Node
	state := map[*onnxfile.Node]int{} // 1 while its inputs are visited, 2 when it is in order
	var visit func(n *onnxfile.Node) error
	visit = func(n *onnxfile.Node) error {
		switch state[n] {
		case 1:
			return unrecognised("node %q depends on its own output", n.Name)
		case 2:
			return nil
		}
		state[n] = 1
		for _, in := range n.Inputs {
			if maker := makers[in]; maker != nil {
				if err := visit(maker); err != nil {
					return err
				}
			}
		}
		state[n] = 2
		order = append(order, n)
		return nil
	}
	for i := range g.Nodes {
		if err := visit(&g.Nodes[i]); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// findPick returns the only node behind the last attention that picks one position of tokens: of a value of rank 3 that
// depends on a Softmax, such that no Softmax depends on it.
func findPick(nodes []*onnxfile.Node, f *inference) (pick, error) {
	behind, before := map[string]bool{}, map[string]bool{} // a Softmax; by names of values
	for _, n := range nodes {
		if n.Op == "Softmax" || slices.ContainsFunc(n.Inputs, func(in string) bool { return behind[in] }) {
			mark(behind, n.Outputs)
		}
	}
	if len(behind) == 0 {
		return pick{}, unrecognised("looked for attention, found no Softmax")
	}
	for _, n := range slices.Backward(nodes) {
		if n.Op == "Softmax" || slices.ContainsFunc(n.Outputs, func(out string) bool { return before[out] }) {
			mark(before, n.Inputs)
		}
	}
	var found []pick
	for _, n := range nodes {
		if p, ok := f.asPick(n); ok && behind[n.Inputs[0]] && !before[n.Outputs[0]] && len(f.in(n, 0).shape) == 3 {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return pick{}, unrecognised(
			"looked for one Gather or Slice that takes a single token behind the last Softmax, found %d", len(found))
	}
	return found[0], nil
}

func mark(m map[string]bool, names []string) {
	for _, name := range names {
		m[name] = true
	}
}

// asPick reports whether a node takes one position, known beforehand, of an axis that has several.
func (f *inference) asPick(n *onnxfile.Node) (pick, bool) {
	x := f.in(n, 0)
	if x.shape == nil || len(n.Outputs) != 1 {
		return pick{}, false
	}
	switch n.Op {
	case "Gather":
		index := f.in(n, 1)
		axis, ok := axisOf(attrInt(n, "axis", 0), len(x.shape))
		if !ok || len(index.ints) != 1 || x.shape[axis] < 2 {
			return pick{}, false
		}
		at, ok := axisOf(index.ints[0], x.shape[axis])
		return pick{node: n, axis: axis, index: at, keeps: len(index.shape) == 1}, ok
	case "Slice":
		s, ok := f.oneSlice(n)
		return pick{node: n, axis: s.axis, index: s.from, keeps: true}, ok && s.to == s.from+1 && x.shape[s.axis] > 1
	}
	return pick{}, false
}
