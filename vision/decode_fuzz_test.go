package vision_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/soundtrack-go/sdk/vision"
)

// FuzzDecode: every input ends in a picture that can be looked at, or in a RefusalError, soon.
func FuzzDecode(f *testing.F) {
	f.Add(encodePNG(f, drawn(9, 7)))
	f.Add(encodeJPEG(f, drawn(17, 9)))
	f.Add(forgeProgressive(16, 16, 5))
	f.Add(withEXIF(encodeJPEG(f, drawn(8, 8)), forgeEXIF([]exifTag{{id: 0x0112, short: 6}}, []exifTag{{id: 0x9003, ascii: "2019:07:04 21:30:00"}})))
	frame := image.NewPaletted(image.Rect(1, 1, 5, 4), color.Palette{color.Black, color.White, color.RGBA{}})
	f.Add(encodeGIF(f, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 8, Height: 6}}))
	seeds, err := filepath.Glob(filepath.Join("testdata", "decoders", "*"))
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range seeds {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	limits := vision.WithLimits(vision.Limits{Bytes: 1 << 20, Pixels: 1 << 20, DecodedBytes: 16 << 20})
	prep, err := vision.NewPreprocessor(clipRecipe)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		header, probed := vision.Probe(bytes.NewReader(data), limits)
		pic, err := vision.Decode(ctx, bytes.NewReader(data), limits)
		if probed != nil && (err == nil || err.Error() != probed.Error()) {
			t.Fatalf("Probe says %v, Decode says %v", probed, err)
		}
		if err != nil {
			var refusal *vision.RefusalError
			if !errors.As(err, &refusal) {
				t.Fatalf("not a RefusalError: %v", err)
			}
			if refusal.Err != nil && bytes.Contains([]byte(refusal.Err.Error()), []byte("panicked")) {
				t.Fatalf("%v: %v", err, refusal.Err)
			}
			return
		}
		if got, want := pic.Width()*pic.Height(), header.Width*header.Height; got != want || got < 1 {
			t.Fatalf("%d pixels, header says %d", got, want)
		}
		tensor := make([]float32, prep.Len())
		if err := prep.Preprocess(tensor, pic); err != nil {
			t.Fatal(err)
		}
		small, err := vision.Decode(ctx, bytes.NewReader(data), limits, vision.WithScaledDecode(2))
		if err != nil || small.Width() > pic.Width() || min(small.Width(), small.Height()) < min(4, pic.Width(), pic.Height()) {
			t.Fatalf("%v scaled is %v, %v", pic, small, err)
		}
		if err := prep.Preprocess(tensor, small); err != nil {
			t.Fatal(err)
		}
		if p := vision.NewPalette(pic); len(p.Swatches) < 1 || len(p.Swatches) > 6 {
			t.Fatalf("%d swatches", len(p.Swatches))
		}
	})
}
