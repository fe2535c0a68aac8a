package onnx

import (
	"errors"
	"fmt"

	"github.com/soundtrack-go/sdk/vision"
)

var (
	// ErrTensor reports inputs or outputs of a run that do not fit the model: names, shapes or lengths.
	ErrTensor = errors.New("onnx: tensor does not fit the model")
	// ErrClosed reports a run on a session after Close.
	ErrClosed = errors.New("onnx: session is closed")
)

// TensorError says which input or output of a run does not fit. It matches [ErrTensor].
type TensorError struct{ Name, Reason string }

func (e *TensorError) Error() string { return fmt.Sprintf("onnx: tensor %q: %s", e.Name, e.Reason) }

// Is reports whether target is [ErrTensor].
func (e *TensorError) Is(target error) bool { return target == ErrTensor }

// UnsupportedError names the node that this backend cannot execute. It matches [vision.ErrUnsupported].
type UnsupportedError struct {
	Node   string // name of the node, or of its first output if it has none
	Op     string // such as "Softmax"
	Reason string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("onnx: node %q: operator %s: %s", e.Node, e.Op, e.Reason)
}

// Is reports whether target is [vision.ErrUnsupported].
func (e *UnsupportedError) Is(target error) bool { return target == vision.ErrUnsupported }

// invalid is a defect of the graph. Open reports it as a [vision.ModelError].
type invalid string

func (e invalid) Error() string { return string(e) }

func invalidf(format string, args ...any) error { return invalid(fmt.Sprintf(format, args...)) }
