package visiontest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/clipgraph"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// FullCLIP is a model of the shape of ViT-B/32 in the layout [CLIPHub], with seeded random weights: its speed is that of
// the real one, its embeddings mean nothing. It is for benchmarks and for comparing backends. The file of 351 MB is made
// at the first use, in the user's cache, and used again. There is no text tower: see [FullCLIPText].
func FullCLIP(t testing.TB) vision.Model {
	t.Helper()
	tower := clipgraph.VisionB32()
	file := fullFile(t, "vision-b32", tower, tower.Model)
	return vision.Model{Visual: file, Manifest: vision.Manifest{
		ID: "random-vit-b32", Title: "ViT-B/32 with random weights", Dim: tower.Dim,
		Visual: vision.Graph{
			File:  manifestFile(t, "visual.onnx", file),
			Input: "pixel_values", Output: "image_embeds",
		},
		Preprocess: clipPreprocess(),
	}}
}

// FullCLIPText is the text tower that goes with [FullCLIP], 254 MB: input_ids and attention_mask [N, 77], both int64 →
// text_embeds [N, 512].
func FullCLIPText(t testing.TB) vision.ModelFile {
	t.Helper()
	tower := clipgraph.TextB32()
	return fullFile(t, "text-b32", tower, tower.Model)
}

// fullFile returns the cached file of a tower, and makes it if it is not there. Its name holds a digest of the tower and of
// what the generator makes of a tiny one, so that a changed generator makes a new file.
func fullFile(t testing.TB, name string, tower any, model func() *onnxfile.Model) vision.ModelFile {
	t.Helper()
	key := sha256.New()
	fmt.Fprintf(key, "%+v", tower)
	require.NoError(t, clipgraph.TinyVision(clipgraph.Hub, clipgraph.QuickGELU).Model().Write(key))
	require.NoError(t, clipgraph.TinyText(clipgraph.Hub, clipgraph.QuickGELU).Model().Write(key))
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "soundtrack", "random")
	require.NoError(t, os.MkdirAll(dir, 0o750))
	path := filepath.Join(dir, fmt.Sprintf("%s-%x.onnx", name, key.Sum(nil)[:6]))
	if _, err := os.Stat(path); err != nil {
		t.Logf("making %s", path)
		makeFull(t, path, model())
	}
	data, err := os.ReadFile(path) //nolint:gosec // G304: a folder of the user and a name of our own
	require.NoError(t, err)
	sum := sha256.Sum256(data)
	return vision.ModelFile{Path: path, SHA256: hex.EncodeToString(sum[:])}
}

// makeFull writes a model under another name first, so that a half-written file is never used.
func makeFull(t testing.TB, path string, m *onnxfile.Model) {
	t.Helper()
	f, err := os.CreateTemp(filepath.Dir(path), ".making-*")
	require.NoError(t, err)
	defer func() { _ = os.Remove(f.Name()) }() // not there any more once all went well
	require.NoError(t, m.Write(f))
	require.NoError(t, f.Close())
	require.NoError(t, os.Rename(f.Name(), path))
}
