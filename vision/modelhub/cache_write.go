package modelhub

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/soundtrack-go/sdk/vision"
)

// diskFile is what we need of *os.File; tests put full disks behind it.
type diskFile interface {
	io.ReadWriteSeeker
	io.Closer
	Truncate(size int64) error
	Sync() error
}

func openDiskFile(name string, flag int, perm os.FileMode) (diskFile, error) {
	return os.OpenFile(name, flag, perm) //nolint:gosec // G304: names are made by entry
}

// item is a complete file on its way into the cache.
type item struct{ path, digest string }

// fileWriter writes a file that will be in the cache: hashed, counted and bounded.
type fileWriter struct {
	file  diskFile
	name  string // for errors
	sum   hash.Hash
	n     int64
	limit int64
	exact bool // limit is the size that the manifest names
}

// Write appends p. Failures of the disk match errCache or ErrNoSpace.
func (w *fileWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > w.limit-w.n {
		return 0, &SizeError{File: w.name, Got: w.n + int64(len(p)), Want: w.limit, Limit: !w.exact}
	}
	n, err := w.file.Write(p)
	w.n += int64(n)
	w.sum.Write(p[:n])
	return n, cacheError(err)
}

// finish flushes the file to the disk, closes it and returns its digest.
func (w *fileWriter) finish() (digest string, err error) {
	err = w.file.Sync()
	if closeErr := w.file.Close(); err == nil {
		err = closeErr
	}
	return hexDigest(w.sum), cacheError(err)
}

// writeTemp makes a file of work in progress that fill writes, at most size bytes or, if size is 0, the hub's limit.
func (h *Hub) writeTemp(e entry, name string, size int64, fill func(io.Writer) error) (item, error) {
	path := filepath.Join(e.dir, tmpPrefix+"file") // names need no chance: the lock is held
	for i := 0; ; i++ {
		if _, err := os.Lstat(path); err != nil {
			break
		}
		path = filepath.Join(e.dir, fmt.Sprintf("%sfile%d", tmpPrefix, i))
	}
	file, err := h.openFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return item{}, cacheError(err)
	}
	w := &fileWriter{file: file, name: name, sum: sha256.New(), limit: h.limit(size), exact: size > 0}
	err = fill(w)
	digest, closeErr := w.finish()
	if err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(path)
		return item{}, err
	}
	return item{path: path, digest: digest}, nil
}

// limit is the largest length of something whose size is known, or 0.
func (h *Hub) limit(size int64) int64 {
	if size > 0 {
		return size
	}
	return h.maxBytes
}

// promote turns what was fetched into the cached file, going by its digest: the file itself, its original, or the package
// in which it has the path inside.
func (h *Hub) promote(ctx context.Context, e entry, f vision.File, it item, inside string) error {
	switch {
	case it.digest == f.SHA256:
		return e.place(f, it)
	case f.Convert != "" && it.digest == f.Original:
		made, err := h.convert(ctx, e, f, it)
		if err != nil {
			return err
		}
		return e.place(f, made)
	case f.Archive != "" && it.digest == f.Archive && inside != "":
		found, err := h.extract(ctx, e, f, it, inside)
		if err != nil {
			return err
		}
		return h.promote(ctx, e, f, found, "")
	}
	return &DigestError{File: f.Name, Got: it.digest, Want: wanted(f, inside)}
}

// wanted lists the digests that promote knows what to do with.
func wanted(f vision.File, inside string) string {
	want := f.SHA256
	if f.Convert != "" {
		want += " or " + f.Original
	}
	if f.Archive != "" && inside != "" {
		want += " or " + f.Archive
	}
	return want
}

// place renames a verified file to its name in the cache.
func (e entry) place(f vision.File, it item) error {
	info, err := os.Stat(it.path)
	if err != nil {
		return cacheError(err)
	}
	if f.Size > 0 && info.Size() != f.Size {
		return &SizeError{File: f.Name, Got: info.Size(), Want: f.Size}
	}
	if err := os.Rename(it.path, e.path); err != nil {
		return cacheError(err)
	}
	return cacheError(syncDir(e.dir))
}

// syncDir makes a rename survive a power cut, where folders can be flushed at all.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir) //nolint:gosec // G304: the folder of an entry
	if err != nil {
		return err
	}
	_ = d.Sync() // some file systems cannot; the file's own Sync did what matters
	return d.Close()
}

// convert runs the converter of f on its original.
func (h *Hub) convert(ctx context.Context, e entry, f vision.File, original item) (item, error) {
	src, err := os.Open(original.path)
	if err != nil {
		return item{}, cacheError(err)
	}
	defer closeRead(src)
	info, err := src.Stat()
	if err != nil {
		return item{}, cacheError(err)
	}
	made, err := h.writeTemp(e, f.Name, f.Size, func(w io.Writer) error {
		return h.converters[f.Convert](ctx, src, info.Size(), w)
	})
	switch {
	case ctx.Err() != nil:
		return item{}, ctx.Err()
	case errors.Is(err, ErrNoSpace) || errors.Is(err, errCache):
		return item{}, err
	case err != nil:
		return item{}, fmt.Errorf("%w %q: %w", ErrConverter, f.Convert, err)
	case made.digest != f.SHA256:
		return item{}, &DigestError{File: f.Name, Got: made.digest, Want: f.SHA256}
	}
	return made, nil
}
