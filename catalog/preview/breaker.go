package preview

import (
	"sync"
	"time"
)

const (
	maxFailures = 5                // running, before a service rests
	rest        = 30 * time.Second // how long it rests
	maxHold     = 10 * time.Minute // for which a service that asks to wait is believed
)

// outcome is how a call ended, for the breaker.
type outcome int

const (
	success outcome = iota // an answer, even that there is none
	failure                // no usable answer
	asked                  // the service asks to wait
	untold                 // the call was not made
)

// breaker keeps calls from a service that fails. Closed, it lets calls through and counts failures that follow each
// other. After maxFailures of them it is open and refuses calls for the rest. Then it lets a single call through:
// success closes it, failure opens it for another rest. Its zero value is closed.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // no call before this
	probing  bool      // the single call is under way
}

// allow reports whether a call may be made; if so, report must follow. If not, it says when to ask again.
func (b *breaker) allow(now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.until) {
		return b.until.Sub(now), false
	}
	if b.failures >= maxFailures {
		if b.probing {
			return time.Second, false
		}
		b.probing = true
	}
	return 0, true
}

// report says how an allowed call ended; wait counts only if the service asked for it.
func (b *breaker) report(now time.Time, how outcome, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	switch how {
	case success:
		b.failures = 0
	case failure:
		b.failures++
		// Late failures of calls from before the rest do not lengthen it.
		if b.failures >= maxFailures && !now.Before(b.until) {
			b.until = now.Add(rest)
		}
	case asked:
		if until := now.Add(min(wait, maxHold)); until.After(b.until) {
			b.until = until
		}
	}
}
