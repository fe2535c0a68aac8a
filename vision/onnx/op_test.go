package onnx

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// tensor is a random input.
func tensor(name string, shape ...int) vision.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return vision.Tensor{Name: name, Shape: shape, Data: random(rand.New(rand.NewPCG(uint64(n), 3)), n, 1)}
}

// out adds an output whose shape the file leaves open.
func (b *builder) out(name string) *builder {
	b.m.Graph.Outputs = append(b.m.Graph.Outputs, onnxfile.ValueInfo{Name: name, Type: onnxfile.Float})
	return b
}

func TestConv(t *testing.T) {
	t.Parallel()
	ints := onnxfile.IntsAttr
	for _, row := range []struct {
		name       string
		x          []int // N, C, H, W
		w          []int // M, C/group, kernelH, kernelW
		group      int64
		noBias     bool
		attributes []onnxfile.Attribute
	}{
		{name: "pointwise", x: []int{1, 24, 9, 7}, w: []int{40, 24, 1, 1}},
		{name: "pointwise batch", x: []int{3, 16, 5, 5}, w: []int{21, 16, 1, 1}, noBias: true},
		{name: "pointwise with stride", x: []int{2, 8, 7, 8}, w: []int{16, 8, 1, 1}, attributes: []onnxfile.Attribute{ints("strides", 2, 3)}},
		{name: "pointwise with padding", x: []int{1, 8, 3, 3}, w: []int{8, 8, 1, 1}, attributes: []onnxfile.Attribute{ints("pads", 1, 0, 2, 1)}},
		{name: "pointwise deep", x: []int{1, 1200, 3, 3}, w: []int{24, 1200, 1, 1}},
		{name: "pointwise auto pad", x: []int{1, 8, 3, 3}, w: []int{8, 8, 1, 1}, attributes: []onnxfile.Attribute{onnxfile.StringAttr("auto_pad", "SAME_UPPER"), ints("pads", 9, 9, 9, 9)}},
		{name: "stem", x: []int{2, 3, 15, 14}, w: []int{32, 3, 3, 3}, attributes: []onnxfile.Attribute{ints("pads", 0, 0, 1, 1), ints("strides", 2, 2), ints("kernel_shape", 3, 3), ints("dilations", 1, 1)}},
		{name: "patches", x: []int{2, 3, 16, 16}, w: []int{20, 3, 8, 8}, attributes: []onnxfile.Attribute{ints("strides", 8, 8)}},
		{name: "not square", x: []int{1, 5, 9, 6}, w: []int{7, 5, 2, 4}, attributes: []onnxfile.Attribute{ints("pads", 0, 3, 1, 2)}},
		{name: "large padding", x: []int{1, 2, 3, 3}, w: []int{4, 2, 3, 3}, attributes: []onnxfile.Attribute{ints("pads", 4, 5, 4, 3)}},
		{name: "same upper", x: []int{1, 3, 10, 11}, w: []int{8, 3, 5, 5}, attributes: []onnxfile.Attribute{onnxfile.StringAttr("auto_pad", "SAME_UPPER"), ints("strides", 2, 2)}},
		{name: "same lower", x: []int{1, 3, 10, 11}, w: []int{8, 3, 4, 5}, attributes: []onnxfile.Attribute{onnxfile.StringAttr("auto_pad", "SAME_LOWER"), ints("strides", 3, 2)}},
		{name: "valid", x: []int{1, 3, 10, 11}, w: []int{8, 3, 3, 5}, attributes: []onnxfile.Attribute{onnxfile.StringAttr("auto_pad", "VALID")}},
		{name: "depthwise 3", x: []int{2, 24, 11, 13}, w: []int{24, 1, 3, 3}, group: 24, attributes: []onnxfile.Attribute{ints("pads", 1, 1, 1, 1)}},
		{name: "depthwise 5 stride 2", x: []int{1, 40, 14, 14}, w: []int{40, 1, 5, 5}, group: 40, attributes: []onnxfile.Attribute{ints("pads", 1, 1, 2, 2), ints("strides", 2, 2)}},
		{name: "depthwise odd channels", x: []int{1, 13, 8, 8}, w: []int{13, 1, 3, 3}, group: 13, noBias: true, attributes: []onnxfile.Attribute{ints("pads", 0, 0, 1, 1), ints("strides", 2, 2)}},
		{name: "depthwise same upper", x: []int{1, 16, 9, 10}, w: []int{16, 1, 5, 5}, group: 16, attributes: []onnxfile.Attribute{onnxfile.StringAttr("auto_pad", "SAME_UPPER"), ints("strides", 2, 2)}},
		{name: "depthwise multiplier", x: []int{1, 6, 8, 8}, w: []int{12, 1, 3, 3}, group: 6, attributes: []onnxfile.Attribute{ints("pads", 1, 1, 1, 1)}},
		{name: "grouped", x: []int{2, 12, 7, 6}, w: []int{9, 4, 3, 2}, group: 3, attributes: []onnxfile.Attribute{ints("pads", 1, 1, 1, 1)}},
		{name: "grouped pointwise", x: []int{2, 12, 7, 6}, w: []int{24, 6, 1, 1}, group: 2},
		{name: "one channel", x: []int{2, 1, 6, 6}, w: []int{1, 1, 3, 3}},
		{name: "one pixel", x: []int{2, 8, 1, 1}, w: []int{16, 8, 1, 1}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBuilder(1).input("x", row.x[1:]...)
			inputs := []string{"x", b.constant(1, row.w...)}
			if !row.noBias {
				inputs = append(inputs, b.constant(1, row.w[0]))
			}
			attrs := row.attributes
			if row.group > 0 {
				attrs = append(attrs, onnxfile.IntAttr("group", row.group))
			}
			b.out(b.node("Conv", inputs, attrs...))
			checkModel(t, b.m, tensor("x", row.x...))
		})
	}
}

