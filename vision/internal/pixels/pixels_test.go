package pixels

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// readAll reads the columns [x0, x1) of all rows.
func readAll(v *View, x0, x1 int) []byte {
	var r Reader
	r.Reset(v, x0, x1)
	_, h := v.Size()
	w := x1 - x0
	out := make([]byte, 0, 3*w*h)
	row := make([]byte, 3*w)
	for y := range h {
		r.Row(row[:w], row[w:2*w], row[2*w:], y)
		for x := range w {
			out = append(out, row[x], row[w+x], row[2*w+x])
		}
	}
	return out
}

// noise is a picture of random samples with an origin that is not (0, 0) but even, as subsampled pictures want it.
func noise(w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	r := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	m := image.NewYCbCr(image.Rect(4, 8, 4+w, 8+h), ratio)
	for _, plane := range [][]byte{m.Y, m.Cb, m.Cr} {
		for i := range plane {
			plane[i] = uint8(r.Uint32())
		}
	}
	return m
}

// naiveRGB converts one pixel by libjpeg's integers, written out.
func naiveRGB(y, cb, cr int) [3]byte {
	clamp := func(v int) byte { return byte(min(max(v, 0), 255)) }
	cb, cr = cb-128, cr-128
	return [3]byte{
		clamp(y + (91881*cr+32768)>>16),
		clamp(y + (-22554*cb-46802*cr+32768)>>16),
		clamp(y + (116130*cb+32768)>>16),
	}
}

// naiveChroma upsamples one sample of a plane of cw × ch the way jdsample.c describes it.
func naiveChroma(plane []byte, stride, cw, ch, x, y int, ratio image.YCbCrSubsampleRatio) int {
	at := func(cx, cy int) int { return int(plane[cy*stride+cx]) }
	neighbour := func(i, n int) int { // the next nearest sample of position i
		if i&1 == 0 {
			return max(i/2-1, 0)
		}
		return min(i/2+1, n-1)
	}
	switch ratio {
	case image.YCbCrSubsampleRatio444:
		return at(x, y)
	case image.YCbCrSubsampleRatio422:
		if cw <= 2 {
			return at(x/2, y)
		}
		return (3*at(x/2, y) + at(neighbour(x, cw), y) + 1 + x&1) >> 2
	case image.YCbCrSubsampleRatio440:
		return (3*at(x, y/2) + at(x, neighbour(y, ch)) + 1 + y&1) >> 2
	case image.YCbCrSubsampleRatio420:
		if cw <= 2 {
			return at(x/2, y/2)
		}
		column := func(cx int) int { return 3*at(cx, y/2) + at(cx, neighbour(y, ch)) }
		return (3*column(x/2) + column(neighbour(x, cw)) + 8 - x&1) >> 4
	case image.YCbCrSubsampleRatio411:
		return at(x/4, y)
	default: // 4:1:0
		return at(x/4, y/2)
	}
}

func TestJPEGRows(t *testing.T) {
	t.Parallel()
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 3}, {7, 9}, {33, 21}, {300, 5}, {601, 4}} {
			t.Run(fmt.Sprintf("%v/%d×%d", ratio, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				w, h := size[0], size[1]
				m := noise(w, h, ratio)
				cw, ch := m.CStride, len(m.Cb)/m.CStride
				want := make([]byte, 0, 3*w*h)
				for y := range h {
					for x := range w {
						cb := naiveChroma(m.Cb, m.CStride, cw, ch, x, y, ratio)
						cr := naiveChroma(m.Cr, m.CStride, cw, ch, x, y, ratio)
						rgb := naiveRGB(int(m.Y[y*m.YStride+x]), cb, cr)
						want = append(want, rgb[:]...)
					}
				}
				v := New(m, Options{})
				require.Equal(t, want, readAll(v, 0, w))
				// Any part of a row is the same as that part of the whole row.
				for x0 := range min(w, 8) {
					for x1 := max(x0+1, w-6); x1 <= w; x1++ {
						part := readAll(v, x0, x1)
						for y := range h {
							require.Equal(t, want[3*(y*w+x0):3*(y*w+x1)], part[3*y*(x1-x0):3*(y+1)*(x1-x0)])
						}
					}
				}
			})
		}
	}
}

// TestYCCTables: all 2²⁴ triples in steps, and all extremes.
func TestYCCTables(t *testing.T) {
	t.Parallel()
	for y := 0; y < 256; y += 5 {
		for cb := range 256 {
			for cr := 0; cr < 256; cr += 3 {
				var got [3]byte
				putYCC(Row{got[:1], got[1:2], got[2:]}, 0, byte(y), byte(cb), byte(cr))
				if want := naiveRGB(y, cb, cr); got != want {
					t.Fatalf("YCbCr %d %d %d: want %v, got %v", y, cb, cr, want, got)
				}
			}
		}
	}
}

