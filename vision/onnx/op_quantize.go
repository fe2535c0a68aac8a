package onnx

import (
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// The operators of quantised models work on float32 numbers that are whole: 8-bit integers and what they sum up to
// below 2²⁴ are exact, and larger sums are rounded as all float32 sums are. That saves memory on disk but no time.

// dynamicQuantize is DynamicQuantizeLinear: uint8 numbers y, a scale and a zero point with x ≈ scale·(y − zero), where
// the range of x, with 0 in it, becomes 0 to 255.
type dynamicQuantize struct{}

func loadDynamicQuantize(n *node, _ *graph) (operator, error) {
	if len(n.outputs) != 3 {
		return nil, n.invalidf("%d outputs, want 3", len(n.outputs))
	}
	return dynamicQuantize{}, newAttributes(n).done()
}

func (dynamicQuantize) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in[0]); err != nil {
		return nil, err
	}
	y, err := sized(n, onnxfile.Uint8, in[0].shape...)
	if err != nil {
		return nil, err
	}
	return []tensorType{y[0], {elem: onnxfile.Float, shape: []int{}}, {elem: onnxfile.Uint8, shape: []int{}}}, nil
}

func (dynamicQuantize) emit(b *planBuilder, n *node) error {
	x := b.operand(n.inputs[0], plain)
	y, scale, zero := b.newStorage(x.size, false), b.newStorage(1, false), b.newStorage(1, false)
	for i, s := range []*storage{y, scale, zero} {
		if v := n.outputs[i]; v != nil {
			b.stored[v.id][plain] = s
		}
	}
	b.add(step{
		name: n.name + " (range)", parts: 1, reads: []*storage{x}, writes: []*storage{scale, zero},
		run: func(st *state, _, _ int) { st.data(scale)[0], st.data(zero)[0] = quantRange(st.data(x)) },
	})
	b.add(step{
		name: n.name, parts: ceilDiv(x.size, elementsPerPart), reads: []*storage{x, scale, zero}, writes: []*storage{y},
		inPlace: []*storage{x},
		run: func(st *state, _, part int) {
			from, to := part*elementsPerPart, min(x.size, (part+1)*elementsPerPart)
			quantize(st.data(y)[from:to], st.data(x)[from:to], st.data(scale)[0], st.data(zero)[0], 0, 255)
		},
	})
	return nil
}

// quantRange returns the scale and the zero point for numbers, as the specification says.
func quantRange(x []float32) (scale, zero float32) {
	lo, hi := float32(0), float32(0)
	for _, v := range x {
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	scale = (hi - lo) / 255
	if scale == 0 {
		return 1, 0 // all numbers are 0; onnxruntime says 1 too
	}
	return scale, float32(math.RoundToEven(float64(min(255, max(0, -lo/scale)))))
}

// quantize sets dst = clamp(round(x/scale) + zero), where halves are rounded to even.
func quantize(dst, x []float32, scale, zero, lo, hi float32) {
	const shift = 3 << 22 // adding it leaves no room for fractions
	for i, v := range x {
		v /= scale
		if v > -1<<21 && v < 1<<21 {
			v = float32(v+shift) - shift
		}
		dst[i] = min(hi, max(lo, v+zero))
	}
}

// quantBounds returns what an 8-bit type holds.
func quantBounds(t onnxfile.ElemType) (lo, hi float32, ok bool) {
	switch t {
	case onnxfile.Uint8:
		return 0, 255, true
	case onnxfile.Int8:
		return -128, 127, true
	}
	return 0, 0, false
}

// matMulInteger is MatMulInteger: (A − a)·(B − b) with constant B and zero points a, one number, and b, one for all
// columns or one for each.
type matMulInteger struct{ matMul }

func loadMatMulInteger(n *node, _ *graph) (operator, error) {
	w, zero := n.inputs[1].constant, n.input(3)
	switch {
	case w == nil || zero != nil && zero.constant == nil:
		return nil, n.unsupported("B and its zero point must be constants")
	case len(w.Shape) != 2 || product(w.Shape) == 0:
		return nil, n.unsupported(fmt.Sprintf("B has shape %v, want two dimensions", w.Shape))
	}
	if _, _, ok := quantBounds(w.Type); !ok {
		return nil, n.invalidf("B is %v", w.Type)
	}
	k, cols := w.Shape[0], w.Shape[1]
	numbers := floatNumbers(w)
	if zero != nil {
		shift := floatNumbers(zero.constant)
		if len(shift) != 1 && len(shift) != cols {
			return nil, n.invalidf("zero point of shape %v for B of shape %v", zero.constant.Shape, w.Shape)
		}
		for i := range numbers {
			numbers[i] -= shift[i%cols%len(shift)]
		}
	}
	return &matMulInteger{matMul{packConstant(numbers, k, cols, cols, 1, 1, nil)}}, newAttributes(n).done()
}

func (o *matMulInteger) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needQuantized(n, in); err != nil {
		return nil, err
	}
	_, _, out, err := o.matrices(n, in[0].shape, in[1].shape)
	if err != nil {
		return nil, err
	}
	if len(in[0].shape) < 2 {
		return nil, n.unsupported("A is a vector")
	}
	return sized(n, onnxfile.Int32, out...)
}

