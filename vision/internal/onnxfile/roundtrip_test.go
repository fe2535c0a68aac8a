package onnxfile

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// everything is a model that uses each kind of thing that we write.
func everything() *Model {
	half := Tensor{Name: "half", Type: Float16, Shape: []int{2}, Raw: []byte{1, 2, 3, 4}}
	return &Model{
		IRVersion: 8, ProducerName: "soundtrack", ProducerVersion: "1", Opset: 17,
		Domains:  []OpsetID{{Domain: "com.example", Version: 2}},
		Metadata: []KeyValue{{"licence", "Apache-2.0"}, {"empty", ""}},
		Graph: Graph{
			Name: "g",
			Nodes: []Node{{
				Name: "conv", Op: "Conv", Domain: "", Inputs: []string{"image", "w", ""}, Outputs: []string{"y"},
				Attributes: []Attribute{
					IntsAttr("pads", 0, 0, 1, 1), IntAttr("group", -1), FloatAttr("alpha", 1.5),
					FloatsAttr("scales", 1, float32(math.Inf(1))), StringAttr("auto_pad", "NOTSET"), StringAttr("none", ""),
					{Name: "names", Kind: AttrStrings, Strings: []string{"a", ""}},
					TensorAttr("value", IntTensor("", []int{}, []int64{-7})),
				},
			}},
			Initializers: []Tensor{
				FloatTensor("w", []int{1, 3, 1, 1}, []float32{1, -0.5, float32(math.Copysign(0, -1))}),
				IntTensor("shape", []int{2}, []int64{0, -1}),
				{Name: "ids", Type: Int32, Shape: []int{1}, Ints: []int64{-3}},
				FloatTensor("empty", []int{0, 4}, nil), half,
			},
			Inputs:  []ValueInfo{{Name: "image", Type: Float, Shape: BatchShape("N", 3, 224, 224)}},
			Outputs: []ValueInfo{{Name: "y", Type: Float, Shape: []Dim{}}, {Name: "z", Type: Float}},
			Values:  []ValueInfo{{Name: "v", Type: Int64, Shape: FixedShape(2, 3)}},
		},
	}
}

func TestMarshalRoundTrip(t *testing.T) {
	t.Parallel()
	want := everything()
	data, err := want.Marshal()
	require.NoError(t, err)
	again, err := everything().Marshal()
	require.NoError(t, err)
	require.Equal(t, data, again, "equal models must give equal bytes")

	got, err := Parse(data)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.True(t, math.Signbit(float64(got.Graph.Initializers[0].Floats[2])), "negative zero survives")
	second, err := got.Marshal()
	require.NoError(t, err)
	require.Equal(t, data, second)
}

func TestMarshalRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		damage func(m *Model)
	}{
		{"no opset", func(m *Model) { m.Opset = 0 }},
		{"too few numbers", func(m *Model) { m.Graph.Initializers[0].Floats = []float32{1} }},
		{"negative dimension", func(m *Model) { m.Graph.Initializers[0].Shape[1] = -3 }},
		{"too many elements", func(m *Model) { m.Graph.Initializers[0].Shape = []int{1 << 20, 1 << 20, 1 << 30} }},
		{"no type", func(m *Model) { m.Graph.Initializers[0].Type = Undefined }},
		{"half an element", func(m *Model) { m.Graph.Initializers[4].Raw = []byte{1, 2, 3} }},
		{"int32 overflow", func(m *Model) { m.Graph.Initializers[2].Ints[0] = 1 << 40 }},
		{"attribute without kind", func(m *Model) { m.Graph.Nodes[0].Attributes[0].Kind = AttrUndefined }},
		{"attribute without tensor", func(m *Model) { m.Graph.Nodes[0].Attributes[7].Tensor = nil }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			m := everything()
			row.damage(m)
			_, err := m.Marshal()
			require.ErrorIs(t, err, ErrFormat)
		})
	}
}

func TestAttr(t *testing.T) {
	t.Parallel()
	n := &everything().Graph.Nodes[0]
	require.Equal(t, []int64{0, 0, 1, 1}, n.Attr("pads").Ints)
	require.Nil(t, n.Attr("dilations"))
}
