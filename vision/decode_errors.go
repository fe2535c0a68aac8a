package vision

import "errors"

var (
	// ErrFormat reports bytes that are not a JPEG, PNG, WebP or GIF.
	ErrFormat = errors.New("vision: not a supported picture format")
	// ErrTooLarge reports a picture beyond a limit.
	ErrTooLarge = errors.New("vision: picture exceeds a limit")
	// ErrCorrupt reports a picture that cannot be decoded.
	ErrCorrupt = errors.New("vision: picture is damaged")
	// ErrEmpty reports a picture without pixels, or no bytes at all.
	ErrEmpty = errors.New("vision: picture is empty")
)

// Reason is the machine-readable reason of a [RefusalError].
type Reason string

// Reasons of a [RefusalError].
const (
	ReasonFormat       Reason = "format"
	ReasonCorrupt      Reason = "corrupt"
	ReasonEmpty        Reason = "empty"
	ReasonBytes        Reason = "bytes"
	ReasonPixels       Reason = "pixels"
	ReasonSide         Reason = "side"
	ReasonDecodedBytes Reason = "decoded_bytes"
	ReasonScans        Reason = "scans"
	ReasonScanPixels   Reason = "scan_pixels"
	ReasonChunks       Reason = "chunks"
	ReasonAspect       Reason = "aspect"
)

// RefusalError says why a picture was refused.
type RefusalError struct {
	Reason Reason
	Format Format
	Limit  int64 // 0 where no limit is involved
	Got    int64
	Err    error // cause; may be nil
}

func (e *RefusalError) Error() string { panic("not yet") }

// Is reports whether target is the sentinel of the reason.
func (e *RefusalError) Is(target error) bool { panic("not yet") }

// Unwrap returns the cause.
func (e *RefusalError) Unwrap() error { return e.Err }
