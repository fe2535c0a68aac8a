package vision_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDecodePixels compares pixels with libjpeg-turbo's and libwebp's (testdata/make_decoders.py), at tolerance 0.
func TestDecodePixels(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "decoders", "*.png"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, golden := range files {
		t.Run(filepath.Base(golden), func(t *testing.T) {
			t.Parallel()
			want := decode(t, readFile(t, golden))
			got := decode(t, readFile(t, strings.TrimSuffix(golden, ".png")))
			require.Equal(t, want.Width(), got.Width())
			require.Equal(t, want.Height(), got.Height())
			w, err := want.Thumbnail(1000)
			require.NoError(t, err)
			g, err := got.Thumbnail(1000)
			require.NoError(t, err)
			require.Equal(t, hwc(w), hwc(g))
		})
	}
}
