package zeroshot

import (
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/vision"
)

// normalised returns v / ‖v‖ in float64. index is for the error, a [*vision.EmbeddingError].
func normalised(v []float32, dim, index int) ([]float64, error) {
	bad := func(format string, args ...any) error {
		return &vision.EmbeddingError{Index: index, Reason: fmt.Sprintf(format, args...)}
	}
	if len(v) != dim || dim == 0 {
		return nil, bad("it has %d dimensions, want %d", len(v), dim)
	}
	out := make([]float64, dim)
	for i, x := range v {
		out[i] = float64(x)
	}
	switch norm := norm(out); {
	case math.IsNaN(norm) || math.IsInf(norm, 0):
		return nil, bad("not finite")
	case norm < 1e-12:
		return nil, bad("zero length")
	default:
		scale(out, 1/norm)
		return out, nil
	}
}

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

func scale(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}

func dot(v []float64, w []float32) float64 {
	sum := 0.0
	for i, x := range v {
		sum += x * float64(w[i])
	}
	return sum
}

func toFloat32(v []float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}

// probabilities turns logits into probabilities in place:
//
//	softmax: p = exp(x − max) / Σ exp(x − max)   sigmoid: p = 1 / (1 + exp(−x))
func probabilities(x []float64, kind string) {
	if kind == vision.ScoreSigmoid {
		for i := range x {
			x[i] = 1 / (1 + math.Exp(-x[i]))
		}
		return
	}
	highest := math.Inf(-1)
	for _, v := range x {
		highest = max(highest, v)
	}
	sum := 0.0
	for i := range x {
		x[i] = math.Exp(x[i] - highest)
		sum += x[i]
	}
	scale(x, 1/sum)
}
