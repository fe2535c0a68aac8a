package onnx

import (
	"math"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// filled is ConstantOfShape: a known shape filled with one number.
type filled struct {
	elem  onnxfile.ElemType
	float float32
	whole int64
}

func loadConstantOfShape(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	o := filled{elem: onnxfile.Float}
	if attr := a.find("value", onnxfile.AttrTensor); attr != nil {
		t := attr.Tensor
		switch {
		case !supportedElem(t.Type):
			return nil, n.unsupported(t.Type.String() + " is not supported")
		case product(t.Shape) != 1:
			return nil, n.invalidf("the value has shape %v", t.Shape)
		case t.Type == onnxfile.Float:
			o.float = t.Floats[0]
		default:
			o.elem, o.whole = t.Type, wholeNumbers(t)[0]
		}
	}
	return o, a.done()
}

func (o filled) infer(n *node, in []tensorType) ([]tensorType, error) {
	shape, err := sizesOf(n, in, 0)
	if err != nil {
		return nil, err
	}
	return sized(n, o.elem, shape...)
}

func (o filled) emit(b *planBuilder, n *node) error {
	out := n.outputs[0]
	s := &storage{kind: isConstant, size: 1, ints: b.typeOf(out).whole(), numbers: []float32{o.float}, wholes: []int64{o.whole}}
	b.setView(out, view{store: s, strides: nil}.broadcast(b.typeOf(out).shape))
	return nil
}

// counting is Range over known numbers: start, start + delta, … before limit.
type counting struct{}

func loadRange(n *node, _ *graph) (operator, error) { return counting{}, newAttributes(n).done() }

func (counting) infer(n *node, in []tensorType) ([]tensorType, error) {
	var v [3]float64
	for i, t := range in {
		switch {
		case t.elem != in[0].elem || product(t.shape) != 1 || len(t.shape) > 1:
			return nil, n.invalidf("inputs are %v and %v of shape %v", in[0].elem, t.elem, t.shape)
		case t.known == nil:
			return nil, n.unsupported("inputs must follow from constants and shapes")
		case t.whole():
			v[i] = float64(wholeNumbers(t.known)[0])
		default:
			v[i] = float64(t.known.Floats[0])
		}
	}
	count := math.Ceil((v[1] - v[0]) / v[2])
	if !(count <= math.MaxInt32) || v[2] == 0 {
		return nil, n.invalidf("from %v to %v by %v", v[0], v[1], v[2])
	}
	return sized(n, in[0].elem, int(max(0, count)))
}

func (counting) emit(b *planBuilder, n *node) error {
	t := b.typeOf(n.outputs[0])
	start, delta := b.operand(n.inputs[0], t.natural()), b.operand(n.inputs[2], t.natural())
	y := b.result(n.outputs[0], t.natural())
	b.add(step{
		name: n.name, parts: 1, reads: []*storage{start, delta}, writes: []*storage{y},
		run: func(st *state, _, _ int) {
			if t.whole() {
				for i := range y.size {
					st.ints(y)[i] = wrap(st.ints(start)[0]+int64(i)*st.ints(delta)[0], t.elem)
				}
				return
			}
			for i := range y.size {
				st.data(y)[i] = st.data(start)[0] + float32(i)*st.data(delta)[0]
			}
		},
	})
	return nil
}

// triangle is Trilu: the upper or lower triangle of matrices, with zeros in the other.
type triangle struct{ upper bool }

func loadTrilu(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	return triangle{a.int("upper", 1) != 0}, a.done()
}

func (o triangle) infer(n *node, in []tensorType) ([]tensorType, error) {
	if len(in[0].shape) < 2 {
		return nil, n.invalidf("input has shape %v", in[0].shape)
	}
	if len(in) > 1 && in[1].shape != nil {
		if k, err := knownList(n, in, 1); err != nil || len(k) != 1 {
			return nil, n.unsupported("the diagonal must be one known integer")
		}
	}
	return sized(n, in[0].elem, in[0].shape...)
}

func (o triangle) emit(b *planBuilder, n *node) error {
	t := b.typeOf(n.outputs[0])
	diagonal := int64(0)
	if v := n.input(1); v != nil {
		list, _ := b.typeOf(v).ints()
		diagonal = list[0]
	}
	x, y := b.view(n.inputs[0]), b.result(n.outputs[0], t.natural())
	height := sizeFromEnd(t.shape, 2)
	b.addRows(n.name, y, x, []view{x}, func(st *state, row, width int) {
		at, stride := x.row(row)
		// the first column of the upper triangle, or the first after the lower one
		edge := int(min(int64(width), max(0, int64(row%height)+min(maxSize, max(-maxSize, diagonal))+truth(!o.upper))))
		from, to := 0, edge
		if o.upper {
			from, to = edge, width
		}
		if t.whole() {
			dst := st.ints(y)[row*width:][:width]
			clear(dst)
			copyStrided(dst[from:to], st.ints(x.store), at+from*stride, stride)
		} else {
			dst := st.data(y)[row*width:][:width]
			clear(dst)
			copyStrided(dst[from:to], st.data(x.store), at+from*stride, stride)
		}
	})
	return nil
}
