package onnxfile

// AttrKind is AttributeProto.AttributeType, with its numbers.
type AttrKind int32

// The kinds of attributes that this package reads; graphs, types and sparse tensors are refused.
const (
	AttrUndefined AttrKind = 0
	AttrFloat     AttrKind = 1
	AttrInt       AttrKind = 2
	AttrString    AttrKind = 3
	AttrTensor    AttrKind = 4
	AttrFloats    AttrKind = 6
	AttrInts      AttrKind = 7
	AttrStrings   AttrKind = 8
)

// Attribute is an AttributeProto. Kind says which of the value fields holds.
type Attribute struct {
	Name    string
	Kind    AttrKind
	Float   float32
	Int     int64
	Text    string
	Tensor  *Tensor
	Floats  []float32
	Ints    []int64
	Strings []string
}

// FloatAttr makes an attribute of one number.
func FloatAttr(name string, v float32) Attribute {
	return Attribute{Name: name, Kind: AttrFloat, Float: v}
}

// IntAttr makes an attribute of one integer.
func IntAttr(name string, v int64) Attribute { return Attribute{Name: name, Kind: AttrInt, Int: v} }

// IntsAttr makes an attribute of a list of integers, such as Conv's pads: first all begins, then all ends
// ([top, left, bottom, right] in two dimensions), which need not be equal.
func IntsAttr(name string, v ...int64) Attribute {
	return Attribute{Name: name, Kind: AttrInts, Ints: v}
}

// FloatsAttr makes an attribute of a list of numbers.
func FloatsAttr(name string, v ...float32) Attribute {
	return Attribute{Name: name, Kind: AttrFloats, Floats: v}
}

// StringAttr makes an attribute of text, such as auto_pad.
func StringAttr(name, v string) Attribute {
	return Attribute{Name: name, Kind: AttrString, Text: v}
}

// TensorAttr makes an attribute of a tensor, such as Constant's value.
func TensorAttr(name string, v Tensor) Attribute {
	return Attribute{Name: name, Kind: AttrTensor, Tensor: &v}
}
