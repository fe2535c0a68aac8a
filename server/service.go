package server

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/vision"
)

// service is the logic of the API. It knows messages and packages of the house, but neither HTTP nor Connect: its
// errors are plain, and told to clients by errors_table.go. Its methods are those of SoundtrackServiceHandler.
type service struct {
	engine   Engine
	metrics  *Metrics
	limits   vision.Limits
	previews PreviewResolver
	lookups  bool       // previews looks things up, and does not only offer what songs themselves have
	demos    DemoOpener // nil for none

	pictures *lane // looks at pictures
	light    *lane // re-ranks and look-ups
	remote   *lane // waits for other services

	memory     *semaphore.Weighted // bytes, over all decodes
	memorySize int64
	wait       time.Duration
}

func newService(engine Engine, c *config) *service {
	return &service{
		engine: engine, metrics: c.metrics, limits: c.limits, previews: c.previews, lookups: c.lookups, demos: c.demos,
		memory: semaphore.NewWeighted(c.memory), memorySize: c.memory, wait: c.wait,
		pictures: newLane("picture", c.slots, c.queue, c.wait, c.metrics),
		light:    newLane("light", c.slots, lightQueuePerSlot*c.slots, c.wait, c.metrics),
		remote:   newLane("remote", remoteSlots, 0, c.wait, c.metrics),
	}
}

// store returns the songs, or ErrNotReady.
func (s *service) store() (catalog.Store, error) {
	store := s.engine.Store()
	if store == nil {
		return nil, ErrNotReady
	}
	return store, nil
}

// drain waits until no work is left, whether or not somebody still waits for it.
func (s *service) drain(ctx context.Context) error {
	for _, l := range []*lane{s.pictures, s.light, s.remote} {
		if err := l.drain(ctx); err != nil {
			return err
		}
	}
	return nil
}

// run calls f on a slot of a lane and returns what it returns, or ctx's error as soon as ctx is done. f then goes on until
// it notices, and keeps its slot, so that those who give up cannot make more work than there are slots. A panic in f
// becomes an error.
func run[T any](ctx context.Context, s *service, l *lane, stage string, f func(context.Context) (T, error)) (T, error) {
	var none T
	arrived := time.Now()
	leave, err := l.enter(ctx)
	if err != nil {
		return none, err
	}
	started := time.Now()
	s.metrics.ObserveStage("queue", started.Sub(arrived))

	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if v := recover(); v != nil {
				r.err = newPanicError(v)
			}
			s.metrics.ObserveStage(stage, time.Since(started))
			leave() // before the answer: who has it may rely on the slot
			done <- r
		}()
		r.value, r.err = f(ctx)
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