func TestElementwise(t *testing.T) {
	t.Parallel()
	for _, shape := range [][]int{{1, 3}, {2, 17}, {2, 5, 3, 3}, {1, 200_001}} {
		t.Run(fmt.Sprint(shape), func(t *testing.T) {
			t.Parallel()
			b := newBuilder(2).input("x", shape[1:]...)
			both := b.node("Clip", []string{"x", b.scalar(-0.5), b.scalar(0.25)})
			lo := b.node("Clip", []string{"x", b.scalar(-0.5)})
			hi := b.node("Clip", []string{"x", "", b.scalar(0.25)})
			none := b.node("Clip", []string{"x"})
			crossed := b.node("Clip", []string{"x", b.scalar(1), b.scalar(-1)})
			relu := b.node("Relu", []string{"x"})
			sum := b.node("Add", []string{both, relu})
			twice := b.node("Add", []string{"x", "x"})
			b.out(both).out(lo).out(hi).out(none).out(crossed).out(relu).out(sum).out(twice)
			checkModel(t, b.m, tensor("x", shape...))
		})
	}
}

func TestClipKeepsNaN(t *testing.T) {
	t.Parallel()
	b := newBuilder(2).input("x", 9)
	b.out(b.relu6("x"))
	for name, opts := range backends() {
		x := tensor("x", 1, 9)
		x.Data[0], x.Data[8], x.Data[3] = float32(math.NaN()), float32(math.NaN()), float32(math.Inf(1))
		out := []vision.Tensor{{Name: b.m.Graph.Outputs[0].Name}}
		require.NoError(t, open(t, b.m, 1, opts...).Run(t.Context(), []vision.Tensor{x}, out), name)
		require.True(t, math.IsNaN(float64(out[0].Data[0])) && math.IsNaN(float64(out[0].Data[8])), name)
		require.Equal(t, float32(6), out[0].Data[3])
	}
}

func TestAddBroadcast(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ a, b []int }{
		{[]int{2, 3, 4, 5}, []int{5}},
		{[]int{2, 3, 4, 5}, []int{}},
		{[]int{2, 3, 4, 5}, []int{3, 1, 1}},
		{[]int{2, 3, 4, 5}, []int{1, 3, 4, 1}},
		{[]int{2, 1, 5}, []int{4, 1}},
		{[]int{1, 1, 1}, []int{7, 9, 8}},
		{[]int{3, 1}, []int{1, 6}},
	} {
		t.Run(fmt.Sprint(row.a, row.b), func(t *testing.T) {
			t.Parallel()
			b := newBuilder(3).input("x", row.a[1:]...)
			left := b.node("Add", []string{"x", b.constant(1, row.b...)})
			right := b.node("Add", []string{b.constant(1, row.b...), "x"})
			b.out(left).out(b.relu6(right))
			checkModel(t, b.m, tensor("x", row.a...))
		})
	}
}

