package optimize

import (
	"slices"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// whole says that a node needs every position of an input.
const whole = -1

// through says how a node computes one position of an axis of its output: for each input, the axis of which it needs the
// same position, or whole. ok is false if a position of the output cannot be computed by itself, or if we do not know.
func (f *inference) through(n *onnxfile.Node, axis int) (axes []int, ok bool) {
	x := f.in(n, 0)
	out := f.values[n.Outputs[0]]
	if x.shape == nil || out.shape == nil || axis >= len(out.shape) {
		return nil, false
	}
	axes = slices.Repeat([]int{whole}, len(n.Inputs))
	switch {
	case pairwise[n.Op]:
		for i := range axes {
			if axes[i], ok = f.aligned(n, i, axis, len(out.shape)); !ok {
				return nil, false
			}
		}
		return axes, true
	case n.Op == "LayerNormalization":
		first, _ := axisOf(attrInt(n, "axis", -1), len(x.shape))
		axes[0] = axis
		return axes, axis < first
	case n.Op == "Softmax":
		along, _ := axisOf(attrInt(n, "axis", -1), len(x.shape))
		axes[0] = axis
		return axes, along == len(x.shape)-1 && axis < along // before opset 13, other axes meant something else
	case sameShape[n.Op]:
		axes[0] = axis
		return axes, true
	}
	switch n.Op {
	case "ReduceMean":
		for _, a := range squeezed(n, f.in(n, 1)) {
			if at, _ := axisOf(a, len(x.shape)); at <= axis {
				return nil, false
			}
		}
		axes[0] = axis
		return axes, len(squeezed(n, f.in(n, 1))) > 0
	case "Transpose":
		axes[0] = permutation(n, len(x.shape))[axis]
		return axes, true
	case "Reshape":
		axes[0], ok = kept(x.shape, out.shape, axis)
		return axes, ok
	case "MatMul":
		return f.throughMatMul(n, axis, len(out.shape))
	}
	return nil, false
}

// aligned is the axis of input i that broadcasting lays on an axis of the output; whole if the input has only one position
// there, or none.
func (f *inference) aligned(n *onnxfile.Node, i, axis, rank int) (int, bool) {
	shape := f.in(n, i).shape
	if shape == nil {
		return 0, false
	}
	at := axis - (rank - len(shape))
	if at < 0 || shape[at] == 1 {
		return whole, true
	}
	return at, true
}

// throughMatMul needs the same row of the first input and all of the second; another product of the batch needs just its
// own factors.
func (f *inference) throughMatMul(n *onnxfile.Node, axis, rank int) (axes []int, ok bool) {
	axes = []int{whole, whole}
	if axis >= rank-1 { // a column
		return nil, false
	}
	if axes[0], ok = f.aligned(n, 0, axis, rank); !ok {
		return nil, false
	}
	if axis < rank-2 {
		axes[1], ok = f.aligned(n, 1, axis, rank)
	}
	return axes, ok
}

// kept finds the axis of a tensor that is untouched when its shape from becomes to, where it is called axis: the same size,
// and as many elements before it.
func kept(from, to []int, axis int) (int, bool) {
	before := elements(to[:axis])
	for i := range from {
		if from[i] == to[axis] && elements(from[:i]) == before {
			return i, true
		}
	}
	return 0, false
}

// oneLong is the target of a Reshape to shape a (or, for another batch size, b) once an axis has size 1. What depends on
// the batch is left to be worked out, which only one dimension can be.
func oneLong(a, b []int, axis int) (onnxfile.Tensor, bool) {
	target, free := make([]int64, len(a)), 0
	for i := range a {
		switch {
		case i == axis:
			target[i] = 1
		case a[i] != b[i]:
			target[i] = -1
			free++
		default:
			target[i] = int64(a[i])
		}
	}
	return onnxfile.IntTensor("", []int{len(target)}, target), free <= 1
}
