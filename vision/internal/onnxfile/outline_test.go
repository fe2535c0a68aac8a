package onnxfile

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

func TestInspect(t *testing.T) {
	t.Parallel()
	m := everything()
	data, err := m.Marshal()
	require.NoError(t, err)
	outline, err := Inspect(data)
	require.NoError(t, err)
	require.Equal(t, m.Graph.Outputs, outline.Outputs)
	require.Equal(t, m.Graph.Inputs, outline.Inputs)
}

// Files before IR version 4 list weights among the inputs.
func TestInspectLeavesOutInitializers(t *testing.T) {
	t.Parallel()
	m := &Model{Opset: 17, Graph: Graph{
		Inputs: []ValueInfo{
			{Name: "x", Type: Float, Shape: BatchShape("N", 2)},
			{Name: "weights", Type: Float, Shape: FixedShape(2)},
		},
		Outputs:      []ValueInfo{{Name: "y", Type: Float}},
		Nodes:        []Node{{Op: "Mul", Inputs: []string{"x", "weights"}, Outputs: []string{"y"}}},
		Initializers: []Tensor{FloatTensor("weights", []int{2}, []float32{1, 2})},
	}}
	data, err := m.Marshal()
	require.NoError(t, err)
	outline, err := Inspect(data)
	require.NoError(t, err)
	require.Len(t, outline.Inputs, 1)
	require.Equal(t, "x", outline.Inputs[0].Name)
}

func TestInspectRefuses(t *testing.T) {
	t.Parallel()
	external := appendMessage(appendText(nil, 8, "weights"), 13, []byte("path"))
	attribute := func(num int, b []byte) []byte {
		return appendMessage(nil, 5, appendMessage(nil, protowire.Number(num), b))
	}
	deep := []byte{}
	for range maxDepth {
		deep = appendMessage(nil, 1, attribute(6, deep))
	}
	for _, row := range []struct {
		name, want string
		data       []byte
	}{
		{"nothing", "no graph", nil},
		{"not protobuf", "wire type", []byte("<html>404</html>")},
		{"two graphs", "more than one", append(wrap(2, nil), wrap(2, nil)...)},
		{"sequence input", "want a tensor", wrap(11, appendMessage(nil, 2, appendMessage(nil, 4, nil)))},
		{"weights", "external", wrap(5, external)},
		{"location only", "external", wrap(5, appendInt(nil, 14, 1))},
		{"sparse weights", "external", wrap(15, appendMessage(nil, 1, external))},
		{"attribute", "external", wrap(1, attribute(5, external))},
		{"list in an attribute", "external", wrap(1, attribute(10, external))},
		{"sparse attribute", "external", wrap(1, attribute(22, appendMessage(nil, 2, external)))},
		{"sub-graph", "external", wrap(1, attribute(6, appendMessage(nil, 5, external)))},
		{"list of sub-graphs", "external", wrap(1, attribute(11, appendMessage(nil, 5, external)))},
		{"function", "external", append(wrap(2, nil), appendMessage(nil, 25, appendMessage(nil, 7, attribute(5, external)))...)},
		{"training", "external", append(wrap(2, nil), appendMessage(nil, 20, appendMessage(nil, 1, appendMessage(nil, 5, external)))...)},
		{"wrong wire type", "wire type", wrap(1, appendInt(nil, 5, 1))},
		{"too deep", "nested", wrap(1, attribute(6, deep))},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Inspect(row.data)
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestInspectSurvivesDamage(t *testing.T) {
	t.Parallel()
	data, err := everything().Marshal()
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		damaged := append([]byte(nil), data...)
		damaged[rng.IntN(len(damaged))] ^= 1 << rng.IntN(8)
		if _, err := Inspect(damaged); err != nil {
			require.ErrorIs(t, err, ErrFormat)
		}
	}
}
