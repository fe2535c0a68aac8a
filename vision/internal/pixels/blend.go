package pixels

import "image/color"

// onWhite composites one straight-alpha sample on white, rounded as Pillow's alpha_composite does over an opaque
// background:
//
//	t = 128·(s·a + 255·(255−a)) + 128·128;  out = ((t>>8) + t) >> 15
func onWhite(sample, alpha uint8) uint8 {
	s, a := uint32(sample), uint32(alpha)
	t := (s*a+255*(255-a))<<7 + 0x80<<7
	return uint8(((t >> 8) + t) >> 15)
}

// straightOnWhite composites a row whose alpha is alpha[0], alpha[step], ….
func straightOnWhite(p Row, alpha []byte, step int) {
	for i := range p.R {
		if a := alpha[i*step]; a != 255 {
			p.set(i, onWhite(p.R[i], a), onWhite(p.G[i], a), onWhite(p.B[i], a))
		}
	}
}

// premultiplied composites a row of premultiplied samples on white, or takes the alpha out again to show its colours.
// The alpha is every fourth byte.
func premultiplied(p Row, alpha []byte, opaque bool) {
	for i := range p.R {
		a := alpha[4*i]
		switch {
		case a == 255:
		case opaque:
			c := color.NRGBAModel.Convert(color.RGBA{R: p.R[i], G: p.G[i], B: p.B[i], A: a}).(color.NRGBA)
			p.set(i, c.R, c.G, c.B)
		default:
			white := 255 - a // a sample larger than its alpha is a mistake, and becomes white
			p.set(i, min(p.R[i], a)+white, min(p.G[i], a)+white, min(p.B[i], a)+white)
		}
	}
}

// anyPixel writes one premultiplied 16-bit pixel: on white, or its colour.
func anyPixel(p Row, i int, r, g, b, a uint32, opaque bool) {
	if a >= 0xffff {
		p.set(i, uint8(r>>8), uint8(g>>8), uint8(b>>8))
		return
	}
	if opaque {
		c := color.NRGBA64Model.Convert(color.RGBA64{R: uint16(r), G: uint16(g), B: uint16(b), A: uint16(a)}).(color.NRGBA64)
		p.set(i, uint8(c.R>>8), uint8(c.G>>8), uint8(c.B>>8))
		return
	}
	white := 0xffff - a
	p.set(i, uint8((min(r, a)+white)>>8), uint8((min(g, a)+white)>>8), uint8((min(b, a)+white)>>8))
}

// clamp8 limits v to 0…255.
func clamp8(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	if v < 0 {
		return 0
	}
	return 255
}
