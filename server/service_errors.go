package server

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

var (
	// ErrBusy reports that there is more work than the server takes on. See [BusyError].
	ErrBusy = errors.New("server: busy")
	// ErrNotReady reports that the engine is not there yet.
	ErrNotReady = errors.New("server: not ready")
	// ErrInvalid reports a request that the server refuses itself. See [InvalidError].
	ErrInvalid = errors.New("server: invalid request")

	errUnsupported   = errors.New("server: not supported")
	errForeignOrigin = errors.New("server: request of a foreign web page")
	errCompressed    = errors.New("server: compressed upload")
	errUploadTime    = errors.New("server: upload took too long")
	errMultipart     = errors.New("server: form upload")
	errNoRoute       = errors.New("server: no such address")
	errMethod        = errors.New("server: method not allowed")
)

// BusyError says why a request was refused for load and when to try again. It matches [ErrBusy].
type BusyError struct {
	Lane       string // "picture", "light" or "remote"
	Cause      string // "queue": the queue was full; "wait": no slot came free in time; "memory": the budget was used up
	RetryAfter time.Duration
}

func (e *BusyError) Error() string { return fmt.Sprintf("server: busy: %s, %s", e.Lane, e.Cause) }

// Is reports whether target is [ErrBusy].
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

// InvalidError names what was refused. Its text is sent to the client. It matches [ErrInvalid].
type InvalidError struct {
	Field  string
	Reason string
}

func (e *InvalidError) Error() string { return fmt.Sprintf("server: %s: %s", e.Field, e.Reason) }

// Is reports whether target is [ErrInvalid].
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

func invalidf(field, format string, args ...any) error {
	return &InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

// panicError is what a panic below the server becomes. It matches no sentinel, so it is told as an internal error.
type panicError struct {
	value any
	stack []byte
}

func newPanicError(value any) error { return &panicError{value: value, stack: debug.Stack()} }

func (e *panicError) Error() string { return fmt.Sprintf("server: panic: %v", e.value) }
