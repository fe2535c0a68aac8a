// Package testenv finds what tests need and the repository does not hold: pictures that may not be committed, and the
// compact model. A test that lacks one is skipped with the reason, and fails where CI=true, so that CI cannot go green
// by skipping.
package testenv

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

// Data returns a path in the folder shared/data beside the repository.
func Data(t testing.TB, path ...string) string {
	t.Helper()
	root := Root(t)
	full := filepath.Join(append([]string{filepath.Dir(root), "shared", "data"}, path...)...)
	if _, err := os.Stat(full); err != nil {
		missing(t, "test data is not beside the repository: %v", err)
	}
	return full
}

// Root returns the repository's root: the nearest folder above with a go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		require.NotEqual(t, dir, filepath.Dir(dir), "no go.mod above the test")
	}
}

// compactModel is fetched at most once a process.
var compactModel = sync.OnceValues(func() (vision.Model, error) {
	hub, err := modelhub.New(modelhub.WithConverter(compact.ConverterName, compact.Convert))
	if err != nil {
		return vision.Model{}, err
	}
	return hub.Fetch(context.Background(), compact.Manifest())
})

// CompactModel returns the compact model's file, fetching it if it is not cached.
func CompactModel(t testing.TB) vision.Model {
	t.Helper()
	model, err := compactModel()
	if errors.Is(err, modelhub.ErrOffline) || errors.Is(err, modelhub.ErrUnavailable) {
		missing(t, "the compact model cannot be had: %v", err)
	}
	require.NoError(t, err)
	return model
}

// CompactEncoder opens the compact model on the pure-Go backend.
func CompactEncoder(t testing.TB) *vision.ModelEncoder {
	t.Helper()
	encoder, err := vision.NewEncoder(t.Context(), CompactModel(t), onnx.New())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, encoder.Close()) })
	return encoder
}

// runtimeLibrary is fetched at most once a process.
var runtimeLibrary = sync.OnceValues(func() (vision.ModelFile, error) {
	hub, err := modelhub.New()
	if err != nil {
		return vision.ModelFile{}, err
	}
	return hub.FetchRuntime(context.Background())
})

// Runtime returns the path of ONNX Runtime's library: the one that SOUNDTRACK_ONNXRUNTIME names, or else modelhub's,
// which is fetched if it is not cached.
func Runtime(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("SOUNDTRACK_ONNXRUNTIME"); path != "" {
		return path
	}
	library, err := runtimeLibrary()
	if errors.Is(err, modelhub.ErrOffline) || errors.Is(err, modelhub.ErrUnavailable) {
		missing(t, "ONNX Runtime cannot be had: %v", err)
	}
	require.NoError(t, err)
	return library.Path
}

func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("in CI: "+format, args...)
	}
	t.Skipf(format, args...)
}
