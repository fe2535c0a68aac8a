package modelhub

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
)

// partFile is a download in progress: the bytes, and beside them in JSON what is needed to ask for the rest.
type partFile struct {
	path string
	file diskFile
	out  fileWriter
	meta partMeta
	// joined says that bytes of more than one answer are in the file.
	joined bool
	shut   bool
}

// partMeta says which version of which file a part is of.
type partMeta struct {
	URL string `json:"url"` // redacted: enough to tell sources apart
	// Validator is a strong ETag or a modification date: the value of If-Range.
	Validator string `json:"validator"`
}

// openPart opens or creates the part file of t and hashes what is in it. A part of a known digest is continued from any
// source, as the digest will tell whether it fits; one of unknown digest only from where it began, and only if the server
// gave a validator.
func (h *Hub) openPart(ctx context.Context, e entry, t transfer) (*partFile, error) {
	p := &partFile{path: e.part(t.want), meta: partMeta{URL: redact(t.source)}}
	file, err := h.openFile(p.path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, cacheError(err)
	}
	p.file = file
	p.out = fileWriter{file: file, name: t.name, sum: sha256.New(), limit: h.limit(t.size), exact: t.size > 0}
	var known partMeta
	if data, err := os.ReadFile(p.metaPath()); err == nil && json.Unmarshal(data, &known) == nil && known.URL == p.meta.URL {
		p.meta = known
	}
	if t.want != "" || p.meta.Validator != "" {
		if p.out.n, err = copyContext(ctx, p.out.sum, file); err != nil {
			p.close()
			return nil, cacheError(err)
		}
	}
	if p.out.n == 0 || p.out.n > p.out.limit {
		if err := p.restart(); err != nil {
			p.close()
			return nil, err
		}
	}
	return p, nil
}

func (p *partFile) metaPath() string { return p.path + ".json" }

// restart forgets all bytes.
func (p *partFile) restart() error {
	p.out.n, p.joined = 0, false
	p.out.sum.Reset()
	p.meta.Validator = ""
	if err := p.file.Truncate(0); err != nil {
		return cacheError(err)
	}
	_, err := p.file.Seek(0, io.SeekStart)
	return cacheError(err)
}

// remember notes how to continue what res begins. Weak ETags do not promise equal bytes.
func (p *partFile) remember(res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		return nil
	}
	p.meta.Validator = res.Header.Get("Last-Modified")
	if etag := res.Header.Get("ETag"); etag != "" && !strings.HasPrefix(etag, "W/") {
		p.meta.Validator = etag
	}
	data, err := json.Marshal(p.meta)
	if err != nil {
		return err
	}
	return cacheError(os.WriteFile(p.metaPath(), data, 0o600))
}

// keep flushes and closes the finished file.
func (p *partFile) keep() (item, error) {
	p.shut = true
	digest, err := p.out.finish()
	return item{path: p.path, digest: digest}, err
}

// drop empties a part that turned out to be wrong, so that no one continues it.
func (p *partFile) drop() { _ = errors.Join(p.restart(), os.Remove(p.metaPath())) }

// close leaves the part as it is.
func (p *partFile) close() {
	if !p.shut {
		p.shut = true
		_ = p.file.Close()
	}
}
