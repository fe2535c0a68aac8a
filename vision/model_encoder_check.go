package vision

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
)

// checkSignature holds a graph's inputs and outputs against the manifest. It returns the batch size that the graph insists
// on, 0 if it takes any.
func checkSignature(m Manifest, s Signature) (fixed int, err error) {
	c := signatureCheck{model: m.ID, signature: s}
	in, err := c.input(m.Visual.Input, "float32")
	if err != nil {
		return 0, err
	}
	if len(s.Inputs) != 1 {
		return 0, c.bad("graph has inputs %v, want only %q", names(s.Inputs), m.Visual.Input)
	}
	size := m.Preprocess.Size
	if !fits(in.Shape, -1, 3, size, size) {
		return 0, c.bad("input %q has shape %v, want [N 3 %d %d]", in.Name, in.Shape, size, size)
	}
	if err := c.embedding(m.Visual.Output, m.Dim); err != nil {
		return 0, err
	}
	for _, extra := range m.Visual.Extra {
		t, err := c.output(extra.Name)
		if err != nil {
			return 0, err
		}
		if extra.Reduce == ReduceMeanStd && len(t.Shape) != 4 {
			return 0, c.bad("output %q has shape %v, want four dimensions for %q", t.Name, t.Shape, extra.Reduce)
		}
	}
	return c.fixedBatch(in)
}

// signatureCheck holds what a graph says about itself against what a manifest says of it.
type signatureCheck struct {
	model     string
	signature Signature
}

func (c signatureCheck) bad(format string, args ...any) error {
	return &ModelError{Model: c.model, Reason: fmt.Sprintf(format, args...)}
}

// input finds an input of one of types.
func (c signatureCheck) input(name string, types ...string) (TensorInfo, error) {
	return c.find("input", name, c.signature.Inputs, types)
}

// output finds an output; all are float32.
func (c signatureCheck) output(name string) (TensorInfo, error) {
	return c.find("output", name, c.signature.Outputs, []string{"float32"})
}

func (c signatureCheck) find(kind, name string, list []TensorInfo, types []string) (TensorInfo, error) {
	i := slices.IndexFunc(list, func(t TensorInfo) bool { return t.Name == name })
	if i < 0 {
		return TensorInfo{}, c.bad("graph has no %s %q, only %v", kind, name, names(list))
	}
	if !slices.Contains(types, list[i].Type) {
		return TensorInfo{}, c.bad("%s %q is of type %s, want %s", kind, name, list[i].Type, strings.Join(types, " or "))
	}
	return list[i], nil
}

// embedding checks the output that is the embedding.
func (c signatureCheck) embedding(name string, dim int) error {
	out, err := c.output(name)
	if err != nil {
		return err
	}
	if !fits(out.Shape, -1, dim) {
		return c.bad("output %q has shape %v, want [N %d]", out.Name, out.Shape, dim)
	}
	return nil
}

// fixedBatch returns the batch size that an input insists on, 0 if it takes any.
func (c signatureCheck) fixedBatch(in TensorInfo) (int, error) {
	n := max(in.Shape[0], 0)
	if n > 1024 {
		return 0, c.bad("input %q has a fixed batch of %d, want at most 1024", in.Name, n)
	}
	return n, nil
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
	w := e.tower.newWorkspace()
	data := w.pixels(max(e.tower.fixed, 1), e.manifest.Preprocess.Size)
	clear(data)
	if err := e.fillKnown(data[:e.prep.Len()]); err != nil {
		return err
	}
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

// fillKnown writes the input of the manifest's [KnownAnswer], or that of the formula if there is none.
func (e *ModelEncoder) fillKnown(data []float32) error {
	if known := e.manifest.Known; known != nil && known.Input == KnownGrey {
		grey := image.NewGray(image.Rect(0, 0, 1, 1))
		grey.Pix[0] = 127
		pic, err := FromImage(grey)
		if err != nil {
			return err
		}
		return e.prep.Preprocess(data, pic)
	}
	for i := range data { // ((i·2654435761 mod 2³²) / 2³¹) − 1
		data[i] = float32(float64(uint32(i)*2654435761)/(1<<31) - 1)
	}
	return nil
}
