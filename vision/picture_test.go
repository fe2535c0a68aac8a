package vision_test

import (
	"image"
	"image/color"
	"image/gif"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
)

// storedAs returns m as a camera would store it so that the orientation makes it upright again.
func storedAs(m *image.RGBA, orientation int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if orientation >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			right, bottom := m.Rect.Dx()-1-x, m.Rect.Dy()-1-y
			p := map[int]image.Point{
				1: {X: x, Y: y}, 2: {X: right, Y: y}, 3: {X: right, Y: bottom}, 4: {X: x, Y: bottom},
				5: {X: y, Y: x}, 6: {X: y, Y: right}, 7: {X: bottom, Y: right}, 8: {X: bottom, Y: x},
			}[orientation]
			out.SetRGBA(p.X, p.Y, m.RGBAAt(x, y))
		}
	}
	return out
}

// TestPictureOrientation turns all eight orientations upright: by pixel, by thumbnail and by crop. The drawing is larger
// than a band of the row reader.
func TestPictureOrientation(t *testing.T) {
	t.Parallel()
	want := drawn(75, 101)
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	wantCrop, err := prep.Crop(fromImage(t, want))
	require.NoError(t, err)
	wantPalette := vision.NewPalette(fromImage(t, want))
	for orientation := 1; orientation <= 8; orientation++ {
		file := encodePNG(t, storedAs(want, orientation))
		exif := chunkPNG("eXIf", forgeEXIF([]exifTag{{id: 0x0112, short: uint16(orientation)}}, nil))
		const ihdr = 8 + 25
		file = append(append(append([]byte(nil), file[:ihdr]...), exif...), file[ihdr:]...)

		pic := decode(t, file)
		requireSamePixels(t, want, pic.Image())
		small, err := pic.Thumbnail(200)
		require.NoError(t, err)
		requireSamePixels(t, want, small)
		crop, err := prep.Crop(pic)
		require.NoError(t, err)
		requireSamePixels(t, wantCrop, crop)
		requireAlike(t, wantPalette, vision.NewPalette(pic), 0.1)

		asStored := decode(t, file, vision.WithOrientation(false))
		requireSamePixels(t, storedAs(want, orientation), asStored.Image())
	}
}

// TestPictureOrientationFiles turns the eight photographs of exif-samples, which were compressed one by one.
func TestPictureOrientationFiles(t *testing.T) {
	t.Parallel()
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	crop := func(n string) []byte {
		m, err := prep.Crop(decode(t, readFile(t, testenv.Data(t, "robust", "exif-orientation", "Landscape_"+n+".jpg"))))
		require.NoError(t, err)
		return hwc(m)
	}
	want := crop("1")
	for _, n := range []string{"2", "3", "4", "5", "6", "7", "8"} {
		mean, _ := difference(want, crop(n))
		require.Less(t, mean, 5.0, "orientation %s", n)
	}
}

func TestPictureCaptured(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	jpg := encodeJPEG(t, drawn(8, 8))
	for _, c := range []struct{ name, original, offset, want string }{
		{"no zone", "2019:07:04 21:30:00", "", "2019-07-04T21:30:00Z"},
		{"zone", "2019:07:04 21:30:00", "+02:00", "2019-07-04T21:30:00+02:00"},
		{"western zone", "2019:07:04 21:30:00", "-09:30", "2019-07-04T21:30:00-09:30"},
		{"broken zone", "2019:07:04 21:30:00", "Berlin", "2019-07-04T21:30:00Z"},
		{"scanned", "1921:01:01 00:00:00", "", "1921-01-01T00:00:00Z"},
		{"tomorrow, in another zone", "2026:11:26 02:00:00", "", "2026-11-26T02:00:00Z"},
		{"next week", "2026:12:02 02:00:00", "", ""},
		{"before photography", "1700:01:01 10:00:00", "", ""},
		{"clock not set", "1980:01:01 00:00:00", "", ""},
		{"clock not set, either", "2000:01:01 00:00:00", "", ""},
		{"zeros", "0000:00:00 00:00:00", "", ""},
		{"blank", "    :  :     :  :  ", "", ""},
		{"no such day", "2019:02:30 10:00:00", "", ""},
		{"nothing", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sub []exifTag
			if c.original != "" {
				sub = append(sub, exifTag{id: 0x9003, ascii: c.original})
			}
			if c.offset != "" {
				sub = append(sub, exifTag{id: 0x9011, ascii: c.offset})
			}
			pic := decode(t, withEXIF(jpg, forgeEXIF(nil, sub)), vision.WithClock(func() time.Time { return now }))
			got, ok := pic.Captured()
			require.Equal(t, c.want != "", ok)
			if ok {
				require.Equal(t, c.want, got.Format(time.RFC3339))
			}
		})
	}
}

