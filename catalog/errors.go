package catalog

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound reports an id that the store does not hold.
	ErrNotFound = errors.New("catalog: song not found")
	// ErrInvalid reports a song, filter or query that is refused.
	ErrInvalid = errors.New("catalog: invalid input")
	// ErrDimension reports an embedding of the wrong length for its space.
	ErrDimension = errors.New("catalog: embedding dimension mismatch")
	// ErrClosed reports a call after Close.
	ErrClosed = errors.New("catalog: store is closed")
)

// NotFoundError names the id that was not found. It matches [ErrNotFound].
type NotFoundError struct{ ID ID }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("catalog: song %q not found", string(e.ID))
}

// Is reports whether target is [ErrNotFound].
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// InvalidError says which field of what was refused and why. It matches [ErrInvalid].
type InvalidError struct {
	What   string // such as `song "Title" by "Artist"`, "filter", "query"
	Field  string
	Reason string
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("catalog: %s: %s: %s", e.What, e.Field, e.Reason)
}

// Is reports whether target is [ErrInvalid].
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// DimensionError reports an embedding of the wrong length. It matches [ErrDimension].
type DimensionError struct {
	Space     string
	Got, Want int
}

func (e *DimensionError) Error() string {
	return fmt.Sprintf("catalog: embedding of space %q has %d dimensions, want %d", e.Space, e.Got, e.Want)
}

// Is reports whether target is [ErrDimension].
func (e *DimensionError) Is(target error) bool { return target == ErrDimension }
