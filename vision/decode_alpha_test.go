package vision_test

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// TestDecodeAlpha: transparent pixels become white, or show the colour that is stored under them; opaque ones are what
// they are. Palettes as Pillow's convert("RGB") has them.
func TestDecodeAlpha(t *testing.T) {
	t.Parallel()
	colours := []color.NRGBA{{R: 200, G: 30, B: 7, A: 255}, {R: 10, G: 220, B: 60, A: 0}, {R: 90, G: 0, B: 250, A: 128}}
	bounds := image.Rect(0, 0, 70, 3)
	straight, wide := image.NewNRGBA(bounds), image.NewNRGBA64(bounds)
	paletted := image.NewPaletted(bounds, color.Palette{colours[0], colours[1], colours[2]})
	for x := range bounds.Dx() {
		for y, c := range colours {
			straight.Set(x, y, c)
			wide.SetNRGBA64(x, y, color.NRGBA64{
				R: uint16(c.R) * 0x101, G: uint16(c.G) * 0x101, B: uint16(c.B) * 0x101, A: uint16(c.A) * 0x101,
			})
			paletted.SetColorIndex(x, y, uint8(y))
		}
	}
	for name, m := range map[string]image.Image{"8 bits": straight, "16 bits": wide, "palette": paletted} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := encodePNG(t, m)
			white, dropped := decode(t, file).Image(), decode(t, file, vision.WithAlpha(vision.AlphaDrop)).Image()
			for x := range bounds.Dx() {
				require.Equal(t, color.RGBA{R: 200, G: 30, B: 7, A: 255}, white.At(x, 0))
				require.Equal(t, color.RGBA{R: 255, G: 255, B: 255, A: 255}, white.At(x, 1))
				require.Equal(t, color.RGBA{R: 172, G: 127, B: 252, A: 255}, white.At(x, 2))
				for y, c := range colours {
					require.Equal(t, color.RGBA{R: c.R, G: c.G, B: c.B, A: 255}, dropped.At(x, y))
				}
			}
			requireSamePixels(t, white, decode(t, file, vision.WithAlpha(vision.AlphaWhite)).Image())
		})
	}
	_, err := vision.Decode(t.Context(), bytes.NewReader(encodePNG(t, straight)), vision.WithAlpha(7))
	require.ErrorContains(t, err, "WithAlpha(7)")
}
