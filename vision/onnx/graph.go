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

// tensorType is what is known about a value before a run: element type and shape. The numbers of small integer
// constants, which say shapes, are known too.
type tensorType struct {
	elem  onnxfile.ElemType
	shape []int
	ints  []int64
}

// constantType returns the type of a constant.
func constantType(t *onnxfile.Tensor) tensorType {
	return tensorType{elem: t.Type, shape: t.Shape, ints: t.Ints}
}

// elements returns the number of elements, which [graph] code has bounded when it made the type.
func (t tensorType) elements() int {
	n := 1
	for _, d := range t.shape {
		n *= d
	}
	return n
}
