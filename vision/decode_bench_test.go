package vision_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/jpegread"
	"github.com/soundtrack-go/sdk/vision/internal/turbojpeg"
)

// benchFiles are JPEGs of a screen's and a phone's size.
func benchFiles(b *testing.B, run func(b *testing.B, mp int, file []byte)) {
	for _, s := range benchSizes {
		var file bytes.Buffer
		require.NoError(b, jpeg.Encode(&file, photo(s.w, s.h), &jpeg.Options{Quality: 88}))
		run(b, s.mp, file.Bytes())
	}
}

// BenchmarkDecodeJPEG is our decoder at its four scales beside image/jpeg and, with the build tag turbojpeg, libjpeg-turbo.
func BenchmarkDecodeJPEG(b *testing.B) {
	never := func() error { return nil }
	benchFiles(b, func(b *testing.B, mp int, file []byte) {
		for _, denominator := range []int{1, 2, 4, 8} {
			for _, impl := range []struct {
				name   string
				decode func() (image.Image, error)
			}{
				{"own", func() (image.Image, error) { return jpegread.Decode(file, denominator, never) }},
				{"turbo", func() (image.Image, error) { return turbojpeg.Decode(file, denominator) }},
				{"std", func() (image.Image, error) { return jpeg.Decode(bytes.NewReader(file)) }},
			} {
				if impl.name == "std" && denominator > 1 {
					continue
				}
				b.Run(fmt.Sprintf("mp=%d/scale=%d/impl=%s", mp, denominator, impl.name), func(b *testing.B) {
					if _, err := impl.decode(); errors.Is(err, turbojpeg.ErrOther) {
						b.Skip("needs the build tag turbojpeg")
					}
					b.ReportAllocs()
					b.SetBytes(int64(len(file)))
					for b.Loop() {
						if _, err := impl.decode(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	})
}

// BenchmarkPath is the whole way from file to tensor, exact and with WithScaledDecode, with the decoder of the build.
func BenchmarkPath(b *testing.B) {
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(b, err)
	dst := make([]float32, prep.Len())
	benchFiles(b, func(b *testing.B, mp int, file []byte) {
		impl := "turbo"
		if _, err := turbojpeg.Decode(file, 1); err != nil {
			impl = "own"
		}
		for _, mode := range []struct {
			name string
			opts []vision.DecodeOption
		}{{"exact", nil}, {"scaled", []vision.DecodeOption{vision.WithScaledDecode(clipRecipe.Size)}}} {
			b.Run(fmt.Sprintf("mp=%d/mode=%s/impl=%s", mp, mode.name, impl), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(file)))
				for b.Loop() {
					pic, err := vision.Decode(b.Context(), bytes.NewReader(file), mode.opts...)
					if err != nil {
						b.Fatal(err)
					}
					if err := prep.Preprocess(dst, pic); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}
