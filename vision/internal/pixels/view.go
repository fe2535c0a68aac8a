// Package pixels reads upright, opaque, 8-bit RGB out of whatever a decoder returned, one row at a time, so that no
// full-size RGB copy of a picture ever exists.
//
// What "RGB" means is pinned to the reference implementations, because embeddings are compared with theirs:
//
//   - JPEG chroma is upsampled with libjpeg's triangle filter and converted with libjpeg's integer tables (ycc_jpeg.go);
//   - lossy WebP is converted with libwebp's studio-swing integers and its upsampler (ycc_webp.go);
//   - transparency is composited on white with Pillow's rounding, or ignored (blend.go);
//   - 16-bit samples keep their high byte.
package pixels

import "image"

// Options say how stored pixels are to be seen. The zero value shows them as they are.
type Options struct {
	// Orientation is EXIF's, 1 to 8: the turn and mirroring that make the picture upright. 0 means 1.
	Orientation int
	// Canvas is the area shown, in the image's own coordinates; where the image does not cover it, it is white.
	// The empty rectangle means the image's bounds.
	Canvas image.Rectangle
	// Studio says that a YCbCr image comes from VP8: samples 16 to 235, libwebp's upsampling.
	Studio bool
	// Opaque says that alpha means nothing, and stored colours are shown as they are, even where alpha is 0.
	Opaque bool
}

// View is an upright, opaque view of an image. It is immutable and safe for concurrent use as long as nobody changes
// the image.
type View struct {
	src         image.Image
	bounds      image.Rectangle // of src
	canvas      image.Rectangle
	orientation int
	covered     bool // src covers the whole canvas
	convert     rowFunc
	kernels     *kernels
}

// New returns a view of img. It panics if the orientation is out of range.
func New(img image.Image, o Options) *View { return newView(img, o, available()[0]) }

func newView(img image.Image, o Options, k *kernels) *View {
	if o.Orientation == 0 {
		o.Orientation = 1
	}
	if o.Orientation < 1 || o.Orientation > 8 {
		panic("pixels: orientation out of range")
	}
	v := &View{src: img, bounds: img.Bounds(), canvas: o.Canvas, orientation: o.Orientation, kernels: k}
	if v.canvas.Empty() {
		v.canvas = v.bounds
	}
	v.covered = v.canvas.In(v.bounds)
	v.convert = converter(img, o, k)
	return v
}

// Source returns the image as it was given.
func (v *View) Source() image.Image { return v.src }

// Size returns the upright width and height.
func (v *View) Size() (w, h int) {
	w, h = v.canvas.Dx(), v.canvas.Dy()
	if v.transposed() {
		w, h = h, w
	}
	return w, h
}

// transposed says that an upright row is a stored column.
func (v *View) transposed() bool { return v.orientation >= 5 }

// stored writes pixels [x0, x1) of stored row y, both relative to the canvas, into dst.
func (v *View) stored(dst Row, y, x0, x1 int, s *scratch) {
	y += v.canvas.Min.Y
	x0 += v.canvas.Min.X
	x1 += v.canvas.Min.X
	if v.covered {
		v.convert(dst, y, x0, x1, s)
		return
	}
	dst.fill(255)
	in0, in1 := max(x0, v.bounds.Min.X), min(x1, v.bounds.Max.X)
	if in0 < in1 && y >= v.bounds.Min.Y && y < v.bounds.Max.Y {
		v.convert(dst.part(in0-x0, in1-x0), y, in0, in1, s)
	}
}

// storedAt maps an upright position to a stored one, relative to the canvas.
//
//	orientation   stored row 0 is upright   stored column 0 is upright
//	1             top                       left
//	2             top                       right
//	3             bottom                    right
//	4             bottom                    left
//	5             left                      top
//	6             right                     top
//	7             right                     bottom
//	8             left                      bottom
func (v *View) storedAt(x, y int) (sx, sy int) {
	lastX, lastY := v.canvas.Dx()-1, v.canvas.Dy()-1
	switch v.orientation {
	case 2:
		return lastX - x, y
	case 3:
		return lastX - x, lastY - y
	case 4:
		return x, lastY - y
	case 5:
		return y, x
	case 6:
		return y, lastY - x
	case 7:
		return lastX - y, lastY - x
	case 8:
		return lastX - y, x
	default:
		return x, y
	}
}

// Stored returns the same view without orientation: rows and columns as they are stored.
func (v *View) Stored() *View {
	if v.orientation == 1 {
		return v
	}
	s := *v
	s.orientation = 1
	return &s
}
