package server

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"
)

// retryAfter is how long a client that was refused for load is told to wait. Lanes empty within a second.
const retryAfter = time.Second

// lane bounds one kind of work: so many at once, so many that wait, so long at most. Those who wait are served in the
// order of their arrival.
type lane struct {
	name   string
	slots  *semaphore.Weighted
	size   int64         // slots
	queue  int64         // most that may wait
	wait   time.Duration // longest wait
	gauges laneGauges
}

func newLane(name string, slots, queue int, wait time.Duration, m *Metrics) *lane {
	return &lane{
		name: name, slots: semaphore.NewWeighted(int64(slots)), size: int64(slots), queue: int64(queue),
		wait: wait, gauges: m.lane(name, slots),
	}
}

// full reports whether enter would turn the next one away without a wait. It is a glance, not a promise: it serves to
// refuse an upload before it is read.
func (l *lane) full() bool {
	return l.gauges.waiting.load() >= l.queue && l.gauges.running.load() >= l.size
}

// enter waits for a slot. leave must be called exactly once, when the work has really ended. The error is a [BusyError],
// or that of ctx.
func (l *lane) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !l.slots.TryAcquire(1) {
		if err := l.stand(ctx); err != nil {
			return nil, err
		}
	}
	l.gauges.running.add(1)
	return func() {
		l.gauges.running.add(-1)
		l.slots.Release(1)
	}, nil
}

// stand waits in the queue until a slot is acquired.
func (l *lane) stand(ctx context.Context) error {
	if l.gauges.waiting.add(1) > l.queue {
		l.gauges.waiting.add(-1)
		return l.busy("queue")
	}
	defer l.gauges.waiting.add(-1)
	waiting, cancel := context.WithTimeout(ctx, l.wait)
	defer cancel()
	if err := l.slots.Acquire(waiting, 1); err != nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		return l.busy("wait")
	}
	return nil
}

// busy makes the error for those who are turned away, and counts them.
func (l *lane) busy(cause string) error {
	l.gauges.shed(cause)
	return &BusyError{Lane: l.name, Cause: cause, RetryAfter: retryAfter}
}

// drain waits until no slot is taken.
func (l *lane) drain(ctx context.Context) error {
	if err := l.slots.Acquire(ctx, l.size); err != nil {
		return err
	}
	l.slots.Release(l.size)
	return nil
}
