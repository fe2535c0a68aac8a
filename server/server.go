package server

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"connectrpc.com/connect"

	"github.com/soundtrack-go/sdk/vision"
)

// Server answers over HTTP. Make one with [New]. Safe for concurrent use.
type Server struct {
	config    *config
	service   *service
	log       *slog.Logger
	metrics   *Metrics
	bodies    *budget
	origins   *origins
	rpcErrors *connect.ErrorWriter
	handler   http.Handler

	draining atomic.Bool // new requests are answered, and their connections then closed

	mu      sync.Mutex
	missing map[string]string // conditions of readiness that are not met, and why
}

// New makes a server for an engine, which the caller keeps and closes after [Server.Serve] has returned. The server is
// ready at once, unless the engine's Store is nil.
func New(engine Engine, opts ...Option) (*Server, error) {
	if engine == nil {
		return nil, errors.New("server: New(nil): want an engine")
	}
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	s := &Server{
		config: c, log: c.log, metrics: c.metrics,
		service:   newService(engine, c),
		bodies:    &budget{level: level{gauge: c.metrics.bodies}, limit: c.bodies},
		rpcErrors: connect.NewErrorWriter(codecs()...),
		missing:   make(map[string]string),
	}
	if s.origins, err = newOrigins(c.origins); err != nil {
		return nil, err
	}
	s.handler = s.routes()
	s.unready() // sets the gauge
	return s, nil
}

// Metrics is where the server counts.
func (s *Server) Metrics() *Metrics { return s.metrics }

// checkLimits lets package vision judge limits: a picture of no bytes is refused for being empty, or for them.
func checkLimits(l vision.Limits) error {
	_, err := vision.Probe(bytes.NewReader(nil), vision.WithLimits(l))
	if err == nil || errors.Is(err, vision.ErrEmpty) {
		return nil
	}
	return fmt.Errorf("limits: %w", err)
}
