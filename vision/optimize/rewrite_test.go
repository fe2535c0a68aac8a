package optimize

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

// graph is built node by node. Its values are named v0, v1, …, its constants c0, c1, …
type graph struct {
	onnxfile.Graph
	rng *rand.Rand
}

func newGraph(name string) *graph {
	return &graph{rng: rand.New(rand.NewPCG(1, 1)), Graph: onnxfile.Graph{Name: name}}
}

// node appends a node; inputs are names with spaces between.

func (g *graph) node(op string, inputs string, attrs ...onnxfile.Attribute) string {
	out := fmt.Sprintf("v%d", len(g.Nodes))
	g.Nodes = append(g.Nodes, onnxfile.Node{Name: out, Op: op, Inputs: strings.Fields(inputs), Outputs: []string{out}, Attributes: attrs})
	return out
}

func (g *graph) ints(values ...int64) string {
	name := fmt.Sprintf("c%d", len(g.Initializers))
	g.Initializers = append(g.Initializers, onnxfile.IntTensor(name, []int{len(values)}, values))
	return name
}

func (g *graph) weights(shape ...int) string {
	name, data := fmt.Sprintf("c%d", len(g.Initializers)), make([]float32, elements(shape))
	for i := range data {
		data[i] = float32(g.rng.NormFloat64()) / 3
	}
	g.Initializers = append(g.Initializers, onnxfile.FloatTensor(name, shape, data))
	return name
}

// packed is a layer with tokens first [tokens, N, 8], one matrix for queries, keys and values, a scale that is worked out
// from a shape, and a Slice for the class token: open_clip's way. The pick is the token at index.
func packed(index int64) *onnxfile.Model {
	perm := func(p ...int64) onnxfile.Attribute { return onnxfile.IntsAttr("perm", p...) }
	g := newGraph("packed")
	g.Inputs = []onnxfile.ValueInfo{{Name: "x", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 5, 8)}}
	first := g.node("Transpose", "x", perm(1, 0, 2))
	qkv := g.node("MatMul", first+" "+g.weights(8, 24))
	g.Nodes = append(g.Nodes, onnxfile.Node{
		Name: "split", Op: "Split", Inputs: []string{qkv, g.ints(8, 8, 8)}, Outputs: []string{"q", "k", "v"},
		Attributes: []onnxfile.Attribute{onnxfile.IntAttr("axis", -1)},
	})
	heads := func(x string) string { // [tokens, N, 8] → [2N, tokens, 4]
		return g.node("Transpose", g.node("Reshape", x+" "+g.ints(5, -1, 4)), perm(1, 0, 2))
	}
	q, k, v := heads("q"), heads("k"), heads("v")
	width := g.node("Slice", strings.Join([]string{g.node("Shape", q), g.ints(-1), g.ints(1 << 40), g.ints(0)}, " "))
	scale := g.node("Sqrt", g.node("Cast", width, onnxfile.IntAttr("to", int64(onnxfile.Float))))
	scores := g.node("MatMul", g.node("Div", q+" "+scale)+" "+g.node("Transpose", k, perm(0, 2, 1)))
	y := g.node("MatMul", g.node("Softmax", scores, onnxfile.IntAttr("axis", -1))+" "+v)
	y = g.node("Reshape", g.node("Transpose", y, perm(1, 0, 2))+" "+g.ints(5, -1, 8))
	y = g.node("Add", first+" "+g.node("MatMul", y+" "+g.weights(8, 8)))
	y = g.node("Relu", g.node("Transpose", y, perm(1, 0, 2)))
	y = g.node("Slice", strings.Join([]string{y, g.ints(index), g.ints(index + 1), g.ints(1)}, " "))
	y = g.node("Squeeze", y+" "+g.ints(1))
	g.Outputs = []onnxfile.ValueInfo{{Name: y, Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 8)}}
	return &onnxfile.Model{Opset: 17, Graph: g.Graph}
}

func TestRewriteOtherExports(t *testing.T) {
	t.Parallel()
	original, m := packed(3), packed(3)
	report, err := rewrite(&m.Graph, []string{m.Graph.Outputs[0].Name})
	require.NoError(t, err)
	// queries come out of a matrix that keys and values share, so the pick rests behind the Split
	require.Equal(t, Report{Narrowed: 12, Removed: 2}, report)
	picks := 0
	for _, n := range m.Graph.Nodes {
		if n.Op == "Gather" {
			picks++
			require.Contains(t, []string{"q", "v0"}, n.Inputs[0])
		}
		require.NotEqual(t, "Shape", n.Op, "a size that never changes keeps nobody from picking")
	}
	require.Equal(t, 2, picks)

	in := vision.Tensor{Name: "x", Shape: []int{4, 5, 8}, Data: make([]float32, 4*5*8)}
	for i := range in.Data {
		in.Data[i] = float32(math.Sin(float64(i)))
	}
	outputs := []string{m.Graph.Outputs[0].Name}
	want, err := run(t.Context(), onnx.New(), modelOf(t, original).Visual, in, outputs)
	require.NoError(t, err)
	got, err := run(t.Context(), onnx.New(), modelOf(t, m).Visual, in, outputs)
	require.NoError(t, err)
	require.Equal(t, want[0].Shape, got[0].Shape)
	require.LessOrEqual(t, difference(want[0].Data, got[0].Data), Tolerance)
}

