package pixels

import (
	"image"
	"image/color"
)

// Image presents a view as an opaque image.Image with its origin at (0, 0). It is safe for concurrent use.
type Image struct{ v *View }

// NewImage returns v as an image.
func NewImage(v *View) Image { return Image{v} }

// ColorModel implements image.Image.
func (m Image) ColorModel() color.Model { return color.RGBAModel }

// Bounds implements image.Image.
func (m Image) Bounds() image.Rectangle {
	w, h := m.v.Size()
	return image.Rect(0, 0, w, h)
}

// Opaque says that every pixel is opaque.
func (m Image) Opaque() bool { return true }

// At implements image.Image. Outside the bounds it is transparent black.
func (m Image) At(x, y int) color.Color { return m.RGBAAt(x, y) }

// RGBAAt returns the pixel at (x, y).
func (m Image) RGBAAt(x, y int) color.RGBA {
	if !(image.Point{X: x, Y: y}).In(m.Bounds()) {
		return color.RGBA{}
	}
	var p [3]byte
	sx, sy := m.v.storedAt(x, y)
	m.v.stored(Row{p[:1], p[1:2], p[2:]}, sy, sx, sx+1, nil)
	return color.RGBA{R: p[0], G: p[1], B: p[2], A: 255}
}

// RGBA64At implements image.RGBA64Image.
func (m Image) RGBA64At(x, y int) color.RGBA64 {
	c := m.RGBAAt(x, y)
	return color.RGBA64{R: uint16(c.R) * 0x101, G: uint16(c.G) * 0x101, B: uint16(c.B) * 0x101, A: uint16(c.A) * 0x101}
}
