package vision

import (
	"bytes"
	"time"

	"github.com/bep/imagemeta"
)

// metadata is the little that is kept of a file's EXIF.
type metadata struct {
	orientation int       // 1 to 8
	captured    time.Time // zero if unknown or implausible
}

// readMetadata reads orientation and time of capture out of a TIFF block, which may be nil. Broken EXIF is no reason to
// refuse a picture: what can be read is used. Everything else, places and people included, is never even looked at.
func readMetadata(block []byte, now time.Time) (m metadata) {
	m.orientation = 1
	if block == nil {
		return m
	}
	var original, offset string
	defer func() {
		_ = recover() // a parser bug costs the metadata, not the picture
		m.captured = captureTime(original, offset, now)
	}()
	_, _ = imagemeta.Decode(imagemeta.Options{
		R:           bytes.NewReader(block),
		ImageFormat: imagemeta.TIFF,
		Sources:     imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			switch tag.Tag {
			case "Orientation":
				return tag.Namespace == "IFD0" // not the thumbnail's
			case "DateTimeOriginal", "OffsetTimeOriginal":
				return true
			}
			return false
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			switch v := tag.Value.(type) {
			case uint16:
				if tag.Tag == "Orientation" && v >= 1 && v <= 8 {
					m.orientation = int(v)
				}
			case string:
				switch tag.Tag {
				case "DateTimeOriginal":
					original = v
				case "OffsetTimeOriginal":
					offset = v
				}
			}
			return nil
		},
		LimitNumTags: 1000,
		LimitTagSize: 1000,
	})
	return m
}

// captureTime parses EXIF's local time and its offset. It returns the zero time for anything implausible: before the first
// photograph, more than a day ahead, or the first second of a year in which clocks without a battery start.
func captureTime(original, offset string, now time.Time) time.Time {
	const layout = "2006:01:02 15:04:05"
	t, err := time.Parse(layout, original)
	if err != nil {
		return time.Time{}
	}
	if zone, err := time.Parse("-07:00", offset); err == nil {
		t, err = time.ParseInLocation(layout, original, zone.Location())
		if err != nil {
			return time.Time{}
		}
	}
	const firstPhotograph = 1826
	if t.Year() < firstPhotograph || t.After(now.AddDate(0, 0, 1)) {
		return time.Time{}
	}
	switch y := t.Year(); y {
	case 1970, 1980, 1990, 2000:
		if t.Equal(time.Date(y, 1, 1, 0, 0, 0, 0, t.Location())) {
			return time.Time{}
		}
	}
	return t
}
