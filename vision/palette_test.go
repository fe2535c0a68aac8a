package vision_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// requireAlike compares the scales of two palettes up to tolerance.
func requireAlike(t *testing.T, want, got vision.Palette, tolerance float64) {
	t.Helper()
	require.InDelta(t, want.Lightness, got.Lightness, 100*tolerance)
	require.InDelta(t, want.Chroma, got.Chroma, 100*tolerance)
	require.InDelta(t, want.Contrast, got.Contrast, 100*tolerance)
	require.InDelta(t, want.Heat, got.Heat, tolerance)
	require.InDelta(t, want.Weight, got.Weight, tolerance)
	require.InDelta(t, want.Activity, got.Activity, tolerance)
	require.InDelta(t, want.Warm, got.Warm, tolerance)
	require.InDelta(t, want.Monochrome, got.Monochrome, tolerance)
}

// TestPaletteFlat holds the scales of one colour against values computed by hand from the formulas of Ou et al. and CIELAB
// under D65.
func TestPaletteFlat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                               string
		colour                             color.RGBA
		lightness, chroma                  float64
		heat, weight, activity, warm, grey float64
	}{
		// L*, C*, h of sRGB red: 53.24, 104.55, 40.0°; blue: 32.30, 133.81, 306.3°; yellow: 97.14, 96.91, 102.9°.
		{"red", color.RGBA{R: 255, A: 255}, 53.24, 104.55, 2.36, 0.30, 3.005, 1, 0},
		{"blue", color.RGBA{B: 255, A: 255}, 32.30, 133.81, -1.42, 0.51, 5.018, 0, 0},
		{"yellow", color.RGBA{R: 255, G: 255, A: 255}, 97.14, 96.91, 1.11, -1.24, 2.504, 1, 0},
		{"white", color.RGBA{R: 255, G: 255, B: 255, A: 255}, 100, 0, -0.5, -1.8, 0.99, 0.5, 1},
		{"black", color.RGBA{A: 255}, 0, 0, -0.5, 2.2, 0.99, 0.5, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := vision.NewPalette(visiontest.Flat(40, 30, c.colour))
			require.Len(t, p.Swatches, 1)
			require.Equal(t, 1.0, p.Swatches[0].Share)
			require.InDelta(t, c.lightness, p.Lightness, 0.05)
			require.InDelta(t, c.chroma, p.Chroma, 0.1)
			require.InDelta(t, c.heat, p.Heat, 0.05)
			require.InDelta(t, c.weight, p.Weight, 0.05)
			require.InDelta(t, c.activity, p.Activity, 0.05)
			require.Equal(t, c.warm, p.Warm)
			require.Equal(t, c.grey, p.Monochrome)
			require.InDelta(t, 0, p.Contrast, 1e-9)
		})
	}
}

func TestPaletteNames(t *testing.T) {
	t.Parallel()
	families := map[string]bool{}
	for _, f := range vision.ColourFamilies() {
		families[f] = true
	}
	for hex, want := range map[color.RGBA][2]string{
		{R: 0, G: 0, B: 0, A: 255}:       {"black", "black"},
		{R: 255, G: 255, B: 255, A: 255}: {"white", "white"},
		{R: 128, G: 128, B: 128, A: 255}: {"grey", "grey"},
		{R: 255, G: 0, B: 0, A: 255}:     {"bright red", "red"},
		{R: 0, G: 0, B: 128, A: 255}:     {"dark blue", "blue"},
		{R: 30, G: 90, B: 200, A: 255}:   {"blue", "blue"},
		{R: 135, G: 206, B: 235, A: 255}: {"sky blue", "blue"},
		{R: 255, G: 255, B: 0, A: 255}:   {"yellow", "yellow"},
		{R: 255, G: 140, B: 0, A: 255}:   {"orange", "orange"},
		{R: 139, G: 69, B: 19, A: 255}:   {"brown", "brown"},
		{R: 34, G: 139, B: 34, A: 255}:   {"green", "green"},
		{R: 0, G: 128, B: 128, A: 255}:   {"teal", "teal"},
		{R: 128, G: 0, B: 128, A: 255}:   {"purple", "purple"},
		{R: 255, G: 192, B: 203, A: 255}: {"light pink", "pink"},
		{R: 245, G: 245, B: 220, A: 255}: {"cream", "white"},
		{R: 143, G: 133, B: 122, A: 255}: {"warm grey", "grey"},
	} {
		s := vision.NewPalette(visiontest.Flat(8, 8, hex)).Swatches[0]
		require.Equal(t, want, [2]string{s.Name, s.Family}, s.Hex())
		require.True(t, families[s.Family])
	}
}

// TestPaletteStripes finds colours and shares of a flag.
func TestPaletteStripes(t *testing.T) {
	t.Parallel()
	m := image.NewRGBA(image.Rect(0, 0, 640, 640))
	for y := range 640 {
		for x := range 640 {
			c := color.RGBA{R: 20, G: 40, B: 110, A: 255}
			switch {
			case y >= 480:
				c = color.RGBA{R: 240, G: 200, B: 40, A: 255}
			case y >= 320:
				c = color.RGBA{R: 200, G: 30, B: 40, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	p := vision.NewPalette(fromImage(t, m))
	require.Len(t, p.Swatches, 3)
	require.Equal(t, "#14286e", p.Swatches[0].Hex())
	require.Equal(t, "dark blue", p.Swatches[0].Name)
	require.InDelta(t, 0.5, p.Swatches[0].Share, 1e-9)
	require.InDelta(t, 0.25, p.Swatches[1].Share, 1e-9)
	require.InDelta(t, 0.25, p.Swatches[2].Share, 1e-9)
	require.InDelta(t, 0.5, p.Warm, 1e-9)
	require.Zero(t, p.Monochrome)
}

// TestPaletteInvariants holds for every picture, and twice gives the same.
func TestPaletteInvariants(t *testing.T) {
	t.Parallel()
	pictures := visiontest.Pictures()
	pictures = append(pictures, visiontest.Noise(1, 1, 3), visiontest.Noise(1, 500, 4), visiontest.Noise(200, 2, 5), visiontest.Gradient(1000, 900))
	for _, pic := range pictures {
		p := vision.NewPalette(pic)
		require.Equal(t, p, vision.NewPalette(pic))
		require.NotEmpty(t, p.Swatches)
		require.LessOrEqual(t, len(p.Swatches), 6)
		total, last := 0.0, 1.0
		for _, s := range p.Swatches {
			require.NotEmpty(t, s.Name)
			require.Positive(t, s.Share)
			require.LessOrEqual(t, s.Share, last)
			total, last = total+s.Share, s.Share
		}
		require.InDelta(t, 1, total, 1e-9)
		for _, v := range []float64{p.Lightness, p.Chroma, p.A, p.B, p.Contrast, p.Heat, p.Weight, p.Activity, p.Warm, p.Monochrome} {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0))
		}
		require.True(t, p.Lightness >= 0 && p.Lightness <= 100 && p.Contrast <= 50 && p.Warm >= 0 && p.Warm <= 1 && p.Monochrome >= 0 && p.Monochrome <= 1)
	}
	require.Zero(t, vision.NewPalette(nil))
}
