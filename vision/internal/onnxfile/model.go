// Package onnxfile reads and writes ONNX model files: the protobuf messages of onnx.proto3 as plain Go structs.
//
// It knows the syntax of a model, not the meaning of its operators: [Parse] checks that a file is well formed and
// bounded, and vision/onnx decides whether the graph makes sense. Files are treated as hostile. What a file can make
// Parse allocate is a small multiple of its size, nothing in a file makes it panic, and everything that a model keeps
// outside its own bytes (external data, functions, sub-graphs) is refused.
//
// A minimal model:
//
//	m := &onnxfile.Model{IRVersion: 8, Opset: 17, Graph: onnxfile.Graph{
//		Name:    "twice",
//		Nodes:   []onnxfile.Node{{Op: "Add", Inputs: []string{"x", "x"}, Outputs: []string{"y"}}},
//		Inputs:  []onnxfile.ValueInfo{{Name: "x", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 3)}},
//		Outputs: []onnxfile.ValueInfo{{Name: "y", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 3)}},
//	}}
//	data, err := m.Marshal()
package onnxfile

import "errors"

// ErrFormat is matched by every error of this package: the bytes are not an ONNX model that we read, or a [Model]
// cannot be written because it contradicts itself.
var ErrFormat = errors.New("onnxfile: not a usable ONNX model")

// Model is a ModelProto. The zero value with a graph and an opset can be marshalled.
type Model struct {
	IRVersion       int64 // 0 is written as 8, which goes with opset 17
	ProducerName    string
	ProducerVersion string
	// Opset is the version of the default operator set, such as 17. Other domains are in Domains.
	Opset int64
	// Domains are further operator sets in file order, without the default one.
	Domains []OpsetID
	// Metadata are free key-value pairs in file order.
	Metadata []KeyValue
	Graph    Graph
}

// OpsetID is the version of one operator set.
type OpsetID struct {
	Domain  string
	Version int64
}

// KeyValue is one metadata entry.
type KeyValue struct{ Key, Value string }

// Graph is a GraphProto. Values are named by strings; a node's input is a graph input, an initializer or the output of
// another node. A valid file lists nodes in topological order, but readers should not rely on it.
type Graph struct {
	Name         string
	Nodes        []Node
	Initializers []Tensor // the weights, each with a name
	Inputs       []ValueInfo
	Outputs      []ValueInfo
	Values       []ValueInfo // types of intermediate values; optional
}

// Node is a NodeProto: one operator. An empty input name is an optional input left out.
type Node struct {
	Name       string // for people; may be empty
	Op         string // such as "Conv"
	Domain     string // empty or "ai.onnx" for the default operator set
	Inputs     []string
	Outputs    []string
	Attributes []Attribute
}

// Attr returns the attribute of that name, or nil.
func (n *Node) Attr(name string) *Attribute {
	for i := range n.Attributes {
		if n.Attributes[i].Name == name {
			return &n.Attributes[i]
		}
	}
	return nil
}

// ValueInfo is a ValueInfoProto of a tensor.
type ValueInfo struct {
	Name string
	Type ElemType
	// Shape is nil if the file does not say the rank; an empty, non-nil shape is a scalar.
	Shape []Dim
}

// Dim is one dimension of a [ValueInfo]: Size ≥ 0 where it is fixed; a free one has size -1 and perhaps a name.
type Dim struct {
	Size int
	Name string
}

// FixedShape returns the shape with these sizes.
func FixedShape(sizes ...int) []Dim {
	shape := make([]Dim, len(sizes))
	for i, size := range sizes {
		shape[i].Size = size
	}
	return shape
}

// BatchShape returns the shape with a free first dimension of that name, followed by fixed sizes.
func BatchShape(name string, sizes ...int) []Dim {
	return append([]Dim{{Size: -1, Name: name}}, FixedShape(sizes...)...)
}
