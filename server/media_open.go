package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/preview"
)

// openFile opens the first file of a song that is there and allowed; see [WithMediaRoots].
func openFile(roots []string, song catalog.Song) (*os.File, time.Time, error) {
	err := preview.ErrNoPreview
	for _, p := range song.Previews {
		if p.Kind != catalog.PreviewFile {
			continue
		}
		file, openErr := openBelow(roots, p.Ref)
		if openErr != nil {
			err = fmt.Errorf("%w: %w", preview.ErrNoPreview, openErr)
			continue
		}
		info, statErr := file.Stat()
		if statErr == nil && info.Mode().IsRegular() {
			return file, info.ModTime(), nil
		}
		closeQuietly(file)
		err = fmt.Errorf("%w: not a regular file", preview.ErrNoPreview)
	}
	return nil, time.Time{}, err
}

// openBelow opens a file below one of the roots, or anywhere if there are none.
func openBelow(roots []string, path string) (*os.File, error) {
	if len(roots) == 0 {
		return os.Open(path) //nolint:gosec // the path is the store's, and only sound is sent
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	err = os.ErrNotExist
	for _, root := range roots {
		relative, relErr := filepath.Rel(root, absolute)
		if relErr != nil || !filepath.IsLocal(relative) {
			continue
		}
		file, openErr := os.OpenInRoot(root, relative)
		if openErr == nil {
			return file, nil
		}
		err = openErr
	}
	return nil, err
}

// absoluteRoots checks folders and makes them absolute.
func absoluteRoots(dirs []string) ([]string, error) {
	if len(dirs) == 0 {
		return nil, errors.New("want at least one folder")
	}
	roots := make([]string, len(dirs))
	for i, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s is no folder", dir)
		}
		if roots[i], err = filepath.Abs(dir); err != nil {
			return nil, err
		}
	}
	return roots, nil
}

// soundType tells kinds of sound apart by their first bytes; "" is none that browsers play.
func soundType(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("ID3")):
		return "audio/mpeg"
	case len(head) > 1 && head[0] == 0xFF && head[1]&0xF6 == 0xF0:
		return "audio/aac" // ADTS: layer bits are zero
	case len(head) > 1 && head[0] == 0xFF && head[1]&0xE0 == 0xE0 && head[1]&0x06 != 0:
		return "audio/mpeg"
	case bytes.HasPrefix(head, []byte("fLaC")):
		return "audio/flac"
	case bytes.HasPrefix(head, []byte("OggS")):
		return "audio/ogg"
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE":
		return "audio/wav"
	case len(head) >= 12 && string(head[4:8]) == "ftyp" && strings.HasPrefix(string(head[8:12]), "M4A"):
		return "audio/mp4"
	}
	return ""
}

func closeQuietly(c io.Closer) { _ = c.Close() }
