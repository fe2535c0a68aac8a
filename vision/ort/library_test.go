package ort

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestLibraryIsLookedForInOrder(t *testing.T) {
	t.Parallel()
	if !built {
		t.Skip("built without cgo: nothing is looked for")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	file := func(name string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		return path
	}
	named, inEnv, cached, system := file("named"), file("env"), file("cached"), file("system")
	missing := filepath.Join(dir, "missing")
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(system, link))
	for _, row := range []struct {
		name                       string
		option, env, cached, found string
		system                     []string
		want                       string // in the error
	}{
		{name: "option", option: named, env: inEnv, cached: cached, system: []string{system}, found: named},
		{name: "environment", env: inEnv, cached: cached, system: []string{system}, found: inEnv},
		{name: "cache", cached: cached, system: []string{system}, found: cached},
		{name: "system", system: []string{missing, dir, system, named}, found: system},
		{name: "link", system: []string{link}, found: system},
		{name: "option is missing", option: missing, env: inEnv, want: "WithLibrary names " + missing},
		{name: "environment is missing", env: missing, cached: cached, want: envLibrary + " names " + missing},
		{name: "cache is missing", cached: missing, system: []string{system}, want: "WithCachedLibrary"},
		{name: "folder", option: dir, want: "not a file"},
		{name: "nothing", want: libraryNames()[0]},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			opts := []Option{
				WithEnv(func(name string) string { return map[string]string{envLibrary: row.env}[name] }),
				optionFunc(func(c *config) error {
					c.system = func(func(string) string) []string { return row.system }
					return nil
				}),
			}
			if row.option != "" {
				opts = append(opts, WithLibrary(row.option))
			}
			if row.cached != "" {
				opts = append(opts, WithCachedLibrary(vision.ModelFile{Path: row.cached, SHA256: "00"}))
			}
			b, err := New(opts...)
			require.NoError(t, err)
			got, err := b.Library()
			if row.want == "" {
				require.NoError(t, err)
				require.Equal(t, row.found, got)
				return
			}
			requireUnavailable(t, err, row.want)
		})
	}
}

// requireUnavailable wants an error that tells what to do.
func requireUnavailable(t *testing.T, err error, reason string) {
	t.Helper()
	var unavailable *UnavailableError
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorAs(t, err, &unavailable)
	require.ErrorContains(t, err, reason)
	require.ErrorContains(t, err, "models pull runtime")
	require.ErrorContains(t, err, "SOUNDTRACK_ONNXRUNTIME")
	require.ErrorContains(t, err, "vision/onnx")
}

func TestSystemLibraries(t *testing.T) {
	t.Parallel()
	files := systemLibraries(func(name string) string {
		if strings.HasSuffix(name, "LD_LIBRARY_PATH") {
			return strings.Join([]string{"/opt/one", "", "relative", "/opt/two"}, string(filepath.ListSeparator))
		}
		return ""
	})
	require.NotEmpty(t, files)
	for _, file := range files {
		require.True(t, filepath.IsAbs(file), "never from the current folder: %s", file)
		require.Contains(t, libraryNames(), filepath.Base(file))
	}
}

func TestWithoutCgo(t *testing.T) {
	t.Parallel()
	if built {
		t.Skip("built with cgo")
	}
	b, err := New()
	require.NoError(t, err)
	_, err = b.Library()
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "CGO_ENABLED=1")
	_, err = b.Open(t.Context(), visiontest.TinyModel(t), vision.SessionOptions{})
	require.ErrorIs(t, err, ErrUnavailable)
}

// Not parallel: a library is loaded only where no session is open.
func TestUnusableLibraries(t *testing.T) {
	good := newBackend(t)
	open := func(opts ...Option) error {
		b, err := New(opts...)
		require.NoError(t, err)
		_, err = b.Open(t.Context(), visiontest.TinyModel(t), vision.SessionOptions{})
		return err
	}
	text := writeFile(t, []byte("no library"))
	requireUnavailable(t, open(WithLibrary(text.Path)), "cannot be loaded")
	requireUnavailable(t, open(WithCachedLibrary(vision.ModelFile{Path: good.library, SHA256: text.SHA256}), noEnv), "SHA-256")
	for _, other := range []string{"/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6"} {
		if _, ok := regular(other); ok {
			requireUnavailable(t, open(WithLibrary(other)), "OrtGetApiBase")
		}
	}
	openModel(t, good, visiontest.TinyModel(t), 1) // none of this did harm
}

// noEnv hides the environment.
var noEnv = WithEnv(func(string) string { return "" })

func TestOneLibraryAtATime(t *testing.T) {
	b := newBackend(t)
	s := openModel(t, b, visiontest.TinyModel(t), 1)
	second := filepath.Join(t.TempDir(), filepath.Base(b.library))
	copyFile(t, second, b.library)
	other := newBackend(t, WithLibrary(second))
	_, err := other.Open(t.Context(), visiontest.TinyModel(t), vision.SessionOptions{})
	require.ErrorIs(t, err, ErrInUse)
	var inUse *InUseError
	require.ErrorAs(t, err, &inUse)
	first, err := b.Library()
	require.NoError(t, err)
	require.Equal(t, first, inUse.Loaded)
	require.NoError(t, s.Close())
	openModel(t, b, visiontest.TinyModel(t), 1)
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	src, err := os.Open(from)
	require.NoError(t, err)
	defer src.Close()
	dst, err := os.Create(to)
	require.NoError(t, err)
	_, err = io.Copy(dst, src)
	require.NoError(t, err)
	require.NoError(t, dst.Close())
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]Option{
		"empty library": WithLibrary(""), "cached without digest": WithCachedLibrary(vision.ModelFile{Path: "x"}),
		"no providers": WithProviders(), "nil provider": WithProviders(nil), "twice": WithProviders(CPU{}, CPU{}),
		"device": WithProviders(CUDA{Device: -1}), "limit": WithProviders(CUDA{MemoryLimit: -1}),
		"no runs": WithMaxRuns(0), "many runs": WithMaxRuns(1025), "no bytes": WithMaxModelBytes(0),
		"many bytes": WithMaxModelBytes(1 << 31), "no env": WithEnv(nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(opt)
			require.ErrorContains(t, err, "ort: ")
		})
	}
	const search, heuristic = "cudnn_conv_algo_search", "HEURISTIC"
	require.Equal(t, map[string]string{"device_id": "0", "use_tf32": "0", search: heuristic}, CUDA{}.options())
	require.Equal(t, map[string]string{"device_id": "2", "use_tf32": "1", search: heuristic, "gpu_mem_limit": "1048576"},
		CUDA{Device: 2, MemoryLimit: 1 << 20, TF32: true}.options())
}
