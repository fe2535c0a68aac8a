package zeroshot

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/soundtrack-go/sdk/vision"
)

// described is an encoder that says which space it embeds into.
type described interface{ Info() vision.ModelInfo }

// textDescribed is an encoder that says which weights embed its texts, such as [vision.JointEncoder].
type textDescribed interface{ TextDigest() string }

// cachedVectors is classVectors with a file. notKept says why the vectors could not be written to it; they are good all the
// same.
func cachedVectors(
	ctx context.Context, encoder vision.TextEncoder, labels []string, c config,
) (vectors [][]float32, notKept, err error) {
	named, ok := encoder.(described)
	if !ok {
		return nil, nil, fmt.Errorf("zeroshot: WithCacheDir: %T does not say what it is: it has no method Info", encoder)
	}
	// Made first, so that a folder which cannot be is known before minutes of work.
	if err := os.MkdirAll(c.cacheDir, 0o750); err != nil {
		return nil, nil, fmt.Errorf("zeroshot: cache: %w", err)
	}
	info := named.Info()
	key := cacheKey(encoder, info, labels, c.templates)
	path := filepath.Join(c.cacheDir, hex.EncodeToString(key[:16])+".zeroshot")
	if vectors, err := readCache(path, key, len(labels), info.Dim); err == nil {
		return vectors, nil, nil
	}
	vectors, err = classVectors(ctx, encoder, labels, c.templates)
	if err != nil {
		return nil, nil, err
	}
	if got := len(vectors[0]); got != info.Dim {
		return nil, nil, fmt.Errorf("zeroshot: %d dimensions, want the encoder's %d: %w", got, info.Dim, vision.ErrEmbedding)
	}
	if err := writeCache(path, encodeCache(key, vectors)); err != nil {
		notKept = fmt.Errorf("zeroshot: cache: %w", err)
	}
	return vectors, notKept, nil
}

// cacheKey is the SHA-256 of everything that the vectors depend on. Each text is hashed with its length, so that no two lists
// look the same.
func cacheKey(encoder vision.TextEncoder, info vision.ModelInfo, labels, templates []string) [sha256.Size]byte {
	hash := sha256.New()
	text := func(s string) {
		hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s))))
		hash.Write([]byte(s))
	}
	list := func(list []string) {
		hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(list))))
		for _, s := range list {
			text(s)
		}
	}
	text(info.ID)
	text(info.Digest)
	digest := ""
	if t, ok := encoder.(textDescribed); ok {
		digest = t.TextDigest()
	}
	text(digest)
	list(templates)
	list(labels)
	return [sha256.Size]byte(hash.Sum(nil))
}

func readCache(path string, key [sha256.Size]byte, rows, dim int) ([][]float32, error) {
	file, err := os.Open(path) //nolint:gosec // G304: the folder is the caller's, the name our own
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(cacheSize(rows, dim))+1))
	if err != nil {
		return nil, err
	}
	return decodeCache(data, key, rows, dim)
}

// writeCache writes a file in whole or not at all.
func writeCache(path string, data []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
