package onnx

import (
	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// graph is a loaded model: its live nodes in an order in which each comes after what it needs. It is immutable.
type graph struct {
	nodes   []*node
	values  []*value
	inputs  []*value
	outputs []*value
	// inputInfo and outputInfo are what the file says about them.
	inputInfo, outputInfo []onnxfile.ValueInfo
	opset                 int64
	kernels               *simd.Kernels
}

// value is an edge of the graph: an input, a constant, or an output of a node.
type value struct {
	id       int // index in graph.values
	name     string
	producer *node            // nil for inputs and constants
	constant *onnxfile.Tensor // nil if it is computed
	// keep says that plans need the numbers of a constant; those of all others are dropped after loading.
	keep bool
}

// node is one operator of the graph.
type node struct {
	index   int // position in graph.nodes
	name    string
	op      string
	source  *onnxfile.Node
	inputs  []*value // nil where an optional input is left out
	outputs []*value // nil where an output is left out
	run     operator
}

// input returns an input, or nil if it is left out.
func (n *node) input(i int) *value {
	if i >= len(n.inputs) {
		return nil
	}
	return n.inputs[i]
}

func (n *node) unsupported(reason string) error {
	return &UnsupportedError{Node: n.name, Op: n.op, Reason: reason}
}

func (n *node) invalidf(format string, args ...any) error {
	return invalidf("node %q: operator %s: "+format, append([]any{n.name, n.op}, args...)...)
}

// tensorType is what is known about a value before a run: element type and shape, and for constants and what follows
// from them and from shapes also the numbers.
type tensorType struct {
	elem  onnxfile.ElemType
	shape []int
	known *onnxfile.Tensor // nil if the numbers are known in a run only
}

// constantType returns the type of a constant.
func constantType(t *onnxfile.Tensor) tensorType {
	shape := t.Shape
	if shape == nil {
		shape = []int{} // nil stands for an input that is left out
	}
	return tensorType{elem: t.Type, shape: shape, known: t}
}

// whole reports whether numbers of the type are kept as int64.
func (t tensorType) whole() bool { return t.elem != onnxfile.Float }

// ints returns the numbers of a whole value that is known.
func (t tensorType) ints() ([]int64, bool) {
	if t.known == nil || !t.whole() {
		return nil, false
	}
	return wholeNumbers(t.known), true
}

// number returns the only number of a known float32 value.
func (t tensorType) number() (float32, bool) {
	if t.known == nil || t.whole() || len(t.known.Floats) != 1 {
		return 0, false
	}
	return t.known.Floats[0], true
}

// elements returns the number of elements, which [graph] code has bounded when it made the type.
func (t tensorType) elements() int {
	n := 1
	for _, d := range t.shape {
		n *= d
	}
	return n
}
