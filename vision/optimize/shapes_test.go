package optimize

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// shapeCase is one node, or a few, with what is known of the last output for a batch of 9.
type shapeCase struct {
	name  string
	build func(g *graph) string
	want  value
}

func TestInfer(t *testing.T) {
	t.Parallel()
	axis := func(v int64) onnxfile.Attribute { return onnxfile.IntAttr("axis", v) }
	axes := func(v ...int64) onnxfile.Attribute { return onnxfile.IntsAttr("axes", v...) }
	for _, c := range []shapeCase{
		{"shape", func(g *graph) string { return g.node("Shape", "x") }, value{[]int{3}, []int64{9, 5, 8}}},
		{"part of a shape", func(g *graph) string {
			return g.node("Shape", "x", onnxfile.IntAttr("start", -2), onnxfile.IntAttr("end", -1))
		}, value{[]int{1}, []int64{5}}},
		{"shape from nowhere", func(g *graph) string { return g.node("Shape", "unknown") }, value{}},
		{"gather of a shape", func(g *graph) string { return g.node("Gather", g.node("Shape", "x")+" "+g.ints(-1)) }, value{[]int{1}, []int64{8}}},
		{"gather outside", func(g *graph) string { return g.node("Gather", g.node("Shape", "x")+" "+g.ints(3)) }, value{}},
		{"slice of a shape", func(g *graph) string {
			return g.node("Slice", g.node("Shape", "x")+" "+g.ints(-2)+" "+g.ints(1<<40)+" "+g.ints(0))
		}, value{[]int{2}, []int64{5, 8}}},
		{"slice with a step", func(g *graph) string {
			return g.node("Slice", "x "+g.ints(0)+" "+g.ints(5)+" "+g.ints(1)+" "+g.ints(2))
		}, value{}},
		{"arithmetic of shapes", func(g *graph) string {
			n := g.node("Mul", g.node("Shape", "x")+" "+g.ints(2))
			return g.node("Div", g.node("Sub", g.node("Add", n+" "+g.ints(3))+" "+g.ints(1))+" "+g.ints(4))
		}, value{[]int{3}, []int64{5, 3, 4}}},
		{"division by zero", func(g *graph) string { return g.node("Div", g.node("Shape", "x")+" "+g.ints(0)) }, value{[]int{3}, nil}},
		{"expand as PyTorch writes it", func(g *graph) string {
			n := g.node("Gather", g.node("Shape", "x")+" "+g.ints(0))
			want := g.node("Concat", n+" "+g.ints(1, -1), axis(0))
			rank := g.node("Shape", want)
			ones := g.node("ConstantOfShape", rank, onnxfile.TensorAttr("value", onnxfile.IntTensor("", []int{1}, []int64{1})))
			free := g.node("Equal", want+" "+g.node("Mul", ones+" "+g.ints(-1)))
			return g.node("Expand", g.weights(1, 1, 8)+" "+g.node("Where", free+" "+ones+" "+want))
		}, value{[]int{9, 1, 8}, nil}},
		{"cast of a shape to floats", func(g *graph) string {
			return g.node("Cast", g.node("Shape", "x"), onnxfile.IntAttr("to", int64(onnxfile.Float)))
		}, value{[]int{3}, nil}},
		{"unsqueeze before opset 13", func(g *graph) string { return g.node("Unsqueeze", "x", axes(0, -1)) }, value{[]int{1, 9, 5, 8, 1}, nil}},
		{"squeeze", func(g *graph) string { return g.node("Squeeze", g.weights(4, 1, 2)+" "+g.ints(1)) }, value{[]int{4, 2}, nil}},
		{"split evenly", func(g *graph) string {
			g.Nodes = append(g.Nodes, onnxfile.Node{Op: "Split", Inputs: []string{"x"}, Outputs: []string{"p", "q"}, Attributes: []onnxfile.Attribute{axis(2)}})
			return "q"
		}, value{[]int{9, 5, 4}, nil}},
		{"reshape", func(g *graph) string { return g.node("Reshape", "x "+g.ints(0, -1, 2, 4)) }, value{[]int{9, 5, 2, 4}, nil}},
		{"reshape that does not go", func(g *graph) string { return g.node("Reshape", "x "+g.ints(7, 7)) }, value{}},
		{"transpose by default", func(g *graph) string { return g.node("Transpose", "x") }, value{[]int{8, 5, 9}, nil}},
		{"product", func(g *graph) string { return g.node("MatMul", "x "+g.weights(8, 6)) }, value{[]int{9, 5, 6}, nil}},
		{"product that does not go", func(g *graph) string { return g.node("MatMul", "x "+g.weights(6, 8)) }, value{}},
		{"gemm", func(g *graph) string {
			return g.node("Gemm", g.weights(3, 8)+" "+g.weights(6, 8), onnxfile.IntAttr("transB", 1))
		}, value{[]int{3, 6}, nil}},
		{"patches", func(g *graph) string {
			return g.node("Conv", g.weights(1, 3, 9, 8)+" "+g.weights(4, 3, 3, 3), onnxfile.IntsAttr("strides", 2, 2), onnxfile.IntsAttr("pads", 1, 0, 1, 0))
		}, value{[]int{1, 4, 5, 3}, nil}},
		{"mean", func(g *graph) string { return g.node("ReduceMean", "x", axes(-1), onnxfile.IntAttr("keepdims", 0)) }, value{[]int{9, 5}, nil}},
		{"sum that does not go", func(g *graph) string { return g.node("Add", "x "+g.weights(3)) }, value{}},
		{"unknown operator", func(g *graph) string { return g.node("LRN", "x") }, value{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGraph("infer")
			g.Inputs = []onnxfile.ValueInfo{{Name: "x", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 5, 8)}}
			out := c.build(g)
			nodes, err := sorted(&g.Graph)
			require.NoError(t, err)
			require.Equal(t, c.want, infer(&g.Graph, nodes, 9).values[out])
		})
	}
}
