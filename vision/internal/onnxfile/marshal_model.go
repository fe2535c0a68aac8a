package onnxfile

import (
	"bytes"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// defaultIRVersion goes with opset 17 and is read by every ONNX Runtime that our bindings load.
const defaultIRVersion = 8

// Marshal returns the model as bytes of an ONNX file. Equal models give equal bytes: fields are written in order of
// their numbers, lists in their own order, tensor data always as raw little-endian bytes. It does not change m.
// It fails for a tensor whose data does not fit its shape, for attributes without a kind, and above 2 GiB.
func (m *Model) Marshal() ([]byte, error) {
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// head returns the fields of a graph that come before its initializers.
func (g *Graph) head() ([]byte, error) {
	var b []byte
	for i := range g.Nodes {
		node, err := g.Nodes[i].marshal()
		if err != nil {
			return nil, where(err, "node %d %q", i, g.Nodes[i].Name)
		}
		b = appendMessage(b, 1, node)
	}
	return appendText(b, 2, g.Name), nil
}

// tail returns the fields of a graph that come after its initializers.
func (g *Graph) tail() []byte {
	var b []byte
	for _, list := range []struct {
		num    protowire.Number
		values []ValueInfo
	}{{11, g.Inputs}, {12, g.Outputs}, {13, g.Values}} {
		for _, v := range list.values {
			b = appendMessage(b, list.num, v.marshal())
		}
	}
	return b
}

func (n *Node) marshal() ([]byte, error) {
	var b []byte
	for _, name := range n.Inputs { // an empty name holds the place of an optional input
		b = appendMessage(b, 1, []byte(name))
	}
	for _, name := range n.Outputs {
		b = appendMessage(b, 2, []byte(name))
	}
	b = appendText(b, 3, n.Name)
	b = appendText(b, 4, n.Op)
	for i := range n.Attributes {
		attr, err := n.Attributes[i].marshal()
		if err != nil {
			return nil, where(err, "attribute %q", n.Attributes[i].Name)
		}
		b = appendMessage(b, 5, attr)
	}
	return appendText(b, 7, n.Domain), nil
}

func (v *ValueInfo) marshal() []byte {
	tensor := appendInt(nil, 1, int64(v.Type))
	if v.Shape != nil {
		var shape []byte
		for _, d := range v.Shape {
			var dim []byte
			if d.Size >= 0 {
				dim = appendInt(dim, 1, int64(d.Size))
			} else {
				dim = appendText(dim, 2, d.Name)
			}
			shape = appendMessage(shape, 1, dim)
		}
		tensor = appendMessage(tensor, 2, shape)
	}
	return appendMessage(appendText(nil, 1, v.Name), 2, appendMessage(nil, 1, tensor))
}

func (a *Attribute) marshal() ([]byte, error) {
	b := appendText(nil, 1, a.Name)
	switch a.Kind {
	case AttrFloat:
		b = appendFloat(b, 2, a.Float)
	case AttrInt:
		b = appendInt(b, 3, a.Int)
	case AttrString:
		b = appendMessage(b, 4, []byte(a.Text))
	case AttrTensor:
		if a.Tensor == nil {
			return nil, badf("no tensor")
		}
		tensor, err := a.Tensor.marshal()
		if err != nil {
			return nil, err
		}
		b = appendMessage(b, 5, tensor)
	case AttrFloats:
		for _, v := range a.Floats {
			b = appendFloat(b, 7, v)
		}
	case AttrInts:
		for _, v := range a.Ints {
			b = appendInt(b, 8, v)
		}
	case AttrStrings:
		for _, v := range a.Strings {
			b = appendMessage(b, 9, []byte(v))
		}
	default:
		return nil, badf("kind %d cannot be written", a.Kind)
	}
	return appendInt(b, 20, int64(a.Kind)), nil
}

func appendInt(b []byte, num protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), uint64(v))
}

func appendFloat(b []byte, num protowire.Number, v float32) []byte {
	return protowire.AppendFixed32(protowire.AppendTag(b, num, protowire.Fixed32Type), math.Float32bits(v))
}

// appendMessage appends a nested message or bytes, also when they are empty.
func appendMessage(b []byte, num protowire.Number, message []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), message)
}

// appendText appends a string unless it is empty.
func appendText(b []byte, num protowire.Number, text string) []byte {
	if text == "" {
		return b
	}
	return appendMessage(b, num, []byte(text))
}
