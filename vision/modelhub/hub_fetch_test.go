package modelhub

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/soundtrack-go/sdk/vision"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFetchOnce(t *testing.T) {
	t.Parallel()
	data := model(100_000)
	server := serveData(t, data)
	var last Progress
	hub := newHub(t, WithProgress(func(p Progress) { last = p }))
	m := manifestOf(fileOf(data, server.URL+"/model"))

	_, ok := hub.Cached(m)
	require.False(t, ok)
	require.ErrorIs(t, hub.Verify(t.Context(), m), os.ErrNotExist)

	for range 3 {
		got, err := hub.Fetch(t.Context(), m)
		require.NoError(t, err)
		require.Equal(t, m, got.Manifest)
		require.Equal(t, vision.ModelFile{
			Path: filepath.Join(hub.Dir(), digestOf(data), "model.onnx"), SHA256: digestOf(data),
		}, got.Visual)
	}
	require.Equal(t, 1, server.count())
	require.Equal(t, Progress{File: "model.onnx", Done: 100_000, Total: 100_000}, last)
	requireNoLeftovers(t, hub)

	cached, ok := hub.Cached(m)
	require.True(t, ok)
	require.FileExists(t, cached.Visual.Path)
	require.NoError(t, hub.Verify(t.Context(), m))

	require.NoError(t, hub.Remove(t.Context(), m))
	require.NoFileExists(t, cached.Visual.Path)
	require.NoError(t, hub.Remove(t.Context(), m), "a second time there is nothing to do")
	requireFetched(t, hub, m.Visual.File, data)
	require.Equal(t, 2, server.count())
}

// THREATS E1: nothing but the right bytes is ever handed out.
func TestDamagedCacheIsRefused(t *testing.T) {
	t.Parallel()
	data := model(125)
	f := fileOf(data)
	m := manifestOf(f)
	hub := newHub(t, WithOffline())
	path := hub.entry(f).path
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	refuse := func(damaged []byte) {
		require.NoError(t, os.WriteFile(path, damaged, 0o644))
		_, err := hub.Fetch(t.Context(), m)
		require.ErrorIs(t, err, ErrOffline)
		require.ErrorIs(t, err, ErrDigest)
		require.ErrorIs(t, hub.Verify(t.Context(), m), ErrDigest)
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, damaged, left, "a failure changes nothing")
	}
	for bit := range 8 * len(data) { // 1,000 single-bit flips
		damaged := append([]byte(nil), data...)
		damaged[bit/8] ^= 1 << (bit % 8)
		refuse(damaged)
	}
	for i := range 20 {
		refuse(data[:i*len(data)/20])
	}
	refuse(make([]byte, len(data)))
	refuse(append(append([]byte(nil), data...), 0))
	refuse([]byte("<!doctype html><title>404</title>"))
	refuse(model(126)[:125])

	require.NoError(t, os.WriteFile(path, data, 0o644))
	_, err := hub.Fetch(t.Context(), m)
	require.NoError(t, err)
}

func TestSwappedFileIsFetchedAgain(t *testing.T) {
	t.Parallel()
	data := model(5000)
	server := serveData(t, data)
	hub := newHub(t)
	f := fileOf(data, server.URL)
	got := requireFetched(t, hub, f, data)
	require.NoError(t, os.WriteFile(got.Path, model(5001)[:5000], 0o644))
	requireFetched(t, hub, f, data)
	require.Equal(t, 2, server.count())
}

func TestReadOnlyCacheNeedsNoLock(t *testing.T) {
	t.Parallel()
	data := model(100)
	hub := newHub(t, WithOffline())
	f := fileOf(data)
	e := hub.entry(f)
	require.NoError(t, os.MkdirAll(e.dir, 0o755))
	require.NoError(t, os.WriteFile(e.path, data, 0o444))
	_, err := hub.FetchFile(t.Context(), f)
	require.NoError(t, err)
	require.NoDirExists(t, filepath.Dir(e.lock))
}

