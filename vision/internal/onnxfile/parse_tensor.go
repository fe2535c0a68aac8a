package onnxfile

import (
	"encoding/binary"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

func (p *parser) attribute(f field, a *Attribute) error {
	err := p.message(f, func(f field) error {
		switch f.num {
		case 1:
			return f.text(&a.Name)
		case 2:
			a.guess(AttrFloat)
			return f.float32(&a.Float)
		case 3:
			a.guess(AttrInt)
			return f.int64(&a.Int)
		case 4:
			a.guess(AttrString)
			return f.text(&a.Text)
		case 5:
			a.guess(AttrTensor)
			a.Tensor = &Tensor{}
			return p.tensor(f, a.Tensor)
		case 7:
			a.guess(AttrFloats)
			return f.floats(&a.Floats)
		case 8:
			a.guess(AttrInts)
			return f.ints(&a.Ints)
		case 9:
			a.guess(AttrStrings)
			return f.texts(p, &a.Strings)
		case 20:
			a.Kind = AttrKind(int32(f.scalar))
			return f.want(protowire.VarintType)
		case 6, 10, 11, 14, 15, 21, 22, 23:
			return badf("sub-graphs, types, references and lists of tensors are not supported")
		}
		return nil
	})
	if err != nil {
		return err
	}
	switch a.Kind {
	case AttrFloat, AttrInt, AttrString, AttrFloats, AttrInts, AttrStrings:
		return nil
	case AttrTensor:
		if a.Tensor != nil {
			return nil
		}
	}
	return badf("kind %d without such a value", a.Kind)
}

// guess sets the kind of an attribute whose file is older than the type field, which comes last if it is there.
func (a *Attribute) guess(kind AttrKind) {
	if a.Kind == AttrUndefined {
		a.Kind = kind
	}
}

// tensorData is what a TensorProto can hold data in.
type tensorData struct {
	raw, doubles []byte
	hasRaw       bool
	floats       []float32
	ints32       []int64
	ints64       []int64
}

func (p *parser) tensor(f field, t *Tensor) error {
	var (
		d     tensorData
		shape []int64
	)
	err := p.message(f, func(f field) error {
		switch f.num {
		case 1:
			err := f.ints(&shape)
			if len(shape) > maxRank {
				return badf("more than %d dimensions", maxRank)
			}
			return err
		case 2:
			t.Type = ElemType(int32(f.scalar))
			return f.want(protowire.VarintType)
		case 3, 6, 11:
			return badf("segments, strings and uint64 lists are not supported")
		case 4:
			return f.floats(&d.floats)
		case 5:
			return f.ints(&d.ints32)
		case 7:
			return f.ints(&d.ints64)
		case 8:
			return f.text(&t.Name)
		case 9:
			d.raw, d.hasRaw = f.bytes, true
			return f.want(protowire.BytesType)
		case 10:
			d.doubles = f.bytes
			return f.want(protowire.BytesType)
		case 13:
			return badf("external data is not supported")
		case 14:
			if f.scalar != 0 {
				return badf("external data is not supported")
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.Shape = make([]int, len(shape))
	for i, v := range shape {
		if v < 0 || v > maxElements {
			return badf("dimension %d", v)
		}
		t.Shape[i] = int(v)
	}
	if err := t.fill(d); err != nil {
		return err
	}
	return t.check()
}

// fill converts the data to the field that the type uses.
func (t *Tensor) fill(d tensorData) error {
	size := t.Type.Size()
	if size == 0 {
		return badf("element %v is not supported", t.Type)
	}
	if d.hasRaw && len(d.raw)%size != 0 {
		return badf("%d bytes are no whole %v elements", len(d.raw), t.Type)
	}
	switch t.Type {
	case Float:
		t.Floats = d.floats
		if d.hasRaw {
			t.Floats = appendFloats(nil, d.raw)
		}
	case Int64:
		t.Ints = d.ints64
		for b := d.raw; len(b) > 0; b = b[8:] {
			t.Ints = append(t.Ints, int64(binary.LittleEndian.Uint64(b)))
		}
	case Int32:
		t.Ints = d.ints32
		for i, v := range t.Ints {
			t.Ints[i] = int64(int32(v))
		}
		for b := d.raw; len(b) > 0; b = b[4:] {
			t.Ints = append(t.Ints, int64(int32(binary.LittleEndian.Uint32(b))))
		}
	case Double:
		t.Raw = slices.Concat(d.doubles, d.raw)
	default:
		t.Raw = slices.Clone(d.raw)
		for _, v := range d.ints32 { // small types are kept one an int32
			t.Raw = append(t.Raw, binary.LittleEndian.AppendUint32(nil, uint32(v))[:min(size, 4)]...)
		}
	}
	return nil
}

// appendFloats appends the little-endian float32 numbers of b.
func appendFloats(dst []float32, b []byte) []float32 {
	dst = slices.Grow(dst, len(b)/4)
	for ; len(b) >= 4; b = b[4:] {
		dst = append(dst, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return dst
}
