package modelhub

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

// fetchBuild fetches one build, and unpacks it if it comes in an archive, which is dropped afterwards.
func (h *Hub) fetchBuild(ctx context.Context, b runtimeBuild) (vision.ModelFile, error) {
	if b.inside == "" {
		return h.FetchFile(ctx, b.file)
	}
	e := h.entry(b.file)
	unlock, err := h.lock(ctx, entry{dir: e.dir, lock: e.lock + "-unpack"}) // its own: FetchFile takes that of the entry
	if err != nil {
		return vision.ModelFile{}, err
	}
	defer unlock()
	if file, err := h.verifiedBuild(ctx, b); err == nil { // somebody else fetched it while we waited
		return file, nil
	}
	archive, err := h.FetchFile(ctx, b.file)
	if err != nil {
		return vision.ModelFile{}, err
	}
	defer e.sweep()
	library := h.libraryPath(b)
	unpacked, err := h.writeTemp(e, path.Base(b.inside), 0, func(w io.Writer) error {
		return unpack(ctx, w, archive.Path, b.inside)
	})
	if err == nil {
		err = placeRecorded(unpacked, library)
	}
	if err != nil {
		return vision.ModelFile{}, fmt.Errorf("modelhub: %s in %s: %w", path.Base(b.inside), b.file.Name, err)
	}
	_ = os.Remove(archive.Path) // best effort: it only takes up space
	return vision.ModelFile{Path: library, SHA256: unpacked.digest}, nil
}

// placeRecorded records the digest of what was unpacked and then renames it, so that a library always has its record.
func placeRecorded(unpacked item, library string) error {
	record := recordOf(unpacked.path)
	//nolint:gosec // G306: users may share a cache; what is in it is public and verified
	if err := os.WriteFile(record, []byte(unpacked.digest), 0o644); err != nil {
		return cacheError(err)
	}
	if err := os.Rename(record, recordOf(library)); err != nil {
		return cacheError(err)
	}
	return cacheError(os.Rename(unpacked.path, library))
}

// unpack copies one file out of a verified archive: a zip, or a tar in gzip.
func unpack(ctx context.Context, dst io.Writer, archive, inside string) error {
	file, err := os.Open(archive) //nolint:gosec // G304: a path of the cache
	if err != nil {
		return cacheError(err)
	}
	defer closeRead(file)
	if strings.HasSuffix(archive, ".zip") {
		return unpackZip(ctx, dst, file, inside)
	}
	return unpackTar(ctx, dst, file, inside)
}

func unpackZip(ctx context.Context, dst io.Writer, file *os.File, inside string) error {
	info, err := file.Stat()
	if err != nil {
		return cacheError(err)
	}
	entries, err := zip.NewReader(file, info.Size())
	if err != nil {
		return err
	}
	found, err := findInside(entries, inside)
	if err != nil {
		return err
	}
	src, err := found.Open()
	if err != nil {
		return err
	}
	defer closeRead(src)
	_, err = copyContext(ctx, dst, src)
	return err
}

func unpackTar(ctx context.Context, dst io.Writer, file io.Reader, inside string) error {
	plain, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	for entries := tar.NewReader(plain); ; {
		header, err := entries.Next()
		switch {
		case errors.Is(err, io.EOF):
			return fmt.Errorf("there is no file %q", inside)
		case err != nil:
			return err
		case header.Typeflag == tar.TypeReg && path.Clean(header.Name) == inside: // some names begin with "./"
			_, err := copyContext(ctx, dst, entries)
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
