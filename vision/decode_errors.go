package vision

import (
	"errors"
	"fmt"
)

var (
	// ErrFormat reports bytes that are not a JPEG, PNG, WebP or GIF picture of a kind that can be decoded.
	// The remedy is to convert the picture.
	ErrFormat = errors.New("vision: not a supported picture format")
	// ErrTooLarge reports a picture beyond one of the [Limits]. The remedy is to make it smaller.
	ErrTooLarge = errors.New("vision: picture exceeds a limit")
	// ErrCorrupt reports a picture that cannot be decoded. The remedy is to send it again, whole.
	ErrCorrupt = errors.New("vision: picture is damaged")
	// ErrEmpty reports no bytes at all, or a picture without pixels.
	ErrEmpty = errors.New("vision: picture is empty")
)

// Reason is the machine-readable reason of a [RefusalError]. Its values are stable.
type Reason string

// Reasons of a [RefusalError]. Format and Unsupported match [ErrFormat], Corrupt matches [ErrCorrupt], Empty matches
// [ErrEmpty], and all the others, each named after a field of [Limits], match [ErrTooLarge].
const (
	ReasonFormat       Reason = "format"        // unknown magic bytes
	ReasonUnsupported  Reason = "unsupported"   // a known format, but of a kind that cannot be decoded
	ReasonCorrupt      Reason = "corrupt"       // truncated or contradictory
	ReasonEmpty        Reason = "empty"         // nothing there
	ReasonBytes        Reason = "bytes"         // Limits.Bytes
	ReasonPixels       Reason = "pixels"        // Limits.Pixels
	ReasonSide         Reason = "side"          // Limits.Side
	ReasonDecodedBytes Reason = "decoded_bytes" // Limits.DecodedBytes
	ReasonScans        Reason = "scans"         // Limits.Scans
	ReasonScanPixels   Reason = "scan_pixels"   // Limits.ScanPixels
	ReasonChunks       Reason = "chunks"        // Limits.Chunks
	ReasonAspect       Reason = "aspect"        // Limits.Aspect
)

// RefusalError says why a picture was refused. It matches [ErrFormat], [ErrTooLarge], [ErrCorrupt] or [ErrEmpty] by
// errors.Is. Its message holds no bytes and no metadata of the picture, and may be shown to whoever sent it; the message
// of Err is for logs.
type RefusalError struct {
	Reason Reason
	Format Format // empty where it was not recognised
	Limit  int64  // the limit that was passed, in the unit of its field in Limits; 0 where none was
	Got    int64  // what the picture has instead; 0 where no limit was passed. For Bytes it is a lower bound.
	Err    error  // what the decoder said; may be nil
}

// Error tells a person what is wrong and what would help.
func (e *RefusalError) Error() string {
	format := string(e.Format)
	if format == "" {
		format = "picture"
	}
	switch e.Reason {
	case ReasonFormat:
		return "vision: not a supported picture format: want JPEG, PNG, WebP or GIF"
	case ReasonUnsupported:
		return fmt.Sprintf("vision: this kind of %s is not supported: save it in another way", format)
	case ReasonCorrupt:
		return fmt.Sprintf("vision: %s is damaged or incomplete", format)
	case ReasonEmpty:
		return fmt.Sprintf("vision: %s is empty", format)
	}
	what := map[Reason]string{
		ReasonBytes:        "at least %d bytes long, at most %d are accepted",
		ReasonPixels:       "%d pixels large, at most %d are accepted",
		ReasonSide:         "%d pixels long on one side, at most %d are accepted",
		ReasonDecodedBytes: "%d bytes large when decoded, at most %d are accepted",
		ReasonScans:        "made of %d scans, at most %d are accepted",
		ReasonScanPixels:   "%d pixels large over all scans, at most %d are accepted",
		ReasonChunks:       "made of %d chunks, at most %d are accepted",
		ReasonAspect:       "%d times as long as it is wide, at most %d times are accepted",
	}[e.Reason]
	if what == "" {
		return fmt.Sprintf("vision: %s refused: %s", format, e.Reason)
	}
	return fmt.Sprintf("vision: %s is "+what, format, e.Got, e.Limit)
}

// Is reports whether target is the sentinel of the reason.
func (e *RefusalError) Is(target error) bool {
	switch e.Reason {
	case ReasonFormat, ReasonUnsupported:
		return target == ErrFormat
	case ReasonCorrupt:
		return target == ErrCorrupt
	case ReasonEmpty:
		return target == ErrEmpty
	default:
		return target == ErrTooLarge
	}
}

// Unwrap returns what the decoder said, or nil.
func (e *RefusalError) Unwrap() error { return e.Err }
