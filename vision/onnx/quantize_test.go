package onnx

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// bytes adds a constant of 8-bit numbers.
func (b *builder) bytes(elem onnxfile.ElemType, shape ...int) string {
	raw := make([]byte, product(shape))
	for i := range raw {
		raw[i] = byte(b.rng.Uint32())
	}
	name := b.scalar(0)
	b.m.Graph.Initializers[len(b.m.Graph.Initializers)-1] = onnxfile.Tensor{Name: name, Type: elem, Shape: shape, Raw: raw}
	return name
}

// TestQuantizedLayers computes a dense layer and a convolution as dynamically quantised models do, and compares with
// exact sums of the integers that the formula of DynamicQuantizeLinear gives.
func TestQuantizedLayers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		op      string
		elem    onnxfile.ElemType
		x, w    []int
		columns int // of zero points of the weights; 0 for one
	}{
		{"dense", "MatMulInteger", onnxfile.Uint8, []int{2, 5, 700}, []int{700, 9}, 0},
		{"dense of int8", "MatMulInteger", onnxfile.Int8, []int{2, 5, 70}, []int{70, 9}, 0},
		{"dense by columns", "MatMulInteger", onnxfile.Int8, []int{2, 5, 70}, []int{70, 9}, 9},
		{"convolution", "ConvInteger", onnxfile.Uint8, []int{2, 3, 8, 8}, []int{6, 3, 3, 3}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBuilder(40).input("x", row.x[1:]...)
			b.m.Graph.Nodes = append(b.m.Graph.Nodes, onnxfile.Node{
				Op: "DynamicQuantizeLinear", Inputs: []string{"x"}, Outputs: []string{"whole", "scale", "zero"},
			})
			zeroShape := []int{}
			if row.columns > 0 {
				zeroShape = []int{row.columns}
			}
			inputs := []string{"whole", b.bytes(row.elem, row.w...), "zero", b.bytes(row.elem, zeroShape...)}
			n := onnxfile.Node{Op: row.op, Inputs: inputs, Outputs: []string{"sums"}}
			if row.op == "ConvInteger" {
				n.Attributes = []onnxfile.Attribute{onnxfile.IntsAttr("pads", 1, 1, 1, 1)}
			}
			b.m.Graph.Nodes = append(b.m.Graph.Nodes, n)
			y := b.node("Cast", []string{"sums"}, onnxfile.IntAttr("to", int64(onnxfile.Float)))
			b.out(b.pair("Mul", y, "scale")).out("scale")
			in := tensor("x", row.x...)

			scale, zero := quantRange(in.Data)
			x := newArray(row.x...)
			for i, v := range in.Data {
				x.data[i] = math.RoundToEven(float64(v)/float64(scale)) + float64(zero)
				require.True(t, x.data[i] >= 0 && x.data[i] <= 255)
				x.data[i] -= float64(zero)
			}
			w, shift := &b.m.Graph.Initializers[0], floatNumbers(&b.m.Graph.Initializers[1])
			weights := fromFloats(row.w, floatNumbers(w))
			for i := range weights.data {
				weights.data[i] -= float64(shift[i%len(shift)])
			}
			want := refMatMul
			if row.op == "ConvInteger" {
				want = func(x, w *array) array { return refConv(&n, x, w, nil) }
			}
			sums := want(&x, &weights)
			numbers := make([]float32, len(sums.data))
			for i, v := range sums.data {
				numbers[i] = float32(v * float64(scale))
			}
			for name, opts := range backends() {
				out := []vision.Tensor{{Name: b.m.Graph.Outputs[0].Name}, {Name: "scale"}}
				require.NoError(t, open(t, b.m, 2, opts...).Run(t.Context(), []vision.Tensor{in}, out), name)
				require.Equal(t, sums.shape, out[0].Shape)
				require.Equal(t, []float32{scale}, out[1].Data)
				near(t, numbers, out[0].Data, 1e-6)
			}
		})
	}
}
