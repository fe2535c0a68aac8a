package optimize

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// compare runs the original and the rewritten graph on the same input and returns their difference as [Report] defines it.
func compare(ctx context.Context, b vision.Backend, original vision.Model, rewritten vision.ModelFile, outputs []string) (float64, error) {
	in := fixedInput(original.Manifest.Visual.Input, 2, original.Manifest.Preprocess.Size)
	want, err := run(ctx, b, original.Visual, in, outputs)
	if err != nil {
		return 0, fmt.Errorf("optimize: original graph: %w", err)
	}
	got, err := run(ctx, b, rewritten, in, outputs)
	if err != nil {
		return 0, fmt.Errorf("optimize: rewritten graph: %w", err)
	}
	worst := 0.0
	for i, name := range outputs {
		if !slices.Equal(want[i].Shape, got[i].Shape) {
			return 0, fmt.Errorf("%w: output %q has shape %v, had %v", ErrDifferent, name, got[i].Shape, want[i].Shape)
		}
		d := difference(want[i].Data, got[i].Data)
		if !(d <= Tolerance) {
			return d, fmt.Errorf("%w: output %q differs by %.2g, want at most %g", ErrDifferent, name, d, Tolerance)
		}
		worst = max(worst, d)
	}
	return worst, nil
}

func run(ctx context.Context, b vision.Backend, file vision.ModelFile, in vision.Tensor, outputs []string) ([]vision.Tensor, error) {
	session, err := b.Open(ctx, file, vision.SessionOptions{})
	if err != nil {
		return nil, err
	}
	// a graph with a fixed batch takes just that many pictures
	for _, info := range session.Signature().Inputs {
		if info.Name == in.Name && len(info.Shape) > 0 && info.Shape[0] > 0 {
			per := len(in.Data) / in.Shape[0]
			in.Shape = slices.Clone(in.Shape)
			in.Shape[0] = min(in.Shape[0], info.Shape[0])
			in.Data = in.Data[:in.Shape[0]*per]
		}
	}
	out := make([]vision.Tensor, len(outputs))
	for i, name := range outputs {
		out[i].Name = name
	}
	err = session.Run(ctx, []vision.Tensor{in}, out)
	return out, errors.Join(err, session.Close())
}

// fixedInput is that of known answers, continued over n pictures.
func fixedInput(name string, n, size int) vision.Tensor {
	data := make([]float32, n*3*size*size)
	for i := range data {
		data[i] = float32(float64(uint32(i)*2654435761)/(1<<31) - 1)
	}
	return vision.Tensor{Name: name, Shape: []int{n, 3, size, size}, Data: data}
}

// difference is the largest difference of two lists of the same length, divided by the largest magnitude in want where that
// is above 1. It is NaN if a number is.
func difference(want, got []float32) float64 {
	worst, scale := 0.0, 1.0
	for i := range want {
		d := math.Abs(float64(want[i]) - float64(got[i]))
		if math.IsNaN(d) {
			return d
		}
		worst, scale = max(worst, d), max(scale, math.Abs(float64(want[i])))
	}
	return worst / scale
}
