package compact

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// fakeDigest is what the conversion of fakeNetwork has always given, on every platform. If it changes, so does the digest
// of the real model: every user's manifest would be wrong, and cached models orphaned.
const fakeDigest = "13c74b525bb672cf9d40620a06247ae110daaf741503ca786e47b97f24bad8bd"

func TestConversionIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	data := fakeFile()
	var out bytes.Buffer
	require.NoError(t, Convert(t.Context(), bytes.NewReader(data), int64(len(data)), &out))
	require.Equal(t, fakeDigest, digestOf(out.Bytes()))
	require.Equal(t, modelSize, out.Len(), "the size does not depend on the numbers")
}

func TestGraph(t *testing.T) {
	t.Parallel()
	data := fakeFile()
	var out bytes.Buffer
	require.NoError(t, Convert(t.Context(), bytes.NewReader(data), int64(len(data)), &out))
	m, err := onnxfile.Parse(out.Bytes())
	require.NoError(t, err)
	require.EqualValues(t, 17, m.Opset)
	require.Equal(t, []onnxfile.ValueInfo{floats("image", 3, 224, 224)}, m.Graph.Inputs)
	require.Equal(t, []onnxfile.ValueInfo{
		floats("embedding", 1280), floats("logits", 1000),
		floats("map320", 320, 7, 7), floats("map192", 192, 7, 7), floats("map112", 112, 14, 14),
	}, m.Graph.Outputs)

	ops, made := map[string]int{}, map[string]bool{"image": true}
	for _, w := range m.Graph.Initializers {
		require.False(t, made[w.Name], w.Name)
		made[w.Name] = true
	}
	var macs int
	shape := map[string]onnxfile.Tensor{}
	for _, w := range m.Graph.Initializers {
		shape[w.Name] = w
	}
	size := map[string]int{"image": 224}
	for _, node := range m.Graph.Nodes {
		ops[node.Op]++
		for _, in := range node.Inputs {
			require.True(t, made[in], "%s needs %s, which is not made yet", node.Name, in)
		}
		made[node.Outputs[0]] = true
		size[node.Outputs[0]] = size[node.Inputs[0]]
		if node.Op != "Conv" {
			continue
		}
		pads, k, stride := node.Attr("pads").Ints, node.Attr("kernel_shape").Ints[0], int(node.Attr("strides").Ints[0])
		require.Equal(t, pads[0], pads[1])
		require.Equal(t, pads[2], pads[3])
		require.Contains(t, []int64{0, 1}, pads[2]-pads[0], "the odd pixel goes to the bottom and right")
		in := size[node.Inputs[0]]
		out := (in+int(pads[0]+pads[2])-int(k))/stride + 1
		require.Equal(t, (in+stride-1)/stride, out, "SAME")
		size[node.Outputs[0]] = out
		w := shape[node.Inputs[1]]
		macs += len(w.Floats) * out * out
	}
	for _, out := range m.Graph.Outputs {
		require.True(t, made[out.Name], out.Name)
	}
	require.Equal(t, map[string]int{"Conv": 49, "Clip": 33, "Add": 9, "GlobalAveragePool": 1, "Flatten": 1, "Gemm": 1}, ops)
	require.InDelta(t, 385e6, macs+classes*headChannels, 2e6)
	require.Equal(t, 7, size["map320"])
	require.Equal(t, 7, size["map192"])
	require.Equal(t, 14, size["map112"])
}

func TestFolding(t *testing.T) {
	t.Parallel()
	tensors := []fakeTensor{
		{name: "w", data: []float32{1, 2, 3, 4}, shape: []int{2, 2, 1, 1}},
		{name: "n.weight", data: []float32{2, -1}, shape: []int{2}},
		{name: "n.bias", data: []float32{.5, 0}, shape: []int{2}},
		{name: "n.running_mean", data: []float32{1, -3}, shape: []int{2}},
		{name: "n.running_var", data: []float32{4, 0}, shape: []int{2}},
	}
	c := conv{weight: "w", norm: "n", in: 2, out: 2, kernel: 1, stride: 1}
	weight, bias, err := c.folded(t.Context(), open(t, fakeCheckpoint(tensors...)))
	require.NoError(t, err)
	first, second := 2/math.Sqrt(float64(4+1e-3)), -1/math.Sqrt(1e-3)
	require.Equal(t, []float32{float32(first), float32(2 * first), float32(3 * second), float32(4 * second)}, weight)
	require.Equal(t, []float32{float32(.5 - first), float32(3 * second)}, bias)

	for name, change := range map[string]func(*fakeTensor){
		"n.running_var":  func(f *fakeTensor) { f.data[1] = -1 },
		"n.weight":       func(f *fakeTensor) { f.data[1] = math.MaxFloat32 },
		"n.running_mean": func(f *fakeTensor) { f.data[0] = float32(math.NaN()) },
		"n.bias":         func(f *fakeTensor) { f.shape = []int{1, 2} },
		"w":              func(f *fakeTensor) { f.shape = []int{2, 2} },
	} {
		_, _, err := c.folded(t.Context(), open(t, fakeCheckpoint(edit(tensors, name, change)...)))
		require.ErrorIs(t, err, ErrCheckpoint, name)
	}
}

// failingWriter fails at once and counts.
type failingWriter struct {
	err   error
	calls int
}

func (w *failingWriter) Write([]byte) (int, error) { w.calls++; return 0, w.err }

func TestConvertErrors(t *testing.T) {
	t.Parallel()
	data := fakeFile()
	mishap := errors.New("mishap")
	w := &failingWriter{err: mishap}
	require.ErrorIs(t, Convert(t.Context(), bytes.NewReader(data), int64(len(data)), w), mishap)

	w.calls = 0
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Convert(ctx, bytes.NewReader(data), int64(len(data)), w), context.Canceled)
	require.ErrorIs(t, Convert(t.Context(), bytes.NewReader(data), int64(len(data))-1, w), ErrCheckpoint)
	require.ErrorIs(t, Convert(t.Context(), bytes.NewReader(nil), 0, w), ErrCheckpoint)
	require.ErrorIs(t, Convert(t.Context(), bytes.NewReader(nil), -1, w), ErrCheckpoint)
	other := bytes.Replace(data, []byte("_fc.bias"), []byte("_fc.base"), 1)
	err := Convert(t.Context(), bytes.NewReader(other), int64(len(other)), w)
	var refused *CheckpointError
	require.ErrorAs(t, err, &refused)
	require.ErrorContains(t, err, "_fc.bias")
	require.Zero(t, w.calls, "nothing was written")
}
