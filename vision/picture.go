package vision

import (
	"image"
	"time"
)

// Format names the container that a picture came in.
type Format string

// Formats that [Decode] accepts, and the one of [FromImage].
const (
	FormatJPEG  Format = "jpeg"
	FormatPNG   Format = "png"
	FormatWebP  Format = "webp"
	FormatGIF   Format = "gif"
	FormatImage Format = "image" // made by FromImage
)

// Picture is a decoded picture, seen upright and opaque.
type Picture struct {
	src image.Image
}

// FromImage makes a Picture of a decoded image.
func FromImage(img image.Image) (*Picture, error) { panic("not yet") }

// Width is the upright width in pixels.
func (p *Picture) Width() int { panic("not yet") }

// Height is the upright height in pixels.
func (p *Picture) Height() int { panic("not yet") }

// Format is the container that the picture came in.
func (p *Picture) Format() Format { panic("not yet") }

// Captured is the time at which the picture was taken.
func (p *Picture) Captured() (time.Time, bool) { panic("not yet") }

// Image is the upright, opaque picture.
func (p *Picture) Image() image.Image { panic("not yet") }
