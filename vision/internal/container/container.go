// Package container reads what JPEG, PNG, WebP and GIF files say about themselves without decoding a pixel: enough to
// refuse bombs before they go off. It never allocates in proportion to anything that a file claims.
package container

import (
	"bytes"
	"errors"
)

// Kind is a file format.
type Kind int

// The formats that are recognised.
const (
	Unknown Kind = iota
	JPEG
	PNG
	WebP
	GIF
)

// ErrTruncated reports a file that ends, or contradicts itself, before its size is known.
var ErrTruncated = errors.New("container: no usable header")

// maxMetadata caps an EXIF block. Larger ones are ignored: orientation and time sit in the first few kilobytes.
const maxMetadata = 1 << 20

// Info is what a file says about itself.
type Info struct {
	Kind          Kind
	Width, Height int // as stored, before orientation; may be 0 in a broken file

	// Memory is what decoding takes at its peak: pixels plus the decoder's own planes, in bytes.
	Memory int64

	Scans  int    // of a JPEG
	Chunks int    // of a PNG or WebP; full IDAT chunks do not count
	EXIF   []byte // the TIFF block within EXIF, part of the file's bytes; nil if there is none

	// Studio says that YCbCr samples will be VP8's.
	Studio bool
	// Opaque says that alpha, if the decoder returns any, means nothing.
	Opaque bool
	// Still is the first frame of an animated WebP as a file of its own, and X, Y is its place on the canvas of
	// Width × Height. It is nil for everything else.
	Still []byte
	X, Y  int
}

// Sniff recognises a file by its magic bytes and nothing else.
func Sniff(data []byte) Kind {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return GIF
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return WebP
	default:
		return Unknown
	}
}

// Scan reads the header of a file. It returns ErrTruncated if there is no usable one; a file that is broken further on
// is left to its decoder.
func Scan(data []byte) (Info, error) {
	switch kind := Sniff(data); kind {
	case JPEG:
		return scanJPEG(data)
	case PNG:
		return scanPNG(data)
	case WebP:
		return scanWebP(data)
	case GIF:
		return scanGIF(data)
	default:
		return Info{}, ErrTruncated
	}
}

// scanGIF reads the logical screen. The decoder keeps one byte a pixel of the first frame, which lies within it.
func scanGIF(data []byte) (Info, error) {
	if len(data) < 13 {
		return Info{Kind: GIF}, ErrTruncated
	}
	w, h := int(data[6])|int(data[7])<<8, int(data[8])|int(data[9])<<8
	return Info{Kind: GIF, Width: w, Height: h, Memory: int64(w) * int64(h)}, nil
}

// metadata returns block if it is of a reasonable size, without the "Exif" prefix that some writers keep.
func metadata(block []byte) []byte {
	block = bytes.TrimPrefix(block, []byte("Exif\x00\x00"))
	if len(block) < 8 || len(block) > maxMetadata {
		return nil
	}
	return block
}
