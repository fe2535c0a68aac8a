package vision_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// pillowDrawing is the drawing of testdata/make_resize.py.
func pillowDrawing(w, h int) *image.RGBA {
	sample := func(x, y, c int) uint8 {
		if (x/3+y/5)%3 == 0 {
			return uint8(255 * ((x + y + c) % 2))
		}
		return uint8(13*x + 7*y + 5*x*y + 85*c)
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{R: sample(x, y, 0), G: sample(x, y, 1), B: sample(x, y, 2), A: 255})
		}
	}
	return m
}

// TestPreprocessPillow holds filters and crop rules against Pillow 13, bit for bit: flat and tall pictures, larger ones and
// smaller ones.
func TestPreprocessPillow(t *testing.T) {
	t.Parallel()
	rows := strings.Split(strings.TrimSpace(string(readFile(t, filepath.Join("testdata", "resize.txt")))), "\n")
	require.Len(t, rows, 160)
	for _, row := range rows {
		var filter, rule, digest string
		var w, h, side int
		_, err := fmt.Sscan(row, &filter, &w, &h, &side, &rule, &digest)
		require.NoError(t, err)
		t.Run(fmt.Sprintf("%s/%d×%d/%d/%s", filter, w, h, side, rule), func(t *testing.T) {
			t.Parallel()
			prep, err := vision.NewPreprocessor(vision.Preprocess{
				Size: side, Crop: rule, Filter: filter, Std: [3]float64{1, 1, 1},
			})
			require.NoError(t, err)
			got, err := prep.Crop(fromImage(t, pillowDrawing(w, h)))
			require.NoError(t, err)
			sum := sha256.Sum256(hwc(got))
			require.Equal(t, digest, hex.EncodeToString(sum[:]))
		})
	}
}
