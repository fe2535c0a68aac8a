//go:build cgo

package ort

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"unsafe"

	"github.com/soundtrack-go/sdk/vision"
)

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
static void trim(void) { malloc_trim(0); }
#else
static void trim(void) {}
#endif
*/
import "C"

// block is memory of C's heap. A model is read into one because 350 MB go back to the system the moment that they are
// freed, where Go's heap would keep them, and grow by as much, until a later collection.
type block struct{ bytes []byte }

func newBlock(n int) block {
	return block{unsafe.Slice((*byte)(C.malloc(C.size_t(n))), n)} // cgo's malloc never fails
}

func (b block) free() { C.free(unsafe.Pointer(unsafe.SliceData(b.bytes))) }

// returnMemory gives what C's heap no longer uses back to the system, which glibc does not do for weights by itself: without
// it a closed model goes on taking its size.
func returnMemory() { C.trim() }

// chunk is how much is read and hashed between two looks at the context.
const chunk = 4 << 20

// read returns the bytes of a model, verified. The caller frees them.
func (b *Backend) read(ctx context.Context, model vision.ModelFile) (block, error) {
	bad := func(format string, args ...any) error {
		return &vision.ModelError{Model: filepath.Base(model.Path), Reason: fmt.Sprintf(format, args...)}
	}
	info, err := os.Stat(model.Path)
	switch {
	case err != nil:
		return block{}, fmt.Errorf("ort: open model: %w", err)
	case !info.Mode().IsRegular(): // a pipe would block
		return block{}, bad("not a regular file")
	case info.Size() == 0:
		return block{}, bad("the file is empty")
	case info.Size() > b.maxModelBytes:
		return block{}, bad("%d bytes, want at most %d", info.Size(), b.maxModelBytes)
	}
	file, err := os.Open(model.Path)
	if err != nil {
		return block{}, fmt.Errorf("ort: open model: %w", err)
	}
	defer file.Close()
	data, sum := newBlock(int(info.Size())), sha256.New()
	if err = readChunks(ctx, file, data.bytes, sum); err == nil {
		if digest := hex.EncodeToString(sum.Sum(nil)); digest != model.SHA256 {
			err = bad("SHA-256 is %s, want %q", digest, model.SHA256)
		}
	}
	if err != nil {
		data.free()
		return block{}, err
	}
	return data, nil
}

// readChunks fills dst and adds it to sum.
func readChunks(ctx context.Context, src io.Reader, dst []byte, sum hash.Hash) error {
	for len(dst) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.ReadFull(src, dst[:min(len(dst), chunk)])
		if err != nil {
			return fmt.Errorf("ort: read model: %w", err)
		}
		sum.Write(dst[:n])
		dst = dst[n:]
	}
	return nil
}

// checkFile reports whether a file has a digest. It is for libraries, which the system reads again by itself.
func checkFile(ctx context.Context, path, digest string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	sum, buf := sha256.New(), make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := file.Read(buf)
		sum.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != digest {
		return fmt.Errorf("SHA-256 is %s, want %s", got, digest)
	}
	return nil
}
