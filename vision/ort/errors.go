package ort

import (
	"errors"
	"fmt"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

var (
	// ErrUnavailable reports that ONNX Runtime cannot be used in this process. See [UnavailableError].
	ErrUnavailable = errors.New("ort: ONNX Runtime is unavailable")
	// ErrInUse reports that the process already uses another library. See [InUseError].
	ErrInUse = errors.New("ort: another library of ONNX Runtime is in use")
	// ErrProvider reports that none of the providers can be used. See [ProviderError].
	ErrProvider = errors.New("ort: no provider can be used")
	// ErrMemory reports a run for which the memory of the processor or of the card does not suffice. See [MemoryError].
	ErrMemory = errors.New("ort: not enough memory")
	// ErrTensor reports inputs or outputs of a run that do not fit the model: names, shapes, lengths or numbers.
	ErrTensor = errors.New("ort: tensor does not fit the model")
	// ErrClosed reports a run on a session after Close.
	ErrClosed = errors.New("ort: session is closed")
)

// UnavailableError says why ONNX Runtime cannot be used, and what a person can do. It matches [ErrUnavailable].
type UnavailableError struct {
	Reason string
	Ways   []string // sentences that a person can follow, best first
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("%v: %s; %s", ErrUnavailable, e.Reason, strings.Join(e.Ways, ", or "))
}

// Is reports whether target is [ErrUnavailable].
func (e *UnavailableError) Is(target error) bool { return target == ErrUnavailable }

// noLibrary is the error where a library is missing or cannot be used.
func noLibrary(format string, args ...any) error {
	return &UnavailableError{Reason: fmt.Sprintf(format, args...), Ways: []string{
		"fetch the library with: soundtrack models pull runtime",
		"name one of version 1.24 or later in " + envLibrary,
		"use the backend vision/onnx, which needs none",
	}}
}

// InUseError says which library the process uses already. It matches [ErrInUse].
type InUseError struct {
	Loaded string // path of the library in use
	Wanted string // path of the other one
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("ort: %s cannot be loaded while sessions of %s are open", e.Wanted, e.Loaded)
}

// Is reports whether target is [ErrInUse].
func (e *InUseError) Is(target error) bool { return target == ErrInUse }

// ProviderError says why no provider can be used. It matches [ErrProvider].
type ProviderError struct{ Reason string }

func (e *ProviderError) Error() string { return fmt.Sprintf("%v: %s", ErrProvider, e.Reason) }

// Is reports whether target is [ErrProvider].
func (e *ProviderError) Is(target error) bool { return target == ErrProvider }

// MemoryError says what there was no memory for, in the library's words. A smaller batch may fit: the session stays usable.
// It matches [ErrMemory].
type MemoryError struct{ Reason string }

func (e *MemoryError) Error() string { return fmt.Sprintf("%v: %s", ErrMemory, e.Reason) }

// Is reports whether target is [ErrMemory].
func (e *MemoryError) Is(target error) bool { return target == ErrMemory }

// TensorError says which input or output of a run does not fit. It matches [ErrTensor].
type TensorError struct{ Name, Reason string }

func (e *TensorError) Error() string { return fmt.Sprintf("ort: tensor %q: %s", e.Name, e.Reason) }

// Is reports whether target is [ErrTensor].
func (e *TensorError) Is(target error) bool { return target == ErrTensor }

// UnsupportedError says what in a model the library cannot execute, in its words. It matches [vision.ErrUnsupported].
type UnsupportedError struct {
	Model  string // base name of the file
	Reason string
}

func (e *UnsupportedError) Error() string { return fmt.Sprintf("ort: model %q: %s", e.Model, e.Reason) }

// Is reports whether target is [vision.ErrUnsupported].
func (e *UnsupportedError) Is(target error) bool { return target == vision.ErrUnsupported }
