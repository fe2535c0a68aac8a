package server

import (
	"context"
	"net/http"

	"github.com/soundtrack-go/sdk/server/page"
)

// Handler answers everything that the server offers. [Server.Serve] uses it; it can be mounted elsewhere, at the root,
// where limits of connections, headers and shutdown are then up to whoever mounts it.
//
// # Plain requests
//
// POST /v1/recommend takes the bytes of a picture, whatever content type is declared, and answers the RecommendResponse
// of the schema as JSON. Settings are query parameters, all of them optional:
//
//	count=5                   number of songs, 1 to 100
//	contrast=0                0 songs that match … 1 songs of the opposite mood
//	atmosphere=0              -1 literal … 1 atmospheric
//	era=0                     -1 then … 1 now
//	surprise=0                -1 familiar … 1 surprising
//	language=en               ISO 639 code; may be repeated: any of them
//	genre=jazz                may be repeated: any of them
//	year_from=1960            first year
//	year_to=1979              last year
//	explicit=false            leaves explicit songs out; true is the default
//	playable=true             only songs with a preview; false is the default
//	offline=true              only songs that play without a network; false is the default
//	include=sea, exclude=rain what the songs shall, or shall not, be about; may be repeated
//	care=strict               holds cheerful songs back at lesser signs of a sad picture; off never does
//
// A parameter that is unknown, repeated where it must not be, or no number where it should be, is refused by name.
func (s *Server) Handler() http.Handler { return s.handler }

// routes puts the parts together. Probes and metrics stay outside of every limit, so that they answer under load.
func (s *Server) routes() http.Handler {
	plain := voice{
		refuse: s.writePlainError,
		tell:   func(_ context.Context, err error) error { return err },
	}
	mux := http.NewServeMux()
	mux.Handle("GET /livez", named("livez", http.HandlerFunc(s.livez)))
	mux.Handle("GET /readyz", named("readyz", http.HandlerFunc(s.readyz)))
	metrics := s.metrics.Handler()
	mux.Handle("GET /metrics", named("metrics", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.unready() // sets its gauge
		metrics.ServeHTTP(w, r)
	})))
	mux.Handle("/grpc.health.v1.Health/", s.health())

	mux.Handle(rpcPrefix, s.rpc())
	picture := func(*http.Request) upload {
		return upload{limit: s.config.limits.Bytes, picture: true, always: true}
	}
	mux.Handle("/v1/recommend", named("recommend-plain",
		s.guardOrigins(plain.refuse, s.only(http.MethodPost, s.limited(plain, picture, http.HandlerFunc(s.recommendPlain))))))
	sound := func(next http.HandlerFunc) http.Handler {
		return s.guardOrigins(plain.refuse, s.only(http.MethodGet, next))
	}
	mux.Handle(demoPath+"{name}", named("preview-demo", sound(s.demoPreview)))
	mux.Handle(filePath+"{song}", named("preview-file", sound(s.filePreview)))
	mux.Handle("/v1/", http.HandlerFunc(s.nothing))
	if s.config.page != nil {
		mux.Handle("/", named("page", s.only(http.MethodGet, pagePolicy(s.config.page))))
	} else {
		mux.Handle("/", http.HandlerFunc(s.nothing))
	}
	return s.observe(mux)
}

// only lets one method through; HEAD goes with GET.
func (s *Server) only(method string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method || (method == http.MethodGet && r.Method == http.MethodHead) {
			next.ServeHTTP(w, r)
			return
		}
		allow := method
		if method == http.MethodGet {
			allow = "GET, HEAD"
		}
		w.Header().Set("Allow", allow)
		s.writePlainError(w, r, errMethod)
	})
}

// nothing answers where nothing is.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) { s.writePlainError(w, r, errNoRoute) }

// pagePolicy sets the page's content security policy, which the page may replace.
func pagePolicy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", page.Policy)
		next.ServeHTTP(w, r)
	})
}
