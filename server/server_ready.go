package server

import (
	"context"
	"errors"
	"net/http"
	"sort"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"

	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
)

// SetReady says whether a condition of readiness is met, such as "catalogue" or "model", and if not, why: the reason is
// shown to anybody who asks. The server is ready while no condition is unmet. A shutdown and an engine that is not there
// yet make it unready by themselves.
func (s *Server) SetReady(condition string, ready bool, reason string) {
	s.mu.Lock()
	if ready {
		delete(s.missing, condition)
	} else {
		s.missing[condition] = reason
	}
	s.mu.Unlock()
	s.unready()
}

// unmet is a condition of readiness that is not met.
type unmet struct {
	Condition string `json:"condition"`
	Reason    string `json:"reason"`
}

// unready lists what keeps the server from taking traffic, by condition, and sets the gauge of it.
func (s *Server) unready() []unmet {
	s.mu.Lock()
	list := make([]unmet, 0, len(s.missing)+1)
	for condition, reason := range s.missing {
		list = append(list, unmet{condition, reason})
	}
	s.mu.Unlock()
	if s.service.engine.Store() == nil {
		list = append(list, unmet{"engine", "it is still starting"})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Condition < list[j].Condition })
	ready := 1.
	if len(list) > 0 {
		ready = 0
	}
	s.metrics.ready.Set(ready)
	return list
}

// livez says that the process answers; it depends on nothing.
func (s *Server) livez(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	s.writeJSON(w, r, http.StatusOK, map[string]bool{"alive": true})
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready   bool    `json:"ready"`
	Reasons []unmet `json:"reasons,omitempty"` // what is missing
}

// readyz says whether the server takes traffic, and why not.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	missing := s.unready()
	status := http.StatusOK
	if len(missing) > 0 {
		status = http.StatusServiceUnavailable
	}
	s.writeJSON(w, r, status, readiness{Ready: len(missing) == 0, Reasons: missing})
}

// health answers gRPC's health checks for the server and its service.
func (s *Server) health() http.Handler {
	const limit = 4 << 10 // of a message, which is the name of a service
	_, handler := grpchealth.NewHandler(healthChecker{s}, connect.WithReadMaxBytes(limit), connect.WithCompression("gzip", nil, nil))
	return named("health", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(unwrapped(w), r.Body, 2*limit)
		handler.ServeHTTP(w, r)
	}))
}

type healthChecker struct{ server *Server }

// Check implements grpchealth.Checker.
func (h healthChecker) Check(_ context.Context, req *grpchealth.CheckRequest) (*grpchealth.CheckResponse, error) {
	if req.Service != "" && req.Service != soundtrackv1connect.SoundtrackServiceName {
		return nil, connect.NewError(connect.CodeNotFound, errors.New("no such service"))
	}
	if len(h.server.unready()) > 0 {
		return &grpchealth.CheckResponse{Status: grpchealth.StatusNotServing}, nil
	}
	return &grpchealth.CheckResponse{Status: grpchealth.StatusServing}, nil
}
