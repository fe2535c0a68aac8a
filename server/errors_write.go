package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"connectrpc.com/connect"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
)

// told looks an error up, and notes and logs it with the request that it belongs to.
func (s *Server) told(ctx context.Context, err error) failure {
	f := judge(err)
	c := callFrom(ctx)
	c.code = f.code.String()
	if f.code == connect.CodeInternal {
		attrs := []any{"request_id", c.id, "procedure", c.procedure, "cause", err}
		if p := new(panicError); errors.As(err, &p) {
			s.metrics.panics.Inc()
			attrs = append(attrs, "stack", string(p.stack))
		}
		s.log.ErrorContext(ctx, "internal error", attrs...)
	} else {
		s.log.LogAttrs(ctx, slog.LevelDebug, "refused", slog.String("request_id", c.id), slog.Any("cause", err))
	}
	return f
}

// rpcError is an error as RPC clients are told.
func (s *Server) rpcError(ctx context.Context, err error) *connect.Error {
	f := s.told(ctx, err)
	out := connect.NewError(f.code, errors.New(f.message))
	if detail, err := connect.NewErrorDetail(&v1.ErrorDetail{
		Reason: f.reason, Remedy: f.remedy, RetryAfter: f.retry.Seconds(),
	}); err == nil {
		out.AddDetail(detail)
	}
	if f.retry > 0 {
		out.Meta().Set("Retry-After", f.retryHeader())
	}
	return out
}

// retryHeader is the time to wait in whole seconds, at least one.
func (f failure) retryHeader() string { return strconv.Itoa(int(math.Ceil(f.retry.Seconds()))) }

// writeRPCError answers an RPC that never reaches its handler.
func (s *Server) writeRPCError(w http.ResponseWriter, r *http.Request, err error) {
	if writeErr := s.rpcErrors.Write(w, r, s.rpcError(r.Context(), err)); writeErr != nil {
		s.log.DebugContext(r.Context(), "writing an error", "cause", writeErr)
	}
}

// plainError is an error as the plain endpoints send it.
type plainError struct {
	Code       string  `json:"code"`
	Message    string  `json:"message"`
	Reason     string  `json:"reason"`
	Remedy     string  `json:"remedy"`
	RetryAfter float64 `json:"retryAfter,omitempty"` // seconds
}

// writePlainError answers a plain request with an error.
func (s *Server) writePlainError(w http.ResponseWriter, r *http.Request, err error) {
	f := s.told(r.Context(), err)
	if f.retry > 0 {
		w.Header().Set("Retry-After", f.retryHeader())
	}
	s.writeJSON(w, r, f.status, plainError{
		Code: f.code.String(), Message: f.message, Reason: f.reason, Remedy: f.remedy, RetryAfter: f.retry.Seconds(),
	})
}

// writeJSON answers with a value that always can be encoded.
func (s *Server) writeJSON(w http.ResponseWriter, r *http.Request, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		s.log.DebugContext(r.Context(), "writing an answer", "cause", err)
	}
}
