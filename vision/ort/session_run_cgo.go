//go:build cgo

package ort

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// Run executes the graph. Inputs must be all inputs of the model, each with a shape that fits its signature; outputs may
// be any of its float32 outputs. Inputs are copied before the library sees them, and outputs copied from its memory.
// Errors match [ErrTensor], [ErrMemory], [ErrClosed] or the context's error, or are the library's own.
func (s *session) Run(ctx context.Context, inputs, outputs []vision.Tensor) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.check(inputs, outputs); err != nil {
		return err
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	sl, err := s.take(inputs)
	if err != nil {
		s.leave()
		return err
	}
	if done := ctx.Done(); done == nil {
		err = sl.run()
	} else {
		finished := make(chan struct{})
		go func() {
			err = sl.run()
			close(finished)
		}()
		select {
		case <-finished:
		case <-done:
			sl.stop()
			go func() { // the library reads and writes the slot until it has noticed
				<-finished
				sl.free()
				s.leave()
			}()
			return ctx.Err()
		}
	}
	if err != nil {
		sl.free()
	} else {
		for i := range outputs {
			sl.copyOut(&outputs[i])
		}
		s.give(sl)
	}
	s.leave()
	return err
}

// find returns the index of the tensor of that name, or -1.
func find(tensors []vision.Tensor, name string) int {
	return slices.IndexFunc(tensors, func(t vision.Tensor) bool { return t.Name == name })
}

// check compares the tensors of a run with the signature.
func (s *session) check(inputs, outputs []vision.Tensor) error {
	if len(inputs) != len(s.signature.Inputs) {
		return fmt.Errorf("%w: %d inputs, want %d", ErrTensor, len(inputs), len(s.signature.Inputs))
	}
	for i := range outputs {
		known := slices.IndexFunc(s.signature.Outputs, func(info vision.TensorInfo) bool { return info.Name == outputs[i].Name })
		switch {
		case known < 0:
			return &TensorError{Name: outputs[i].Name, Reason: "the model has no such output"}
		case s.signature.Outputs[known].Type != "float32":
			return &TensorError{Name: outputs[i].Name, Reason: "the output is " + s.signature.Outputs[known].Type + ", want float32"}
		}
	}
	for i := range s.signature.Inputs {
		info := &s.signature.Inputs[i]
		given := find(inputs, info.Name)
		if given < 0 {
			return &TensorError{Name: info.Name, Reason: "input is missing"}
		}
		if err := checkInput(&inputs[given], info); err != nil {
			return err
		}
	}
	return nil
}

func checkInput(t *vision.Tensor, info *vision.TensorInfo) error {
	bad := func(format string, args ...any) error {
		return &TensorError{Name: t.Name, Reason: fmt.Sprintf(format, args...)}
	}
	fits := slices.EqualFunc(info.Shape, t.Shape, func(want, d int) bool { return d > 0 && (want < 0 || want == d) })
	if !fits {
		return bad("shape %v, want %v with all sizes positive", t.Shape, info.Shape)
	}
	numbers, other := len(t.Data), len(t.Ints)
	if info.Type != "float32" {
		numbers, other = other, numbers
	}
	if n, err := onnxfile.Elements(t.Shape); err != nil || n != numbers || other != 0 {
		return bad("%d numbers in Data and %d in Ints for shape %v of type %s", len(t.Data), len(t.Ints), t.Shape, info.Type)
	}
	if info.Type == "int32" {
		for _, v := range t.Ints {
			if v < math.MinInt32 || v > math.MaxInt32 {
				return bad("%d is no int32", v)
			}
		}
	}
	return nil
}
