package pixels

import (
	"image"
	"image/color"
)

// converter returns the function that reads rows of img; see View.convert for its contract.
func converter(img image.Image, o Options) func(dst []byte, y, x0, x1 int) {
	switch m := img.(type) {
	case *image.YCbCr:
		if o.Studio && m.SubsampleRatio == image.YCbCrSubsampleRatio420 {
			return func(dst []byte, y, x0, x1 int) { webpRow(m, dst, y, x0, x1) }
		}
		return jpegConverter(m)
	case *image.NYCbCrA:
		opaque := converter(&m.YCbCr, o)
		return func(dst []byte, y, x0, x1 int) {
			opaque(dst, y, x0, x1)
			o := m.AOffset(x0, y)
			for i, a := range m.A[o : o+x1-x0] {
				if a != 255 {
					p := dst[3*i : 3*i+3]
					p[0], p[1], p[2] = onWhite(p[0], a), onWhite(p[1], a), onWhite(p[2], a)
				}
			}
		}
	case *image.Gray:
		return func(dst []byte, y, x0, x1 int) {
			o := m.PixOffset(x0, y)
			for i, s := range m.Pix[o : o+x1-x0] {
				p := dst[3*i : 3*i+3]
				p[0], p[1], p[2] = s, s, s
			}
		}
	case *image.Gray16:
		return func(dst []byte, y, x0, x1 int) {
			o := m.PixOffset(x0, y)
			for i := range x1 - x0 {
				s, p := m.Pix[o+2*i], dst[3*i:3*i+3]
				p[0], p[1], p[2] = s, s, s
			}
		}
	case *image.RGBA:
		return func(dst []byte, y, x0, x1 int) {
			o := m.PixOffset(x0, y)
			premultipliedRow(dst, m.Pix[o:o+4*(x1-x0)])
		}
	case *image.NRGBA:
		if o.Opaque {
			return func(dst []byte, y, x0, x1 int) {
				at := m.PixOffset(x0, y)
				opaqueRow(dst, m.Pix[at:at+4*(x1-x0)])
			}
		}
		return func(dst []byte, y, x0, x1 int) {
			o := m.PixOffset(x0, y)
			straightRow(dst, m.Pix[o:o+4*(x1-x0)])
		}
	case *image.RGBA64:
		return func(dst []byte, y, x0, x1 int) {
			o := m.PixOffset(x0, y)
			s := m.Pix[o : o+8*(x1-x0)]
			for i := 0; len(s) >= 8; i, s = i+3, s[8:] {
				white := 0xffff - (uint32(s[6])<<8 | uint32(s[7]))
				dst[i] = uint8(min((uint32(s[0])<<8|uint32(s[1]))+white, 0xffff) >> 8)
				dst[i+1] = uint8(min((uint32(s[2])<<8|uint32(s[3]))+white, 0xffff) >> 8)
				dst[i+2] = uint8(min((uint32(s[4])<<8|uint32(s[5]))+white, 0xffff) >> 8)
			}
		}
	case *image.NRGBA64:
		return func(dst []byte, y, x0, x1 int) {
			o := m.PixOffset(x0, y)
			s := m.Pix[o : o+8*(x1-x0)]
			for i := 0; len(s) >= 8; i, s = i+3, s[8:] {
				if a := s[6]; a == 255 {
					dst[i], dst[i+1], dst[i+2] = s[0], s[2], s[4]
				} else {
					dst[i], dst[i+1], dst[i+2] = onWhite(s[0], a), onWhite(s[2], a), onWhite(s[4], a)
				}
			}
		}
	case *image.Paletted:
		return palettedConverter(m)
	case *image.CMYK:
		return func(dst []byte, y, x0, x1 int) {
			o := m.PixOffset(x0, y)
			cmykRow(dst, m.Pix[o:o+4*(x1-x0)])
		}
	case image.RGBA64Image:
		return func(dst []byte, y, x0, x1 int) {
			for x := x0; x < x1; x++ {
				c := m.RGBA64At(x, y)
				anyPixel(dst[3*(x-x0):], uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A))
			}
		}
	default:
		return func(dst []byte, y, x0, x1 int) {
			for x := x0; x < x1; x++ {
				r, g, b, a := m.At(x, y).RGBA()
				anyPixel(dst[3*(x-x0):], r, g, b, a)
			}
		}
	}
}

// anyPixel writes one premultiplied 16-bit pixel on white.
func anyPixel(dst []byte, r, g, b, a uint32) {
	white := 0xffff - min(a, 0xffff)
	dst[0] = uint8(min(r+white, 0xffff) >> 8)
	dst[1] = uint8(min(g+white, 0xffff) >> 8)
	dst[2] = uint8(min(b+white, 0xffff) >> 8)
}

// premultipliedRow writes RGBA on white: c + (255 − a).
func premultipliedRow(dst, src []byte) {
	for len(src) >= 4 && len(dst) >= 3 {
		if a := src[3]; a == 255 {
			dst[0], dst[1], dst[2] = src[0], src[1], src[2]
		} else {
			white := 255 - uint32(a)
			dst[0] = uint8(min(uint32(src[0])+white, 255))
			dst[1] = uint8(min(uint32(src[1])+white, 255))
			dst[2] = uint8(min(uint32(src[2])+white, 255))
		}
		dst, src = dst[3:], src[4:]
	}
}

// opaqueRow writes the first three of four bytes.
func opaqueRow(dst, src []byte) {
	for len(src) >= 4 && len(dst) >= 3 {
		dst[0], dst[1], dst[2] = src[0], src[1], src[2]
		dst, src = dst[3:], src[4:]
	}
}

// straightRow writes NRGBA on white.
func straightRow(dst, src []byte) {
	for len(src) >= 4 && len(dst) >= 3 {
		if a := src[3]; a == 255 {
			dst[0], dst[1], dst[2] = src[0], src[1], src[2]
		} else {
			dst[0], dst[1], dst[2] = onWhite(src[0], a), onWhite(src[1], a), onWhite(src[2], a)
		}
		dst, src = dst[3:], src[4:]
	}
}

// palettedConverter looks colours up in a table made once. An index beyond the palette is black.
func palettedConverter(m *image.Paletted) func(dst []byte, y, x0, x1 int) {
	var table [256][3]byte
	for i, c := range m.Palette[:min(len(m.Palette), 256)] {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		table[i] = [3]byte{onWhite(n.R, n.A), onWhite(n.G, n.A), onWhite(n.B, n.A)}
	}
	return func(dst []byte, y, x0, x1 int) {
		o := m.PixOffset(x0, y)
		for i, index := range m.Pix[o : o+x1-x0] {
			c, p := &table[index], dst[3*i:3*i+3]
			p[0], p[1], p[2] = c[0], c[1], c[2]
		}
	}
}

// cmykRow converts ink to light as Pillow does: (255−k) − c·(255−k)/255, rounded.
func cmykRow(dst, src []byte) {
	for len(src) >= 4 && len(dst) >= 3 {
		paper := 255 - uint32(src[3])
		for c := range 3 {
			t := uint32(src[c])*paper + 128
			dst[c] = clamp8(int32(paper) - int32(((t>>8)+t)>>8))
		}
		dst, src = dst[3:], src[4:]
	}
}
