//go:build turbojpeg

package turbojpeg_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision/internal/jpegread"
	"github.com/soundtrack-go/sdk/vision/internal/pixels"
	"github.com/soundtrack-go/sdk/vision/internal/turbojpeg"
)

func seeds(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "decoders", "*.jpg"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	out := map[string][]byte{}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		require.NoError(t, err)
		out[filepath.Base(p)] = data
	}
	return out
}

// requireSamePixels compares two images as a Picture shows them.
func requireSamePixels(t testing.TB, want, got image.Image) {
	t.Helper()
	require.Equal(t, want.Bounds().Size(), got.Bounds().Size())
	w, g := pixels.NewImage(pixels.New(want, pixels.Options{})), pixels.NewImage(pixels.New(got, pixels.Options{}))
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			require.Equal(t, w.At(x, y), g.At(x, y), "(%d, %d)", x, y)
		}
	}
}

// TestTwins: the library and our own decoder give the same pixels at every scale.
func TestTwins(t *testing.T) {
	t.Parallel()
	for name, data := range seeds(t) {
		for _, denominator := range []int{1, 2, 4, 8} {
			got, err := turbojpeg.Decode(data, denominator)
			tiny := !strings.Contains(name, "33x21") && !strings.Contains(name, "16x16")
			if strings.HasPrefix(name, "cmyk") || denominator > 1 && tiny {
				require.ErrorIs(t, err, turbojpeg.ErrOther)
				continue
			}
			require.NoError(t, err, name)
			want, err := jpegread.Decode(data, denominator, func() error { return nil })
			require.NoError(t, err, name)
			requireSamePixels(t, want, got)
		}
	}
}

func TestDamagedIsLeftToOthers(t *testing.T) {
	t.Parallel()
	for name, data := range seeds(t) {
		for cut := range len(data) - 2 {
			_, err := turbojpeg.Decode(data[:cut], 1)
			require.ErrorIs(t, err, turbojpeg.ErrOther, "%s cut at %d", name, cut)
		}
	}
}

// FuzzDecode: every input ends in a picture whose samples all exist, or in ErrOther.
func FuzzDecode(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := jpeg.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width*c.Height > 1<<16 {
			return
		}
		for _, denominator := range []int{1, 2, 4, 8} {
			m, err := turbojpeg.Decode(data, denominator)
			if err != nil {
				require.ErrorIs(t, err, turbojpeg.ErrOther)
				return
			}
			view := pixels.New(m, pixels.Options{})
			w, h := view.Size()
			last := pixels.NewImage(view).At(w-1, h-1)
			_, _, _, alpha := last.RGBA()
			require.EqualValues(t, 0xffff, alpha)
		}
	})
}
