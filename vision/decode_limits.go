package vision

import (
	"fmt"

	"github.com/soundtrack-go/sdk/vision/internal/container"
)

// Limits bound what [Decode] and [Probe] accept. They are checked before a pixel is decoded, in 64-bit arithmetic. The
// zero value of a field means its default, and so the zero value of Limits means all defaults; negative values are
// refused. A picture that reaches a limit passes; one beyond it gets a [RefusalError] that names the limit.
type Limits struct {
	// Bytes caps the encoded size; at most one byte more is read. Default 16 MiB.
	Bytes int64
	// Pixels caps width × height. Default 50,000,000.
	Pixels int64
	// Side caps the longest side in pixels. Default 16,384.
	Side int
	// DecodedBytes caps the memory that decoding takes at its peak, as [Header.DecodedBytes] estimates it: the pixels
	// (up to 8 bytes each for 16-bit PNG) and the decoder's own planes (2 bytes a sample for a progressive JPEG).
	// Default 256 MiB.
	DecodedBytes int64
	// Scans caps the scans of a JPEG. Every scan visits every pixel and may be a few bytes long. Default 100.
	Scans int
	// ScanPixels caps scans × pixels of a JPEG. Default 600,000,000.
	ScanPixels int64
	// Chunks caps the chunks of a PNG or WebP. IDAT chunks of at least 4 KiB do not count: large pictures have thousands,
	// and Bytes bounds them. Default 1,000.
	Chunks int
	// Aspect caps the longest side divided by the shortest. Default 100.
	Aspect int
}

// defaultLimits are the documented defaults.
func defaultLimits() Limits {
	return Limits{
		Bytes:        16 << 20,
		Pixels:       50_000_000,
		Side:         16_384,
		DecodedBytes: 256 << 20,
		Scans:        100,
		ScanPixels:   600_000_000,
		Chunks:       1_000,
		Aspect:       100,
	}
}

// filled returns l with defaults in place of zeros. It fails if a field is negative.
func (l Limits) filled() (Limits, error) {
	d := defaultLimits()
	for _, f := range []struct {
		name           string
		value, byDeflt *int64
	}{
		{"Bytes", &l.Bytes, &d.Bytes},
		{"Pixels", &l.Pixels, &d.Pixels},
		{"DecodedBytes", &l.DecodedBytes, &d.DecodedBytes},
		{"ScanPixels", &l.ScanPixels, &d.ScanPixels},
	} {
		if err := fill(f.name, f.value, *f.byDeflt); err != nil {
			return l, err
		}
	}
	for _, f := range []struct {
		name           string
		value, byDeflt *int
	}{
		{"Side", &l.Side, &d.Side},
		{"Scans", &l.Scans, &d.Scans},
		{"Chunks", &l.Chunks, &d.Chunks},
		{"Aspect", &l.Aspect, &d.Aspect},
	} {
		if err := fill(f.name, f.value, *f.byDeflt); err != nil {
			return l, err
		}
	}
	return l, nil
}

func fill[T int | int64](name string, value *T, byDefault T) error {
	if *value < 0 {
		return fmt.Errorf("vision: Limits.%s is %d: want 0 for the default, or more", name, *value)
	}
	if *value == 0 {
		*value = byDefault
	}
	return nil
}

// check holds a header against the limits, which have been filled.
func (l Limits) check(info container.Info, format Format) error {
	refuse := func(reason Reason, limit, got int64) error {
		return &RefusalError{Reason: reason, Format: format, Limit: limit, Got: got}
	}
	w, h := int64(info.Width), int64(info.Height)
	long, short := max(w, h), min(w, h)
	pixels := w * h // sides are below 2³¹
	switch {
	case short <= 0:
		return &RefusalError{Reason: ReasonEmpty, Format: format}
	case long > int64(l.Side):
		return refuse(ReasonSide, int64(l.Side), long)
	case pixels > l.Pixels:
		return refuse(ReasonPixels, l.Pixels, pixels)
	case (long-1)/short >= int64(l.Aspect): // ⌈long/short⌉ > Aspect
		return refuse(ReasonAspect, int64(l.Aspect), (long-1)/short+1)
	case info.Memory > l.DecodedBytes:
		return refuse(ReasonDecodedBytes, l.DecodedBytes, info.Memory)
	case info.Chunks > l.Chunks:
		return refuse(ReasonChunks, int64(l.Chunks), int64(info.Chunks))
	case info.Scans > l.Scans:
		return refuse(ReasonScans, int64(l.Scans), int64(info.Scans))
	case int64(info.Scans) > l.ScanPixels/pixels:
		return refuse(ReasonScanPixels, l.ScanPixels, int64(info.Scans)*pixels)
	}
	return nil
}
