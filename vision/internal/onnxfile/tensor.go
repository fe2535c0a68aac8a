package onnxfile

import "fmt"

// ElemType is TensorProto.DataType, with its numbers.
type ElemType int32

// The element types of tensors. String, complex and sub-byte types are refused by [Parse].
const (
	Undefined ElemType = 0
	Float     ElemType = 1
	Uint8     ElemType = 2
	Int8      ElemType = 3
	Uint16    ElemType = 4
	Int16     ElemType = 5
	Int32     ElemType = 6
	Int64     ElemType = 7
	Bool      ElemType = 9
	Float16   ElemType = 10
	Double    ElemType = 11
	Uint32    ElemType = 12
	Uint64    ElemType = 13
	BFloat16  ElemType = 16
)

var elemTypes = map[ElemType]struct {
	name string
	size int
}{
	Float: {"float32", 4}, Uint8: {"uint8", 1}, Int8: {"int8", 1}, Uint16: {"uint16", 2}, Int16: {"int16", 2},
	Int32: {"int32", 4}, Int64: {"int64", 8}, Bool: {"bool", 1}, Float16: {"float16", 2}, Double: {"float64", 8},
	Uint32: {"uint32", 4}, Uint64: {"uint64", 8}, BFloat16: {"bfloat16", 2},
}

// String returns the type in lower case as [vision.TensorInfo] spells it: "float32", "int64", …
func (t ElemType) String() string {
	if e, ok := elemTypes[t]; ok {
		return e.name
	}
	return fmt.Sprintf("type%d", int32(t))
}

// Size returns the bytes of one element, or 0 for types that this package does not read.
func (t ElemType) Size() int { return elemTypes[t].size }

// Tensor is a TensorProto in row-major order. Exactly one of the data fields is used, depending on Type.
type Tensor struct {
	Name   string
	Type   ElemType
	Shape  []int     // empty for a scalar; dimensions may be 0
	Floats []float32 // Type Float
	Ints   []int64   // Types Int64 and Int32 (widened)
	Raw    []byte    // every other type: its elements in little-endian order
}

// maxElements bounds the elements of one tensor: what 2 GiB of float32, the limit of a protobuf message, can hold.
const maxElements = 1 << 29

// Elements returns the product of a shape's dimensions, 1 for a scalar.
// It fails for a negative dimension and for more than 2²⁹ elements.
func Elements(shape []int) (int, error) {
	n, empty := 1, false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, fmt.Errorf("%w: negative dimension in shape %v", ErrFormat, shape)
		case d == 0:
			empty = true
		case n > maxElements/d:
			return 0, fmt.Errorf("%w: shape %v has more than %d elements", ErrFormat, shape, maxElements)
		default:
			n *= d
		}
	}
	if empty {
		return 0, nil
	}
	return n, nil
}

// FloatTensor makes a float32 tensor. It keeps shape and data.
func FloatTensor(name string, shape []int, data []float32) Tensor {
	return Tensor{Name: name, Type: Float, Shape: shape, Floats: data}
}

// IntTensor makes an int64 tensor. It keeps shape and data.
func IntTensor(name string, shape []int, data []int64) Tensor {
	return Tensor{Name: name, Type: Int64, Shape: shape, Ints: data}
}

// check reports whether the data fits shape and type.
func (t *Tensor) check() error {
	n, err := Elements(t.Shape)
	if err != nil {
		return err
	}
	size := t.Type.Size()
	if size == 0 {
		return fmt.Errorf("%w: tensor %q: element %v is not supported", ErrFormat, t.Name, t.Type)
	}
	got := len(t.Raw) / size
	switch t.Type {
	case Float:
		got = len(t.Floats)
	case Int32, Int64:
		got = len(t.Ints)
	default:
		if len(t.Raw)%size != 0 {
			return fmt.Errorf("%w: tensor %q: %d bytes are no whole %v elements", ErrFormat, t.Name, len(t.Raw), t.Type)
		}
	}
	if got != n {
		return fmt.Errorf("%w: tensor %q: %d elements for shape %v, want %d", ErrFormat, t.Name, got, t.Shape, n)
	}
	return nil
}
