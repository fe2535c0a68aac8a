package resize_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/disintegration/imaging"
	xdraw "golang.org/x/image/draw"

	"github.com/soundtrack-go/sdk/vision/internal/pixels"
	"github.com/soundtrack-go/sdk/vision/internal/resize"
)

// scalar reads an image in memory without any vector instruction.
type scalar struct {
	m  *image.NRGBA
	x0 int
}

func (s scalar) Row(red, green, blue []byte, y int) {
	row := s.m.Pix[s.m.PixOffset(s.x0, y):]
	for x := range red {
		red[x], green[x], blue[x] = row[4*x], row[4*x+1], row[4*x+2]
	}
}

// BenchmarkResize is the resize and crop for CLIP, from RGBA in memory to 224 × 224, on one core. x/image/draw and imaging
// are not exact. bench/peers/pillow.py times Pillow.
func BenchmarkResize(b *testing.B) {
	for _, size := range []struct{ mp, w, h int }{{2, 1632, 1224}, {12, 4000, 3000}} {
		m := image.NewNRGBA(image.Rect(0, 0, size.w, size.h))
		r := rand.New(rand.NewPCG(1, 2))
		for i := range m.Pix {
			m.Pix[i] = uint8(r.Uint32()) | uint8(i%4/3*255)
		}
		opaque := &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
		width := 224 * size.w / size.h
		left := (width - 224) / 2

		run := func(impl string, op func()) {
			b.Run(fmt.Sprintf("op=resize/mp=%d/impl=%s", size.mp, impl), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // imaging would use them all
				b.ReportAllocs()
				b.SetBytes(int64(3 * size.w * size.h))
				for b.Loop() {
					op()
				}
			})
		}
		for _, k := range resize.Implementations() {
			z := resize.NewResizer(k)
			view := pixels.New(m, pixels.Options{})
			var reader pixels.Reader
			run(k, func() {
				z.H.Reset(resize.Bicubic, size.w, 0, float64(size.w), width, left, left+224)
				z.V.Reset(resize.Bicubic, size.h, 0, float64(size.h), 224, 0, 224)
				x0, x1 := z.H.Range()
				var src resize.Source = scalar{m, x0}
				if k != "generic" {
					reader.Reset(view, x0, x1)
					src = &reader
				}
				z.Run(src, func(int, []byte) {})
			})
		}
		out := image.NewRGBA(image.Rect(0, 0, width, 224))
		run("xdraw", func() { xdraw.CatmullRom.Scale(out, out.Rect, opaque, opaque.Rect, xdraw.Src, nil) })
		run("imaging", func() { imaging.CropCenter(imaging.Resize(m, width, 224, imaging.CatmullRom), 224, 224) })
	}
}
