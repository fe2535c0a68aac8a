package zeroshot_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/zeroshot"
)

// model is a table that says what it is.
type model struct {
	*table
	info vision.ModelInfo
	text string
}

func (m model) Info() vision.ModelInfo { return m.info }
func (m model) TextDigest() string     { return m.text }

func newModel() model {
	return model{
		table: &table{vectors: map[string][]float32{"a": {1, 0}, "b": {3, 4}, "not a": {0, 1}, "not b": {1, 0}, "ab": {1, 1}, "c": {1, 2}}},
		info:  vision.ModelInfo{ID: "m", Dim: 2, Digest: "d"},
		text:  "t",
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, filepath.Join(dir, e.Name()))
	}
	return out
}

func TestCache(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "if need be")
	open := func(m model, labels []string, templates ...string) [][]float32 {
		c, err := zeroshot.New(t.Context(), m, labels, zeroshot.WithTemplates(templates...), zeroshot.WithCacheDir(dir))
		require.NoError(t, err)
		require.NoError(t, c.CacheError())
		return c.Vectors()
	}
	first := newModel()
	want := open(first, []string{"a", "b"}, "{}", "not {}")
	require.EqualValues(t, 4, first.calls.Load())
	require.Len(t, files(t, dir), 1, "and no file left over")
	second := newModel()
	require.Equal(t, want, open(second, []string{"a", "b"}, "{}", "not {}"), "bit for bit")
	require.Zero(t, second.calls.Load())

	// Whatever the vectors depend on makes another file.
	for i, other := range []func(m *model) [][]float32{
		func(m *model) [][]float32 { return open(*m, []string{"b", "a"}, "{}", "not {}") },
		func(m *model) [][]float32 { return open(*m, []string{"a", "b"}, "not {}", "{}") },
		func(m *model) [][]float32 { return open(*m, []string{"a", "b"}, "{}") },
		func(m *model) [][]float32 { return open(*m, []string{"ab"}, "{}") },
		func(m *model) [][]float32 { m.info.ID = "n"; return open(*m, []string{"a", "b"}, "{}", "not {}") },
		func(m *model) [][]float32 { m.info.Digest = "e"; return open(*m, []string{"a", "b"}, "{}", "not {}") },
		func(m *model) [][]float32 { m.text = "u"; return open(*m, []string{"a", "b"}, "{}", "not {}") },
	} {
		m := newModel()
		other(&m)
		require.Positive(t, m.calls.Load())
		require.Len(t, files(t, dir), 2+i)
	}
}

// TestCacheIgnoresDamage spoils the file in every way that comes to mind: it is made anew each time.
func TestCacheIgnoresDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func(m model) *zeroshot.Classifier {
		c, err := zeroshot.New(t.Context(), m, []string{"a", "b"}, zeroshot.WithTemplates("{}"), zeroshot.WithCacheDir(dir))
		require.NoError(t, err)
		require.NoError(t, c.CacheError())
		return c
	}
	want := open(newModel()).Vectors()
	path := files(t, dir)[0]
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	damaged := [][]byte{nil, []byte("<html>"), append(append([]byte{}, good...), 0)}
	for i := range good {
		flipped := append([]byte{}, good...)
		flipped[i] ^= 1 << (i % 8)
		damaged = append(damaged, flipped, good[:i])
	}
	for _, data := range damaged {
		require.NoError(t, os.WriteFile(path, data, 0o600))
		m := newModel()
		require.Equal(t, want, open(m).Vectors())
		require.EqualValues(t, 2, m.calls.Load(), "damaged vectors must not be used")
		now, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, good, now, "the file must be written anew")
	}
}

func TestCacheErrors(t *testing.T) {
	t.Parallel()
	m := newModel()
	_, err := zeroshot.New(t.Context(), m.table, []string{"a"}, zeroshot.WithTemplates("{}"), zeroshot.WithCacheDir(t.TempDir()))
	require.ErrorContains(t, err, "no method Info")

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = zeroshot.New(t.Context(), m, []string{"a"}, zeroshot.WithTemplates("{}"), zeroshot.WithCacheDir(file))
	require.Error(t, err, "the folder cannot be made")
	require.Zero(t, m.calls.Load(), "it is found out before the work")

	m.info.Dim = 3
	_, err = zeroshot.New(t.Context(), m, []string{"a"}, zeroshot.WithTemplates("{}"), zeroshot.WithCacheDir(t.TempDir()))
	require.ErrorIs(t, err, vision.ErrEmbedding, "the encoder is not what it says")
}

// TestCacheNotKept has a folder that nothing can be written to: the classifier works, and says so.
func TestCacheNotKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := zeroshot.New(t.Context(), newModel(), []string{"a"}, zeroshot.WithTemplates("{}"), zeroshot.WithCacheDir(dir))
	require.NoError(t, err)
	path := files(t, dir)[0]
	want := c.Vectors()

	// A folder in the file's place stops the rename, whoever runs the test.
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.MkdirAll(filepath.Join(path, "full"), 0o700))
	c, err = zeroshot.New(t.Context(), newModel(), []string{"a"}, zeroshot.WithTemplates("{}"), zeroshot.WithCacheDir(dir))
	require.NoError(t, err)
	require.ErrorContains(t, c.CacheError(), "zeroshot: cache")
	require.Equal(t, want, c.Vectors())
	require.Len(t, files(t, dir), 1, "no temporary file is left")
}

// TestCacheConcurrent has several makers of the same file.
func TestCacheConcurrent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	got := make([][][]float32, 8)
	errs := make([]error, len(got))
	for i := range got {
		wg.Go(func() {
			var c *zeroshot.Classifier
			c, errs[i] = zeroshot.New(t.Context(), newModel(), []string{"a", "b", "c"}, zeroshot.WithTemplates("{}"), zeroshot.WithCacheDir(dir))
			if errs[i] == nil {
				got[i], errs[i] = c.Vectors(), c.CacheError()
			}
		})
	}
	wg.Wait()
	for i := range got {
		require.NoError(t, errs[i])
		require.Equal(t, got[0], got[i])
	}
	require.Len(t, files(t, dir), 1)
}
