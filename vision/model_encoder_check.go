package vision

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// checkSignature holds a graph's inputs and outputs against the manifest. It returns the batch size that the graph insists
// on, 0 if it takes any.
func checkSignature(m Manifest, s Signature) (fixed int, err error) {
	bad := func(format string, args ...any) error {
		return &ModelError{Model: m.ID, Reason: fmt.Sprintf(format, args...)}
	}
	find := func(kind, name string, list []TensorInfo) (TensorInfo, error) {
		i := slices.IndexFunc(list, func(t TensorInfo) bool { return t.Name == name })
		if i < 0 {
			return TensorInfo{}, bad("graph has no %s %q, only %v", kind, name, names(list))
		}
		if list[i].Type != "float32" {
			return TensorInfo{}, bad("%s %q is of type %s, want float32", kind, name, list[i].Type)
		}
		return list[i], nil
	}

	in, err := find("input", m.Visual.Input, s.Inputs)
	if err != nil {
		return 0, err
	}
	if len(s.Inputs) != 1 {
		return 0, bad("graph has inputs %v, want only %q", names(s.Inputs), m.Visual.Input)
	}
	size := m.Preprocess.Size
	if !fits(in.Shape, -1, 3, size, size) {
		return 0, bad("input %q has shape %v, want [N 3 %d %d]", in.Name, in.Shape, size, size)
	}
	out, err := find("output", m.Visual.Output, s.Outputs)
	if err != nil {
		return 0, err
	}
	if !fits(out.Shape, -1, m.Dim) {
		return 0, bad("output %q has shape %v, want [N %d]", out.Name, out.Shape, m.Dim)
	}
	for _, extra := range m.Visual.Extra {
		t, err := find("output", extra.Name, s.Outputs)
		if err != nil {
			return 0, err
		}
		if extra.Reduce == ReduceMeanStd && len(t.Shape) != 4 {
			return 0, bad("output %q has shape %v, want four dimensions for %q", t.Name, t.Shape, extra.Reduce)
		}
	}
	if n := in.Shape[0]; n > 0 {
		fixed = n
	}
	if fixed > 1024 {
		return 0, bad("input %q has a fixed batch of %d, want at most 1024", in.Name, fixed)
	}
	return fixed, nil
}

// fits compares a shape with the wanted one; free dimensions, below 1 on either side, fit everything.
func fits(shape []int, want ...int) bool {
	if len(shape) != len(want) {
		return false
	}
	for i, n := range shape {
		if n > 0 && want[i] > 0 && n != want[i] {
			return false
		}
	}
	return true
}

func names(list []TensorInfo) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.Name
	}
	return out
}

// checkAnswer runs the fixed input of [KnownAnswer] with all outputs, and compares its embedding with the manifest's. A
// damaged file often loads all the same; this is what notices.
func (e *ModelEncoder) checkAnswer(ctx context.Context) error {
	w := newWorkspace(e.manifest.Visual)
	n := max(e.fixed, 1)
	data := w.resize(e.manifest.Preprocess.Size, n)
	clear(data)
	fillKnown(data[:e.prep.Len()])
	if err := e.run(ctx, w, true); err != nil {
		return err
	}
	enc, bad := e.read(w, 0, true)
	if bad != nil {
		return errors.Join(&ModelError{Model: e.manifest.ID, Reason: "output for the known input is unusable"}, bad)
	}
	if e.manifest.Known == nil {
		return nil
	}
	for i, want := range e.manifest.Known.Components {
		got := float64(enc.Embedding[i])
		if d := got - want; !(d <= e.manifest.Known.Tolerance && -d <= e.manifest.Known.Tolerance) {
			return &ModelError{Model: e.manifest.ID, Reason: fmt.Sprintf(
				"known answer: component %d is %.6g, want %.6g ± %g", i, got, want, e.manifest.Known.Tolerance)}
		}
	}
	return nil
}

// fillKnown writes the input of [KnownAnswer]: element i is ((i·2654435761 mod 2³²) / 2³¹) − 1.
func fillKnown(data []float32) {
	for i := range data {
		data[i] = float32(float64(uint32(i)*2654435761)/(1<<31) - 1)
	}
}
