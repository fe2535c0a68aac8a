package clipgraph

import (
	"fmt"
	"math"
	"slices"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// builder appends nodes and weights to a graph. Its methods return the name of the value that they make.
type builder struct {
	Transformer
	graph  onnxfile.Graph
	state  uint64 // of splitmix64
	layers int    // so far
}

func newBuilder(t Transformer) *builder { return &builder{Transformer: t, state: t.Seed} }

func (b *builder) model(name string) *onnxfile.Model {
	b.graph.Name = "clip-" + name
	return &onnxfile.Model{Opset: 17, ProducerName: "soundtrack clipgraph", Graph: b.graph}
}

func (b *builder) input(name string, typ onnxfile.ElemType, sizes ...int) {
	b.graph.Inputs = append(b.graph.Inputs, onnxfile.ValueInfo{Name: name, Type: typ, Shape: onnxfile.BatchShape("batch", sizes...)})
}

// node appends a node with one output.
func (b *builder) node(op string, inputs []string, attrs ...onnxfile.Attribute) string {
	n := len(b.graph.Nodes)
	out := fmt.Sprintf("v%d", n)
	b.graph.Nodes = append(b.graph.Nodes, onnxfile.Node{
		Name: fmt.Sprintf("%s_%d", op, n), Op: op, Inputs: inputs, Outputs: []string{out}, Attributes: attrs,
	})
	return out
}

func (b *builder) cast(x string, to onnxfile.ElemType) string {
	return b.node("Cast", []string{x}, onnxfile.IntAttr("to", int64(to)))
}

func (b *builder) transpose(x string, perm ...int64) string {
	return b.node("Transpose", []string{x}, onnxfile.IntsAttr("perm", perm...))
}

// uniform draws weights from [mid-radius, mid+radius).
func (b *builder) uniform(name string, mid, radius float64, shape ...int) string {
	n := 1
	for _, d := range shape {
		n *= d
	}
	data := make([]float32, n)
	for i := range data {
		// the conversions forbid fused multiply-add, which would round differently on some machines
		data[i] = float32(mid + float64((2*b.draw()-1)*radius))
	}
	return b.constant(onnxfile.FloatTensor(name, shape, data))
}

// draw returns the next number of splitmix64, in [0, 1) with 53 bits.
func (b *builder) draw() float64 {
	b.state += 0x9e3779b97f4a7c15
	z := b.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}

// constant adds a tensor; one that is there already under that name is used again.
func (b *builder) constant(t onnxfile.Tensor) string {
	known := func(old onnxfile.Tensor) bool { return old.Name == t.Name }
	if !slices.ContainsFunc(b.graph.Initializers, known) {
		b.graph.Initializers = append(b.graph.Initializers, t)
	}
	return t.Name
}

func (b *builder) ints(name string, values ...int64) string {
	return b.constant(onnxfile.IntTensor(name, []int{len(values)}, values))
}

func (b *builder) int(name string, value int64) string {
	return b.constant(onnxfile.IntTensor(name, []int{}, []int64{value}))
}

func (b *builder) float(name string, value float64) string {
	return b.constant(onnxfile.FloatTensor(name, []int{}, []float32{float32(value)}))
}

// linear is x·W + c with W [in, out] and c [out].
func (b *builder) linear(x, name string, in, out int) string {
	y := b.node("MatMul", []string{x, b.matrix(name+".weight", in, out)})
	return b.node("Add", []string{y, b.uniform(name+".bias", 0, 0.1, out)})
}

// matrix draws weights whose products keep the variance of what they are multiplied with.
func (b *builder) matrix(name string, in, out int) string {
	return b.uniform(name, 0, math.Sqrt(3/float64(in)), in, out)
}

// project makes the output out of x [N, Width].
func (b *builder) project(x, output string) {
	b.node("MatMul", []string{x, b.matrix("projection", b.Width, b.Dim)})
	b.graph.Nodes[len(b.graph.Nodes)-1].Outputs[0] = output
	b.graph.Outputs = []onnxfile.ValueInfo{{Name: output, Type: onnxfile.Float, Shape: onnxfile.BatchShape("batch", b.Dim)}}
}

// layerNorm normalises the last axis of x; ε = 10⁻⁵ as in every CLIP model.
func (b *builder) layerNorm(x, name string) string {
	const epsilon = 1e-5
	weight := b.uniform(name+".weight", 1, 0.1, b.Width)
	bias := b.uniform(name+".bias", 0, 0.1, b.Width)
	if !b.Primitive {
		return b.node("LayerNormalization", []string{x, weight, bias},
			onnxfile.IntAttr("axis", -1), onnxfile.FloatAttr("epsilon", epsilon))
	}
	mean := func(x string) string {
		return b.node("ReduceMean", []string{x}, onnxfile.IntsAttr("axes", -1), onnxfile.IntAttr("keepdims", 1))
	}
	centred := b.node("Sub", []string{x, mean(x)})
	variance := mean(b.node("Pow", []string{centred, b.float("two", 2)}))
	deviation := b.node("Sqrt", []string{b.node("Add", []string{variance, b.float("epsilon", epsilon)})})
	y := b.node("Div", []string{centred, deviation})
	return b.node("Add", []string{b.node("Mul", []string{y, weight}), bias})
}

// dim is dimension i of x as a scalar, read when the graph runs.
func (b *builder) dim(x string, i int64) string {
	return b.node("Gather", []string{b.node("Shape", []string{x}), b.int(fmt.Sprintf("index%d", i), i)}, onnxfile.IntAttr("axis", 0))
}

// join makes a shape of scalars.
func (b *builder) join(scalars ...string) string {
	lists := make([]string, len(scalars))
	for i, s := range scalars {
		lists[i] = b.node("Unsqueeze", []string{s, b.ints("axis0", 0)})
	}
	return b.node("Concat", lists, onnxfile.IntAttr("axis", 0))
}