// A broken EXIF block costs the metadata, not the picture.
func TestPictureBrokenEXIF(t *testing.T) {
	t.Parallel()
	jpg := encodeJPEG(t, drawn(8, 8))
	good := forgeEXIF([]exifTag{{id: 0x0112, short: 6}}, []exifTag{{id: 0x9003, ascii: "2019:07:04 21:30:00"}})
	for cut := range good {
		decode(t, withEXIF(jpg, good[:cut]))
	}
	for i := range good {
		damaged := append([]byte(nil), good...)
		damaged[i] ^= 0xff
		decode(t, withEXIF(jpg, damaged))
	}
	decode(t, withEXIF(jpg, forgeEXIF([]exifTag{{id: 0x0112, short: 9}}, nil)))
}

func TestPictureFromImage(t *testing.T) {
	t.Parallel()
	_, err := vision.FromImage(nil)
	requireRefusal(t, err, vision.ErrEmpty, vision.ReasonEmpty)
	_, err = vision.FromImage(image.NewGray(image.Rect(3, 3, 3, 9)))
	requireRefusal(t, err, vision.ErrEmpty, vision.ReasonEmpty)
	pic := fromImage(t, drawn(30, 20).SubImage(image.Rect(10, 5, 20, 9)))
	require.Equal(t, 10, pic.Width())
	require.Equal(t, 4, pic.Height())
	require.Equal(t, vision.FormatImage, pic.Format())
	_, ok := pic.Captured()
	require.False(t, ok)
	requireSamePixels(t, drawn(30, 20).SubImage(image.Rect(10, 5, 20, 9)), pic.Image())
}

// TestPictureGIFCanvas draws a first frame that is smaller than its canvas: what it does not cover is white, and so is what
// is transparent in it.
func TestPictureGIFCanvas(t *testing.T) {
	t.Parallel()
	frame := image.NewPaletted(image.Rect(2, 1, 4, 3), color.Palette{color.RGBA{R: 200, A: 255}, color.RGBA{}})
	frame.SetColorIndex(3, 2, 1)
	pic := decode(t, encodeGIF(t, &gif.GIF{
		Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 6, Height: 4},
	}))
	require.Equal(t, "6×4 gif", pic.String())
	red, white := color.RGBA{R: 200, A: 255}, color.RGBA{R: 255, G: 255, B: 255, A: 255}
	for y := range 4 {
		for x := range 6 {
			want := white
			if (image.Point{X: x, Y: y}).In(frame.Rect) && (x != 3 || y != 2) {
				want = red
			}
			require.Equal(t, want, pic.Image().At(x, y), "(%d, %d)", x, y)
		}
	}
}

func TestPictureImage(t *testing.T) {
	t.Parallel()
	m := decode(t, encodePNG(t, image.NewNRGBA(image.Rect(0, 0, 3, 2)))).Image()
	require.Equal(t, image.Rect(0, 0, 3, 2), m.Bounds())
	require.Equal(t, color.RGBA{R: 255, G: 255, B: 255, A: 255}, m.At(2, 1), "transparent is white")
	require.Equal(t, color.RGBA{}, m.At(3, 1))
	opaque, ok := m.(interface{ Opaque() bool })
	require.True(t, ok && opaque.Opaque())
	wide, ok := m.(image.RGBA64Image)
	require.True(t, ok)
	require.Equal(t, color.RGBA64{R: 0xffff, G: 0xffff, B: 0xffff, A: 0xffff}, wide.RGBA64At(0, 0))
}

func TestPictureThumbnail(t *testing.T) {
	t.Parallel()
	pic := fromImage(t, drawn(300, 120))
	for _, c := range []struct{ side, w, h int }{{150, 150, 60}, {1, 1, 1}, {300, 300, 120}, {1000, 300, 120}, {7, 7, 2}} {
		m, err := pic.Thumbnail(c.side)
		require.NoError(t, err)
		require.Equal(t, image.Rect(0, 0, c.w, c.h), m.Bounds())
		require.True(t, m.Opaque())
	}
	for _, side := range []int{0, -1, 16_385} {
		_, err := pic.Thumbnail(side)
		require.Error(t, err)
	}
}
