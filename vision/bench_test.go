package vision_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
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

// photoFile is photo as a JPEG.
func photoFile(t testing.TB, w, h int) []byte {
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, photo(w, h), &jpeg.Options{Quality: 88}))
	return file.Bytes()
}

var photosDir = flag.String("photos", "", "folder to write the pictures of the benchmarks to, for bench/peers")

// TestWritePhotos gives the peers of other languages the pictures of the benchmarks.
func TestWritePhotos(t *testing.T) {
	t.Parallel()
	if *photosDir == "" {
		t.Skip("no -photos DIR")
	}
	for _, s := range benchSizes {
		name := filepath.Join(*photosDir, fmt.Sprintf("photo-%d.jpg", s.mp))
		require.NoError(t, os.WriteFile(name, photoFile(t, s.w, s.h), 0o644))
	}
}

// BenchmarkFull is the whole way from a file's bytes to the tensor, exact, beside the standard decoder with x/image/draw's
// CatmullRom, which is not exact and stops before the floats. bench/peers/pillow.py times the reference.
func BenchmarkFull(b *testing.B) {
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(b, err)
	dst := make([]float32, prep.Len())
	for _, s := range benchSizes {
		file := photoFile(b, s.w, s.h)
		b.Run(fmt.Sprintf("op=full/mp=%d/impl=vision", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(3 * s.w * s.h))
			for b.Loop() {
				pic, err := vision.Decode(b.Context(), bytes.NewReader(file))
				if err != nil {
					b.Fatal(err)
				}
				if err := prep.Preprocess(dst, pic); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("op=full/mp=%d/impl=std+xdraw", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(3 * s.w * s.h))
			out := image.NewRGBA(image.Rect(0, 0, 224*s.w/s.h, 224))
			for b.Loop() {
				m, err := jpeg.Decode(bytes.NewReader(file))
				if err != nil {
					b.Fatal(err)
				}
				xdraw.CatmullRom.Scale(out, out.Rect, m, m.Bounds(), xdraw.Src, nil)
			}
		})
	}
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
		file := photoFile(b, s.w, s.h)
		b.Run(fmt.Sprintf("mp=%d/format=jpeg/impl=vision", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				if _, err := vision.Decode(b.Context(), bytes.NewReader(file)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("mp=%d/format=jpeg/impl=std", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				if _, err := jpeg.Decode(bytes.NewReader(file)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("mp=%d/format=jpeg/impl=probe", s.mp), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := vision.Probe(bytes.NewReader(file)); err != nil {
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
