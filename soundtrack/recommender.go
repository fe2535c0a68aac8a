package soundtrack

import (
	"context"
	"errors"

	"github.com/soundtrack-go/sdk/catalog"
)

// Recommender answers requests. Make one with [Open], share it between goroutines, and close it at the end.
type Recommender struct{}

// ErrRequest reports a request that is refused before any work.
var ErrRequest = errors.New("soundtrack: invalid request")

// Recommend answers with songs that fit.
func (r *Recommender) Recommend(ctx context.Context, req Request) (*Recommendation, error) {
	panic("skeleton")
}

// Analyze says what is seen in a picture, without songs: Picks is empty. Only Image or Picture of the request matters.
func (r *Recommender) Analyze(ctx context.Context, req Request) (*Recommendation, error) {
	panic("skeleton")
}

// Store is where the songs are.
func (r *Recommender) Store() catalog.Store { panic("skeleton") }

// Close frees what Open made: never what the caller brought by an option.
func (r *Recommender) Close() error { panic("skeleton") }
