package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// observe notes, counts and logs every request, and catches what panics outside of the RPC handlers.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := newCall(r)
		rec := &recorder{ResponseWriter: w, call: c}
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		setSecurityHeaders(rec.Header())
		if s.draining.Load() {
			rec.Header().Set("Connection", "close") // clients move on with their next request
		}
		if hasBody(r) {
			// Also for handlers that read no body: net/http reads what they leave. A server that cannot set deadlines has its
			// own, or none: its owner decides.
			_ = http.NewResponseController(w).SetReadDeadline(c.started.Add(s.config.readTime))
		}
		defer func() {
			v := recover()
			cause, _ := v.(error)
			if v != nil && rec.status == 0 && !errors.Is(cause, http.ErrAbortHandler) {
				s.writePlainError(rec, r, newPanicError(v))
				v = nil
			}
			s.finish(r, rec)
			if v != nil { // too late for an answer: cut the connection, as net/http does
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// finish counts and logs a request that has been answered.
func (s *Server) finish(r *http.Request, rec *recorder) {
	c, took := rec.call, time.Since(rec.call.started)
	c.code = rec.code()
	s.metrics.finished(c, took)
	level := slog.LevelInfo
	switch c.procedure {
	case "livez", "readyz", "metrics", "health", "page", "preview-demo", "preview-file":
		level = slog.LevelDebug
	}
	attrs := []slog.Attr{
		slog.String("request_id", c.id), slog.String("procedure", c.procedure), slog.String("protocol", c.protocol),
		slog.String("code", c.code), slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes), slog.Duration("took", took),
	}
	if c.answer != "" && c.answer != c.id {
		attrs = append(attrs, slog.String("answer_id", c.answer))
	}
	s.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// named gives a handler its name in logs and metrics.
func named(procedure string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		callFrom(r.Context()).procedure = procedure
		next.ServeHTTP(w, r)
	})
}

// hasBody reports a request that something has to be read of.
func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }
