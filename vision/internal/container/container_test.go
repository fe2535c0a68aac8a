package container

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"
)

func TestSniff(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]Kind{
		"\xff\xd8\xff\xe0":         JPEG,
		"\xff\xd8\xfe":             Unknown,
		"\x89PNG\r\n\x1a\n":        PNG,
		"\x89PNG\r\n\x1a":          Unknown,
		"GIF87a":                   GIF,
		"GIF89a":                   GIF,
		"GIF88a":                   Unknown,
		"RIFF\x00\x00\x00\x00WEBP": WebP,
		"RIFF\x00\x00\x00\x00WAVE": Unknown,
		"":                         Unknown,
		"II*\x00":                  Unknown,
	} {
		require.Equal(t, want, Sniff([]byte(head)), "%q", head)
	}
}

// allocated is what an image's planes take.
func allocated(m image.Image) int64 {
	switch m := m.(type) {
	case *image.Gray:
		return int64(cap(m.Pix))
	case *image.Gray16:
		return int64(cap(m.Pix))
	case *image.RGBA:
		return int64(cap(m.Pix))
	case *image.RGBA64:
		return int64(cap(m.Pix))
	case *image.NRGBA:
		return int64(cap(m.Pix))
	case *image.NRGBA64:
		return int64(cap(m.Pix))
	case *image.Paletted:
		return int64(cap(m.Pix))
	case *image.CMYK:
		return int64(cap(m.Pix))
	case *image.YCbCr:
		return int64(len(m.Y) + len(m.Cb) + len(m.Cr))
	case *image.NYCbCrA:
		return int64(len(m.Y) + len(m.Cb) + len(m.Cr) + len(m.A))
	}
	return 0
}

// TestScanAgreesWithDecoders: same size as the decoder's, and at least the memory of what it returns.
func TestScanAgreesWithDecoders(t *testing.T) {
	t.Parallel()
	encodePNG := func(m image.Image) []byte {
		var b bytes.Buffer
		require.NoError(t, png.Encode(&b, m))
		return b.Bytes()
	}
	r := image.Rect(0, 0, 45, 27)
	files := map[string][]byte{
		"gray.png": encodePNG(image.NewGray(r)), "gray16.png": encodePNG(image.NewGray16(r)), "rgba.png": encodePNG(image.NewRGBA(r)),
		"nrgba64.png": encodePNG(image.NewNRGBA64(r)), "paletted.png": encodePNG(image.NewPaletted(r, color.Palette{color.Black, color.White})),
	}
	var b bytes.Buffer
	require.NoError(t, gif.Encode(&b, image.NewRGBA(r), nil))
	files["made.gif"] = b.Bytes()
	list, err := filepath.Glob(filepath.Join("..", "..", "testdata", "decoders", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, list)
	for _, path := range list {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		files[filepath.Base(path)] = data
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info, err := Scan(data)
			require.NoError(t, err)
			if info.Still != nil {
				require.Equal(t, WebP, Sniff(info.Still))
				data = info.Still
			}
			var m image.Image
			switch info.Kind {
			case JPEG:
				m, err = jpeg.Decode(bytes.NewReader(data))
			case PNG:
				m, err = png.Decode(bytes.NewReader(data))
			case GIF:
				m, err = gif.Decode(bytes.NewReader(data))
			case WebP:
				m, err = webp.Decode(bytes.NewReader(data))
			}
			require.NoError(t, err)
			require.Equal(t, m.Bounds().Size(), image.Pt(info.Width, info.Height))
			require.GreaterOrEqual(t, info.Memory, allocated(m))
			require.Less(t, info.Memory, 16*allocated(m)+4096)
		})
	}
}

