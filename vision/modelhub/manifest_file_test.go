package modelhub

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// ownModel writes a user's model into a folder: a manifest, with the weights beside it and in a folder of their own.
func ownModel(t *testing.T, id string) (manifest string, w towers) {
	t.Helper()
	w = newTowers(id, 1000, 500)
	w.manifest.Visual.File.URLs = []string{"weights/picture tower.onnx"}
	w.manifest.Textual.File.URLs = []string{"./text.onnx"}
	w.manifest.Textual.Vocabulary.URLs = []string{"merges.txt"}
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "weights"), 0o755))
	for name, data := range map[string][]byte{
		"weights/picture tower.onnx": w.visual, "text.onnx": w.textual, "merges.txt": w.vocabulary,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), data, 0o644))
	}
	return writeManifest(t, dir, "manifest.json", w.manifest), w
}

func writeManifest(t *testing.T, dir, name string, m vision.Manifest) string {
	t.Helper()
	text, err := json.Marshal(m)
	require.NoError(t, err)
	full := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(full, text, 0o644))
	return full
}

// A user's own model needs a manifest file only: its weights are used where they are, and nothing is copied.
func TestOwnModelIsUsedInPlace(t *testing.T) {
	t.Parallel()
	path, w := ownModel(t, "mine")
	m, err := ReadManifestFile(path)
	require.NoError(t, err)
	hub := newHub(t, WithOffline())
	got, err := hub.Fetch(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(filepath.Dir(path), "weights", "picture tower.onnx"), got.Visual.Path)
	w.manifest = m
	w.requireComplete(t, got)
	require.NoDirExists(t, filepath.Join(hub.Dir(), m.Visual.File.SHA256))

	cached, ok := hub.Cached(m)
	require.True(t, ok)
	require.Equal(t, got, cached)
	require.NoError(t, hub.Verify(t.Context(), m))
	require.NoError(t, hub.Remove(t.Context(), m))
	require.FileExists(t, got.Visual.Path, "a user's file is never deleted")

	require.NoError(t, os.WriteFile(got.Visual.Path, model(1001)[:1000], 0o644))
	require.ErrorIs(t, hub.Verify(t.Context(), m), ErrDigest)
	_, err = hub.Fetch(t.Context(), m)
	require.ErrorIs(t, err, ErrDigest)
	require.ErrorContains(t, err, "picture%20tower.onnx", "the error names the file")

	require.NoError(t, os.Remove(got.Visual.Path))
	require.ErrorIs(t, hub.Verify(t.Context(), m), os.ErrNotExist)
	_, err = hub.Fetch(t.Context(), m)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "put the file at "+got.Visual.Path)
	require.Empty(t, snapshot(t, hub))
}

func TestReadManifestFileErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := ReadManifestFile(filepath.Join(dir, "none.json"))
	require.ErrorIs(t, err, os.ErrNotExist)
	broken := filepath.Join(dir, "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte(`{"id":"x","dims":4}`), 0o644))
	_, err = ReadManifestFile(broken)
	require.ErrorIs(t, err, vision.ErrModel)
	require.ErrorContains(t, err, "broken.json")
	require.ErrorContains(t, err, `unknown field "dims"`)
}

func TestReadManifests(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := newTowers("first", 100, 100).manifest, newTowers("second", 200, 100).manifest
	writeManifest(t, dir, "b.json", second)
	one := writeManifest(t, dir, "a.json", first)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "README.md"), []byte("notes"), 0o644))

	list, err := ReadManifests(dir)
	require.NoError(t, err)
	require.Equal(t, []vision.Manifest{first, second}, list)
	list, err = ReadManifests(one)
	require.NoError(t, err)
	require.Equal(t, []vision.Manifest{first}, list)

	writeManifest(t, dir, "c.json", first)
	_, err = ReadManifests(dir)
	require.ErrorIs(t, err, vision.ErrModel)
	require.ErrorContains(t, err, "second one")
	_, err = ReadManifests(t.TempDir())
	require.ErrorContains(t, err, "no *.json")
	_, err = ReadManifests(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestFileURLs(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a b#c%.onnx")
	got, inside, ok := localPath(fileURL(name))
	require.True(t, ok)
	require.Equal(t, name, got)
	require.Empty(t, inside)
	for _, raw := range []string{"https://host/file", "file://host/share/file", "file:", "pkg:pypi/x@1#a", "model.onnx", "file://%zz"} {
		_, _, ok := localPath(raw)
		require.False(t, ok, raw)
	}
}
