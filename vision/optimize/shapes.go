package optimize

import (
	"slices"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// value is what is known of a value before the graph runs, for one batch size.
type value struct {
	shape []int   // nil if it is not known; empty for a scalar
	ints  []int64 // the contents of small integer tensors, nil if they are not known
}

// maxInts bounds the contents that are followed: those of shapes and indices.
const maxInts = 64

// inference walks a graph and keeps what it can tell of each value. What it cannot tell is no error: most of a graph need
// not be understood.
type inference struct {
	values map[string]value
}

// infer works out shapes for a batch of that size. nodes are in topological order.
func infer(g *onnxfile.Graph, nodes []*onnxfile.Node, batch int) *inference {
	f := &inference{values: map[string]value{}}
	for _, in := range g.Inputs {
		if in.Shape == nil {
			continue
		}
		v := value{shape: make([]int, len(in.Shape))}
		for i, d := range in.Shape {
			v.shape[i] = d.Size
			if d.Size < 0 {
				v.shape[i] = batch
			}
		}
		f.values[in.Name] = v
	}
	for i := range g.Initializers {
		f.values[g.Initializers[i].Name] = constant(&g.Initializers[i])
	}
	for _, n := range nodes {
		if n.Op == "Split" {
			f.split(n)
			continue
		}
		if v := f.node(n); v.shape != nil {
			if len(v.ints) > maxInts {
				v.ints = nil
			}
			f.values[n.Outputs[0]] = v
		}
	}
	return f
}

func constant(t *onnxfile.Tensor) value {
	v := value{shape: t.Shape}
	if v.shape == nil {
		v.shape = []int{}
	}
	if t.Ints != nil && len(t.Ints) <= maxInts {
		v.ints = t.Ints
	}
	return v
}

// in returns what is known of a node's input, nothing if it has no such input.
func (f *inference) in(n *onnxfile.Node, i int) value {
	if i >= len(n.Inputs) {
		return value{}
	}
	return f.values[n.Inputs[i]]
}

// node returns what is known of a node's first output.
func (f *inference) node(n *onnxfile.Node) value {
	x := f.in(n, 0)
	switch {
	case n.Op == "Constant":
		return constantNode(n)
	case x.shape == nil:
		return value{}
	case n.Op == "Identity", n.Op == "Cast" && isInt[onnxfile.ElemType(attrInt(n, "to", 0))]:
		return x
	case sameShape[n.Op]:
		return value{shape: x.shape}
	case pairwise[n.Op], n.Op == "Equal":
		return f.pair(n, x, f.in(n, 1))
	}
	switch n.Op {
	case "Shape":
		return shapeOf(n, x)
	case "ConstantOfShape":
		return constantOfShape(n, x)
	case "Where":
		return f.where(n, x)
	case "Gather":
		return gather(x, f.in(n, 1), attrInt(n, "axis", 0))
	case "Concat":
		return f.concat(n)
	case "Unsqueeze", "Squeeze":
		return resqueeze(n, x, f.in(n, 1))
	case "Slice":
		return f.slice(n, x)
	case "Reshape":
		return reshape(x, f.in(n, 1))
	case "Expand":
		return expand(x, f.in(n, 1))
	case "Transpose":
		return transpose(n, x)
	case "MatMul":
		return matMul(x, f.in(n, 1))
	case "Gemm":
		return gemm(n, x, f.in(n, 1))
	case "Conv":
		return conv(n, x, f.in(n, 1))
	case "ReduceMean":
		return f.reduce(n, x)
	}
	return value{}
}

// sameShape are the operators whose result has the shape of their first input.
var sameShape = set("Abs", "Cast", "Clip", "Dropout", "Erf", "Exp", "Gelu", "LayerNormalization", "Neg",
	"QuickGelu", "Relu", "Sigmoid", "Softmax", "Sqrt", "Tanh")

// isInt are the types whose contents are followed.
var isInt = map[onnxfile.ElemType]bool{onnxfile.Int64: true, onnxfile.Int32: true, onnxfile.Bool: true}

// pairwise are the operators of two inputs that broadcast.
var pairwise = set("Add", "Div", "Mul", "Pow", "Sub")

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, name := range names {
		m[name] = true
	}
	return m
}

// broadcast is the shape of two operands together, nil if they do not go together.
func broadcast(a, b []int) []int {
	if a == nil || b == nil {
		return nil
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for i, d := range b {
		at := len(a) - len(b) + i
		switch {
		case out[at] == 1:
			out[at] = d
		case d != 1 && d != out[at]:
			return nil
		}
	}
	return out
}

// pair is an operator of two inputs that broadcast, with the arithmetic of shapes.
func (f *inference) pair(n *onnxfile.Node, a, b value) value {
	out := value{shape: broadcast(a.shape, b.shape)}
	if out.shape == nil || a.ints == nil || b.ints == nil || len(out.shape) > 1 {
		return out
	}
	out.ints = make([]int64, elements(out.shape))
	for i := range out.ints {
		x, y := a.ints[i%len(a.ints)], b.ints[i%len(b.ints)]
		switch n.Op {
		case "Add":
			x += y
		case "Sub":
			x -= y
		case "Mul":
			x *= y
		case "Div":
			if y == 0 {
				return value{shape: out.shape}
			}
			x /= y
		case "Equal":
			x = int64(b2i(x == y))
		default:
			return value{shape: out.shape}
		}
		out.ints[i] = x
	}
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// axisOf counts an axis from the front; ok is false for one that does not exist.
func axisOf(axis int64, rank int) (int, bool) {
	if axis < 0 {
		axis += int64(rank)
	}
	return int(axis), axis >= 0 && axis < int64(rank)
}

func attrInt(n *onnxfile.Node, name string, missing int64) int64 {
	if a := n.Attr(name); a != nil {
		return a.Int
	}
	return missing
}

func attrInts(n *onnxfile.Node, name string) []int64 {
	if a := n.Attr(name); a != nil {
		return a.Ints
	}
	return nil
}