func TestUnusableFilesAreRefused(t *testing.T) {
	t.Parallel()
	good := fileOf(model(10))
	rows := []struct {
		name string
		edit func(*vision.File)
		want error
	}{
		{"path as name", func(f *vision.File) { f.Name = "../model.onnx" }, vision.ErrModel},
		{"backslash", func(f *vision.File) { f.Name = `a\b` }, vision.ErrModel},
		{"drive", func(f *vision.File) { f.Name = `C:model` }, vision.ErrModel},
		{"hidden", func(f *vision.File) { f.Name = ".model" }, vision.ErrModel},
		{"trailing dot", func(f *vision.File) { f.Name = "model." }, vision.ErrModel},
		{"part", func(f *vision.File) { f.Name = "0123456789abcdef.part" }, vision.ErrModel},
		{"work in progress", func(f *vision.File) { f.Name = "tmp-file" }, vision.ErrModel},
		{"no digest", func(f *vision.File) { f.SHA256 = "" }, vision.ErrModel},
		{"short digest", func(f *vision.File) { f.SHA256 = "00" }, vision.ErrModel},
		{"digest that climbs", func(f *vision.File) { f.SHA256 = "../../../etc" }, vision.ErrModel},
		{"negative size", func(f *vision.File) { f.Size = -1 }, vision.ErrModel},
		{"too large", func(f *vision.File) { f.Size = 1 << 20 }, ErrDigest},
		{"conversion of anything", func(f *vision.File) { f.Convert = "reverse" }, vision.ErrModel},
		{"unknown converter", func(f *vision.File) { f.Convert, f.Original = "other", f.SHA256 }, ErrConverter},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hub := newHub(t, WithMaxBytes(1<<16), WithConverter("reverse", reversed))
			f := good
			row.edit(&f)
			_, err := hub.FetchFile(t.Context(), f)
			require.ErrorIs(t, err, row.want)
			_, ok := hub.Cached(manifestOf(f))
			require.False(t, ok)
		})
	}
}

func TestGoroutinesFetchOnce(t *testing.T) {
	t.Parallel()
	data := model(1 << 20)
	server := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		time.Sleep(100 * time.Millisecond) // so that the others arrive while the first one works
		content(w, r, data)
	})
	dir := t.TempDir()
	f := fileOf(data, server.URL)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		hub := newHub(t, WithCacheDir(dir)) // several hubs, as in several processes
		wg.Go(func() { _, errs[i] = hub.FetchFile(t.Context(), f) })
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, 1, server.count())
}

func TestProcessesFetchOnce(t *testing.T) {
	t.Parallel()
	const flag = "SOUNDTRACK_TEST_FETCH" // URL and cache of the child process
	data := model(1 << 20)
	if url := os.Getenv(flag); url != "" {
		hub := newHub(t, WithCacheDir(os.Getenv(flag+"_DIR")))
		_, err := hub.FetchFile(t.Context(), fileOf(data, url))
		require.NoError(t, err)
		return
	}
	server := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		time.Sleep(300 * time.Millisecond)
		content(w, r, data)
	})
	dir := t.TempDir()
	var children []*exec.Cmd
	for range 3 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessesFetchOnce$", "-test.count=1")
		child.Env = append(os.Environ(), flag+"="+server.URL, flag+"_DIR="+dir)
		require.NoError(t, child.Start())
		children = append(children, child)
	}
	for _, child := range children {
		require.NoError(t, child.Wait())
	}
	require.Equal(t, 1, server.count())
}

func TestWaitForLockEndsWithContext(t *testing.T) {
	t.Parallel()
	hub := newHub(t)
	f := fileOf(model(10), "https://example.invalid/model")
	unlock, err := hub.lock(t.Context(), hub.entry(f))
	require.NoError(t, err)
	defer unlock()
	ctx, cancel := contextWithTimeout(t, 120*time.Millisecond)
	defer cancel()
	_, err = hub.FetchFile(ctx, f)
	require.ErrorIs(t, err, ctx.Err())
	require.Error(t, err)
}

// A process that was killed in the middle leaves work in progress; the next one sweeps it away.
func TestLeftoversAreSwept(t *testing.T) {
	t.Parallel()
	data := model(1000)
	server := serveData(t, data)
	hub := newHub(t)
	f := fileOf(data, server.URL)
	e := hub.entry(f)
	require.NoError(t, os.MkdirAll(filepath.Join(e.dir, tmpPrefix+"package-1", "out"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(e.dir, tmpPrefix+"file"), data[:10], 0o644))
	requireFetched(t, hub, f, data)
}
