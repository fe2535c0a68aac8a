package onnx

import (
	"math"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// cast is Cast and CastLike's result: to another element type. Fractions are cut off; what a type cannot hold wraps
// around, and NaN becomes 0.
type cast struct{ to onnxfile.ElemType }

func loadCast(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	to := onnxfile.ElemType(int32(a.int("to", 0)))
	a.int("saturate", 1) // of float8 only
	if !supportedElem(to) {
		return nil, n.unsupported("cast to " + to.String() + " is not supported")
	}
	return cast{to}, a.done()
}

func (o cast) infer(n *node, in []tensorType) ([]tensorType, error) {
	return sized(n, o.to, in[0].shape...)
}

func (o cast) emit(b *planBuilder, n *node) error {
	in, out := n.inputs[0], n.outputs[0]
	from := b.typeOf(in)
	switch o.to {
	case from.elem:
		b.setView(out, b.view(in))
		return nil
	case onnxfile.Float:
		l := b.existing(in) // quantised sums are float32 already
		b.stored[out.id][l] = b.operand(in, l)
		return nil
	}
	y := b.newStorage(b.typeOf(out).elements(), true)
	b.stored[out.id][whole] = y
	x := b.operand(in, from.natural())
	b.add(step{
		name: n.name, parts: min(1, y.size), reads: []*storage{x}, writes: []*storage{y}, inPlace: []*storage{x},
		run: func(st *state, _, _ int) {
			dst := st.ints(y)
			if from.whole() {
				for i, v := range st.ints(x) {
					dst[i] = castInt(v, o.to)
				}
				return
			}
			for i, v := range st.data(x) {
				dst[i] = castFloat(float64(v), o.to)
			}
		},
	})
	return nil
}

func castInt(v int64, to onnxfile.ElemType) int64 {
	if to == onnxfile.Bool {
		return truth(v != 0)
	}
	return wrap(v, to)
}

func castFloat(v float64, to onnxfile.ElemType) int64 {
	switch {
	case to == onnxfile.Bool:
		return truth(v != 0)
	case v != v:
		return 0
	}
	const limit = 1 << 63
	if v >= limit {
		return math.MaxInt64
	}
	return wrap(int64(max(-limit, v)), to)
}

// isNaN is IsNaN.
type isNaN struct{}

func loadIsNaN(n *node, _ *graph) (operator, error) { return isNaN{}, newAttributes(n).done() }

func (isNaN) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in[0]); err != nil {
		return nil, err
	}
	return sized(n, onnxfile.Bool, in[0].shape...)
}

func (isNaN) emit(b *planBuilder, n *node) error {
	x, y := b.operand(n.inputs[0], plain), b.result(n.outputs[0], whole)
	b.add(step{
		name: n.name, parts: ceilDiv(y.size, elementsPerPart), reads: []*storage{x}, writes: []*storage{y},
		run: func(st *state, _, part int) {
			for i := part * elementsPerPart; i < min(y.size, (part+1)*elementsPerPart); i++ {
				st.ints(y)[i] = truth(st.data(x)[i] != st.data(x)[i])
			}
		},
	})
	return nil
}

// negation is Not.
func loadNot(n *node, _ *graph) (operator, error) {
	o := unary{ints: func(v int64) int64 { return 1 - v }}
	o.float = func(*simd.Kernels, []float32, []float32) {} // bool only
	return o, newAttributes(n).done()
}
