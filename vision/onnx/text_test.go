package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

const textTokens, textRows, textWidth = 6, 10, 8

// text is a text tower of one layer, written as exporters do: shapes are computed, the causal mask is built in the
// graph, padding is masked, and the embedding is that of the largest id.
func text(elem onnxfile.ElemType) *onnxfile.Model {
	b := newBuilder(30)
	for _, name := range []string{"ids", "mask"} {
		b.m.Graph.Inputs = append(b.m.Graph.Inputs, onnxfile.ValueInfo{Name: name, Type: elem, Shape: onnxfile.BatchShape("N", textTokens)})
	}
	cast := func(x string, to onnxfile.ElemType) string {
		return b.node("Cast", []string{x}, onnxfile.IntAttr("to", int64(to)))
	}
	x := b.node("Gather", []string{b.constant(1, textRows, textWidth), "ids"})
	x = b.pair("Add", x, b.constant(1, textTokens, textWidth))
	// rows < columns: not to be seen
	size := b.node("Gather", []string{b.one("Shape", x), b.shape(1)})
	positions := b.node("Range", []string{b.whole(0), b.node("Squeeze", []string{size}), b.whole(1)})
	later := b.pair("Less", b.node("Unsqueeze", []string{positions, b.shape(1)}), positions)
	square := b.node("Concat", []string{size, size}, onnxfile.IntAttr("axis", 0))
	hidden := b.node("Expand", []string{b.scalar(-1e9), square})
	causal := b.node("Where", []string{later, hidden, b.one("ConstantOfShape", square)})
	padding := b.pair("Mul", b.pair("Sub", 1.0, cast("mask", onnxfile.Float)), -1e9)
	mask := b.pair("Add", causal, b.node("Unsqueeze", []string{padding, b.shape(1, 2)}))

	q, k := b.heads(x, textWidth, 2, 4, false), b.heads(x, textWidth, 2, 4, true)
	y := b.pair("MatMul", b.one("Softmax", b.pair("Add", b.pair("MatMul", q, k), mask)), b.heads(x, textWidth, 2, 4, false))
	y = b.node("Transpose", []string{y}, onnxfile.IntsAttr("perm", 0, 2, 1, 3))
	y = b.pair("Add", x, b.pair("Reshape", y, b.shape(0, 0, textWidth)))

	batch := b.node("Squeeze", []string{b.node("Shape", []string{"ids"}, onnxfile.IntAttr("end", 1))})
	end := b.node("ArgMax", []string{"ids"}, onnxfile.IntAttr("axis", 1), onnxfile.IntAttr("keepdims", 0))
	where := b.node("Concat", []string{
		b.node("Unsqueeze", []string{b.node("Range", []string{b.whole(0), batch, b.whole(1)}), b.shape(1)}),
		b.node("Unsqueeze", []string{end, b.shape(1)}),
	}, onnxfile.IntAttr("axis", 1))
	b.node("GatherND", []string{y, where})
	b.output(b.name("embedding"), textWidth)
	return b.m
}

// whole adds a constant integer.
func (b *builder) whole(v int64) string {
	name := b.shape(v)
	b.m.Graph.Initializers[len(b.m.Graph.Initializers)-1].Shape = nil
	return name
}

func textInputs(ids, mask []int64) []vision.Tensor {
	shape := []int{len(ids) / textTokens, textTokens}
	return []vision.Tensor{{Name: "ids", Shape: shape, Ints: ids}, {Name: "mask", Shape: shape, Ints: mask}}
}

// TestTextTower checks what must hold for any weights: texts do not depend on each other, nor on what follows the
// largest id, nor on masked tokens.
func TestTextTower(t *testing.T) {
	t.Parallel()
	run := func(s vision.Session, ids, mask []int64) []float32 {
		out := []vision.Tensor{{Name: "embedding"}}
		require.NoError(t, s.Run(t.Context(), textInputs(ids, mask), out))
		require.Equal(t, []int{len(ids) / textTokens, textWidth}, out[0].Shape)
		return out[0].Data
	}
	all := []int64{1, 1, 1, 1, 1, 1}
	for _, elem := range []onnxfile.ElemType{onnxfile.Int64, onnxfile.Int32} {
		for name, opts := range backends() {
			s := open(t, text(elem), 2, opts...)
			one := run(s, []int64{2, 4, 1, 9, 0, 0}, all)
			near(t, one, run(s, []int64{2, 4, 1, 9, 3, 9}, all), 1e-6)
			both := run(s, []int64{2, 4, 1, 9, 0, 0, 7, 9, 2, 2, 2, 2}, append(all, all...))
			near(t, one, both[:textWidth], 1e-6)
			near(t, run(s, []int64{7, 9, 5, 5, 5, 5}, all), both[textWidth:], 1e-6)
			require.NotEqual(t, one[0], both[textWidth], name)
			masked := []int64{1, 0, 1, 1, 1, 1}
			require.NotEqual(t, one[0], run(s, []int64{2, 4, 1, 9, 0, 0}, masked)[0])
			near(t, run(s, []int64{2, 4, 1, 9, 0, 0}, masked), run(s, []int64{2, 8, 1, 9, 0, 0}, masked), 1e-6)
		}
	}
}

func TestTextTowerAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("under the race detector pools forget at random")
	}
	s := open(t, text(onnxfile.Int64), 1)
	in, out := textInputs([]int64{2, 4, 1, 9, 0, 0}, []int64{1, 1, 1, 1, 1, 1}), []vision.Tensor{{Name: "embedding"}}
	require.NoError(t, s.Run(t.Context(), in, out))
	require.Zero(t, testing.AllocsPerRun(20, func() { _ = s.Run(t.Context(), in, out) }))
}

