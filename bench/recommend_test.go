package bench

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
)

// photograph draws a JPEG with the statistics that matter to a decoder: soft gradients, edges and some noise.
func photograph(tb testing.TB, width, height int) []byte {
	tb.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	noise := uint32(1)
	for y := range height {
		for x := range width {
			noise = noise*1664525 + 1013904223
			v := 128 + 60*math.Sin(float64(x)/97) + 40*math.Cos(float64(y)/61) + float64(noise>>28)
			img.SetRGBA(x, y, color.RGBA{R: uint8(v), G: uint8(v * .8), B: uint8(255 - v), A: 255})
		}
	}
	var file bytes.Buffer
	require.NoError(tb, jpeg.Encode(&file, img, &jpeg.Options{Quality: 88}))
	return file.Bytes()
}

// BenchmarkRecommend measures picture bytes to songs, and a re-rank of the same answer.
func BenchmarkRecommend(b *testing.B) {
	testenv.CompactModel(b)
	rec, err := soundtrack.Open(context.Background(), soundtrack.WithPreset(soundtrack.PresetCompact), soundtrack.WithOffline())
	require.NoError(b, err)
	b.Cleanup(func() { _ = rec.Close() })
	for _, size := range []struct {
		name          string
		width, height int
	}{{"0.3MP", 640, 480}, {"2MP", 1632, 1224}, {"12MP", 4000, 3000}} {
		file := photograph(b, size.width, size.height)
		b.Run(fmt.Sprintf("picture=%s/encoder=compact", size.name), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				_, err := rec.Recommend(b.Context(), soundtrack.Request{Image: bytes.NewReader(file)})
				require.NoError(b, err)
			}
		})
	}
	first, err := rec.Recommend(b.Context(), soundtrack.Request{Image: bytes.NewReader(photograph(b, 640, 480))})
	require.NoError(b, err)
	b.Run("picture=none/rerank", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := rec.Recommend(b.Context(), soundtrack.Request{Analysis: &first.Analysis, Dials: match.Dials{Contrast: .5}})
			require.NoError(b, err)
		}
	})
}

// BenchmarkStages measures where the time of one answer goes.
func BenchmarkStages(b *testing.B) {
	file := photograph(b, 1632, 1224)
	picture, err := vision.Decode(b.Context(), bytes.NewReader(file))
	require.NoError(b, err)
	b.Run("stage=decode/picture=2MP", func(b *testing.B) {
		for b.Loop() {
			_, err := vision.Decode(b.Context(), bytes.NewReader(file))
			require.NoError(b, err)
		}
	})
	b.Run("stage=palette/picture=2MP", func(b *testing.B) {
		for b.Loop() {
			vision.NewPalette(picture)
		}
	})
	encoder := testenv.CompactEncoder(b)
	b.Run("stage=encode/picture=2MP", func(b *testing.B) {
		for b.Loop() {
			_, err := encoder.Encode(b.Context(), []*vision.Picture{picture})
			require.NoError(b, err)
		}
	})
}
