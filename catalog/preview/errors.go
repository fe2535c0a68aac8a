package preview

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog/source"
)

// ErrNoPreview reports that there is nothing to play for a song now. See [NoPreviewError].
var ErrNoPreview = errors.New("preview: nothing to play")

// NoPreviewError says which ways were tried for a song and why each failed. It matches [ErrNoPreview] only: the errors
// of the attempts are there to be looked at, not to be mistaken for the caller's own.
type NoPreviewError struct {
	Title, Artist string
	Attempts      []Attempt // in the order of trying; empty if there was nothing to try
}

// Attempt is one way that did not lead to a preview.
type Attempt struct {
	Provider string // the service's name, or "" for the song's own previews
	Way      string // "address", "id" or "search"
	Reason   string // for people, without addresses: "has no recording that agrees"
	Err      error  // what the service's client said; nil if it was not asked
}

func (e *NoPreviewError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "preview: nothing to play for %.80q by %.80q", e.Title, e.Artist)
	for i, a := range e.Attempts {
		b.WriteString([]string{": ", "; "}[min(i, 1)])
		if a.Provider == "" {
			fmt.Fprintf(&b, "its %s %s", a.Way, a.Reason)
		} else {
			fmt.Fprintf(&b, "%s (by %s) %s", a.Provider, a.Way, a.Reason)
		}
	}
	return b.String()
}

// Is reports whether target is [ErrNoPreview].
func (e *NoPreviewError) Is(target error) bool { return target == ErrNoPreview }

// nowhere reports that every service was asked and has no such recording, which is worth remembering.
func (e *NoPreviewError) nowhere() bool {
	for _, a := range e.Attempts {
		if !errors.Is(a.Err, source.ErrNotFound) {
			return false
		}
	}
	return len(e.Attempts) > 0
}

// Reasons that are no service's.
const (
	reasonOffline = "was not asked: the network is switched off"
	reasonNoTime  = "was not asked: no time was left"
)

// reason puts an error into words. It never quotes an error that it does not know: that could hold an address.
func reason(err error) string {
	busy, unavailable := new(source.BusyError), new(source.UnavailableError)
	switch {
	case errors.Is(err, source.ErrNotFound):
		return "has no recording that agrees"
	case errors.As(err, &busy):
		return "asks to wait " + busy.RetryAfter.Round(time.Second).String()
	case errors.As(err, &unavailable):
		return "gave no usable answer: " + unavailable.Reason
	case isTimeout(err):
		return "did not answer in time"
	default:
		return "failed"
	}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool } // context.DeadlineExceeded has it too
	return errors.As(err, &t) && t.Timeout()
}
