package vision_test

import (
	"image"
	"image/color"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// stripe is a grey picture of w × h with one white column x.
func stripe(w, h, x int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		m.SetGray(x, y, color.Gray{Y: 255})
	}
	return m
}

// TestPreprocessCropRules shows which source column lands where, at scale 1.
func TestPreprocessCropRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		recipe vision.Preprocess
		w, h   int
		left   int // the source column that becomes column 0
	}{
		{"shortest, even", vision.Preprocess{Size: 10, Crop: vision.CropShortest}, 20, 10, 5},
		{"shortest, odd: rounded down", vision.Preprocess{Size: 10, Crop: vision.CropShortest}, 21, 10, 5},
		{"torchvision, odd: 5.5 is 6", vision.Preprocess{Size: 10, Crop: vision.CropShortestTorchvision}, 21, 10, 6},
		{"torchvision, odd: 6.5 is 6", vision.Preprocess{Size: 10, Crop: vision.CropShortestTorchvision}, 23, 10, 6},
		{"centre square", vision.Preprocess{Size: 10, Crop: vision.CropCentreSquare}, 20, 10, 5},
		{"centre square, odd", vision.Preprocess{Size: 10, Crop: vision.CropCentreSquare}, 21, 10, 5},
		{"half of it", vision.Preprocess{Size: 10, Crop: vision.CropCentreSquare, Fraction: .5}, 30, 20, 10},
		{"half to even: 2.5 is 2", vision.Preprocess{Size: 2, Crop: vision.CropCentreSquare, Fraction: .5}, 6, 5, 2},
		{"half to even: 3.5 is 4", vision.Preprocess{Size: 4, Crop: vision.CropCentreSquare, Fraction: .5}, 8, 7, 2},
		{"stretch", vision.Preprocess{Size: 10, Crop: vision.CropStretch}, 10, 10, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.recipe.Std = [3]float64{1, 1, 1}
			prep, err := vision.NewPreprocessor(c.recipe)
			require.NoError(t, err)
			for x := range c.recipe.Size {
				m, err := prep.Crop(fromImage(t, stripe(c.w, c.h, c.left+x)))
				require.NoError(t, err)
				for k := range c.recipe.Size {
					want := uint8(0)
					if k == x {
						want = 255
					}
					require.Equal(t, want, m.RGBAAt(k, c.recipe.Size/2).R, "source column %d, column %d", c.left+x, k)
				}
			}
		})
	}
}

// TestPreprocessCompact holds the compact model's float step, (x − 127)/128.
func TestPreprocessCompact(t *testing.T) {
	t.Parallel()
	prep, err := vision.NewPreprocessor(vision.Preprocess{
		Size: 4, Crop: vision.CropCentreSquare, Fraction: 0.875, Rescale: 1,
		Mean: [3]float64{127, 127, 127}, Std: [3]float64{128, 128, 128},
	})
	require.NoError(t, err)
	dst := make([]float32, prep.Len())
	require.NoError(t, prep.Preprocess(dst, visiontest.Flat(9, 9, color.RGBA{R: 255, G: 127, B: 0, A: 255})))
	for i, v := range dst {
		require.Equal(t, []float32{1, 0, -127.0 / 128}[i/16], v)
	}
}

func TestPreprocessErrors(t *testing.T) {
	t.Parallel()
	for _, bad := range []vision.Preprocess{
		{}, {Size: 224, Crop: "middle", Std: [3]float64{1, 1, 1}}, {Size: 224, Crop: vision.CropShortest},
		{Size: 4096, Crop: vision.CropShortest, Std: [3]float64{1, 1, 1}},
		{Size: 8, Crop: vision.CropShortest, Std: [3]float64{1, 1, 1}, Rescale: -1},
		{Size: 8, Crop: vision.CropShortest, Std: [3]float64{1, 1, 1}, Mean: [3]float64{0, math.NaN(), 0}},
	} {
		_, err := vision.NewPreprocessor(bad)
		require.Error(t, err)
	}
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	require.Equal(t, clipRecipe, prep.Recipe())
	require.Equal(t, 3*224*224, prep.Len())
	for _, n := range []int{0, prep.Len() - 1, prep.Len() + 1} {
		require.ErrorContains(t, prep.Preprocess(make([]float32, n), visiontest.Gradient(8, 8)), "want 150528")
	}
	require.Error(t, prep.Preprocess(make([]float32, prep.Len()), nil))
	_, err = prep.Crop(nil)
	require.Error(t, err)
}

// TestPreprocessExtremes: shapes that would need gigabytes if the resized picture were ever whole.
func TestPreprocessExtremes(t *testing.T) {
	t.Parallel()
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	for _, size := range []image.Point{{X: 1, Y: 1}, {X: 1, Y: 100_000}, {X: 100_000, Y: 1}, {X: 3, Y: 7}, {X: 223, Y: 225}} {
		m, err := prep.Crop(fromImage(t, image.NewGray(image.Rectangle{Max: size})))
		require.NoError(t, err)
		require.Equal(t, color.RGBA{A: 255}, m.RGBAAt(223, 223), size)
	}
}

func TestPreprocessConcurrent(t *testing.T) {
	t.Parallel()
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	pictures := visiontest.Pictures()
	want := make([][]float32, len(pictures))
	for i, p := range pictures {
		want[i] = make([]float32, prep.Len())
		require.NoError(t, prep.Preprocess(want[i], p))
	}
	var wg sync.WaitGroup
	for k := range 8 {
		wg.Go(func() {
			got := make([]float32, prep.Len())
			for i := range pictures {
				i = (i + k) % len(pictures)
				if err := prep.Preprocess(got, pictures[i]); err != nil {
					t.Error(err)
					return
				}
				for n := range got {
					if got[n] != want[i][n] {
						t.Errorf("picture %d differs when others are preprocessed beside it", i)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestPreprocessAllocations (P9): after warm-up a call allocates nothing, whatever the picture's size and type, so that no
// copy of it can exist. Not parallel: it counts allocations. The pool may be emptied by the collector once in a while.
func TestPreprocessAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools on purpose")
	}
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	dst := make([]float32, prep.Len())
	for name, m := range map[string]image.Image{
		"4:2:0": image.NewYCbCr(image.Rect(0, 0, 900, 700), image.YCbCrSubsampleRatio420),
		"RGBA":  image.NewRGBA(image.Rect(0, 0, 900, 700)),
		"grey":  image.NewGray(image.Rect(0, 0, 300, 2000)),
	} {
		pic := fromImage(t, m)
		require.NoError(t, prep.Preprocess(dst, pic))
		n := testing.AllocsPerRun(20, func() {
			if err := prep.Preprocess(dst, pic); err != nil {
				t.Fatal(err)
			}
		})
		require.LessOrEqual(t, n, 1.0, name)
	}
	upright := decode(t, withEXIF(encodeJPEG(t, drawn(640, 480)), forgeEXIF([]exifTag{{id: 0x0112, short: 6}}, nil)))
	require.NoError(t, prep.Preprocess(dst, upright))
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() { _ = prep.Preprocess(dst, upright) }), 1.0)
}
