package onnxfile

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Limits of a file. They are far above every model that we know; they bound what a hostile one can make us allocate
// beyond a multiple of its own bytes.
const (
	maxBytes = 1<<31 - 1 // protobuf's own limit of a message
	maxItems = 1 << 20   // nodes, names, attributes, tensors, dimensions and other counted things of one file
	maxRank  = 16
)

// field is one field of a message: its number and, by wire type, its scalar or its bytes.
type field struct {
	num    protowire.Number
	typ    protowire.Type
	scalar uint64
	bytes  []byte // aliases the file
}

// parser counts what it makes, over all nested messages.
type parser struct {
	items int
}

func badf(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrFormat}, args...)...)
}

// item counts one more thing that costs memory beyond its bytes in the file.
func (p *parser) item() error {
	if p.items++; p.items > maxItems {
		return badf("more than %d nodes, names, tensors and attributes", maxItems)
	}
	return nil
}

// eachField calls fn for every field of a message, in order.
func eachField(b []byte, fn func(f field) error) error {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return badf("damaged tag: %v", protowire.ParseError(n))
		}
		b = b[n:]
		f := field{num: num, typ: typ}
		switch typ {
		case protowire.VarintType:
			f.scalar, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			f.scalar = uint64(v)
		case protowire.Fixed64Type:
			f.scalar, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		default: // groups: deprecated, never in an ONNX file
			return badf("field %d: wire type %d", num, typ)
		}
		if n < 0 {
			return badf("damaged field %d: %v", num, protowire.ParseError(n))
		}
		b = b[n:]
		if err := fn(f); err != nil {
			return err
		}
	}
	return nil
}

func (f field) want(typ protowire.Type) error {
	if f.typ != typ {
		return badf("field %d: wire type %d, want %d", f.num, f.typ, typ)
	}
	return nil
}

func (f field) int64(dst *int64) error {
	*dst = int64(f.scalar)
	return f.want(protowire.VarintType)
}

func (f field) float32(dst *float32) error {
	*dst = math.Float32frombits(uint32(f.scalar))
	return f.want(protowire.Fixed32Type)
}

func (f field) text(dst *string) error {
	*dst = string(f.bytes)
	return f.want(protowire.BytesType)
}

func (f field) texts(p *parser, dst *[]string) error {
	if err := p.item(); err != nil {
		return err
	}
	*dst = append(*dst, string(f.bytes))
	return f.want(protowire.BytesType)
}

// ints appends a packed list, or one element of an unpacked one.
func (f field) ints(dst *[]int64) error {
	if f.typ == protowire.VarintType {
		*dst = append(*dst, int64(f.scalar))
		return nil
	}
	for b := f.bytes; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return badf("damaged list in field %d: %v", f.num, protowire.ParseError(n))
		}
		*dst, b = append(*dst, int64(v)), b[n:]
	}
	return f.want(protowire.BytesType)
}

// floats appends a packed list, or one element of an unpacked one.
func (f field) floats(dst *[]float32) error {
	if f.typ == protowire.Fixed32Type {
		*dst = append(*dst, math.Float32frombits(uint32(f.scalar)))
		return nil
	}
	if len(f.bytes)%4 != 0 {
		return badf("list of %d bytes in field %d is no list of float32", len(f.bytes), f.num)
	}
	*dst = appendFloats(*dst, f.bytes)
	return f.want(protowire.BytesType)
}
