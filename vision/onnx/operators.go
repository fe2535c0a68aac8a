package onnx

import (
	"fmt"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// operator is a node that has been loaded: its attributes are read and its weights packed. It is immutable.
type operator interface {
	// infer returns the types of the outputs for these types of the inputs (the zero type where one is left out).
	infer(n *node, in []tensorType) ([]tensorType, error)
	// emit adds the steps that compute the node's outputs to a plan.
	emit(b *planBuilder, n *node) error
}

// operatorInfo is a row of the operator table.
type operatorInfo struct {
	// since is the first opset whose definition we implement. Later ones must be read before they are trusted; until
	// then maxOpset is the limit of all.
	since int64
	// minInputs and maxInputs bound the number of inputs; of the first minInputs none may be left out.
	minInputs, maxInputs int
	// loaded has bit i for an input that load reads if it is a constant, so that a plan does not need its numbers.
	loaded uint
	load   func(n *node, g *graph) (operator, error)
}

// maxOpset is the newest operator set whose changes to our operators we have read.
const maxOpset = 22

// operators is the table of what this backend can execute. It is never written to.
var operators = map[string]operatorInfo{
	"Add":               {since: 7, minInputs: 2, maxInputs: 2, load: loadAdd},
	"Clip":              {since: 6, minInputs: 1, maxInputs: 3, loaded: 1<<1 | 1<<2, load: loadClip},
	"Constant":          {since: 1, minInputs: 0, maxInputs: 0}, // folded
	"Conv":              {since: 1, minInputs: 2, maxInputs: 3, loaded: 1<<1 | 1<<2, load: loadConv},
	"Flatten":           {since: 1, minInputs: 1, maxInputs: 1, load: loadFlatten},
	"Gemm":              {since: 7, minInputs: 2, maxInputs: 3, loaded: 1<<1 | 1<<2, load: loadGemm},
	"GlobalAveragePool": {since: 1, minInputs: 1, maxInputs: 1, load: loadGlobalAveragePool},
	"Identity":          {since: 1, minInputs: 1, maxInputs: 1, load: loadIdentity},
	"Relu":              {since: 6, minInputs: 1, maxInputs: 1, load: loadRelu},
	"Reshape":           {since: 5, minInputs: 2, maxInputs: 2, loaded: 1 << 1, load: loadReshape},
}

// checkOperator reports nodes that we cannot execute, dead ones included: their presence says that the file is not
// what we think it is.
func checkOperator(n *node, opset int64) error {
	if d := n.source.Domain; d != "" && d != "ai.onnx" {
		return n.unsupported("operator set " + d + " is not supported")
	}
	info, ok := operators[n.op]
	switch {
	case !ok:
		return n.unsupported("not supported")
	case opset < info.since || opset > maxOpset:
		return n.unsupported(fmt.Sprintf("opset %d is not supported, want %d to %d", opset, info.since, maxOpset))
	case len(n.inputs) < info.minInputs || len(n.inputs) > info.maxInputs:
		return n.invalidf("%d inputs, want %d to %d", len(n.inputs), info.minInputs, info.maxInputs)
	case len(n.outputs) != 1 || n.outputs[0] == nil:
		return n.invalidf("%d outputs, want 1", len(n.outputs))
	}
	for i := range info.minInputs {
		if n.inputs[i] == nil {
			return n.invalidf("input %d is left out", i)
		}
	}
	return nil
}

// foldConstant turns the output of a node whose value is known into a constant.
func foldConstant(n *node) (folded bool, err error) {
	out := n.outputs[0]
	switch n.op {
	case "Constant":
		out.constant, err = constantOf(n)
	case "Identity":
		out.constant, err = n.inputs[0].constant, newAttributes(n).done()
	}
	if out.constant == nil || err != nil {
		return false, err
	}
	out.producer = nil
	return true, nil
}

// constantOf reads the value of a Constant node.
func constantOf(n *node) (*onnxfile.Tensor, error) {
	if len(n.source.Attributes) != 1 {
		return nil, n.invalidf("%d attributes, want 1", len(n.source.Attributes))
	}
	a := newAttributes(n)
	switch attr := &n.source.Attributes[0]; attr.Name {
	case "value":
		if attr = a.find("value", onnxfile.AttrTensor); attr != nil {
			return attr.Tensor, nil
		}
	case "value_float":
		t := onnxfile.FloatTensor("", nil, []float32{a.float("value_float", 0)})
		return &t, a.done()
	case "value_int":
		t := onnxfile.IntTensor("", nil, []int64{a.int("value_int", 0)})
		return &t, a.done()
	case "value_floats":
		if attr = a.find("value_floats", onnxfile.AttrFloats); attr != nil {
			t := onnxfile.FloatTensor("", []int{len(attr.Floats)}, attr.Floats)
			return &t, nil
		}
	case "value_ints":
		if attr = a.find("value_ints", onnxfile.AttrInts); attr != nil {
			t := onnxfile.IntTensor("", []int{len(attr.Ints)}, attr.Ints)
			return &t, nil
		}
	}
	a.asked = nil // any other form of the value is not supported
	return nil, a.done()
}

// needFloat reports inputs that are not float32.
func needFloat(n *node, in ...tensorType) error {
	for i, t := range in {
		if t.elem != onnxfile.Float && t.elem != onnxfile.Undefined {
			return n.unsupported(fmt.Sprintf("input %d is %v, want float32", i, t.elem))
		}
	}
	return nil
}

// one makes the list of output types of an operator with one float32 output. The number of elements is bounded.
func one(n *node, shape ...int) ([]tensorType, error) {
	if count, err := onnxfile.Elements(shape); err != nil || count == 0 {
		return nil, n.invalidf("output would have shape %v", shape)
	}
	return []tensorType{{elem: onnxfile.Float, shape: shape}}, nil
}
