package optimize

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/clipgraph"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// checkRewrite rewrites a model and starts an encoder with the result.
func checkRewrite(t *testing.T, model vision.Model) Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cls.onnx")
	made, report, err := ClassToken(t.Context(), model, onnx.New(), path)
	require.NoError(t, err)
	require.LessOrEqual(t, report.Difference, Tolerance)
	// the residual stream, queries, attention and the two matrices, with their norms
	require.GreaterOrEqual(t, report.Narrowed, 20)
	require.Equal(t, path, made.Visual.Path)
	require.Equal(t, model.Manifest.ID+"-cls", made.Manifest.ID)
	require.Equal(t, model.Textual, made.Textual)
	require.NotEqual(t, model.Visual.SHA256, made.Visual.SHA256)
	stat, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, stat.Size(), made.Manifest.Visual.File.Size)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside the file")

	encoder, err := vision.NewEncoder(t.Context(), made, onnx.New())
	require.NoError(t, err)
	require.NoError(t, encoder.Close())
	return report
}

func TestClassToken(t *testing.T) {
	t.Parallel()
	for _, activation := range []clipgraph.Activation{clipgraph.QuickGELU, clipgraph.GELU} {
		for _, primitive := range []bool{false, true} {
			t.Run(fmt.Sprintf("activation %d, primitive %v", activation, primitive), func(t *testing.T) {
				t.Parallel()
				checkRewrite(t, modelOf(t, tower(activation, primitive)))
			})
		}
	}
	t.Run("known answer", func(t *testing.T) {
		t.Parallel()
		checkRewrite(t, visiontest.TinyCLIP(t, visiontest.CLIPHub))
		checkRewrite(t, visiontest.TinyCLIP(t, visiontest.CLIPImmich))
	})
}

func TestClassTokenOfReferenceFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tiny-vision-hub.onnx", "tiny-vision-gelu.onnx"} {
		data, err := os.ReadFile(testenv.Data(t, "clip-reference", "tiny-onnx", name))
		require.NoError(t, err)
		checkRewrite(t, modelOfBytes(t, data))
	}
}

func TestClassTokenRefuses(t *testing.T) {
	t.Parallel()
	text := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	text.Visual, text.Manifest.Visual.File.SHA256 = text.Textual, text.Textual.SHA256
	swapped := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	swapped.Visual.Path = swapped.Textual.Path
	twice := tower(clipgraph.QuickGELU, false)
	last := twice.Graph.Nodes[gatherOf(twice)]
	last.Outputs = []string{"again"}
	twice.Graph.Nodes = append(twice.Graph.Nodes, last)
	// the outputs of a manifest are kept: one that holds every token leaves nothing to save
	all := tower(clipgraph.QuickGELU, false)
	hidden := all.Graph.Nodes[gatherOf(all)].Inputs[0]
	all.Graph.Outputs = append(all.Graph.Outputs, onnxfile.ValueInfo{Name: hidden, Type: onnxfile.Float})
	whole := modelOf(t, all)
	whole.Manifest.Visual.Extra = []vision.Output{{Name: hidden}}
	cycle := tower(clipgraph.QuickGELU, false)
	cycle.Graph.Nodes[0].Inputs[0] = cycle.Graph.Nodes[7].Outputs[0]

	batch := tower(clipgraph.QuickGELU, false)
	batch.Graph.Nodes[gatherOf(batch)].Attributes[0].Int = 0

	for _, c := range []struct {
		name  string
		model vision.Model
		is    error
		want  string
	}{
		{"text tower", text, ErrUnrecognised, "found 0"},
		{"no attention", modelOfBytes(t, tinyNetwork(t)), ErrUnrecognised, "no Softmax"},
		{"two picks", modelOf(t, twice), ErrUnrecognised, "found 2"},
		{"one picture", modelOf(t, batch), ErrUnrecognised, "of the batch"},
		{"all tokens wanted", whole, ErrUnrecognised, "0 attentions"},
		{"cycle", modelOf(t, cycle), ErrUnrecognised, "its own output"},
		{"other file", swapped, vision.ErrModel, "SHA-256"},
		{"no model", modelOfBytes(t, []byte("<html>")), vision.ErrModel, "ONNX"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "cls.onnx")
			_, _, err := ClassToken(t.Context(), c.model, onnx.New(), path)
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.want)
			require.NoFileExists(t, path)
		})
	}
}

// gatherOf is the node that picks the class token.
func gatherOf(m *onnxfile.Model) int {
	return slices.IndexFunc(m.Graph.Nodes, func(n onnxfile.Node) bool { return n.Op == "Gather" })
}

func tinyNetwork(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(visiontest.TinyModel(t).Path)
	require.NoError(t, err)
	return data
}

// A rewrite that changes results is never kept, not by a little and not by NaN.
func TestClassTokenChecksItself(t *testing.T) {
	t.Parallel()
	model := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	for _, by := range []float32{1e-4, -1e-4, float32(math.NaN())} {
		dir := t.TempDir()
		_, report, err := ClassToken(t.Context(), model, &spoiler{by: by}, filepath.Join(dir, "cls.onnx"))
		require.ErrorIs(t, err, ErrDifferent)
		require.Positive(t, report.Narrowed)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, entries)
	}
	_, _, err := ClassToken(t.Context(), model, &spoiler{by: 1e-6}, filepath.Join(t.TempDir(), "cls.onnx"))
	require.NoError(t, err)

	expired, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = ClassToken(expired, model, onnx.New(), filepath.Join(t.TempDir(), "cls.onnx"))
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = ClassToken(t.Context(), model, nil, filepath.Join(t.TempDir(), "cls.onnx"))
	require.ErrorContains(t, err, "backend is nil")
}
