package optimize

import (
	"slices"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

func constantNode(n *onnxfile.Node) value {
	if a := n.Attr("value"); a != nil && a.Tensor != nil {
		return constant(a.Tensor)
	}
	if a := n.Attr("value_int"); a != nil {
		return value{shape: []int{}, ints: []int64{a.Int}}
	}
	if a := n.Attr("value_ints"); a != nil {
		return value{shape: []int{len(a.Ints)}, ints: a.Ints}
	}
	if a := n.Attr("value_float"); a != nil {
		return value{shape: []int{}}
	}
	return value{}
}

func shapeOf(n *onnxfile.Node, x value) value {
	from, to := attrInt(n, "start", 0), attrInt(n, "end", int64(len(x.shape)))
	rank := int64(len(x.shape))
	if from < 0 {
		from += rank
	}
	if to < 0 {
		to += rank
	}
	if from < 0 || from > to || to > rank {
		return value{}
	}
	v := value{shape: []int{int(to - from)}, ints: []int64{}}
	for _, d := range x.shape[from:to] {
		v.ints = append(v.ints, int64(d))
	}
	return v
}

// constantOfShape is a tensor of one number, which is 0 if it is not said.
func constantOfShape(n *onnxfile.Node, x value) value {
	out := reshaped(x.ints)
	if out.shape == nil || elements(out.shape) > maxInts {
		return out
	}
	number := int64(0)
	if a := n.Attr("value"); a != nil && a.Tensor != nil {
		if len(a.Tensor.Ints) != 1 {
			return out
		}
		number = a.Tensor.Ints[0]
	}
	out.ints = slices.Repeat([]int64{number}, elements(out.shape))
	return out
}

// reshaped is a value of that shape.
func reshaped(shape []int64) value {
	if shape == nil {
		return value{}
	}
	v := value{shape: []int{}}
	for _, d := range shape {
		if d < 0 {
			return value{}
		}
		v.shape = append(v.shape, int(d))
	}
	return v
}

func (f *inference) where(n *onnxfile.Node, condition value) value {
	a, b := f.in(n, 1), f.in(n, 2)
	out := value{shape: broadcast(condition.shape, broadcast(a.shape, b.shape))}
	if len(out.shape) != 1 || len(condition.ints) != out.shape[0] || len(a.ints) != out.shape[0] || len(b.ints) != out.shape[0] {
		return out
	}
	for i, c := range condition.ints {
		if c != 0 {
			out.ints = append(out.ints, a.ints[i])
		} else {
			out.ints = append(out.ints, b.ints[i])
		}
	}
	return out
}

func gather(x, index value, axis int64) value {
	at, ok := axisOf(axis, len(x.shape))
	if !ok || index.shape == nil {
		return value{}
	}
	out := value{shape: slices.Concat(x.shape[:at], index.shape, x.shape[at+1:])}
	if out.shape == nil {
		out.shape = []int{}
	}
	if x.ints == nil || len(x.shape) != 1 || index.ints == nil {
		return out
	}
	for _, i := range index.ints {
		k, ok := axisOf(i, len(x.ints))
		if !ok {
			return value{}
		}
		out.ints = append(out.ints, x.ints[k])
	}
	return out
}

func (f *inference) concat(n *onnxfile.Node) value {
	first := f.in(n, 0)
	at, ok := axisOf(attrInt(n, "axis", 0), len(first.shape))
	if !ok {
		return value{}
	}
	out := value{shape: slices.Clone(first.shape), ints: []int64{}}
	out.shape[at] = 0
	for i := range n.Inputs {
		x := f.in(n, i)
		if len(x.shape) != len(out.shape) {
			return value{}
		}
		out.shape[at] += x.shape[at]
		if x.ints == nil || len(x.shape) != 1 {
			out.ints = nil
		}
		if out.ints != nil {
			out.ints = append(out.ints, x.ints...)
		}
	}
	return out
}

// squeezed are the axes of Unsqueeze and Squeeze: an attribute before opset 13, an input since.
func squeezed(n *onnxfile.Node, input value) []int64 {
	if axes := attrInts(n, "axes"); axes != nil {
		return axes
	}
	return input.ints
}

func resqueeze(n *onnxfile.Node, x, input value) value {
	axes := squeezed(n, input)
	if axes == nil {
		return value{}
	}
	rank := len(x.shape)
	if n.Op == "Unsqueeze" {
		rank += len(axes)
	}
	named := make([]bool, rank)
	for _, axis := range axes {
		at, ok := axisOf(axis, rank)
		if !ok {
			return value{}
		}
		named[at] = true
	}
	out, next := value{shape: []int{}, ints: x.ints}, 0
	for i := range rank {
		switch {
		case n.Op == "Squeeze":
			if !named[i] {
				out.shape = append(out.shape, x.shape[i])
			}
		case named[i]:
			out.shape = append(out.shape, 1)
		case next < len(x.shape):
			out.shape = append(out.shape, x.shape[next])
			next++
		}
	}
	return out
}

// slice knows slices of one axis with step 1, in the form of inputs that opset 10 brought.
func (f *inference) slice(n *onnxfile.Node, x value) value {
	s, ok := f.oneSlice(n)
	if !ok {
		return value{}
	}
	out := value{shape: slices.Clone(x.shape)}
	out.shape[s.axis] = s.to - s.from
	if x.ints != nil && len(x.shape) == 1 {
		out.ints = x.ints[s.from:s.to]
	}
	return out
}

// span is a part of one axis.
type span struct{ axis, from, to int }

func (f *inference) oneSlice(n *onnxfile.Node) (s span, ok bool) {
	x, from, to, axes, steps := f.in(n, 0), f.in(n, 1).ints, f.in(n, 2).ints, f.in(n, 3).ints, f.in(n, 4).ints
	if axes == nil && len(n.Inputs) < 4 {
		axes = []int64{0}
	}
	if len(from) != 1 || len(to) != 1 || len(axes) != 1 || (len(n.Inputs) > 4 && (len(steps) != 1 || steps[0] != 1)) {
		return s, false
	}
	if s.axis, ok = axisOf(axes[0], len(x.shape)); !ok {
		return s, false
	}
	size := int64(x.shape[s.axis])
	clamp := func(i int64) int {
		if i < 0 {
			i += size
		}
		return int(min(max(i, 0), size))
	}
	s.from, s.to = clamp(from[0]), clamp(to[0])
	return s, s.from <= s.to
}

// split is the only operator whose further outputs matter: it takes queries, keys and values apart.
func (f *inference) split(n *onnxfile.Node) {
	x := f.in(n, 0)
	axis, ok := axisOf(attrInt(n, "axis", 0), len(x.shape))
	if !ok {
		return
	}
	sizes := attrInts(n, "split") // an attribute before opset 13, an input since
	if sizes == nil {
		sizes = f.in(n, 1).ints
	}
	if sizes == nil && x.shape[axis]%len(n.Outputs) == 0 {
		sizes = slices.Repeat([]int64{int64(x.shape[axis] / len(n.Outputs))}, len(n.Outputs))
	}
	if len(sizes) != len(n.Outputs) {
		return
	}
	for i, out := range n.Outputs {
		part := slices.Clone(x.shape)
		part[axis] = int(sizes[i])
		f.values[out] = value{shape: part}
	}
}
