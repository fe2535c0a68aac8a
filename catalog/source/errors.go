package source

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrNotFound reports that the service has no such recording, or none that agrees.
	ErrNotFound = errors.New("source: no such recording")
	// ErrBusy reports that the service, or our own limit for it, asks to wait. See [BusyError].
	ErrBusy = errors.New("source: too many calls")
	// ErrUnavailable reports that the service did not answer, or not as it should.
	ErrUnavailable = errors.New("source: service unavailable")
)

// NotFoundError says what a service does not have. It matches [ErrNotFound].
type NotFoundError struct {
	Service string // such as "deezer"
	Wanted  string // what was asked for, such as `track 17`; for people
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("%s: nothing found for %s", e.Service, e.Wanted)
}

// Is reports whether target is [ErrNotFound].
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// BusyError says when a service may be asked again. It matches [ErrBusy].
type BusyError struct {
	Service string
	// RetryAfter is how long to wait, more than 0 and at most 10 minutes.
	RetryAfter time.Duration
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("%s: too many calls; wait %s", e.Service, e.RetryAfter.Round(100*time.Millisecond))
}

// Is reports whether target is [ErrBusy].
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

// UnavailableError says why a service gave no usable answer. It matches [ErrUnavailable].
type UnavailableError struct {
	Service string
	Reason  string // for people: "HTTP 503", "the answer is not JSON"; no address, no text of the service
	// Cause is the underlying error for a debugger, or nil. It may name addresses: do not show it to strangers.
	Cause error
}

func (e *UnavailableError) Error() string { return fmt.Sprintf("%s: %s", e.Service, e.Reason) }

// Is reports whether target is [ErrUnavailable].
func (e *UnavailableError) Is(target error) bool { return target == ErrUnavailable }
