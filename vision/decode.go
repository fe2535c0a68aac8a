package vision

import (
	"context"
	"io"
)

// DecodeOption changes how [Decode] and [Probe] work.
type DecodeOption interface{ applyDecode(*decodeConfig) error }

type decodeConfig struct{ limits Limits }

// WithLimits sets the limits. Zero fields mean their defaults.
func WithLimits(l Limits) DecodeOption { panic("not yet") }

// WithOrientation says whether the orientation in the file's EXIF is applied. The default is true.
func WithOrientation(apply bool) DecodeOption { panic("not yet") }

// Decode reads one picture.
func Decode(ctx context.Context, r io.Reader, opts ...DecodeOption) (*Picture, error) {
	panic("not yet")
}

// Header is what a file says about itself before any pixel is decoded.
type Header struct {
	Format        Format
	Width, Height int   // as stored, before orientation
	DecodedBytes  int64 // memory that the decoded pixels take
}

// Probe reads a file's header.
func Probe(r io.Reader, opts ...DecodeOption) (Header, error) { panic("not yet") }
