package onnx

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// Open reads, verifies and prepares a model: about its size in memory stays in use until Close, and about twice that
// much while it is opened. Errors match
//
//   - [vision.ErrModel] for a file with another digest, a damaged one, and a graph that contradicts itself;
//   - [vision.ErrUnsupported] for a graph that this backend cannot execute;
//   - whatever the file system or ctx say.
func (b *Backend) Open(ctx context.Context, model vision.ModelFile, opts vision.SessionOptions) (vision.Session, error) {
	if b.err != nil {
		return nil, b.err
	}
	threads := max(1, opts.Threads)
	if opts.Threads < 0 || threads > maxThreads {
		return nil, fmt.Errorf("onnx: %d threads: want 0 to %d", opts.Threads, maxThreads)
	}
	bad := func(reason string) error {
		return &vision.ModelError{Model: filepath.Base(model.Path), Reason: reason}
	}
	data, digest, err := b.read(ctx, model.Path)
	if err != nil {
		return nil, err
	}
	if digest != model.SHA256 {
		return nil, bad(fmt.Sprintf("SHA-256 is %s, want %q", digest, model.SHA256))
	}
	parsed, err := onnxfile.Parse(data)
	if err != nil {
		return nil, bad(err.Error())
	}
	if len(data) > largeFile {
		runtime.GC() // the weights are packed into the memory that the file took
	}
	session, err := newSession(ctx, b, parsed, threads)
	var reason invalid
	switch {
	case errors.As(err, &reason):
		return nil, bad(string(reason))
	case err != nil:
		return nil, err
	}
	return session, nil
}

// largeFile is the size from which a collection costs little compared with what is read.
const largeFile = 64 << 20

// chunk is how much is read and hashed between two looks at the context.
const chunk = 4 << 20

// read returns a file and its digest. The size is bounded before anything is allocated, and while it is read.
func (b *Backend) read(ctx context.Context, path string) (data []byte, digest string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", fmt.Errorf("onnx: open model: %w", err)
	}
	tooLarge := func(size int64) error {
		return &vision.ModelError{Model: filepath.Base(path), Reason: fmt.Sprintf("%d bytes, want at most %d", size, b.maxModelBytes)}
	}
	switch {
	case !info.Mode().IsRegular(): // a pipe would block
		return nil, "", &vision.ModelError{Model: filepath.Base(path), Reason: "not a regular file"}
	case info.Size() > b.maxModelBytes:
		return nil, "", tooLarge(info.Size())
	}
	file, err := os.Open(path) //nolint:gosec // the caller says which file
	if err != nil {
		return nil, "", fmt.Errorf("onnx: open model: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	hash := sha256.New()
	data = make([]byte, info.Size())
	for done := 0; done < len(data); {
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		n, err := io.ReadFull(file, data[done:min(len(data), done+chunk)])
		if err != nil {
			return nil, "", fmt.Errorf("onnx: read model: %w", err)
		}
		hash.Write(data[done : done+n])
		done += n
	}
	return data, hex.EncodeToString(hash.Sum(nil)), nil
}
