//go:build cgo

package ort

import (
	"fmt"
	"strings"
)

// run executes the graph on the slot's tensors. The first run has the library allocate the outputs; later ones write to
// the same memory. A model whose outputs differ in shape although its inputs do not makes a later run fail: from then on
// the library allocates each time.
func (sl *slot) run() error {
	known := sl.outputs[0] != nil
	err := sl.execute()
	if err != nil && known {
		sl.forgetOutputs()
		known = false
		if err = sl.execute(); err == nil {
			sl.session.resized.Store(true)
		}
	}
	switch {
	case err != nil:
		return runError(err)
	case known:
		return nil
	}
	return sl.keepOutputs()
}

// runError says what the library has against a run. Its status codes do not tell memory from the rest, its words do.
func runError(err error) error {
	reason := plain(err)
	for _, words := range []string{
		"Failed to allocate memory", "Available memory of", "bad_alloc", "out of memory", "STATUS_ALLOC_FAILED",
	} {
		if strings.Contains(reason, words) {
			return &MemoryError{Reason: reason}
		}
	}
	return fmt.Errorf("ort: %s", reason)
}

func (sl *slot) execute() error {
	if sl.session.bound && sl.outputs[0] != nil {
		return sl.executeBound()
	}
	return sl.session.runtime.RunWithOptions(sl.inputs, sl.outputs, sl.options)
}

// executeBound executes by I/O binding: inputs go to the device here, and outputs come back to the memory that they were
// bound to once. Such a run cannot be stopped.
func (sl *slot) executeBound() error {
	s := sl.session
	if sl.binding == nil {
		binding, err := s.runtime.CreateIoBinding()
		if err != nil {
			return err
		}
		sl.binding = binding
		for i, out := range sl.outputs {
			if err := binding.BindOutput(s.computed[i].Name, out); err != nil {
				return err
			}
		}
	}
	for i, in := range sl.inputs {
		if err := sl.binding.BindInput(s.signature.Inputs[i].Name, in); err != nil {
			return err
		}
	}
	return s.runtime.RunWithBinding(sl.binding)
}

// stop has the library end a run before its next operator. A run that ends at the same moment does no harm: the slot is
// not used again.
func (sl *slot) stop() {
	_ = sl.options.Terminate() // sets a flag, and never fails
}
