//go:build cgo

package ort

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	onnxruntime "github.com/yalue/onnxruntime_go"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// session is a loaded model, shared by all runs.
type session struct {
	signature vision.Signature
	computed  []vision.TensorInfo // the outputs of type float32, in the order of the file: what runs compute
	info      vision.SessionInfo
	runtime   *onnxruntime.DynamicAdvancedSession
	bound     bool // runs go by I/O binding
	// resized says that outputs have other shapes although the inputs have the same: none are kept for the next run.
	resized atomic.Bool

	gate    chan struct{} // holds one element a run
	closing chan struct{} // closed by Close
	running sync.WaitGroup

	mu     sync.Mutex
	closed bool
	idle   []*slot // newest last
}

var _ vision.Session = (*session)(nil)

// newSession makes a session that still lacks its runtime.
func newSession(outline *onnxfile.Outline, runs int) *session {
	s := &session{
		signature: vision.Signature{Inputs: describe(outline.Inputs), Outputs: describe(outline.Outputs)},
		gate:      make(chan struct{}, runs), closing: make(chan struct{}),
	}
	for _, out := range s.signature.Outputs {
		if out.Type == "float32" {
			s.computed = append(s.computed, out)
		}
	}
	return s
}

func describe(infos []onnxfile.ValueInfo) []vision.TensorInfo {
	out := make([]vision.TensorInfo, len(infos))
	for i, info := range infos {
		out[i] = vision.TensorInfo{Name: info.Name, Type: info.Type.String()}
		if info.Shape == nil {
			continue
		}
		out[i].Shape = make([]int, len(info.Shape))
		for j, d := range info.Shape {
			out[i].Shape[j] = d.Size
		}
	}
	return out
}

// checkTypes refuses models with inputs that a [vision.Tensor] cannot hold, and such without an output that it can.
func (s *session) checkTypes(name string) error {
	for _, in := range s.signature.Inputs {
		switch in.Type {
		case "float32", "int64", "int32":
		default:
			reason := fmt.Sprintf("input %q is %s, want float32, int64 or int32", in.Name, in.Type)
			return &UnsupportedError{Model: name, Reason: reason}
		}
		if len(in.Shape) == 0 || slices.Contains(in.Shape, 0) {
			return &vision.ModelError{Model: name, Reason: fmt.Sprintf("input %q: shape %v", in.Name, in.Shape)}
		}
	}
	if len(s.signature.Inputs) == 0 || len(s.computed) == 0 {
		return &UnsupportedError{Model: name, Reason: "no input, or no float32 output"}
	}
	return nil
}

// Signature returns a copy of what the file says.
func (s *session) Signature() vision.Signature { return s.signature.Clone() }

// Info names the library's version and the provider.
func (s *session) Info() vision.SessionInfo { return s.info }

// Close waits for running calls, those included that their callers have given up, and frees the model. Waiting calls
// give up with [ErrClosed].
func (s *session) Close() error {
	s.mu.Lock()
	first := !s.closed
	if first {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	s.running.Wait()
	if !first {
		return nil
	}
	for _, sl := range s.idle { // nobody else touches it any more
		sl.free()
	}
	err := s.runtime.Destroy()
	environment.release() // after the session, which lives in it
	returnMemory()
	return err
}

// enter waits for a place among the runs that go on.
func (s *session) enter(ctx context.Context) error {
	select {
	case s.gate <- struct{}{}:
	case <-s.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		<-s.gate
		return ErrClosed
	}
	s.running.Add(1)
	return nil
}

// leave undoes enter.
func (s *session) leave() {
	<-s.gate
	s.running.Done()
}