// hidden hides an image's type, so that it is read through At.
type hidden struct{ m image.Image }

func (g hidden) ColorModel() color.Model { return g.m.ColorModel() }
func (g hidden) Bounds() image.Rectangle { return g.m.Bounds() }
func (g hidden) At(x, y int) color.Color { return g.m.At(x, y) }

// TestTypes holds every image type against the same picture read through At, which knows only color.Color. Straight alpha
// may differ by one level: At premultiplies in 16 bits first.
func TestTypes(t *testing.T) {
	t.Parallel()
	bounds := image.Rect(-3, 5, 40, 24)
	palette := make(color.Palette, 256)
	for i := range palette {
		palette[i] = color.NRGBA{R: uint8(i), G: uint8(i * 7), B: uint8(255 - i), A: uint8(255 - i/2)}
	}
	for name, m := range map[string]draw.Image{
		"Gray": image.NewGray(bounds), "Gray16": image.NewGray16(bounds), "RGBA": image.NewRGBA(bounds),
		"NRGBA": image.NewNRGBA(bounds), "RGBA64": image.NewRGBA64(bounds), "NRGBA64": image.NewNRGBA64(bounds),
		"Paletted": image.NewPaletted(bounds, palette), "CMYK": image.NewCMYK(bounds), "Alpha": image.NewAlpha(bounds),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 2))
			for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
				for x := bounds.Min.X; x < bounds.Max.X; x++ {
					v := r.Uint64()
					m.Set(x, y, color.NRGBA64{R: uint16(v), G: uint16(v >> 16), B: uint16(v >> 32), A: uint16(v>>48) | 0x8000*uint16(x&1)})
				}
			}
			want := readAll(New(hidden{m}, Options{}), 0, bounds.Dx())
			got := readAll(New(m, Options{}), 0, bounds.Dx())
			for i := range want {
				require.InDelta(t, want[i], got[i], 1.0, "sample %d", i)
			}
		})
	}
}

// TestOnWhite: exact at the ends, and never more than half a level from the real number.
func TestOnWhite(t *testing.T) {
	t.Parallel()
	for s := range 256 {
		require.EqualValues(t, 255, onWhite(uint8(s), 0))
		require.EqualValues(t, s, onWhite(uint8(s), 255))
		for a := range 256 {
			exact := (float64(s)*float64(a) + 255*float64(255-a)) / 255
			require.InDelta(t, exact, onWhite(uint8(s), uint8(a)), 0.5+1e-9)
		}
	}
}

func TestOrientationMapsAreInverse(t *testing.T) {
	t.Parallel()
	for o := 1; o <= 8; o++ {
		v := New(image.NewGray(image.Rect(0, 0, 7, 4)), Options{Orientation: o})
		w, h := v.Size()
		seen := map[image.Point]bool{}
		for y := range h {
			for x := range w {
				sx, sy := v.storedAt(x, y)
				require.True(t, image.Pt(sx, sy).In(image.Rect(0, 0, 7, 4)))
				seen[image.Pt(sx, sy)] = true
			}
		}
		require.Len(t, seen, 28)
	}
	require.Panics(t, func() { New(image.NewGray(image.Rect(0, 0, 1, 1)), Options{Orientation: 9}) })
}

// TestReaderAndImageAgree for each orientation, in parts, on a canvas larger and smaller than the image.
func TestReaderAndImageAgree(t *testing.T) {
	t.Parallel()
	m := noise(150, 141, image.YCbCrSubsampleRatio420) // more than a band both ways
	for _, canvas := range []image.Rectangle{{}, m.Rect.Inset(-9), m.Rect.Inset(6), image.Rect(0, 0, 30, 30), image.Rect(0, 0, 9, 5)} {
		for o := 1; o <= 8; o++ {
			v := New(m, Options{Orientation: o, Canvas: canvas})
			w, h := v.Size()
			img := NewImage(v)
			for _, part := range [][2]int{{0, w}, {1, w - 3}, {w / 2, w/2 + 1}} {
				got := readAll(v, part[0], part[1])
				for y := range h {
					for x := part[0]; x < part[1]; x++ {
						c := img.RGBAAt(x, y)
						i := 3 * (y*(part[1]-part[0]) + x - part[0])
						if [3]byte{c.R, c.G, c.B} != [3]byte(got[i:i+3]) {
							t.Fatalf("canvas %v, orientation %d, (%d, %d): image %v, row %v", canvas, o, x, y, c, got[i:i+3])
						}
					}
				}
			}
		}
	}
}
