package clipgraph

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// tinyModels are the counterparts of the files in ../shared/data/clip-reference/tiny-onnx.
func tinyModels() map[string]*onnxfile.Model {
	return map[string]*onnxfile.Model{
		"tiny-vision-hub.onnx":    TinyVision(Hub, QuickGELU).Model(),
		"tiny-vision-immich.onnx": TinyVision(Immich, QuickGELU).Model(),
		"tiny-vision-gelu.onnx":   TinyVision(Hub, GELU).Model(),
		"tiny-text-hub.onnx":      TinyText(Hub, QuickGELU).Model(),
		"tiny-text-immich.onnx":   TinyText(Immich, QuickGELU).Model(),
	}
}

// weights are the float32 tensors that are drawn, in order. Masks and scalars are not.
func weights(m *onnxfile.Model) [][]float32 {
	var list [][]float32
	for _, t := range m.Graph.Initializers {
		if t.Type == onnxfile.Float && len(t.Shape) > 0 && t.Name != "causal" {
			list = append(list, t.Floats)
		}
	}
	return list
}

func TestWeightsEqualTheReference(t *testing.T) {
	t.Parallel()
	for name, m := range tinyModels() {
		data, err := os.ReadFile(testenv.Data(t, "clip-reference", "tiny-onnx", name))
		require.NoError(t, err)
		want, err := onnxfile.Parse(data)
		require.NoError(t, err)
		require.Equal(t, weights(want), weights(m), name)
		require.Equal(t, want.Graph.Inputs, m.Graph.Inputs, name)
		require.Equal(t, want.Graph.Outputs, m.Graph.Outputs, name)
	}
}

func TestTinyModelsAreSmallAndRepeatable(t *testing.T) {
	t.Parallel()
	again := tinyModels()
	for name, m := range tinyModels() {
		data, err := m.Marshal()
		require.NoError(t, err)
		require.Less(t, len(data), 300_000, name)
		second, err := again[name].Marshal()
		require.NoError(t, err)
		require.Equal(t, data, second, name)
	}
}

// Primitive graphs hold the same weights and none of the operators that came with opset 17.
func TestPrimitive(t *testing.T) {
	t.Parallel()
	v, x := TinyVision(Hub, GELU), TinyText(Hub, QuickGELU)
	plain, plainText := v.Model(), x.Model()
	v.Primitive, x.Primitive = true, true
	for m, want := range map[*onnxfile.Model]*onnxfile.Model{v.Model(): plain, x.Model(): plainText} {
		require.False(t, slices.ContainsFunc(m.Graph.Nodes, func(n onnxfile.Node) bool { return n.Op == "LayerNormalization" }))
		require.Equal(t, weights(want), weights(m))
	}
}

// Every value is defined once, before it is used.
func TestNodesAreInOrder(t *testing.T) {
	t.Parallel()
	for name, m := range tinyModels() {
		defined := map[string]bool{}
		for _, in := range m.Graph.Inputs {
			defined[in.Name] = true
		}
		for _, w := range m.Graph.Initializers {
			require.False(t, defined[w.Name], "%s: %s", name, w.Name)
			defined[w.Name] = true
		}
		for _, n := range m.Graph.Nodes {
			for _, in := range n.Inputs {
				require.True(t, defined[in], "%s: %s reads %q", name, n.Name, in)
			}
			require.False(t, defined[n.Outputs[0]])
			defined[n.Outputs[0]] = true
		}
		require.True(t, defined[m.Graph.Outputs[0].Name])
	}
}
