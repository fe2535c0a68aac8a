package page

import (
	"net/http"
	"strconv"
	"strings"
)

// ServeHTTP implements [http.Handler].
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	f := s.find(r.URL.Path)
	switch {
	case f == nil:
		h.Set("Cache-Control", "no-store")
		http.Error(w, "not found", http.StatusNotFound)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	default:
		f.serve(w, r)
	}
}

// find looks a path up. Names are keys of a map and never touch a file system.
func (s *site) find(path string) *file {
	path = strings.TrimPrefix(path, "/")
	if path == "" {
		return s.index
	}
	name, ok := strings.CutPrefix(path, assetsFolder)
	if !ok {
		return nil
	}
	return s.assets[name]
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache") // kept, but asked for again each time
	}
	body, etag := f.plain, f.etag
	if f.zipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = f.zipped, strings.TrimSuffix(f.etag, `"`)+`-gzip"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client went away: nobody is left to tell
	}
}

// acceptsGzip reads an Accept-Encoding header: gzip must be named, and not with the quality 0.
func acceptsGzip(header string) bool {
	for item := range strings.SplitSeq(header, ",") {
		coding, parameter, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		value, ok := strings.CutPrefix(strings.ReplaceAll(parameter, " ", ""), "q=")
		if !ok {
			return true
		}
		quality, err := strconv.ParseFloat(value, 64)
		return err == nil && quality > 0
	}
	return false
}

// matches compares an If-None-Match header weakly, as RFC 9110 §13.1.2 asks for.
func matches(header, etag string) bool {
	for item := range strings.SplitSeq(header, ",") {
		item = strings.TrimSpace(item)
		if item == "*" || strings.TrimPrefix(item, "W/") == etag {
			return true
		}
	}
	return false
}
