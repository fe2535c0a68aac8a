package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// answerPolicy is that of everything else: an answer is no page, whatever it holds.
const answerPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// setSecurityHeaders sets what every answer carries. A handler may set another value.
func setSecurityHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", answerPolicy)
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// origins decides which web pages may use the API.
type origins struct {
	allowed    []string
	protection *http.CrossOriginProtection
}

func newOrigins(allowed []string) (*origins, error) {
	o := &origins{allowed: allowed, protection: http.NewCrossOriginProtection()}
	for _, origin := range allowed {
		if err := o.protection.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("server: origin %q: %w", origin, err)
		}
	}
	return o, nil
}

// What pages of allowed origins may send and see: the headers of Connect, gRPC-Web and our own.
const (
	corsMethods = "GET, POST"
	corsSend    = "Content-Type, Connect-Protocol-Version, Connect-Timeout-Ms, Grpc-Timeout, X-Grpc-Web, X-User-Agent, " + headerRequestID
	corsSee     = "Grpc-Status, Grpc-Message, Grpc-Status-Details-Bin, Retry-After, " + headerRequestID
	corsAge     = "7200" // seconds; browsers allow no more
)

// guardOrigins keeps foreign pages out: requests that could change or cost something are refused if a browser says that
// they come from another origin, and answers can be read by pages of allowed origins only.
func (s *Server) guardOrigins(refuse func(http.ResponseWriter, *http.Request, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(s.origins.allowed) > 0 {
			w.Header().Add("Vary", "Origin")
		}
		origin := r.Header.Get("Origin")
		if origin != "" && slices.Contains(s.origins.allowed, origin) {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Expose-Headers", corsSee)
			w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
		if r.Method == http.MethodOptions {
			s.preflight(w, r)
			return
		}
		if err := s.origins.protection.Check(r); err != nil {
			refuse(w, r, fmt.Errorf("%w: %w", errForeignOrigin, err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// preflight answers a browser's question whether a page may make a request.
func (s *Server) preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if h.Get("Access-Control-Allow-Origin") != "" && r.Header.Get("Access-Control-Request-Method") != "" {
		h.Add("Vary", strings.Join([]string{"Access-Control-Request-Method", "Access-Control-Request-Headers"}, ", "))
		h.Set("Access-Control-Allow-Methods", corsMethods)
		h.Set("Access-Control-Allow-Headers", corsSend)
		h.Set("Access-Control-Max-Age", corsAge)
	}
	w.WriteHeader(http.StatusNoContent)
}
