package llm

import (
	"context"
	"slices"
	"sync"
	"time"
)

// budget says when the next call may start: by the minute, by the day, and by what the service asked for. It counts in
// windows that slide; a token bucket would let twice as many through after a pause, and services count strictly.
type budget struct {
	service string

	mu     sync.Mutex
	minute window
	day    window
	held   time.Time // no call before this: the service asks to wait
}

const maxHold = 10 * time.Minute // for which a service that asks to wait is believed

func newBudget(service string, perMinute, perDay int) *budget {
	return &budget{
		service: service,
		minute:  window{limit: perMinute, span: time.Minute},
		day:     window{limit: perDay, span: 24 * time.Hour},
	}
}

// wait takes a place and returns when its call may start. Where that is too far away it takes none and says so at once. If
// the service asks for a pause meanwhile, it takes another place after that; none is given back. To count too many is safe.
func (b *budget) wait(ctx context.Context, clock func() time.Time) error {
	patience := clock().Add(maxWait)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		pause, err := b.reserve(ctx, clock(), patience)
		if err != nil || pause <= 0 {
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		if !b.isHeld(clock()) {
			return nil
		}
	}
}

// reserve takes a place in both windows and says how far away it is. Nobody waits beyond patience for a service that asks
// for a pause.
func (b *budget) reserve(ctx context.Context, now, patience time.Time) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if pause := b.held.Sub(now); pause > 0 && (b.held.After(patience) || !fits(ctx, pause)) {
		return 0, &Error{
			Kind: ErrUnavailable, Service: b.service, Reason: "has asked for a pause", RetryAfter: pause, Next: "try again later",
			hasty: true,
		}
	}
	if wait := b.day.next(now).Sub(now); wait > 0 {
		return 0, b.usedUp("day", wait)
	}
	start := b.minute.next(now)
	if b.held.After(start) {
		start = b.held
	}
	wait := start.Sub(now)
	if !fits(ctx, wait) {
		return 0, b.usedUp("minute", wait)
	}
	b.minute.add(start)
	b.day.add(start)
	return wait, nil
}

func (b *budget) usedUp(span string, wait time.Duration) error {
	return &Error{
		Kind: ErrBudget, Service: b.service, Reason: "the calls of the " + span + " are used up", RetryAfter: wait,
		Next: "wait, or raise WithBudget", hasty: span == "minute",
	}
}

func (b *budget) isHeld(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held.After(now)
}

// hold keeps all calls back until a time, as the service has asked.
func (b *budget) hold(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.held) {
		b.held = until
	}
}

// window lets at most limit calls start in any time of length span.
type window struct {
	limit  int
	span   time.Duration
	starts []time.Time // of the calls in the window, and of those that wait; ascending
}

// next is when one more call may start: now, or a span after the limit-th last.
func (w *window) next(now time.Time) time.Time {
	i := slices.IndexFunc(w.starts, func(t time.Time) bool { return t.Add(w.span).After(now) })
	if i < 0 {
		i = len(w.starts)
	}
	w.starts = w.starts[i:]
	if len(w.starts) < w.limit {
		return now
	}
	return w.starts[len(w.starts)-w.limit].Add(w.span)
}

func (w *window) add(start time.Time) { w.starts = append(w.starts, start) }

// retryBudget keeps retries at a tenth of the calls, so that a service in trouble is not hit harder than one that is
// well. Each first attempt earns a tenth of a retry, of which at most retryMost are saved; a new client has retryStart.
type retryBudget struct {
	mu     sync.Mutex
	tenths int
}

const (
	retryMost  = 10
	retryStart = 2
)

func (r *retryBudget) earn() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tenths = min(10*retryMost, r.tenths+1)
}

func (r *retryBudget) spend() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tenths < 10 {
		return false
	}
	r.tenths -= 10
	return true
}