// needQuantized checks the first input and its zero point, which is the third.
func needQuantized(n *node, in []tensorType) error {
	if _, _, ok := quantBounds(in[0].elem); !ok {
		return n.invalidf("input 0 is %v", in[0].elem)
	}
	if len(in) > 2 && in[2].shape != nil && (product(in[2].shape) != 1 || in[2].elem != in[0].elem) {
		return n.unsupported(fmt.Sprintf("zero point %v of shape %v for %v", in[2].elem, in[2].shape, in[0].elem))
	}
	return nil
}

func (o *matMulInteger) emit(b *planBuilder, n *node) error {
	x := b.typeOf(n.inputs[0]).shape
	_, _, out, err := o.matrices(n, x, b.typeOf(n.inputs[1]).shape)
	if err != nil {
		return err
	}
	b.emitProduct(n, multiplier{a: contiguous(b.shifted(n, plain), x), packed: o.packed, alpha: 1}, out)
	return nil
}

// shifted returns the first input without its zero point, the third.
func (b *planBuilder) shifted(n *node, l layout) *storage {
	x := b.operand(n.inputs[0], l)
	if n.input(2) == nil {
		return x
	}
	zero, y := b.operand(n.inputs[2], plain), b.newStorage(x.size, false)
	b.add(step{
		name: n.name + " (zero point)", parts: ceilDiv(x.size, elementsPerPart),
		reads: []*storage{x, zero}, writes: []*storage{y}, inPlace: []*storage{x},
		run: func(st *state, _, part int) {
			from, to := part*elementsPerPart, min(x.size, (part+1)*elementsPerPart)
			b.kernels.Affine(st.data(y)[from:to], st.data(x)[from:to], 1, -st.data(zero)[0])
		},
	})
	return y
}

// convInteger is ConvInteger: Conv of x − a with constant weights w − b, where a and b are one number each.
type convInteger struct{ *conv }

func loadConvInteger(n *node, _ *graph) (operator, error) {
	w, zero := n.inputs[1].constant, n.input(3)
	if w == nil || zero != nil && (zero.constant == nil || product(zero.constant.Shape) != 1) {
		return nil, n.unsupported("weights and one zero point must be constants")
	}
	if _, _, ok := quantBounds(w.Type); !ok {
		return nil, n.invalidf("weights are %v", w.Type)
	}
	numbers := floatNumbers(w)
	if zero != nil {
		shift := floatNumbers(zero.constant)[0]
		for i := range numbers {
			numbers[i] -= shift
		}
	}
	c, err := newConv(n, w.Shape, numbers, nil)
	return convInteger{c}, err
}

