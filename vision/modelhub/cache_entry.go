package modelhub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/soundtrack-go/sdk/vision"
)

// entry is the place of one file in the cache:
//
//	DIR/locks/DIGEST.lock    held while the entry changes; never deleted, as deleting locks is a race
//	DIR/DIGEST/NAME          the file
//	DIR/DIGEST/*.part        downloads that can be continued, with .json beside them
//	DIR/DIGEST/tmp-*         work in progress; whoever holds the lock may delete what is left of it
type entry struct {
	dir, path, lock string
}

const tmpPrefix = "tmp-"

func (h *Hub) entry(f vision.File) entry {
	dir := filepath.Join(h.dir, f.SHA256)
	return entry{
		dir:  dir,
		path: filepath.Join(dir, f.Name),
		lock: filepath.Join(h.dir, "locks", f.SHA256+".lock"),
	}
}

func (e entry) modelFile(f vision.File) vision.ModelFile {
	return vision.ModelFile{Path: e.path, SHA256: f.SHA256}
}

// part is the path of a download of something with that digest, or of an unknown one.
func (e entry) part(digest string) string {
	if digest == "" {
		digest = "from"
	}
	return filepath.Join(e.dir, digest[:min(16, len(digest))]+".part")
}

// sweep deletes work in progress, one's own at the end and that of killed processes at the start. The lock must be held.
func (e entry) sweep() {
	left, _ := os.ReadDir(e.dir) // best effort, here and below: the next sweep tries again
	for _, item := range left {
		if strings.HasPrefix(item.Name(), tmpPrefix) {
			_ = os.RemoveAll(filepath.Join(e.dir, item.Name()))
		}
	}
}

// clean deletes parts that are no longer needed, once the file is there.
func (e entry) clean() {
	left, _ := os.ReadDir(e.dir)
	for _, item := range left {
		if name := item.Name(); strings.HasSuffix(name, ".part") || strings.HasSuffix(name, ".part.json") {
			_ = os.Remove(filepath.Join(e.dir, name))
		}
	}
}

// lock makes the entry's folder and takes its lock, waiting for other processes and goroutines until ctx is done.
func (h *Hub) lock(ctx context.Context, e entry) (unlock func(), err error) {
	//nolint:gosec // G301: users may share a cache; what is in it is public and verified
	if err := os.MkdirAll(filepath.Dir(e.lock), 0o755); err != nil {
		return nil, cacheError(err)
	}
	lock := flock.New(e.lock, flock.SetPermissions(0o644)) // users who share a cache share its locks
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, cacheError(err)
	}
	//nolint:gosec // G301: as above; only now, because Remove deletes it under the lock
	if err := os.MkdirAll(e.dir, 0o755); err != nil {
		_ = lock.Unlock()
		return nil, cacheError(err)
	}
	return func() { _ = lock.Unlock() }, nil
}

// verify hashes the file at path and holds it against f.
func (h *Hub) verify(ctx context.Context, path string, f vision.File) error {
	file, err := os.Open(path) //nolint:gosec // G304: made by entry, or named by the user's manifest
	if err != nil {
		return fmt.Errorf("modelhub: %w", err)
	}
	defer closeRead(file)
	info, err := file.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("modelhub: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("modelhub: %s is not a regular file", path)
	case f.Size > 0 && info.Size() != f.Size:
		return &SizeError{File: f.Name, Got: info.Size(), Want: f.Size}
	}
	sum := sha256.New()
	if _, err := copyContext(ctx, sum, file); err != nil {
		return fmt.Errorf("modelhub: %w", err)
	}
	return checkDigest(f.Name, sum, f.SHA256)
}

// checkDigest compares a finished hash.
func checkDigest(name string, sum hash.Hash, want string) error {
	if got := hexDigest(sum); got != want {
		return &DigestError{File: name, Got: got, Want: want}
	}
	return nil
}

func hexDigest(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// closeRead closes what was only read: an error of that loses nothing.
func closeRead(c io.Closer) { _ = c.Close() }

// copyContext is io.Copy that stops when ctx is done.
func copyContext(ctx context.Context, dst io.Writer, src io.Reader) (int64, error) {
	buf := make([]byte, 256<<10)
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		read, err := src.Read(buf)
		if read > 0 {
			n += int64(read)
			if _, err := dst.Write(buf[:read]); err != nil {
				return n, err
			}
		}
		switch {
		case err == io.EOF:
			return n, nil
		case err != nil:
			return n, err
		}
	}
}

// isDigest reports whether s is a SHA-256 in lower-case hex.
func isDigest(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size && s == strings.ToLower(s)
}

// isBaseName reports whether name is safe as a file name on every platform.
func isBaseName(name string) bool {
	if name == "" || len(name) > 128 || strings.HasPrefix(name, ".") || strings.HasPrefix(name, tmpPrefix) ||
		strings.HasSuffix(name, ".part") || strings.HasSuffix(name, ".part.json") || !filepath.IsLocal(name) {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+") == "" &&
		!strings.HasSuffix(name, ".")
}
