package vision

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"golang.org/x/image/webp"

	"github.com/soundtrack-go/sdk/vision/internal/container"
	"github.com/soundtrack-go/sdk/vision/internal/jpegread"
	"github.com/soundtrack-go/sdk/vision/internal/pixels"
	"github.com/soundtrack-go/sdk/vision/internal/turbojpeg"
)

// DecodeOption changes how [Decode] and [Probe] work.
type DecodeOption interface{ applyDecode(*decodeConfig) error }

type decodeOptionFunc func(*decodeConfig) error

func (f decodeOptionFunc) applyDecode(c *decodeConfig) error { return f(c) }

type decodeConfig struct {
	limits    Limits
	orient    bool
	alpha     Alpha
	scaledFor int // side of the network's input; 0: full size
	clock     func() time.Time
	decoders  map[container.Kind]func(*contextReader) (image.Image, error)
}

// WithLimits sets the limits. Zero fields mean their defaults; negative ones are an error.
func WithLimits(l Limits) DecodeOption {
	return decodeOptionFunc(func(c *decodeConfig) (err error) {
		c.limits, err = l.filled()
		return err
	})
}

// WithOrientation says whether the picture is turned as its EXIF orientation asks. The default is true: people expect it.
// False shows pixels as they are stored, as Pillow does until told otherwise.
func WithOrientation(apply bool) DecodeOption {
	return decodeOptionFunc(func(c *decodeConfig) error {
		c.orient = apply
		return nil
	})
}

// WithClock sets the clock that tells whether a time of capture lies in the future. The default is [time.Now].
func WithClock(now func() time.Time) DecodeOption {
	return decodeOptionFunc(func(c *decodeConfig) error {
		if now == nil {
			return errors.New("vision: WithClock(nil): want a clock")
		}
		c.clock = now
		return nil
	})
}

