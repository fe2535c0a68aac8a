package visiontest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/clipgraph"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// DamagedModel is a model that must not start.
type DamagedModel struct {
	Name  string
	Model vision.Model // the digests of its files are right
}

// DamagedModels are tiny CLIP vision towers that are not what their manifest says, each in its own way: another model's
// names, a wrong dimension, weights outside the file, a cycle, an operator that does not exist, embeddings that are NaN
// or zero, weights that compute something else, no bytes, and a web page.
func DamagedModels(t testing.TB) []DamagedModel {
	t.Helper()
	good := TinyCLIP(t, CLIPHub).Manifest
	list := []DamagedModel{}
	add := func(name string, data []byte) {
		m := vision.Model{Manifest: good, Visual: writeFile(t, data)}
		m.Manifest.Visual.File = manifestFile(t, "visual.onnx", m.Visual)
		list = append(list, DamagedModel{Name: name, Model: m})
	}
	for _, c := range []struct {
		name  string
		tower func(v *clipgraph.Vision) // nil to leave it
		graph func(m *onnxfile.Model)   // nil to leave it
	}{
		{"other names", func(v *clipgraph.Vision) { v.Layout = clipgraph.Immich }, nil},
		{"wrong dimension", func(v *clipgraph.Vision) { v.Dim = CLIPDim - 4 }, nil},
		{"other weights", func(v *clipgraph.Vision) { v.Seed = 99 }, nil},
		{"other activation", func(v *clipgraph.Vision) { v.Activation = clipgraph.GELU }, nil},
		{"cycle", nil, func(m *onnxfile.Model) {
			nodes := m.Graph.Nodes
			firstOf(m, "LayerNormalization").Inputs[0] = nodes[len(nodes)-4].Outputs[0]
		}},
		{"unknown operator", nil, func(m *onnxfile.Model) { firstOf(m, "Softmax").Op = "NoSuchOperator" }},
		{"NaN", nil, func(m *onnxfile.Model) { projection(m)[0] = float32(math.NaN()) }},
		{"zero", nil, func(m *onnxfile.Model) { clear(projection(m)) }},
	} {
		tower := clipgraph.TinyVision(clipgraph.Hub, clipgraph.QuickGELU)
		if c.tower != nil {
			c.tower(&tower)
		}
		m := tower.Model()
		if c.graph != nil {
			c.graph(m)
		}
		data, err := m.Marshal()
		require.NoError(t, err)
		add(c.name, data)
	}
	add("external data", externalData(t, clipgraph.TinyVision(clipgraph.Hub, clipgraph.QuickGELU).Model()))
	add("empty file", nil)
	add("web page", []byte("<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>\n"))
	return list
}

func firstOf(m *onnxfile.Model, op string) *onnxfile.Node {
	return &m.Graph.Nodes[slices.IndexFunc(m.Graph.Nodes, func(n onnxfile.Node) bool { return n.Op == op })]
}

// projection is the last matrix of a tower.
func projection(m *onnxfile.Model) []float32 {
	return m.Graph.Initializers[len(m.Graph.Initializers)-1].Floats
}

// externalData marshals m with one of its tensors in another file. Our own writer cannot do that, so the field with the
// tensor's data (9) becomes, in place, an entry that names a file (13) and the flag for it (14).
func externalData(t testing.TB, m *onnxfile.Model) []byte {
	t.Helper()
	data, err := m.Marshal()
	require.NoError(t, err)
	i := slices.IndexFunc(m.Graph.Initializers, func(w onnxfile.Tensor) bool { return w.Name == "post.bias" })
	var raw []byte
	for _, v := range m.Graph.Initializers[i].Floats {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	at := bytes.Index(data, raw)
	require.Positive(t, at)
	value := "../" + strings.Repeat("outside/", 6) // 64 bytes of data less 14 for keys, lengths and the flag
	value = value[:len(raw)-14]
	entry := append([]byte("\x0a\x08location\x12"), byte(len(value)))
	entry = append(entry, value...)
	field := append([]byte{0x6a, byte(len(entry))}, entry...)
	field = append(field, 0x70, 1)
	copy(data[at-2:], field)
	require.Len(t, field, len(raw)+2)
	return data
}

// CheckDamage opens models with open, which shall do all that a start does, and requires that none starts: the
// [DamagedModels], a tiny CLIP cut at 20 places, and a tiny CLIP with each of 1,000 single bits flipped.
// Every error must match [vision.ErrModel] or [vision.ErrUnsupported], and no two kinds of damage have the same one.
func CheckDamage(t *testing.T, open func(vision.Model) error) {
	t.Helper()
	refused := func(t *testing.T, m vision.Model) error {
		t.Helper()
		err := open(m)
		require.Error(t, err)
		return err
	}
	good := TinyCLIP(t, CLIPHub)
	require.NoError(t, open(good), "the model that is damaged works")
	said := map[string]string{}
	for _, d := range DamagedModels(t) {
		t.Run(d.Name, func(t *testing.T) {
			err := refused(t, d.Model)
			require.True(t, errors.Is(err, vision.ErrModel) || errors.Is(err, vision.ErrUnsupported), err)
			text := strings.ReplaceAll(err.Error(), d.Model.Visual.SHA256, "")
			text = strings.ReplaceAll(text, d.Model.Visual.Path, "")
			require.NotContains(t, said, text, "says the same as %q", said[text])
			said[text] = d.Name
		})
	}
	data, err := os.ReadFile(good.Visual.Path)
	require.NoError(t, err)
	bad := good
	bad.Visual.Path = filepath.Join(t.TempDir(), "damaged.onnx")
	t.Run("cut", func(t *testing.T) {
		for i := range 20 {
			require.NoError(t, os.WriteFile(bad.Visual.Path, data[:len(data)*i/20], 0o600))
			require.ErrorIs(t, refused(t, bad), vision.ErrModel)
		}
	})
	t.Run("flipped", func(t *testing.T) {
		r := rand.New(rand.NewPCG(4, 4))
		for range 1000 {
			at, bit := r.IntN(len(data)), byte(1)<<r.IntN(8)
			data[at] ^= bit
			require.NoError(t, os.WriteFile(bad.Visual.Path, data, 0o600))
			data[at] ^= bit
			require.ErrorIs(t, refused(t, bad), vision.ErrModel)
		}
	})
}