func TestIntegerInputs(t *testing.T) {
	t.Parallel()
	ids, mask := []int64{2, 4, 1, 9, 0, 0}, []int64{1, 1, 1, 1, 1, 1}
	for _, row := range []struct {
		name   string
		elem   onnxfile.ElemType
		change func(in []vision.Tensor)
		want   string
	}{
		{"no such row", onnxfile.Int64, func(in []vision.Tensor) { in[0].Ints = []int64{2, 4, 1, 10, 0, 0} }, "index 10 of 10"},
		{"far below", onnxfile.Int64, func(in []vision.Tensor) { in[0].Ints = []int64{-1 << 63, 4, 1, 1, 0, 0} }, "index -9223372036854775808"},
		{"floats", onnxfile.Int64, func(in []vision.Tensor) { in[0].Ints, in[0].Data = nil, make([]float32, 6) }, "6 numbers in Data"},
		{"both", onnxfile.Int64, func(in []vision.Tensor) { in[0].Data = make([]float32, 6) }, "6 numbers in Data"},
		{"too few", onnxfile.Int64, func(in []vision.Tensor) { in[1].Ints = in[1].Ints[:5] }, "5 in Ints"},
		{"no int32", onnxfile.Int32, func(in []vision.Tensor) { in[1].Ints = []int64{1, 1, 1 << 31, 1, 1, 1} }, "2147483648 is no int32"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s, in, out := open(t, text(row.elem), 1), textInputs(ids, mask), []vision.Tensor{{Name: "embedding"}}
			row.change(in)
			err := s.Run(t.Context(), in, out)
			require.ErrorIs(t, err, ErrTensor)
			require.ErrorContains(t, err, row.want)
			require.NoError(t, s.Run(t.Context(), textInputs(ids, mask), out), "the session still works")
		})
	}
}

// TestOpenRefusesTransformers is what graphs of these operators may get wrong.
func TestOpenRefusesTransformers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		build func(b *builder) string
		is    error
		want  string
	}{
		{"shape from the input", func(b *builder) string {
			return b.pair("Reshape", b.scalar(1), b.node("Cast", []string{"x"}, onnxfile.IntAttr("to", int64(onnxfile.Int64))))
		}, vision.ErrUnsupported, "must be integers that follow from constants and shapes"},
		{"index beyond", func(b *builder) string { return b.node("Gather", []string{"x", b.whole(5)}) }, vision.ErrModel, "index 5 of 1"},
		{"constant index beyond", func(b *builder) string {
			return b.node("Gather", []string{b.constant(1, 3), b.shape(1, 3)})
		}, vision.ErrModel, "index 3 of 3"},
		{"depth", func(b *builder) string { return b.pair("MatMul", "x", b.constant(1, 5, 4)) }, vision.ErrModel, "do not go together"},
		{"shapes", func(b *builder) string { return b.pair("Mul", "x", b.constant(1, 5)) }, vision.ErrModel, "do not go together"},
		{"types", func(b *builder) string { return b.pair("Mul", "x", b.shape(1)) }, vision.ErrModel, "float32 and int64"},
		{"axis", func(b *builder) string {
			return b.node("Softmax", []string{"x"}, onnxfile.IntAttr("axis", 2))
		}, vision.ErrModel, "axis 2 of 2 dimensions"},
		{"permutation", func(b *builder) string {
			return b.node("Transpose", []string{"x"}, onnxfile.IntsAttr("perm", 0, 0))
		}, vision.ErrModel, "perm [0 0]"},
		{"huge shape", func(b *builder) string {
			return b.node("Expand", []string{"x", b.shape(1<<30, 1<<30, 3)})
		}, vision.ErrModel, "output would have shape"},
		{"large constant", func(b *builder) string {
			return b.node("Tile", []string{b.node("Expand", []string{b.scalar(1), b.shape(1<<9, 1<<10)}), b.shape(1, 1)})
		}, vision.ErrModel, "bytes beside the weights"},
		{"long range", func(b *builder) string {
			r := b.node("Range", []string{b.whole(0), b.whole(1 << 40), b.whole(1)})
			return b.node("Cast", []string{r}, onnxfile.IntAttr("to", 1))
		}, vision.ErrModel, "Range"},
		{"division by zero", func(b *builder) string {
			d := b.pair("Div", b.shape(6), b.shape(0))
			return b.pair("Reshape", "x", d)
		}, vision.ErrModel, "division by zero"},
		{"cast to half", func(b *builder) string {
			return b.node("Cast", []string{"x"}, onnxfile.IntAttr("to", int64(onnxfile.Float16)))
		}, vision.ErrUnsupported, "float16"},
		{"operator of our own", func(b *builder) string { return b.one(quickGELU, "x") }, vision.ErrUnsupported, "operator QuickGELU: not supported"},
		{"half of a gelu", func(b *builder) string {
			b.m.Opset = 20
			return b.node("Gelu", []string{"x"}, onnxfile.StringAttr("approximate", "some"))
		}, vision.ErrUnsupported, "approximate some"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBuilder(31).input("x", 3)
			b.out(row.build(b))
			s, err := New(WithMaxRunBytes(1<<20)).Open(t.Context(), save(t, b.m), vision.SessionOptions{})
			require.Nil(t, s)
			require.ErrorIs(t, err, row.is)
			require.ErrorContains(t, err, row.want)
		})
	}
}
