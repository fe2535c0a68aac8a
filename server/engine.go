package server

import (
	"context"
	"sync/atomic"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/soundtrack"
)

// Engine does the work behind the server. A *soundtrack.Recommender is one. Implementations are safe for concurrent use.
type Engine interface {
	// Recommend answers with songs.
	Recommend(ctx context.Context, req soundtrack.Request) (*soundtrack.Recommendation, error)
	// Analyze says what is seen in a picture.
	Analyze(ctx context.Context, req soundtrack.Request) (*soundtrack.Recommendation, error)
	// Store is where the songs are; nil means that the engine is not ready yet.
	Store() catalog.Store
}

// Deferred is an [Engine] that arrives later, so that a server can listen, be alive and say that it is not ready while
// its models are fetched. Until [Deferred.Set] every call fails with [ErrNotReady]. The zero value is ready to use.
// Safe for concurrent use; do not copy it.
type Deferred struct{ engine atomic.Pointer[Engine] }

// Set puts e to work; the server is ready from then on, if nothing else holds it back. A second call replaces the first
// engine, which the caller may close once the calls on it have ended. Setting nil takes the engine away.
func (d *Deferred) Set(e Engine) {
	if e == nil {
		d.engine.Store(nil)
		return
	}
	d.engine.Store(&e)
}

// Recommend implements [Engine].
func (d *Deferred) Recommend(ctx context.Context, req soundtrack.Request) (*soundtrack.Recommendation, error) {
	e := d.engine.Load()
	if e == nil {
		return nil, ErrNotReady
	}
	return (*e).Recommend(ctx, req)
}

// Analyze implements [Engine].
func (d *Deferred) Analyze(ctx context.Context, req soundtrack.Request) (*soundtrack.Recommendation, error) {
	e := d.engine.Load()
	if e == nil {
		return nil, ErrNotReady
	}
	return (*e).Analyze(ctx, req)
}

// Store implements [Engine]: nil until an engine is set.
func (d *Deferred) Store() catalog.Store {
	e := d.engine.Load()
	if e == nil {
		return nil
	}
	return (*e).Store()
}
