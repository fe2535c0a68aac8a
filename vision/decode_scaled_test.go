package vision_test

import (
	"bytes"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// TestScaledDecodePixels compares with what libjpeg-turbo makes of the same files at the same scale
// (testdata/make_decoders.py), at tolerance 0. They are 33 × 21 pixels.
func TestScaledDecodePixels(t *testing.T) {
	t.Parallel()
	sizes := map[int]int{2: 5, 4: 3, 8: 1} // of a network that gets each denominator
	files, err := filepath.Glob(filepath.Join("testdata", "scaled", "*.png"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, golden := range files {
		t.Run(filepath.Base(golden), func(t *testing.T) {
			t.Parallel()
			name, number, _ := strings.Cut(strings.TrimSuffix(filepath.Base(golden), ".png"), ".jpg.")
			denominator, err := strconv.Atoi(number)
			require.NoError(t, err)
			file := readFile(t, filepath.Join("testdata", "decoders", name+".jpg"))
			got := decode(t, file, vision.WithScaledDecode(sizes[denominator]))
			requireSamePixels(t, decode(t, readFile(t, golden)).Image(), got.Image())
		})
	}
}

// TestScaledDecodeChoice: the smallest picture that leaves twice the network's side on the short one.
func TestScaledDecodeChoice(t *testing.T) {
	t.Parallel()
	jpg, png := encodeJPEG(t, drawn(130, 97)), encodePNG(t, drawn(130, 97))
	turned := withEXIF(jpg, forgeEXIF([]exifTag{{id: 0x0112, short: 6}}, nil))
	for _, c := range []struct {
		name string
		file []byte
		size int
		want string
	}{
		{"not even a half", jpg, 25, "130×97 jpeg"},
		{"a half", jpg, 24, "65×49 jpeg"}, // ⌈97/2⌉ = 49
		{"still a half", jpg, 13, "65×49 jpeg"},
		{"a quarter", jpg, 12, "33×25 jpeg"},
		{"an eighth", jpg, 6, "17×13 jpeg"},
		{"no less than an eighth", jpg, 1, "17×13 jpeg"},
		{"turned", turned, 12, "25×33 jpeg"},
		{"another format", png, 1, "130×97 png"},
		{"a large network", jpg, 1 << 30, "130×97 jpeg"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, decode(t, c.file, vision.WithScaledDecode(c.size)).String())
			header, err := vision.Probe(bytes.NewReader(c.file), vision.WithScaledDecode(c.size))
			require.NoError(t, err)
			require.Equal(t, [2]int{130, 97}, [2]int{header.Width, header.Height})
		})
	}
}

func TestScaledDecodeKeepsLimits(t *testing.T) {
	t.Parallel()
	file := encodeJPEG(t, drawn(130, 97))
	_, err := vision.Decode(t.Context(), bytes.NewReader(file), vision.WithScaledDecode(1),
		vision.WithLimits(vision.Limits{Side: 129}))
	requireRefusal(t, err, vision.ErrTooLarge, vision.ReasonSide)
	for _, size := range []int{0, -1} {
		_, err = vision.Decode(t.Context(), bytes.NewReader(file), vision.WithScaledDecode(size))
		require.ErrorContains(t, err, "want the side of the network's input")
	}
}

// TestScaledDecodeFidelity: what the network sees of a large picture differs little from the exact path.
func TestScaledDecodeFidelity(t *testing.T) {
	t.Parallel()
	file := encodeJPEG(t, photo(2000, 1500))
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	exact, err := prep.Crop(decode(t, file))
	require.NoError(t, err)
	small := decode(t, file, vision.WithScaledDecode(clipRecipe.Size))
	require.Equal(t, 750, small.Height())
	fast, err := prep.Crop(small)
	require.NoError(t, err)
	mean, worst := difference(hwc(exact), hwc(fast))
	t.Logf("mean %.3f, worst %d levels", mean, worst)
	require.Less(t, mean, 0.5)
	require.LessOrEqual(t, worst, 8)
}