func TestGemm(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name                   string
		transA, transB         int64
		alpha, beta            float32
		c                      []int // nil for none
		computedB, batchOutput bool
	}{
		{name: "plain", alpha: 1, beta: 1},
		{name: "classifier", transB: 1, alpha: 1, beta: 1, c: []int{21}},
		{name: "scaled", alpha: 0.5, beta: 2, c: []int{21}},
		{name: "row", alpha: 1, beta: 1, c: []int{1, 21}},
		{name: "number", alpha: 2, beta: 3, c: []int{}},
		{name: "one number", alpha: 1, beta: 1, c: []int{1, 1}},
		{name: "matrix", transB: 1, alpha: 1, beta: 1, c: []int{5, 21}},
		{name: "no C by beta", alpha: 1, beta: 0, c: []int{5, 21}},
		{name: "transposed A", transA: 1, alpha: 1, beta: 1, c: []int{21}},
		{name: "computed B", alpha: 0.5, beta: 1, c: []int{21}, computedB: true},
		{name: "computed B transposed", transA: 1, transB: 1, alpha: 1, beta: 1, c: []int{5, 21}, computedB: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			shapeA, shapeB := []int{5, 33}, []int{33, 21}
			if row.transA != 0 {
				shapeA = []int{33, 5}
			}
			if row.transB != 0 {
				shapeB = []int{21, 33}
			}
			b := newBuilder(4).input("x", shapeA[1:]...)
			inputs, tensors := []string{"x"}, []vision.Tensor{tensor("x", shapeA...)}
			if row.computedB {
				b.input("y", shapeB[1:]...)
				inputs, tensors = append(inputs, b.node("Relu", []string{"y"})), append(tensors, tensor("y", shapeB...))
			} else {
				inputs = append(inputs, b.constant(1, shapeB...))
			}
			if row.c != nil {
				inputs = append(inputs, b.constant(1, row.c...))
			}
			// free first dimensions are tried with 1 when a model is opened, which a matrix C of 5 rows refuses
			for i := range b.m.Graph.Inputs {
				b.m.Graph.Inputs[i].Shape = onnxfile.FixedShape(tensors[i].Shape...)
			}
			b.out(b.relu6(b.node("Gemm", inputs, onnxfile.FloatAttr("alpha", row.alpha), onnxfile.FloatAttr("beta", row.beta),
				onnxfile.IntAttr("transA", row.transA), onnxfile.IntAttr("transB", row.transB))))
			checkModel(t, b.m, tensors...)
		})
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	b := newBuilder(5).input("x", 6, 4, 3)
	conv, _ := b.convSame("x", 4, 6, 8, 1, 1, 1)
	same := b.node("Identity", []string{conv})
	for axis := int64(-4); axis <= 4; axis++ {
		b.out(b.node("Flatten", []string{same}, onnxfile.IntAttr("axis", axis)))
	}
	pooled := b.node("GlobalAveragePool", []string{same})
	b.out(same).out(b.node("Flatten", []string{pooled})).out(b.node("Identity", []string{"x"}))
	checkModel(t, b.m, tensor("x", 2, 6, 4, 3))
}

func TestReshape(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		shape, want []int64
		allowZero   int64
		fails       string
	}{
		{shape: []int64{0, -1}, want: []int64{2, 12}},
		{shape: []int64{-1}, want: []int64{24}},
		{shape: []int64{2, 3, 2, 2}, want: []int64{2, 3, 2, 2}},
		{shape: []int64{0, 0, 2, -1}, want: []int64{2, 3, 2, 2}},
		{shape: []int64{-1, -1}, fails: "shape"},
		{shape: []int64{5, -1}, fails: "shape"},
		{shape: []int64{-2, 3}, fails: "shape"},
		{shape: []int64{0, 0, 0, 0}, fails: "shape"},
		{shape: []int64{0, -1}, allowZero: 1, fails: "shape"},
		{shape: []int64{1 << 40, 1 << 40}, fails: "shape"},
	} {
		t.Run(fmt.Sprint(row.shape, row.allowZero), func(t *testing.T) {
			t.Parallel()
			b := newBuilder(6).input("x", 3, 4)
			b.m.Graph.Inputs[0].Shape = onnxfile.FixedShape(2, 3, 4)
			shape := onnxfile.IntTensor("", []int{len(row.shape)}, row.shape)
			c := b.node("Constant", nil, onnxfile.TensorAttr("value", shape))
			y := b.node("Reshape", []string{"x", c}, onnxfile.IntAttr("allowzero", row.allowZero))
			b.out(y)
			s, err := New().Open(t.Context(), save(t, b.m), vision.SessionOptions{})
			if row.fails != "" {
				require.ErrorIs(t, err, vision.ErrModel)
				require.ErrorContains(t, err, row.fails)
				return
			}
			require.NoError(t, err)
			x, out := tensor("x", 2, 3, 4), []vision.Tensor{{Name: y}}
			require.NoError(t, s.Run(t.Context(), []vision.Tensor{x}, out))
			require.Equal(t, x.Data, out[0].Data)
			for i, d := range row.want {
				require.EqualValues(t, d, out[0].Shape[i])
			}
		})
	}
}

func TestOldClipReadsAttributes(t *testing.T) {
	t.Parallel()
	b := newBuilder(7).input("x", 5)
	b.m.Opset = 9
	y := b.node("Clip", []string{"x"}, onnxfile.FloatAttr("min", -0.5), onnxfile.FloatAttr("max", 0.5))
	b.out(y)
	x, out := tensor("x", 1, 5), []vision.Tensor{{Name: y}}
	require.NoError(t, open(t, b.m, 1).Run(t.Context(), []vision.Tensor{x}, out))
	for i, v := range x.Data {
		require.Equal(t, max(-0.5, min(0.5, v)), out[0].Data[i])
	}
}
