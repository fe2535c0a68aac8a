package vision

import (
	"fmt"
	"math"
	"slices"
)

// workspace holds the tensors of one run at a time.
type workspace struct {
	inputs  []Tensor
	outputs []Tensor // the embedding, then the extra outputs
}

func (t *tower) newWorkspace() *workspace {
	w := new(workspace)
	for _, name := range t.inputs {
		w.inputs = append(w.inputs, Tensor{Name: name})
	}
	for _, name := range t.outputs {
		w.outputs = append(w.outputs, Tensor{Name: name})
	}
	return w
}

// pixels makes the only input [n, 3, size, size] and returns its data.
func (w *workspace) pixels(n, size int) []float32 {
	in := &w.inputs[0]
	in.Shape = append(in.Shape[:0], n, 3, size, size)
	length := n * 3 * size * size
	in.Data = slices.Grow(in.Data[:0], length)[:length]
	return in.Data
}

// tokens makes input k [n, count] and returns its data.
func (w *workspace) tokens(k, n, count int) []int64 {
	in := &w.inputs[k]
	in.Shape = append(in.Shape[:0], n, count)
	in.Ints = slices.Grow(in.Ints[:0], n*count)[:n*count]
	return in.Ints
}

// row returns the part of t that belongs to item i of a batch of n, or nil if t's size does not divide.
func row(t *Tensor, i, n int) []float32 {
	if len(t.Shape) == 0 || t.Shape[0] != n || len(t.Data) == 0 || len(t.Data)%n != 0 {
		return nil
	}
	length := len(t.Data) / n
	return t.Data[i*length : (i+1)*length]
}

// embedding copies the embedding of item i out of the last run, checked and normalised. The error's index is that within the
// batch.
func (w *workspace) embedding(i, dim int) ([]float32, *EmbeddingError) {
	n := w.inputs[0].Shape[0]
	raw := row(&w.outputs[0], i, n)
	if len(raw) != dim {
		return nil, &EmbeddingError{Index: i, Reason: fmt.Sprintf(
			"output has shape %v and %d elements, want [%d %d]", w.outputs[0].Shape, len(w.outputs[0].Data), n, dim)}
	}
	v, reason := normalised(raw)
	if reason != "" {
		return nil, &EmbeddingError{Index: i, Reason: reason}
	}
	return v, nil
}

// read copies picture i of the last run out of w, checked. The error's index is that within the batch.
func (e *ModelEncoder) read(w *workspace, i int, detail bool) (Encoding, *EmbeddingError) {
	n := w.inputs[0].Shape[0]
	enc := Encoding{Model: e.Info()}
	var bad *EmbeddingError
	if enc.Embedding, bad = w.embedding(i, e.manifest.Dim); bad != nil {
		return enc, bad
	}
	if !detail {
		return enc, nil
	}
	enc.Outputs = make(map[string][]float32, len(e.manifest.Visual.Extra))
	for k, o := range e.manifest.Visual.Extra {
		t := &w.outputs[k+1]
		raw := row(t, i, n)
		if raw == nil {
			return enc, &EmbeddingError{Index: i, Reason: fmt.Sprintf("output %q has shape %v", o.Name, t.Shape)}
		}
		if !finite(raw) {
			return enc, &EmbeddingError{Index: i, Reason: fmt.Sprintf("output %q is not finite", o.Name)}
		}
		if o.Reduce == ReduceMeanStd {
			if len(t.Shape) != 4 || t.Shape[1] < 1 || len(raw)%t.Shape[1] != 0 {
				return enc, &EmbeddingError{Index: i, Reason: fmt.Sprintf("output %q has shape %v", o.Name, t.Shape)}
			}
			enc.Outputs[o.Name] = meanStd(raw, t.Shape[1])
			continue
		}
		enc.Outputs[o.Name] = append([]float32(nil), raw...)
	}
	return enc, nil
}

// normalised returns v / ‖v‖, or the reason why there is none.
func normalised(v []float32) ([]float32, string) {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	switch norm := math.Sqrt(sum); {
	case math.IsNaN(norm) || math.IsInf(norm, 0):
		return nil, "not finite"
	case norm < 1e-12:
		return nil, "zero length"
	default:
		out := make([]float32, len(v))
		for i, x := range v {
			out[i] = float32(float64(x) / norm)
		}
		return out, ""
	}
}

func finite(v []float32) bool {
	for _, x := range v {
		if x-x != 0 {
			return false
		}
	}
	return true
}

// meanStd reduces a map of c channels to c means and c population standard deviations over its positions:
//
//	mean = Σx/n   std = √(Σ(x − mean)²/n)
func meanStd(v []float32, c int) []float32 {
	out := make([]float32, 2*c)
	n := len(v) / c
	for k := range c {
		plane := v[k*n : (k+1)*n]
		mean := 0.0
		for _, x := range plane {
			mean += float64(x)
		}
		mean /= float64(n)
		squares := 0.0
		for _, x := range plane {
			squares += (float64(x) - mean) * (float64(x) - mean)
		}
		out[k], out[c+k] = float32(mean), float32(math.Sqrt(squares/float64(n)))
	}
	return out
}
