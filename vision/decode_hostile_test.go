package vision_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/gif"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func TestDecodeScanBombIsRefused(t *testing.T) {
	t.Parallel()
	bomb := forgeProgressive(4096, 4096, 1000)
	require.Less(t, len(bomb), 80_000)
	_, err := vision.Decode(t.Context(), bytes.NewReader(bomb))
	requireRefusal(t, err, vision.ErrTooLarge, vision.ReasonScans)
	_, err = vision.Decode(t.Context(), bytes.NewReader(forgeProgressive(4096, 4096, 36)))
	requireRefusal(t, err, vision.ErrTooLarge, vision.ReasonScanPixels)
}

// A thumbnail within EXIF has scans of its own, which are not the picture's.
func TestDecodeScansOfThumbnailDoNotCount(t *testing.T) {
	t.Parallel()
	thumbnail := forgeProgressive(8, 8, 150)
	file := withEXIF(encodeJPEG(t, drawn(16, 16)), append(forgeEXIF(nil, nil), thumbnail...))
	decode(t, file)
}

// TestDecodeDeadline decodes the largest scan bomb that the limits let through, which takes about a second.
func TestDecodeDeadline(t *testing.T) {
	bomb := forgeProgressive(4096, 4096, 35)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := vision.Decode(ctx, bytes.NewReader(bomb))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	t.Logf("stopped after %v", time.Since(start))
	require.Less(t, time.Since(start), 2*time.Second)
}

// TestDecodeCancelledWhileDecoding cancels from inside the input, once per format, after the header has been read.
func TestDecodeCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, file := range [][]byte{encodePNG(t, drawn(9, 9)), encodeJPEG(t, drawn(9, 9))} {
		_, err := vision.Decode(ctx, bytes.NewReader(file))
		require.ErrorIs(t, err, context.Canceled)
	}
}

func TestDecodeChunkFlood(t *testing.T) { // not parallel: it measures memory
	flood := forgePNG(t, 4, 4, bytes.Repeat(chunkPNG("tEXt", nil), 500_000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := vision.Probe(bytes.NewReader(flood))
	runtime.ReadMemStats(&after)
	requireRefusal(t, err, vision.ErrTooLarge, vision.ReasonChunks)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100<<20))
}

// An animation costs what its first frame costs.
func TestDecodeAnimation(t *testing.T) { // not parallel: it measures memory
	anim := new(gif.GIF)
	for i := range 50 {
		frame := image.NewPaletted(image.Rect(0, 0, 400, 400), color.Palette{color.Black, color.White})
		for k := range frame.Pix {
			frame.Pix[k] = uint8(i & 1)
		}
		anim.Image, anim.Delay = append(anim.Image, frame), append(anim.Delay, 1)
	}
	file := encodeGIF(t, anim)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	pic := decode(t, file)
	runtime.ReadMemStats(&after)
	require.Equal(t, color.RGBA{A: 255}, pic.Image().At(200, 200))
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
}

func TestDecodeEmpty(t *testing.T) {
	t.Parallel()
	noFrame := append([]byte("GIF89a\x04\x00\x04\x00\x80\x00\x00"), make([]byte, 6)...)
	emptyFrame := slices.Concat(noFrame, []byte(",\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x01\x2c\x00;"))
	for _, c := range []struct {
		name   string
		file   []byte
		reason vision.Reason
	}{
		{"nothing", nil, vision.ReasonEmpty},
		{"JPEG without height", append([]byte("\xff\xd8"), headerJPEG(0xc0, 8, 0, 0x11)...), vision.ReasonEmpty},
		{"GIF of no size", []byte("GIF89a\x00\x00\x00\x00\x00\x00\x00"), vision.ReasonEmpty},
		{"GIF with an empty frame", emptyFrame, vision.ReasonEmpty},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := vision.Decode(t.Context(), bytes.NewReader(c.file))
			requireRefusal(t, err, vision.ErrEmpty, c.reason)
		})
	}
}

func TestDecodeDamaged(t *testing.T) {
	t.Parallel()
	png, jpg := encodePNG(t, drawn(40, 30)), encodeJPEG(t, drawn(40, 30))
	gifFile := encodeGIF(t, &gif.GIF{Image: []*image.Paletted{image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White})}, Delay: []int{0}})
	for name, file := range map[string][]byte{"png": png, "jpeg": jpg, "gif": gifFile} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for cut := 8; cut < len(file)-14; cut += 1 + len(file)/50 {
				_, err := vision.Decode(t.Context(), bytes.NewReader(file[:cut]))
				requireRefusal(t, err, vision.ErrCorrupt, vision.ReasonCorrupt)
			}
		})
	}
}

func TestDecodeForeignFormats(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{
		"tiff":         "II*\x00\x08\x00\x00\x00",
		"big tiff":     "MM\x00*\x00\x00\x00\x08",
		"bmp":          "BM\x36\x00\x00\x00",
		"svg":          "<svg xmlns='http://www.w3.org/2000/svg'/>",
		"heic":         "\x00\x00\x00\x18ftypheic",
		"avif":         "\x00\x00\x00\x1cftypavif",
		"pdf":          "%PDF-1.7",
		"zip":          "PK\x03\x04",
		"html":         "<html><script>alert(1)</script>",
		"wave":         "RIFF\x24\x00\x00\x00WAVEfmt ",
		"png, cut":     "\x89PNG\r\n",
		"text":         "hello",
		"second magic": "x\xff\xd8\xff",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := vision.Decode(t.Context(), bytes.NewReader(append([]byte(head), make([]byte, 100)...)))
			requireRefusal(t, err, vision.ErrFormat, vision.ReasonFormat)
		})
	}
}

// A file may be a picture and something else as well. It is read as a picture.
func TestDecodePolyglots(t *testing.T) {
	t.Parallel()
	decode(t, append(encodePNG(t, drawn(5, 5)), "PK\x03\x04zip"...))
	decode(t, append(encodeJPEG(t, drawn(5, 5)), "<script>alert(1)</script>"...))
}

func TestDecodeUnsupportedKinds(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{
		"arithmetic JPEG": append([]byte("\xff\xd8"), headerJPEG(0xc9, 8, 8, 0x11)...),
		"lossless JPEG":   append([]byte("\xff\xd8"), headerJPEG(0xc3, 8, 8, 0x11)...),
		"PNG of colour 1": append(headerPNG(8, 8, 8, 1, 0), chunkPNG("IEND", nil)...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := vision.Decode(t.Context(), bytes.NewReader(file))
			requireRefusal(t, err, vision.ErrFormat, vision.ReasonUnsupported)
		})
	}
}

func TestDecodeOptionErrors(t *testing.T) {
	t.Parallel()
	_, err := vision.Decode(t.Context(), nil)
	require.ErrorContains(t, err, "reader is nil")
	_, err = vision.Decode(t.Context(), bytes.NewReader(nil), vision.WithClock(nil))
	require.ErrorContains(t, err, "WithClock(nil)")
}
