package ort

import (
	"context"
	"runtime"

	"github.com/soundtrack-go/sdk/vision"
)

// Backend opens model files. Its zero value is not usable: see [New]. It is safe for concurrent use and needs no closing.
type Backend struct{ config }

var _ vision.Backend = (*Backend)(nil)

// New makes a backend. It reads the environment once and loads nothing: whether there is a library is what
// [Backend.Library] says.
func New(opts ...Option) (*Backend, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	return &Backend{config: *c}, nil
}

// Library returns the path of the library that [Backend.Open] will load. The error is an [*UnavailableError] if this
// program was built without cgo or there is no library. It looks for files only, so it is cheap; whether a file that is
// found can be loaded shows in Open.
func (b *Backend) Library() (string, error) {
	lib, err := b.find()
	return lib.path, err
}

// Open reads, verifies and prepares a model. Up to three times its size in memory is needed while it is opened, and its size
// until Close. ctx is looked at before and between the steps, of which the last, about a second for 350 MB, cannot be
// interrupted. Errors match
//
//   - [ErrUnavailable] without cgo, without a library and for one that cannot be used;
//   - [ErrInUse] while sessions of another library are open;
//   - [vision.ErrModel] for a file with another digest, a damaged one, and a graph that contradicts itself;
//   - [vision.ErrUnsupported] for a graph that the library cannot execute, and for inputs other than float32, int64 and
//     int32;
//   - [ErrProvider] if none of the providers can be used;
//   - whatever the file system or ctx say.
func (b *Backend) Open(ctx context.Context, model vision.ModelFile, opts vision.SessionOptions) (vision.Session, error) {
	return b.open(ctx, model, opts)
}

// runsAtOnce is how many runs of so many threads go on at once.
func (c *config) runsAtOnce(threads int) int {
	if c.maxRuns > 0 {
		return c.maxRuns
	}
	return max(1, runtime.GOMAXPROCS(0)/threads)
}
