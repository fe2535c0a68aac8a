package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

const (
	headerTime     = 5 * time.Second  // for a request's header
	idleTime       = 30 * time.Second // between requests of a connection
	writeSlack     = 5 * time.Second  // for writing the answer, beyond the time for making it
	maxHeader      = 64 << 10
	maxStreams     = 100             // of an HTTP/2 connection at a time
	afterCancel    = 5 * time.Second // for work to end after it was cancelled
	shutdownReason = "it is shutting down"
)

// Serve answers on ln until ctx is done, and then ends in order: it reports that it is not ready, goes on answering for
// the delay of [WithShutdown] so that load balancers can turn away, accepts nothing new, lets running calls finish, and
// cancels those that are left when the grace is over. It returns when no work is left, so that the engine can be closed;
// nil means that every call was allowed to finish. Serve closes ln. It may be called for several listeners.
//
// The listener speaks cleartext HTTP/1.1 and HTTP/2; put a proxy in front of it for TLS.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	srv := &http.Server{
		Handler:           s.handler,
		Protocols:         protocols,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams, SendPingTimeout: idleTime, WriteByteTimeout: idleTime},
		ReadHeaderTimeout: headerTime,
		WriteTimeout:      s.config.readTime + s.config.timeout + writeSlack,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(netutil.LimitListener(ln, s.config.conns)) }()
	s.log.Info("listening", "address", ln.Addr().String())
	select {
	case err := <-ended:
		return fmt.Errorf("server: listener: %w", err)
	case <-ctx.Done():
	}
	err := s.shutdown(srv, cancel)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// shutdown ends srv in order. cancel ends the contexts of all its requests.
func (s *Server) shutdown(srv *http.Server, cancel context.CancelFunc) error {
	s.log.Info("shutting down", "delay", s.config.delay, "grace", s.config.grace)
	grace, stop := context.WithTimeout(context.Background(), s.config.grace)
	defer stop()
	s.SetReady("shutdown", false, shutdownReason)
	s.draining.Store(true)
	if s.config.delay > 0 {
		select {
		case <-time.After(s.config.delay):
		case <-grace.Done():
		}
	}
	err := srv.Shutdown(grace)
	if err == nil {
		err = s.service.drain(grace)
	}
	if err == nil {
		return nil
	}
	s.log.Warn("grace is over: cancelling what still runs")
	cancel()
	if closeErr := srv.Close(); closeErr != nil {
		s.log.Warn("closing connections", "cause", closeErr)
	}
	last, stop := context.WithTimeout(context.Background(), afterCancel)
	defer stop()
	if drainErr := s.service.drain(last); drainErr != nil {
		return errors.New("server: shutdown: work did not end after it was cancelled")
	}
	return fmt.Errorf("server: shutdown: calls were cancelled after %v: %w", s.config.grace, err)
}