// The pick moves through an operator only if one position of its output can be computed by itself.
func TestThrough(t *testing.T) {
	t.Parallel()
	f := &inference{values: map[string]value{
		"x": {shape: []int{7, 5, 8}}, "w": {shape: []int{8, 6}}, "row": {shape: []int{8}}, "col": {shape: []int{5, 1}},
		"axes": {shape: []int{1}, ints: []int64{1}}, "k": {shape: []int{7, 8, 5}},
	}}
	axis := func(v int64) onnxfile.Attribute { return onnxfile.IntAttr("axis", v) }
	for _, c := range []struct {
		name string
		node onnxfile.Node
		out  []int
		axis int
		want []int // nil if it cannot
	}{
		{"row of a product", onnxfile.Node{Op: "MatMul", Inputs: []string{"x", "w"}}, []int{7, 5, 6}, 1, []int{1, whole}},
		{"column of a product", onnxfile.Node{Op: "MatMul", Inputs: []string{"x", "w"}}, []int{7, 5, 6}, 2, nil},
		{"batch of products", onnxfile.Node{Op: "MatMul", Inputs: []string{"x", "k"}}, []int{7, 5, 5}, 0, []int{0, 0}},
		{"sum with a row", onnxfile.Node{Op: "Add", Inputs: []string{"row", "x"}}, []int{7, 5, 8}, 1, []int{whole, 1}},
		{"sum with a column", onnxfile.Node{Op: "Add", Inputs: []string{"x", "col"}}, []int{7, 5, 8}, 1, []int{1, 0}},
		{"sum of unknown", onnxfile.Node{Op: "Add", Inputs: []string{"x", "nothing"}}, []int{7, 5, 8}, 1, nil},
		{"softmax of each row", onnxfile.Node{Op: "Softmax", Inputs: []string{"x"}, Attributes: []onnxfile.Attribute{axis(-1)}}, []int{7, 5, 8}, 1, []int{1}},
		{"softmax over tokens", onnxfile.Node{Op: "Softmax", Inputs: []string{"x"}, Attributes: []onnxfile.Attribute{axis(1)}}, []int{7, 5, 8}, 1, nil},
		{"norm over tokens", onnxfile.Node{Op: "LayerNormalization", Inputs: []string{"x", "row", "row"}, Attributes: []onnxfile.Attribute{axis(1)}}, []int{7, 5, 8}, 1, nil},
		{"mean over tokens", onnxfile.Node{Op: "ReduceMean", Inputs: []string{"x", "axes"}}, []int{7, 1, 8}, 1, nil},
		{"reshape that mixes", onnxfile.Node{Op: "Reshape", Inputs: []string{"x", "y"}}, []int{7, 40}, 1, nil},
		{"reshape behind", onnxfile.Node{Op: "Reshape", Inputs: []string{"x", "y"}}, []int{7, 5, 2, 4}, 1, []int{1, whole}},
		{"transpose", onnxfile.Node{Op: "Transpose", Inputs: []string{"x"}}, []int{8, 5, 7}, 2, []int{0}},
		{"unknown", onnxfile.Node{Op: "LRN", Inputs: []string{"x"}}, []int{7, 5, 8}, 1, nil},
	} {
		c.node.Outputs = []string{c.name}
		f.values[c.name] = value{shape: c.out}
		got, ok := f.through(&c.node, c.axis)
		require.Equal(t, c.want != nil, ok, c.name)
		if ok {
			require.Equal(t, c.want, got, c.name)
		}
	}
}

func TestOneLong(t *testing.T) {
	t.Parallel()
	got, ok := oneLong([]int{12 * batchA, 50, 64}, []int{12 * batchB, 50, 64}, 1)
	require.True(t, ok)
	require.Equal(t, []int64{-1, 1, 64}, got.Ints)
	_, ok = oneLong([]int{batchA, 50, batchA}, []int{batchB, 50, batchB}, 1)
	require.False(t, ok, "two dimensions cannot be left open")
	require.True(t, slices.Equal([]int{3}, got.Shape))
}
