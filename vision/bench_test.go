package vision_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	xdraw "golang.org/x/image/draw"

	"github.com/soundtrack-go/sdk/vision"
)

// sizes of the benchmarks: a screen and a phone.
var benchSizes = []struct {
	mp   int
	w, h int
}{{2, 1632, 1224}, {12, 4000, 3000}}

// photo is a 4:2:0 picture with the detail of a noisy photograph.
func photo(w, h int) *image.YCbCr {
	m := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Y {
		m.Y[i] = uint8(64 + i%w*96/w + r.IntN(32))
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = uint8(96+i%m.CStride*48/m.CStride+r.IntN(16)), uint8(120+r.IntN(16))
	}
	return m
}

func rgbaOf(m image.Image) *image.RGBA {
	out := image.NewRGBA(m.Bounds())
	xdraw.Draw(out, out.Rect, m, m.Bounds().Min, xdraw.Src)
	return out
}

// BenchmarkPreprocess is the exact path from decoded picture to tensor, beside x/image/draw's CatmullRom to the same size
// (which is not exact, and stops before the floats).
func BenchmarkPreprocess(b *testing.B) {
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(b, err)
	dst := make([]float32, prep.Len())
	for _, s := range benchSizes {
		ycc := photo(s.w, s.h)
		for _, src := range []struct {
			name string
			m    image.Image
		}{{"ycbcr420", ycc}, {"rgba", rgbaOf(ycc)}} {
			pic := fromImage(b, src.m)
			b.Run(fmt.Sprintf("mp=%d/src=%s/impl=exact", s.mp, src.name), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(3 * s.w * s.h))
				for b.Loop() {
					if err := prep.Preprocess(dst, pic); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("mp=%d/src=%s/impl=catmullrom", s.mp, src.name), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(3 * s.w * s.h))
				out := image.NewRGBA(image.Rect(0, 0, 224*s.w/s.h, 224))
				for b.Loop() {
					xdraw.CatmullRom.Scale(out, out.Rect, src.m, src.m.Bounds(), xdraw.Src, nil)
				}
			})
		}
	}
}

// BenchmarkDecode is Decode beside the bare decoder that it calls.
func BenchmarkDecode(b *testing.B) {
	for _, s := range benchSizes {
		var file bytes.Buffer
		require.NoError(b, jpeg.Encode(&file, photo(s.w, s.h), &jpeg.Options{Quality: 88}))
		b.Run(fmt.Sprintf("mp=%d/format=jpeg/impl=vision", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(file.Len()))
			for b.Loop() {
				if _, err := vision.Decode(b.Context(), bytes.NewReader(file.Bytes())); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("mp=%d/format=jpeg/impl=std", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(file.Len()))
			for b.Loop() {
				if _, err := jpeg.Decode(bytes.NewReader(file.Bytes())); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("mp=%d/format=jpeg/impl=probe", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := vision.Probe(bytes.NewReader(file.Bytes())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPalette(b *testing.B) {
	for _, s := range benchSizes {
		pic := fromImage(b, photo(s.w, s.h))
		b.Run(fmt.Sprintf("mp=%d", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				vision.NewPalette(pic)
			}
		})
	}
}

func BenchmarkThumbnail(b *testing.B) {
	for _, s := range benchSizes {
		pic := fromImage(b, photo(s.w, s.h))
		b.Run(fmt.Sprintf("mp=%d/side=1024", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pic.Thumbnail(1024); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
