package api

import (
	"context"
	"sync"
	"time"

	"github.com/soundtrack-go/sdk/catalog/source"
)

// limiter lets at most len(starts) calls start in any window. A token bucket would let twice as many through in the
// window after a pause; services count strictly. It remembers the starts of the last calls in a ring: the next call may
// start one window after the oldest of them.
type limiter struct {
	service string
	window  time.Duration

	mu     sync.Mutex
	starts []time.Time // a ring; zero for places never used
	next   int         // the oldest
	held   time.Time   // no call starts before this
}

func newLimiter(service string, calls int, window time.Duration) *limiter {
	return &limiter{service: service, window: window, starts: make([]time.Time, calls)}
}

// wait returns when a call may start. If that would use up more than half of the time until ctx's deadline, so that the
// call itself had too little, it says so at once, with a BusyError, and takes no place. A place is not given back if ctx ends while waiting: counting too many calls is safe.
func (l *limiter) wait(ctx context.Context) error {
	pause, err := l.reserve(ctx, time.Now())
	if err != nil || pause <= 0 {
		return err
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *limiter) reserve(ctx context.Context, now time.Time) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	start := now
	if oldest := l.starts[l.next]; !oldest.IsZero() && oldest.Add(l.window).After(start) {
		start = oldest.Add(l.window)
	}
	if l.held.After(start) {
		start = l.held
	}
	if deadline, ok := ctx.Deadline(); ok && start.Sub(now) > deadline.Sub(now)/2 {
		return 0, &source.BusyError{Service: l.service, RetryAfter: min(start.Sub(now), maxRetryAfter)}
	}
	l.starts[l.next] = start
	l.next = (l.next + 1) % len(l.starts)
	return start.Sub(now), nil
}

// hold keeps calls back for a while, as the service has asked.
func (l *limiter) hold(wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(wait); until.After(l.held) {
		l.held = until
	}
}
