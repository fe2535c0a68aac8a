package pixels

import (
	"image"
	"image/color"
)

// rowFunc writes pixels [x0, x1) of row y of an image, in its own coordinates and inside its bounds, into dst. The
// scratch memory may be nil for a single pixel.
type rowFunc func(dst Row, y, x0, x1 int, s *scratch)

// converter returns the function that reads rows of img.
func converter(img image.Image, o Options, k *kernels) rowFunc {
	switch m := img.(type) {
	case *image.YCbCr:
		if o.Studio && m.SubsampleRatio == image.YCbCrSubsampleRatio420 {
			return func(dst Row, y, x0, x1 int, _ *scratch) { webpRow(m, dst, y, x0, x1) }
		}
		return jpegConverter(m, k)
	case *image.NYCbCrA:
		colours := converter(&m.YCbCr, o, k)
		if o.Opaque {
			return colours
		}
		return func(dst Row, y, x0, x1 int, s *scratch) {
			colours(dst, y, x0, x1, s)
			at := m.AOffset(x0, y)
			straightOnWhite(dst, m.A[at:at+x1-x0], 1)
		}
	case *image.Gray:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			at := m.PixOffset(x0, y)
			dst.grey(m.Pix[at : at+x1-x0])
		}
	case *image.Gray16:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			at := m.PixOffset(x0, y)
			for i := range x1 - x0 {
				s := m.Pix[at+2*i]
				dst.set(i, s, s, s)
			}
		}
	case *image.NRGBA:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			at := m.PixOffset(x0, y)
			src := m.Pix[at : at+4*(x1-x0)]
			if !k.split(dst, src) && !o.Opaque {
				straightOnWhite(dst, src[3:], 4)
			}
		}
	case *image.RGBA:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			at := m.PixOffset(x0, y)
			src := m.Pix[at : at+4*(x1-x0)]
			if !k.split(dst, src) {
				premultiplied(dst, src[3:], o.Opaque)
			}
		}
	case *image.NRGBA64:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			at := m.PixOffset(x0, y)
			src := m.Pix[at : at+8*(x1-x0)]
			for i, p := 0, src; len(p) >= 8; i, p = i+1, p[8:] {
				dst.set(i, p[0], p[2], p[4])
			}
			if !o.Opaque {
				straightOnWhite(dst, src[6:], 8)
			}
		}
	case *image.Paletted:
		return palettedConverter(m, o.Opaque)
	case *image.CMYK:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			at := m.PixOffset(x0, y)
			cmykRow(dst, m.Pix[at:at+4*(x1-x0)])
		}
	case image.RGBA64Image:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			for x := x0; x < x1; x++ {
				c := m.RGBA64At(x, y)
				anyPixel(dst, x-x0, uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A), o.Opaque)
			}
		}
	default:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			for x := x0; x < x1; x++ {
				r, g, b, a := m.At(x, y).RGBA()
				anyPixel(dst, x-x0, r, g, b, a, o.Opaque)
			}
		}
	}
}

// palettedConverter looks colours up in a table made once. An index beyond the palette is black.
func palettedConverter(m *image.Paletted, opaque bool) rowFunc {
	var table [256][3]byte
	for i, c := range m.Palette[:min(len(m.Palette), 256)] {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		table[i] = [3]byte{n.R, n.G, n.B}
		if !opaque {
			table[i] = [3]byte{onWhite(n.R, n.A), onWhite(n.G, n.A), onWhite(n.B, n.A)}
		}
	}
	return func(dst Row, y, x0, x1 int, _ *scratch) {
		at := m.PixOffset(x0, y)
		for i, index := range m.Pix[at : at+x1-x0] {
			c := &table[index]
			dst.set(i, c[0], c[1], c[2])
		}
	}
}

// cmykRow converts ink to light as Pillow does: (255−k) − c·(255−k)/255, rounded.
func cmykRow(dst Row, src []byte) {
	for i := range dst.R {
		paper := 255 - uint32(src[3])
		light := func(ink uint8) uint8 {
			t := uint32(ink)*paper + 128
			return clamp8(int32(paper) - int32(((t>>8)+t)>>8))
		}
		dst.set(i, light(src[0]), light(src[1]), light(src[2]))
		src = src[4:]
	}
}
