package modelhub

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

// modelHubHost is the host that HF_ENDPOINT replaces in manifests.
const modelHubHost = "huggingface.co"

// obtain brings f into the cache from the first source that works. The lock is held.
func (h *Hub) obtain(ctx context.Context, e entry, f vision.File) error {
	sources, get := f.URLs, h.obtainURL
	if h.from != "" {
		sources, get = []string{h.from}, h.obtainFrom
	}
	failed := &UnavailableError{File: f.Name, Ways: waysToGet(f, e.path)}
	for _, raw := range sources {
		err := get(ctx, e, f, raw)
		switch {
		case err == nil:
			e.clean()
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case fatal(err):
			return err
		}
		failed.Attempts = append(failed.Attempts, fmt.Errorf("%s: %w", redactText(raw), err))
	}
	return failed
}

// obtainURL gets f from one of its URLs.
func (h *Hub) obtainURL(ctx context.Context, e entry, f vision.File, raw string) error {
	if isPackage(raw) {
		return h.obtainPackage(ctx, e, f, raw)
	}
	if path, inside, ok := localPath(raw); ok {
		return h.obtainLocal(ctx, e, f, path, inside)
	}
	source, inside, err := h.parseSource(raw)
	if err != nil {
		return err
	}
	t := transfer{source: source, name: f.Name, want: f.SHA256, size: f.Size}
	switch {
	case inside != "" && f.Archive == "":
		return errors.New("the manifest lacks the digest of the archive")
	case inside != "":
		t.want, t.size = f.Archive, 0
	case f.Convert != "":
		t.want, t.size = f.Original, 0
	}
	it, err := h.download(ctx, e, t)
	if err != nil {
		return err
	}
	return h.promote(ctx, e, f, it, inside)
}

// obtainFrom gets f from where the user said.
func (h *Hub) obtainFrom(ctx context.Context, e entry, f vision.File, from string) error {
	inside := insideOf(f)
	if isURL(from) {
		source, fragment, err := h.parseSource(from)
		if err != nil {
			return err
		}
		if fragment != "" {
			inside = fragment
		}
		it, err := h.download(ctx, e, transfer{source: source, name: f.Name})
		if err != nil {
			return err
		}
		err = h.promote(ctx, e, f, it, inside)
		if errors.Is(err, ErrDigest) {
			_ = os.Remove(it.path) // nothing will ever continue it
		}
		return err
	}
	return h.obtainLocal(ctx, e, f, givenFile(f, from), inside)
}

// parseSource splits a URL into what to request and the path inside the archive, and applies HF_ENDPOINT.
func (h *Hub) parseSource(raw string) (source *url.URL, inside string, err error) {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return nil, "", errors.New("not an http, https, file or package URL")
	}
	inside, u.Fragment, u.RawFragment = u.Fragment, "", ""
	if h.hubBase != nil && u.Hostname() == modelHubHost {
		mirrored := *h.hubBase
		mirrored.Path = strings.TrimSuffix(mirrored.Path, "/") + u.Path
		mirrored.RawPath, mirrored.RawQuery = "", u.RawQuery
		u = &mirrored
	}
	return u, inside, nil
}

// insideOf is the path inside the package that the manifest's URLs name, or "".
func insideOf(f vision.File) string {
	for _, raw := range f.URLs {
		if _, fragment, ok := strings.Cut(raw, "#"); ok {
			if path, err := url.PathUnescape(fragment); err == nil {
				return path
			}
		}
	}
	return ""
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// redact writes a URL without user, query and fragment.
func redact(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// redactText is redact for something that may be a URL.
func redactText(s string) string {
	if !isURL(s) {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return "a URL that cannot be parsed"
	}
	return redact(u)
}
