package modelhub_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// The library for this platform, from wherever it can be had: of all pins, the ones that matter here are seen to be right.
func TestRealRuntime(t *testing.T) {
	t.Parallel()
	if os.Getenv("SOUNDTRACK_ONNXRUNTIME") != "" {
		t.Skip("SOUNDTRACK_ONNXRUNTIME names another library")
	}
	path := testenv.Runtime(t)
	hub, err := modelhub.New()
	require.NoError(t, err)
	library, err := hub.FetchRuntime(t.Context()) // cached by now; its digest is verified again
	require.NoError(t, err)
	require.Equal(t, path, library.Path)
	cached, ok := hub.CachedRuntime()
	require.True(t, ok)
	require.Equal(t, library, cached)
}
