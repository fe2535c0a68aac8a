package onnxfile

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// wrap nests a message in the graph of an otherwise valid model.
func wrap(num protowire.Number, message []byte) []byte {
	b := appendMessage(nil, 7, appendMessage(nil, num, message))
	return appendMessage(b, 8, appendInt(nil, 2, 17))
}

func TestParseReadsOtherEncodings(t *testing.T) {
	t.Parallel()
	// tensors as other writers make them: unpacked and packed lists instead of raw bytes
	f := appendInt(appendInt(nil, 1, 2), 2, int64(Float))
	f = appendFloat(appendFloat(f, 4, 1), 4, 2)
	m, err := Parse(wrap(5, f))
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2}, m.Graph.Initializers[0].Floats)

	i := appendInt(appendMessage(nil, 1, []byte{1, 2}), 2, int64(Int64))
	i = appendMessage(i, 7, []byte{5, 6})
	m, err = Parse(wrap(5, i))
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, m.Graph.Initializers[0].Shape)
	require.Equal(t, []int64{5, 6}, m.Graph.Initializers[0].Ints)

	h := appendInt(appendInt(nil, 1, 1), 2, int64(Float16))
	h = appendInt(h, 5, 0x3c00)
	m, err = Parse(wrap(5, h))
	require.NoError(t, err)
	require.Equal(t, []byte{0, 0x3c}, m.Graph.Initializers[0].Raw)

	// an attribute without the type field
	a := appendInt(appendText(nil, 1, "axis"), 3, 1)
	m, err = Parse(wrap(1, appendMessage(nil, 5, a)))
	require.NoError(t, err)
	require.Equal(t, AttrInt, m.Graph.Nodes[0].Attr("axis").Kind)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	valid := appendInt(appendInt(nil, 1, 1), 2, int64(Float))
	for _, row := range []struct {
		name, want string
		data       []byte
	}{
		{"nothing", "no graph", nil},
		{"not protobuf", "damaged", []byte("\x89PNG\r\n\x1a\n")},
		{"no opset", "no version", appendMessage(nil, 7, nil)},
		{"two graphs", "more than one", append(wrap(2, nil), wrap(2, nil)...)},
		{"graph of wrong wire type", "wire type", appendInt(nil, 7, 1)},
		{"functions", "functions", append(wrap(2, nil), appendMessage(nil, 25, nil)...)},
		{"external data", "external", wrap(5, appendMessage(valid, 13, []byte("path")))},
		{"external location", "external", wrap(5, appendInt(valid, 14, 1))},
		{"sparse initializer", "sparse", wrap(15, nil)},
		{"missing elements", "elements", wrap(5, valid)},
		{"huge shape", "dimension", wrap(5, appendInt(appendInt(nil, 1, 1<<40), 2, int64(Float)))},
		{"huge product", "elements", wrap(5, appendInt(appendMessage(nil, 1, []byte("\xff\xff\x7f\xff\xff\x7f")), 2, 1))},
		{"negative dimension", "dimension", wrap(5, appendInt(appendInt(nil, 1, -1), 2, int64(Float)))},
		{"rank", "dimensions", wrap(5, appendMessage(nil, 1, make([]byte, 17)))},
		{"string tensor", "not supported", wrap(5, appendInt(appendInt(nil, 1, 0), 2, 8))},
		{"sub-graph", "sub-graphs", wrap(1, appendMessage(nil, 5, appendMessage(nil, 6, nil)))},
		{"sequence input", "want a tensor", wrap(11, appendMessage(nil, 2, appendMessage(nil, 4, nil)))},
		{"too many names", "more than", wrap(1, []byte(strings.Repeat("\x0a\x00", maxItems)))},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(row.data)
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestParseSurvivesDamage(t *testing.T) {
	t.Parallel()
	data, err := everything().Marshal()
	require.NoError(t, err)
	for n := range data {
		_, _ = Parse(data[:n])
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		damaged := append([]byte(nil), data...)
		damaged[rng.IntN(len(damaged))] ^= 1 << rng.IntN(8)
		if m, err := Parse(damaged); err == nil {
			_, err = m.Marshal()
			require.NoError(t, err, "what can be read can be written")
		}
	}
}

func FuzzParse(f *testing.F) {
	data, err := everything().Marshal()
	require.NoError(f, err)
	f.Add(data)
	f.Add(wrap(5, appendInt(appendInt(nil, 1, 1), 2, int64(Float))))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			require.ErrorIs(t, err, ErrFormat)
			return
		}
		again, err := m.Marshal()
		require.NoError(t, err)
		back, err := Parse(again)
		require.NoError(t, err)
		third, err := back.Marshal()
		require.NoError(t, err)
		require.Equal(t, again, third)
	})
}
