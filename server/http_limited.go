package server

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/vision"
)

// upload says what the body of a request may be.
type upload struct {
	limit   int64 // bytes of the body, or of the message in it
	picture bool  // it holds a picture, or may hold one
	always  bool  // it always holds one
}

const (
	slack       = 256 << 10 // of a message with a picture, for everything else in it
	smallUpload = 128 << 10 // up to here a body may be that of a re-rank: it is read even if pictures are turned away
	smallLimit  = 64 << 10  // of messages without pictures
	framePrefix = 5
)

// voice is how errors are told on one kind of address: refuse answers a request that never reaches its handler, tell
// makes an error what a handler expects from reading a body.
type voice struct {
	refuse func(http.ResponseWriter, *http.Request, error)
	tell   func(context.Context, error) error
}

// limited gives a request its time, watches its body, and refuses before reading what need not be read.
func (s *Server) limited(v voice, of func(*http.Request) upload, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		ctx, cancel := context.WithTimeout(r.Context(), s.config.timeout)
		defer cancel()
		r = r.WithContext(ctx)
		if !hasBody(r) {
			next.ServeHTTP(w, r)
			return
		}
		u := of(r)
		if err := s.announced(u, r); err != nil {
			v.refuse(w, r, err)
			return
		}
		b := &body{
			framed:  isFramed(r),
			unknown: r.ContentLength < 0,
			admit:   func(size int64) error { return s.admit(u, size) },
			busy:    func() error { return s.service.pictures.busy("memory") },
			tell:    func(err error) error { return v.tell(ctx, err) },
			done: func(took time.Duration) {
				// The deadline that every body has: left alone, it would end the work on it as well.
				_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
				if u.picture {
					s.metrics.ObserveStage("read", took)
				}
			},
			budget: s.bodies,
			since:  time.Now(),
		}
		limit := u.limit
		if b.framed {
			limit += framePrefix
		}
		b.source = http.MaxBytesReader(unwrapped(w), r.Body, limit)
		defer b.release()
		r.Body = b
		next.ServeHTTP(w, r)
	})
}

// announced judges a request by its header. The length of a framed body says little, but its first bytes will.
func (s *Server) announced(u upload, r *http.Request) error {
	switch {
	case isCompressed(r.Header):
		return errCompressed
	case u.always && s.service.pictures.full():
		return s.service.pictures.busy("queue")
	case isFramed(r), r.ContentLength < 0:
		return nil
	}
	return s.admit(u, r.ContentLength)
}

// admit judges a body by its size.
func (s *Server) admit(u upload, size int64) error {
	switch {
	case size > u.limit && u.picture:
		limit := s.config.limits.Bytes
		return &vision.RefusalError{Reason: vision.ReasonBytes, Limit: limit, Got: limit + 1}
	case size > u.limit:
		return invalidf("body", "more than %d bytes", u.limit)
	case u.picture && size > smallUpload && s.service.pictures.full():
		return s.service.pictures.busy("queue")
	}
	return nil
}

// isFramed reports the framing of gRPC and gRPC-Web.
func isFramed(r *http.Request) bool {
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "application/grpc")
}

// isCompressed reports a body that is compressed as a whole, or messages that may be.
func isCompressed(h http.Header) bool {
	for _, key := range []string{"Content-Encoding", "Grpc-Encoding"} {
		if v := h.Get(key); v != "" && !strings.EqualFold(v, "identity") {
			return true
		}
	}
	return false
}

// unwrapped returns the writer that net/http made: only with that can MaxBytesReader have the connection closed.
func unwrapped(w http.ResponseWriter) http.ResponseWriter {
	for {
		above, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = above.Unwrap()
	}
}
