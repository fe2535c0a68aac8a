package vision

import (
	"fmt"
	"image"
	"time"

	"github.com/soundtrack-go/sdk/vision/internal/pixels"
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

// Picture is a decoded picture, seen upright, opaque and in 8-bit sRGB whatever it was stored as: turned by its EXIF
// orientation, transparency composited on white (see [WithAlpha]), 16-bit samples reduced to their high byte, palettes
// looked up, CMYK and YCbCr converted. The conversion happens row by row when somebody looks; no RGB copy of the whole
// picture is kept.
//
// A Picture never changes and is safe for concurrent use. Of the file's metadata only the orientation and the time of
// capture survive decoding.
type Picture struct {
	view     *pixels.View
	width    int
	height   int
	format   Format
	captured time.Time // zero if unknown
}

// FromImage makes a Picture of an image that the caller has decoded, for instance from a format that [Decode] does not
// know. The Picture keeps img and reads it later: do not change it while the Picture is in use. Its limits are the
// caller's business; only an image that is nil or has no pixels is refused, with [ErrEmpty].
//
// An *image.YCbCr is read as a JPEG decoder's output, with libjpeg's chroma upsampling.
func FromImage(img image.Image) (*Picture, error) {
	if img == nil || img.Bounds().Empty() {
		return nil, &RefusalError{Reason: ReasonEmpty, Format: FormatImage}
	}
	return newPicture(img, pixels.Options{}, FormatImage), nil
}

// newPicture wraps a non-empty image.
func newPicture(img image.Image, o pixels.Options, format Format) *Picture {
	p := &Picture{view: pixels.New(img, o), format: format}
	p.width, p.height = p.view.Size()
	return p
}

// Width is the upright width in pixels, at least 1.
func (p *Picture) Width() int { return p.width }

// Height is the upright height in pixels, at least 1.
func (p *Picture) Height() int { return p.height }

// Format is the container that the picture came in.
func (p *Picture) Format() Format { return p.format }

// Captured is the time at which the picture was taken, from EXIF's DateTimeOriginal, and whether it is known and
// plausible. Without an OffsetTimeOriginal, EXIF tells the time on the camera's clock but not its zone: it is then
// returned in UTC, and only its date and time of day mean something.
func (p *Picture) Captured() (time.Time, bool) { return p.captured, !p.captured.IsZero() }

// Image returns the upright, opaque picture with its origin at (0, 0). Each pixel is converted anew when it is read, at a
// cost of some tens of nanoseconds: to show or encode a picture, [Picture.Thumbnail] is the fast way.
// The image is safe for concurrent use.
func (p *Picture) Image() image.Image { return pixels.NewImage(p.view) }

// String describes the picture for people, without anything personal: "4000×3000 jpeg".
func (p *Picture) String() string { return fmt.Sprintf("%d×%d %s", p.width, p.height, p.format) }