func (o convInteger) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needQuantized(n, in); err != nil {
		return nil, err
	}
	shape, err := o.outShape(n, in[0].shape)
	if err != nil {
		return nil, err
	}
	return sized(n, onnxfile.Int32, shape...)
}

func (o convInteger) fuses(*planBuilder, *node) abilities { return abilities{} }

func (o convInteger) emit(b *planBuilder, n *node) error {
	return o.emitFrom(b, n, b.shifted(n, channelsLast))
}

// rescale is QuantizeLinear and DequantizeLinear: y = clamp(round(x/scale) + zero) and y = (x − zero)·scale, with one
// scale and zero point, or one for each index of an axis.
type rescale struct {
	axis     int64
	quantize bool
	elem     onnxfile.ElemType // of the result
}

func loadRescale(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	o := rescale{axis: a.int("axis", 1), quantize: n.op == "QuantizeLinear", elem: onnxfile.Float}
	a.int("saturate", 1) // of float8 only
	if a.int("block_size", 0) != 0 {
		return nil, n.unsupported("blocks are not supported")
	}
	if o.quantize {
		if o.elem = onnxfile.ElemType(int32(a.int("output_dtype", 0))); o.elem == onnxfile.Undefined {
			o.elem = onnxfile.Uint8
		}
	}
	return o, a.done()
}

func (o rescale) infer(n *node, in []tensorType) ([]tensorType, error) {
	elem := o.elem
	quantized := in[0].elem
	if o.quantize {
		if len(in) > 2 && in[2].shape != nil {
			elem = in[2].elem
		}
		if err := needFloat(n, in[0]); err != nil {
			return nil, err
		}
		quantized = elem
	}
	if _, _, ok := quantBounds(quantized); !ok && (o.quantize || quantized != onnxfile.Int32) {
		return nil, n.unsupported(quantized.String() + " is not supported")
	}
	if err := needFloat(n, in[1]); err != nil {
		return nil, err
	}
	for _, t := range in[1:] {
		if t.shape == nil || product(t.shape) == 1 {
			continue
		}
		axis, err := axisOf(n, o.axis, len(in[0].shape))
		if err != nil {
			return nil, err
		}
		if len(t.shape) != 1 || t.shape[0] != in[0].shape[axis] {
			return nil, n.unsupported(fmt.Sprintf("scale or zero point of shape %v for shape %v", t.shape, in[0].shape))
		}
	}
	return sized(n, elem, in[0].shape...)
}

// along returns one number of a parameter for each number of the tensor, by strides.
func (o rescale) along(b *planBuilder, v *value, shape []int) view {
	w := view{store: &storage{kind: isConstant, size: 1, numbers: []float32{0}}}
	if v != nil {
		w.store = b.operand(v, plain)
	}
	w.shape, w.strides = shape, make([]int, len(shape))
	if w.store.size > 1 {
		axis := o.axis
		if axis < 0 {
			axis += int64(len(shape))
		}
		w.strides[axis] = 1
	}
	return w
}

func (o rescale) emit(b *planBuilder, n *node) error {
	shape := b.typeOf(n.inputs[0]).shape
	x := contiguous(b.operand(n.inputs[0], plain), shape)
	scale, zero := o.along(b, n.inputs[1], shape), o.along(b, n.input(2), shape)
	y := b.result(n.outputs[0], plain)
	lo, hi, _ := quantBounds(b.typeOf(n.outputs[0]).elem)
	b.addRows(n.name, y, x, []view{x, scale, zero}, func(st *state, row, width int) {
		src, dst := st.data(x.store)[row*width:][:width], st.data(y)[row*width:][:width]
		s, stepS := scale.row(row)
		z, stepZ := zero.row(row)
		scales, zeros := st.data(scale.store), st.data(zero.store)
		for i := range dst {
			if o.quantize {
				quantize(dst[i:i+1], src[i:i+1], scales[s+i*stepS], zeros[z+i*stepZ], lo, hi)
			} else {
				dst[i] = (src[i] - zeros[z+i*stepZ]) * scales[s+i*stepS]
			}
		}
	})
	return nil
}
