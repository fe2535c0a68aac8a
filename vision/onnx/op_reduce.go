package onnx

import (
	"math"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// reduction is ReduceMean, ReduceSum and their like: one number for all along some axes.
type reduction struct {
	start     float64
	float     func(sum, v float64) float64
	finish    func(sum float64, count int) float64 // nil if the sum is the result
	startInt  int64
	ints      func(sum, v int64) int64 // nil if integers are not supported
	axes      []int64                  // nil: an input may say them
	keep, all bool                     // all: no axes means all of them
}

func loadReduction(o reduction) func(*node, *graph) (operator, error) {
	return func(n *node, _ *graph) (operator, error) {
		a, o := newAttributes(n), o
		o.axes, _ = a.ints("axes")
		o.keep = a.int("keepdims", 1) != 0
		o.all = a.int("noop_with_empty_axes", 0) == 0
		return o, a.done()
	}
}

func plus[S float64 | int64](sum, v S) S    { return sum + v }
func times[S float64 | int64](sum, v S) S   { return sum * v }
func larger[S float64 | int64](sum, v S) S  { return max(sum, v) }
func smaller[S float64 | int64](sum, v S) S { return min(sum, v) }
func squares(sum, v float64) float64        { return sum + v*v }

var (
	sumOf  = reduction{float: plus[float64], ints: plus[int64]}
	prodOf = reduction{start: 1, float: times[float64], startInt: 1, ints: times[int64]}
	maxOf  = reduction{start: math.Inf(-1), float: larger[float64], startInt: math.MinInt64, ints: larger[int64]}
	minOf  = reduction{start: math.Inf(1), float: smaller[float64], startInt: math.MaxInt64, ints: smaller[int64]}
	meanOf = reduction{
		float: plus[float64], finish: func(sum float64, count int) float64 { return sum / float64(count) },
	}
	squaresOf = reduction{float: squares}
	lengthOf  = reduction{float: squares, finish: func(sum float64, _ int) float64 { return math.Sqrt(sum) }}
)

// split returns the axes that stay and those that go.
func (o reduction) split(n *node, in []tensorType) (stay, gone []int, err error) {
	rank := len(in[0].shape)
	axes, err := axesOf(n, in, o.axes, 1, rank)
	if err != nil {
		return nil, nil, err
	}
	drop := make([]bool, rank)
	for _, a := range axes {
		drop[a] = true
	}
	for i := range rank {
		if drop[i] || len(axes) == 0 && o.all {
			gone = append(gone, i)
		} else {
			stay = append(stay, i)
		}
	}
	return stay, gone, nil
}

func (o reduction) infer(n *node, in []tensorType) ([]tensorType, error) {
	if in[0].whole() && o.ints == nil {
		return nil, needFloat(n, in[0])
	}
	_, gone, err := o.split(n, in)
	if err != nil {
		return nil, err
	}
	return sized(n, in[0].elem, without(in[0].shape, gone, o.keep)...)
}

// without returns a shape without some axes, or with 1 in their place.
func without(shape, axes []int, keep bool) []int {
	var out []int
	for i, d := range shape {
		switch {
		case len(axes) > 0 && axes[0] == i:
			axes = axes[1:]
			if keep {
				out = append(out, 1)
			}
		default:
			out = append(out, d)
		}
	}
	return out
}

func (o reduction) emit(b *planBuilder, n *node) error {
	x := b.view(n.inputs[0])
	stay, gone, err := o.split(n, b.inputTypes(n))
	if err != nil {
		return err
	}
	t := b.typeOf(n.outputs[0])
	y := b.result(n.outputs[0], t.natural())
	// each result is one row of a view that has one dimension more
	outer, inner := x.permute(stay), x.permute(gone)
	outer.shape, outer.strides = append(outer.shape, 1), append(outer.strides, 0)
	inner = merge(inner)
	rows, width := inner.rows()
	inner.offset = 0
	perPart := max(1, elementsPerPart/max(1, rows*width))
	b.add(step{
		name: n.name, parts: ceilDiv(y.size, perPart), reads: []*storage{x.store}, writes: []*storage{y},
		run: func(st *state, _, part int) {
			for i := part * perPart; i < min(y.size, (part+1)*perPart); i++ {
				from := inner
				from.offset, _ = outer.row(i)
				if t.whole() {
					st.ints(y)[i] = wrap(reduce(st.ints(x.store), from, o.startInt, o.ints), t.elem)
					continue
				}
				sum := reduce(st.data(x.store), from, o.start, o.float)
				if o.finish != nil {
					sum = o.finish(sum, rows*width)
				}
				st.data(y)[i] = float32(sum)
			}
		},
	})
	return nil
}

// reduce combines all numbers of a view.
func reduce[T float32 | int64, S float64 | int64](data []T, v view, sum S, combine func(sum, v S) S) S {
	rows, width := v.rows()
	for row := range rows {
		at, stride := v.row(row)
		for i := range width {
			sum = combine(sum, S(data[at+i*stride]))
		}
	}
	return sum
}

// argMax is ArgMax: the index of the largest number along an axis, the first or the last of equal ones.
type argMax struct {
	axis       int64
	keep, last bool
}

func loadArgMax(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	return argMax{
		axis: a.int("axis", 0), keep: a.int("keepdims", 1) != 0, last: a.int("select_last_index", 0) != 0,
	}, a.done()
}

func (o argMax) infer(n *node, in []tensorType) ([]tensorType, error) {
	axis, err := axisOf(n, o.axis, len(in[0].shape))
	if err != nil {
		return nil, err
	}
	if in[0].shape[axis] == 0 {
		return nil, n.invalidf("input has shape %v", in[0].shape)
	}
	return sized(n, onnxfile.Int64, without(in[0].shape, []int{axis}, o.keep)...)
}

func (o argMax) emit(b *planBuilder, n *node) error {
	x := b.view(n.inputs[0])
	axis, err := axisOf(n, o.axis, len(x.shape))
	if err != nil {
		return err
	}
	y := b.result(n.outputs[0], whole)
	var order []int
	for i := range x.shape {
		if i != axis {
			order = append(order, i)
		}
	}
	lines := x.permute(append(order, axis))
	rows, width := lines.rows()
	b.add(step{
		name: n.name, parts: min(1, rows), reads: []*storage{x.store}, writes: []*storage{y},
		run: func(st *state, _, _ int) {
			for row := range rows {
				at, stride := lines.row(row)
				if x.store.ints {
					st.ints(y)[row] = largest(st.ints(x.store), at, stride, width, o.last)
				} else {
					st.ints(y)[row] = largest(st.data(x.store), at, stride, width, o.last)
				}
			}
		},
	})
	return nil
}

func largest[T float32 | int64](data []T, at, stride, count int, last bool) int64 {
	best := 0
	for i := 1; i < count; i++ {
		v, top := data[at+i*stride], data[at+best*stride]
		if v > top || last && v == top {
			best = i
		}
	}
	return int64(best)
}
