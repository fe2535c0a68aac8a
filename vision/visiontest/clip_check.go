package visiontest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/clipgraph"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// What the tiny towers give for [clipPixels] and [clipIDs], rounded to six digits: transformers 5.23 and ONNX Runtime 1.32
// agree on them.
var (
	quickVision = [2][CLIPDim]float64{
		{
			-0.708728, 0.00369, 1.11272, -0.683362, 1.065187, -2.062435, -0.517392, 0.722322,
			0.721128, -0.135325, 0.76884, -0.831817, -0.750042, -0.026509, -0.654513, -0.639157,
		},
		{
			-0.708092, 0.150967, 1.181437, -0.147337, 1.098004, -1.991914, -0.336215, 0.662322,
			0.683401, -0.402691, 0.229318, -1.013406, -0.562348, -0.038436, -0.819704, -0.921313,
		},
	}
	geluVision = [2][CLIPDim]float64{
		{
			-0.710367, -0.002597, 1.108087, -0.679506, 1.070918, -2.05405, -0.521831, 0.720176,
			0.733939, -0.133302, 0.777559, -0.822971, -0.750549, -0.029515, -0.646274, -0.640311,
		},
		{
			-0.708297, 0.142543, 1.178081, -0.14022, 1.109762, -1.984428, -0.33877, 0.654527,
			0.702929, -0.397341, 0.240055, -1.003323, -0.57023, -0.035231, -0.805519, -0.919435,
		},
	}
	quickText = [2][CLIPDim]float64{
		{
			1.126182, -0.454018, 0.242832, 1.19784, 0.43681, 0.971025, 0.265303, -0.700092,
			0.162941, 1.954214, -0.257317, -0.672201, 0.206041, -0.937808, 0.010978, -1.187163,
		},
		{
			1.153796, -1.522005, -0.066484, 0.987336, 1.315362, -0.195661, -0.648185, 0.033594,
			1.025859, 1.331234, -0.112634, 0.630064, 0.822467, -1.131019, -0.167598, -0.610098,
		},
	}
)

// CheckTinyCLIP runs the tiny CLIP towers on b in both layouts, with both activations, and as exporters of different age
// spell them. Outputs must be within 1e-5 of the reference, which the other activation's are not.
func CheckTinyCLIP(t *testing.T, b vision.Backend) {
	t.Helper()
	for _, c := range []struct {
		name   string
		layout clipgraph.Layout
	}{{"hub", clipgraph.Hub}, {"immich", clipgraph.Immich}} {
		for _, primitive := range []bool{false, true} {
			name := c.name
			if primitive {
				name += ", primitive operators"
			}
			t.Run(name, func(t *testing.T) { checkTowers(t, b, c.layout, primitive) })
		}
	}
}

func checkTowers(t *testing.T, b vision.Backend, layout clipgraph.Layout, primitive bool) {
	visual := func(a clipgraph.Activation) []float32 {
		tower := clipgraph.TinyVision(layout, a)
		tower.Primitive = primitive
		return runTower(t, b, tower.Model(), clipPixels())
	}
	quick, gelu := visual(clipgraph.QuickGELU), visual(clipgraph.GELU)
	require.LessOrEqual(t, tableDistance(quickVision, quick), tolerance)
	require.LessOrEqual(t, tableDistance(geluVision, gelu), tolerance)
	require.Greater(t, tableDistance(quickVision, gelu), 100*tolerance, "activations must be told apart")

	text := func(a clipgraph.Activation, in []vision.Tensor) []float32 {
		tower := clipgraph.TinyText(layout, a)
		tower.Primitive = primitive
		m := tower.Model()
		for i := range m.Graph.Inputs {
			in[i].Name = m.Graph.Inputs[i].Name
		}
		return runTower(t, b, m, in[:len(m.Graph.Inputs)]...)
	}
	require.LessOrEqual(t, tableDistance(quickText, text(clipgraph.QuickGELU, clipIDs(false))), tolerance)
	require.LessOrEqual(t, tableDistance(quickText, text(clipgraph.QuickGELU, clipIDs(true))), tolerance,
		"what comes after the end token does not count")
	require.Greater(t, tableDistance(quickText, text(clipgraph.GELU, clipIDs(false))), 100*tolerance)
}

// runTower runs a model whose only output is [2, CLIPDim].
func runTower(t *testing.T, b vision.Backend, m *onnxfile.Model, in ...vision.Tensor) []float32 {
	t.Helper()
	in[0].Name = m.Graph.Inputs[0].Name
	s, err := b.Open(t.Context(), writeModel(t, m), vision.SessionOptions{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	out := []vision.Tensor{{Name: m.Graph.Outputs[0].Name}}
	require.NoError(t, s.Run(context.WithoutCancel(t.Context()), in, out))
	require.Equal(t, []int{2, CLIPDim}, out[0].Shape)
	return out[0].Data
}

func tableDistance(want [2][CLIPDim]float64, got []float32) float64 {
	flat := make([]float32, 0, 2*CLIPDim)
	for _, row := range want {
		for _, v := range row {
			flat = append(flat, float32(v))
		}
	}
	return distance(flat, got)
}

// clipPixels is the reference's pair of pictures: element i is ((i·2654435761 mod 2³²) / 2³¹) − 1.
func clipPixels() vision.Tensor {
	data := make([]float32, 2*3*224*224)
	for i := range data {
		data[i] = float32(float64(uint32(i)*2654435761)/(1<<31) - 1)
	}
	return vision.Tensor{Shape: []int{2, 3, 224, 224}, Data: data}
}

// clipIDs is the reference's pair of texts in ids of CLIP's vocabulary, and a mask of ones or, if masked, of ones up to the
// end of each text.
func clipIDs(masked bool) []vision.Tensor {
	const start, end = 49406, 49407
	ids := vision.Tensor{Shape: []int{2, clipTokens}, Ints: make([]int64, 2*clipTokens)}
	mask := vision.Tensor{Shape: []int{2, clipTokens}, Ints: make([]int64, 2*clipTokens)}
	for row, words := range [][]int64{
		{start, 320, 1125, 539, 320, 2368},
		{start, 320, 1125, 539, 320, 1929, 537, 320, 2368},
	} {
		for i := range clipTokens {
			at := row*clipTokens + i
			ids.Ints[at], mask.Ints[at] = end, 1
			if i < len(words) {
				ids.Ints[at] = words[i]
			}
			if masked && i > len(words) {
				mask.Ints[at] = 0
			}
		}
	}
	return []vision.Tensor{ids, mask}
}
