package main

import (
	"encoding/json"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
)

// ok runs a command line that must succeed, and returns what it prints.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	code, out, stderr := command(t, args...)
	require.Zero(t, code, "%v: %s", args, stderr)
	return out
}

// row finds the line of a table that begins with name.
func row(t *testing.T, table, name string) []string {
	t.Helper()
	for line := range strings.Lines(table) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] == name {
			return fields
		}
	}
	t.Fatalf("no row %q in\n%s", name, table)
	return nil
}

func TestModelsList(t *testing.T) {
	t.Parallel()
	out := ok(t, "models", "list", "--cache-dir", t.TempDir())
	for _, m := range soundtrack.Manifests() {
		require.Equal(t, "no", row(t, out, m.ID)[1])
	}
	require.Contains(t, out, "palette")
	require.Contains(t, out, "352 + 255 MB")
	require.Contains(t, out, "ONNX Runtime: ")
}

// The life of a model: pulled in two steps, listed, verified, rewritten, deleted.
func TestModelsCommands(t *testing.T) {
	hub := newStandIn(t)
	const id = soundtrack.PresetCLIPOpenAI
	models := func(args ...string) string {
		t.Helper()
		return ok(t, append(append([]string{"models"}, args...), "--manifest", hub.folder)...)
	}
	cached := func() string { return row(t, models("list"), id)[1] }
	require.Equal(t, "no", cached())
	require.Contains(t, models("pull", "--pictures-only", id), ".onnx")
	require.Equal(t, "pictures", cached())
	require.Contains(t, models("verify"), "the text tower is not cached")
	require.Len(t, strings.Split(strings.TrimSpace(models("pull", id)), "\n"), 3, "three files")
	require.Equal(t, "yes", cached())
	require.Len(t, hub.asked(), 3, "each file once")

	out := models("verify", "--offline", "--backend", "go", id)
	require.Contains(t, out, "digests are right")
	require.Contains(t, out, "pure Go")
	require.Contains(t, out, "the known answer is right")

	made := t.TempDir()
	out = models("optimize", "--offline", "--backend", "go", "--output", made, id)
	require.Contains(t, out, id+"-cls.json")
	own := filepath.Join(made, id+"-cls.json")
	require.Contains(t, ok(t, "models", "list", "--manifest", own), id+"-cls")
	require.Contains(t, ok(t, "models", "verify", "--offline", "--backend", "go", "--manifest", own, id+"-cls"), "the known answer is right")

	require.Contains(t, models("rm", id), "removed")
	require.Contains(t, models("rm", id), "was not cached")
	require.Equal(t, "no", cached())
}

func TestModelsErrors(t *testing.T) {
	hub := newStandIn(t)
	const id = soundtrack.PresetCLIPOpenAI
	ok(t, "models", "pull", "--manifest", hub.folder, id)

	// A damaged file is named, and the others are looked at all the same.
	broken := filepath.Join(os.Getenv("SOUNDTRACK_CACHE_DIR"), hub.manifest.Visual.File.SHA256, hub.manifest.Visual.File.Name)
	data, err := os.ReadFile(broken)
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	require.NoError(t, os.WriteFile(broken, data, 0o600))
	code, _, stderr := command(t, "models", "verify", "--manifest", hub.folder)
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, id+": ")
	require.Contains(t, stderr, "SHA-256")

	code, _, stderr = command(t, "models", "rm", "huge")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, soundtrack.PresetCLIPLAION, "what there is")

	dir := t.TempDir()
	bad := write(t, dir, "bad.json", `{"id": "mine", "dims": 4}`)
	for _, args := range [][]string{
		{"models", "list", "--manifest", bad},
		{"serve", "--manifest", bad},
		{"tag", "--manifest", filepath.Join(dir, "none.json"), "x.png"},
		{"models", "list", "--manifest", hub.folder, "--manifest", hub.folder},
	} {
		code, _, stderr := command(t, args...)
		require.Equal(t, exitUsage, code, stderr)
		require.Contains(t, stderr, "manifest")
	}
}

// A user's own model needs a manifest file only, with its weights beside it.
func TestOwnModel(t *testing.T) {
	hub := newStandIn(t)
	ok(t, "models", "pull", "--manifest", hub.folder, hub.manifest.ID)
	dir := t.TempDir()
	cache := os.Getenv("SOUNDTRACK_CACHE_DIR")
	m := hub.manifest
	m.ID = "mine"
	for _, f := range []*vision.File{&m.Visual.File, &m.Textual.File, &m.Textual.Vocabulary} {
		data, err := os.ReadFile(filepath.Join(cache, f.SHA256, f.Name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, f.Name), data, 0o600))
		f.URLs = []string{f.Name}
	}
	text, err := json.Marshal(m)
	require.NoError(t, err)
	own := write(t, dir, "mine.json", string(text))
	t.Setenv("SOUNDTRACK_CACHE_DIR", t.TempDir())

	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{30, 60, 200, 255})
	out := ok(t, "recommend", "--json", "--offline", "--manifest", own, picture)
	require.Contains(t, strings.ReplaceAll(out, " ", ""), `"encoder":{"id":"mine"`, "a single manifest needs no --encoder")
	require.Equal(t, "yes", row(t, ok(t, "models", "list", "--manifest", own), "mine")[1])
	out = ok(t, "tag", "--json", "--offline", "--manifest", own, "--encoder", "palette", picture)
	require.Contains(t, out, `"id":"palette"`)
}
