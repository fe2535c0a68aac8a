package vision_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/soundtrack-go/sdk/vision"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clipRecipe is CLIP's preprocessing.
var clipRecipe = vision.Preprocess{
	Size: 224, Crop: vision.CropShortest,
	Mean: [3]float64{0.48145466, 0.4578275, 0.40821073},
	Std:  [3]float64{0.26862954, 0.26130258, 0.27577711},
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func decode(t testing.TB, data []byte, opts ...vision.DecodeOption) *vision.Picture {
	t.Helper()
	pic, err := vision.Decode(t.Context(), bytes.NewReader(data), opts...)
	require.NoError(t, err)
	return pic
}

func fromImage(t testing.TB, img image.Image) *vision.Picture {
	t.Helper()
	pic, err := vision.FromImage(img)
	require.NoError(t, err)
	return pic
}

// drawn is a drawing with detail in every channel.
func drawn(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{R: uint8(x*5 + y), G: uint8(y * 7), B: uint8((x ^ y) * 3), A: 255})
		}
	}
	return m
}

func encodePNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

func encodeJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}))
	return b.Bytes()
}

func encodeGIF(t testing.TB, g *gif.GIF) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, g))
	return b.Bytes()
}

// requireSamePixels compares two images of the same size pixel by pixel, at tolerance 0.
func requireSamePixels(t testing.TB, want, got image.Image) {
	t.Helper()
	require.Equal(t, want.Bounds().Size(), got.Bounds().Size())
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			w := color.RGBAModel.Convert(want.At(want.Bounds().Min.X+x, want.Bounds().Min.Y+y))
			g := color.RGBAModel.Convert(got.At(got.Bounds().Min.X+x, got.Bounds().Min.Y+y))
			if w != g {
				t.Fatalf("pixel (%d, %d): want %v, got %v", x, y, w, g)
			}
		}
	}
}