// riff makes a WebP file of chunks.
func riff(chunks ...[]byte) []byte {
	body := []byte("WEBP")
	for _, c := range chunks {
		body = append(body, c...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func chunk(kind string, body ...byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
	out = append(out, body...)
	if len(body)&1 == 1 {
		out = append(out, 0)
	}
	return out
}

func vp8x(flags byte, w, h int) []byte {
	w, h = w-1, h-1
	return chunk("VP8X", flags, 0, 0, 0, byte(w), byte(w>>8), byte(w>>16), byte(h), byte(h>>8), byte(h>>16))
}

func vp8(w, h int) []byte {
	return chunk("VP8 ", 0, 0, 0, 0x9d, 0x01, 0x2a, byte(w), byte(w>>8), byte(h), byte(h>>8))
}

func vp8l(w, h int, alpha uint32) []byte {
	return chunk("VP8L", binary.LittleEndian.AppendUint32([]byte{0x2f}, uint32(w-1)|uint32(h-1)<<14|alpha<<28)...)
}

func anmf(x, y, w, h int, frame ...[]byte) []byte {
	w, h, x, y = w-1, h-1, x/2, y/2
	body := []byte{byte(x), byte(x >> 8), 0, byte(y), byte(y >> 8), 0, byte(w), byte(w >> 8), 0, byte(h), byte(h >> 8), 0, 0, 0, 0, 0}
	for _, f := range frame {
		body = append(body, f...)
	}
	return chunk("ANMF", body...)
}

func TestScanWebP(t *testing.T) {
	t.Parallel()
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08")
	for _, c := range []struct {
		name string
		file []byte
		want Info
		err  error
	}{
		{"lossy", riff(vp8(300, 200)), Info{Width: 300, Height: 200, Memory: 304 * 208 * 3 / 2, Chunks: 1, Studio: true}, nil},
		{"lossy, scaled", riff(vp8(300|1<<14, 200|2<<14)), Info{Width: 300, Height: 200, Memory: 304 * 208 * 3 / 2, Chunks: 1, Studio: true}, nil},
		{"lossless", riff(vp8l(300, 200, 1)), Info{Width: 300, Height: 200, Memory: 300 * 200 * 8, Chunks: 1}, nil},
		{"lossless, opaque", riff(vp8l(300, 200, 0)), Info{Width: 300, Height: 200, Memory: 300 * 200 * 8, Chunks: 1, Opaque: true}, nil},
		{"canvas rules", riff(vp8x(0, 16_000, 9_000), vp8(4, 4)), Info{Width: 16_000, Height: 9_000, Memory: 16_000 * 9_008 * 3 / 2, Chunks: 2, Studio: true}, nil},
		{"EXIF", riff(vp8x(8, 4, 4), vp8(4, 4), chunk("EXIF", append([]byte("Exif\x00\x00"), tiff...)...)), Info{Width: 4, Height: 4, Memory: 384, Chunks: 3, Studio: true, EXIF: tiff}, nil},
		{"no frame", riff(vp8x(0, 4, 4)), Info{Width: 4, Height: 4, Chunks: 1}, ErrTruncated},
		{"frame beyond canvas", riff(vp8x(2, 10, 10), anmf(4, 0, 8, 8, vp8(8, 8))), Info{}, ErrTruncated},
		{"frame of another size", riff(vp8x(2, 10, 10), anmf(0, 0, 8, 8, vp8(9, 8))), Info{}, ErrTruncated},
		{"animation without flag", riff(vp8x(0, 10, 10), anmf(0, 0, 8, 8, vp8(8, 8))), Info{}, ErrTruncated},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Scan(c.file)
			require.Equal(t, c.err, err)
			if err == nil {
				c.want.Kind = WebP
				require.Equal(t, c.want, got)
			}
		})
	}

	got, err := Scan(riff(vp8x(2|16, 10, 12), chunk("ANIM", 0, 0, 0, 0, 0, 0), anmf(2, 4, 8, 6, chunk("ALPH", 1, 2, 3), vp8(8, 6)), anmf(0, 0, 10, 12, vp8(10, 12))))
	require.NoError(t, err)
	require.Equal(t, [4]int{10, 12, 2, 4}, [4]int{got.Width, got.Height, got.X, got.Y})
	still, err := Scan(got.Still)
	require.NoError(t, err)
	require.Equal(t, [2]int{8, 6}, [2]int{still.Width, still.Height})
	require.EqualValues(t, len(got.Still)-8, binary.LittleEndian.Uint32(got.Still[4:]))
}

func FuzzScan(f *testing.F) {
	f.Add(riff(vp8x(2, 10, 10), anmf(0, 0, 8, 8, vp8l(8, 8, 1))))
	f.Add([]byte("\xff\xd8\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00\xff\xda\x00\x02\xff\xd9"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x04\x00\x00\x00\x04\x08\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("GIF89a\x04\x00\x04\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Scan(data)
		if err != nil {
			return
		}
		if info.Width < 0 || info.Height < 0 || info.Memory < 0 || info.Scans < 0 || info.Chunks < 0 {
			t.Fatalf("negative: %+v", info)
		}
		if len(info.EXIF) > maxMetadata || len(info.Still) > len(data)+64 {
			t.Fatalf("larger than its file: %d, %d", len(info.EXIF), len(info.Still))
		}
	})
}
