package onnx

import (
	"encoding/binary"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// wholeNumbers returns the numbers of a tensor of an integer type or bool. A file keeps those of small types in Raw, from
// where they are converted each time; what we compute is in Ints whatever the type.
func wholeNumbers(t *onnxfile.Tensor) []int64 {
	if len(t.Raw) == 0 {
		return t.Ints
	}
	out := make([]int64, 0, len(t.Raw)/t.Type.Size())
	for b := t.Raw; len(b) > 0; b = b[t.Type.Size():] {
		switch t.Type {
		case onnxfile.Int8:
			out = append(out, int64(int8(b[0])))
		case onnxfile.Uint8, onnxfile.Bool:
			out = append(out, int64(b[0]))
		case onnxfile.Int16:
			out = append(out, int64(int16(binary.LittleEndian.Uint16(b))))
		case onnxfile.Uint16:
			out = append(out, int64(binary.LittleEndian.Uint16(b)))
		case onnxfile.Uint32:
			out = append(out, int64(binary.LittleEndian.Uint32(b)))
		default: // Uint64: halves and float64 are refused before
			out = append(out, int64(binary.LittleEndian.Uint64(b)))
		}
	}
	return out
}

// floatNumbers returns the numbers of a tensor as float32: its own, or converted ones.
func floatNumbers(t *onnxfile.Tensor) []float32 {
	if t.Type == onnxfile.Float {
		return t.Floats
	}
	if len(t.Raw) > 0 && t.Type.Size() == 1 { // weights of quantised models, which may be large
		out := make([]float32, len(t.Raw))
		for i, v := range t.Raw {
			out[i] = float32(v)
			if t.Type == onnxfile.Int8 {
				out[i] = float32(int8(v))
			}
		}
		return out
	}
	ints := wholeNumbers(t)
	out := make([]float32, len(ints))
	for i, v := range ints {
		out[i] = float32(v)
	}
	return out
}

// empty returns the tensor without its numbers, which somebody else has packed.
func empty(t *onnxfile.Tensor) *onnxfile.Tensor {
	return &onnxfile.Tensor{Name: t.Name, Type: t.Type, Shape: t.Shape}
}

// supportedElem reports whether tensors of a type can be computed with.
func supportedElem(t onnxfile.ElemType) bool {
	switch t {
	case onnxfile.Float, onnxfile.Int64, onnxfile.Int32, onnxfile.Bool, onnxfile.Uint8, onnxfile.Int8,
		onnxfile.Int16, onnxfile.Uint16, onnxfile.Uint32, onnxfile.Uint64:
		return true
	}
	return false
}

// wrap brings a number into the range of an integer type, as arithmetic of that type does.
func wrap(v int64, t onnxfile.ElemType) int64 {
	switch t {
	case onnxfile.Int32:
		return int64(int32(v))
	case onnxfile.Uint8:
		return int64(uint8(v))
	case onnxfile.Int8:
		return int64(int8(v))
	case onnxfile.Int16:
		return int64(int16(v))
	case onnxfile.Uint16:
		return int64(uint16(v))
	case onnxfile.Uint32:
		return int64(uint32(v))
	}
	return v
}