func newDecodeConfig(opts []DecodeOption) (decodeConfig, error) {
	c := decodeConfig{limits: defaultLimits(), orient: true, clock: time.Now, decoders: decoders()}
	for _, o := range opts {
		if err := o.applyDecode(&c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// decoders lists the decoders. They are called directly, by magic bytes: what other packages have registered with
// package image is never asked. Each decodes the first frame only.
func decoders() map[container.Kind]func(*contextReader) (image.Image, error) {
	return map[container.Kind]func(*contextReader) (image.Image, error){
		container.JPEG: decodeJPEG,
		container.PNG:  func(r *contextReader) (image.Image, error) { return png.Decode(r) },
		container.WebP: func(r *contextReader) (image.Image, error) { return webp.Decode(r) },
		container.GIF:  func(r *contextReader) (image.Image, error) { return gif.Decode(r) },
	}
}

// turboScans caps the scans of a JPEG that libjpeg-turbo gets: it cannot be stopped, so that what may take long is not for
// it. An honest progressive file has ten.
const turboScans = 12

// decodeJPEG uses libjpeg-turbo in builds that have it, our own decoder, whose samples are the same, in all others and for
// whatever that refuses, and image/jpeg for the kinds that neither knows.
func decodeJPEG(r *contextReader) (image.Image, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	if r.scans <= turboScans {
		if img, err := turbojpeg.Decode(r.data, r.denominator); err == nil {
			return img, r.check()
		}
	}
	img, err := jpegread.Decode(r.data, r.denominator, r.check)
	if errors.Is(err, jpegread.ErrOther) {
		return jpeg.Decode(r)
	}
	return img, err
}

func formatOf(kind container.Kind) Format {
	switch kind {
	case container.JPEG:
		return FormatJPEG
	case container.PNG:
		return FormatPNG
	case container.WebP:
		return FormatWebP
	case container.GIF:
		return FormatGIF
	default:
		return ""
	}
}

// Header is what a file says about itself before any pixel is decoded.
type Header struct {
	Format        Format
	Width, Height int // in pixels as stored, before the EXIF orientation is applied
	// DecodedBytes estimates the memory that decoding takes at its peak: pixels and the decoder's own planes, without the
	// encoded bytes. It is meant as the weight of a semaphore over all decodes of a process.
	DecodedBytes int64
}

// Probe reads a file to its end, within the limits, and returns what its header says. It refuses, with the same errors,
// whatever [Decode] would refuse before decoding pixels, in some tens of microseconds.
// It gives no promise that the pixels can be decoded.
func Probe(r io.Reader, opts ...DecodeOption) (Header, error) {
	c, err := newDecodeConfig(opts)
	if err != nil {
		return Header{}, err
	}
	data, err := readAll(context.Background(), r, c.limits.Bytes)
	if err != nil {
		return Header{}, err
	}
	info, err := c.scan(data)
	if err != nil {
		return Header{}, err
	}
	return Header{
		Format: formatOf(info.Kind), Width: info.Width, Height: info.Height, DecodedBytes: info.Memory,
	}, nil
}

// Decode reads one picture: JPEG, PNG, WebP or GIF, told apart by their first bytes alone, and of an animation the first
// frame on its canvas. It is made for hostile input. All [Limits] are checked before pixels are decoded; an empty picture
// and one of another size than its header says are refused; a panic of a decoder becomes an error. Refusals are of type
// [*RefusalError] and match [ErrFormat], [ErrTooLarge], [ErrCorrupt] or [ErrEmpty].
//
// When ctx is done Decode returns an error that wraps ctx.Err(), not at once but between two rows of a JPEG's blocks, or as
// soon as another decoder asks for more input, which is usually within milliseconds; a lossy WebP, which is read before it
// is decoded, runs to its end, and so does a JPEG of a few scans with the build tag turbojpeg. The goroutine that calls is
// the one that works: a caller that counts decodes may rely on their end when Decode returns.
//
// With the build tag turbojpeg, which needs cgo, libjpeg-turbo itself decodes JPEG, and our own decoder what that refuses.
// Either way JPEG samples equal those of libjpeg-turbo, and lossy WebP those of libwebp, bit for bit.
//
// Of the metadata only the EXIF orientation, which is applied, and the time of capture are kept. An ICC profile is
// ignored: samples are taken for sRGB, as by the reference implementations. Decode does not close r.
func Decode(ctx context.Context, r io.Reader, opts ...DecodeOption) (*Picture, error) {
	c, err := newDecodeConfig(opts)
	if err != nil {
		return nil, err
	}
	data, err := readAll(ctx, r, c.limits.Bytes)
	if err != nil {
		return nil, err
	}
	info, err := c.scan(data)
	if err != nil {
		return nil, err
	}
	img, err := c.decode(ctx, data, info)
	if err != nil {
		return nil, err
	}

	meta := readMetadata(info.EXIF, c.clock())
	o := pixels.Options{Studio: info.Studio, Opaque: info.Opaque || c.alpha == AlphaDrop, Orientation: 1}
	if c.orient {
		o.Orientation = meta.orientation
	}
	if info.Kind == container.GIF || info.Still != nil {
		o.Canvas = image.Rect(-info.X, -info.Y, info.Width-info.X, info.Height-info.Y)
	}
	pic := newPicture(img, o, formatOf(info.Kind))
	pic.captured = meta.captured
	return pic, nil
}

// scan reads the header and holds it against the limits.
func (c *decodeConfig) scan(data []byte) (container.Info, error) {
	if len(data) == 0 {
		return container.Info{}, &RefusalError{Reason: ReasonEmpty}
	}
	kind := container.Sniff(data)
	format := formatOf(kind)
	if kind == container.Unknown {
		return container.Info{}, &RefusalError{Reason: ReasonFormat}
	}
	info, err := container.Scan(data)
	if err != nil {
		return info, &RefusalError{Reason: ReasonCorrupt, Format: format, Err: err}
	}
	return info, c.limits.check(info, format)
}

// decode runs the decoder of a file that has passed the limits.
func (c *decodeConfig) decode(ctx context.Context, data []byte, info container.Info) (img image.Image, err error) {
	format := formatOf(info.Kind)
	if info.Still != nil {
		data = info.Still
	}
	r := newContextReader(ctx, data, info.Memory, info.Scans)
	r.denominator = c.denominator(info)
	defer func() {
		if v := recover(); v != nil {
			img, err = nil, &RefusalError{Reason: ReasonCorrupt, Format: format, Err: fmt.Errorf("decoder panicked: %v", v)}
		}
	}()
	img, err = c.decoders[info.Kind](r)
	switch {
	case r.err != nil:
		return nil, fmt.Errorf("vision: decode: %w", r.err)
	case err != nil:
		return nil, &RefusalError{Reason: reasonOf(err), Format: format, Err: err}
	case img == nil || img.Bounds().Empty():
		return nil, &RefusalError{Reason: ReasonEmpty, Format: format}
	}
	if err := checkSize(img.Bounds(), info, r.denominator); err != nil {
		return nil, &RefusalError{Reason: ReasonCorrupt, Format: format, Err: err}
	}
	return img, nil
}

// reasonOf tells kinds of a format that a decoder does not know from damage.
func reasonOf(err error) Reason {
	var unsupportedJPEG jpeg.UnsupportedError
	var unsupportedPNG png.UnsupportedError
	if errors.As(err, &unsupportedJPEG) || errors.As(err, &unsupportedPNG) {
		return ReasonUnsupported
	}
	return ReasonCorrupt
}

// checkSize makes sure that the decoder saw the picture that the limits were applied to.
func checkSize(got image.Rectangle, info container.Info, denominator int) error {
	want := image.Rect(0, 0, info.Width, info.Height)
	switch {
	case info.Kind == container.GIF && got.In(want):
		return nil
	case info.Still != nil && got.Add(image.Pt(info.X, info.Y)).In(want):
		return nil
	case got.Size() == want.Size():
		return nil
	case got.Size() == image.Pt(fraction(info.Width, denominator), fraction(info.Height, denominator)):
		return nil
	}
	return fmt.Errorf("decoded %v where the header says %v", got, want)
}
