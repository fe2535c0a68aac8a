package affecthead

import (
	"math"

	"github.com/soundtrack-go/sdk/vision"
)

// Kernels.
const (
	Linear   = "linear"
	Gaussian = "gaussian"
	Network  = "network" // no kernel: one hidden layer
)

// Head is a description with its numbers. It is immutable once made and safe for concurrent use.
type Head struct {
	Description Description
	// Mean and Scale standardise features: z = (x − Mean)·Scale. Scale has the blocks' weights in it.
	Mean, Scale []float32
	// Axes are valence and arousal.
	Axes [2]Readout
}

// Readout is the fitted part of one axis.
type Readout struct {
	// Linear: one weight a column of the axis; nil for others.
	Weights []float32
	// Gaussian: the standardised columns of the pictures fitted on, in bytes, with the size of a step for each picture,
	// and their dual weights.
	Support [][]int8
	Step    []float32
	Dual    []float32
	// Network: the weights of each hidden unit, one a column, with its bias and the weight of its output.
	Hidden    [][]float32
	Bias, Out []float32
}

// Correct returns the head's valence and arousal for a picture. prior is what the label table expects, and is ignored
// where the description's gain is 0.
func (h *Head) Correct(e *vision.Encoding, prior [2]float64) ([2]float64, error) {
	x, err := Features(h.Description.Blocks, e)
	if err != nil {
		return [2]float64{}, err
	}
	for i := range x {
		x[i] = (x[i] - h.Mean[i]) * h.Scale[i]
	}
	var out [2]float64
	for i, a := range [2]Axis{h.Description.Valence, h.Description.Arousal} {
		z := h.Description.gather(x, a)
		out[i] = a.Prior(prior[i]) + h.Axes[i].at(z, a.Width)
	}
	return out, nil
}

// Prior is what the axis says before it is corrected.
func (a Axis) Prior(table float64) float64 { return a.Offset + a.Gain*(table-a.Centre) }

func (r *Readout) at(z []float32, width float64) float64 {
	if r.Weights != nil {
		return dot(r.Weights, z)
	}
	var sum float64
	for u, w := range r.Hidden {
		sum += float64(r.Out[u]) * math.Tanh(float64(r.Bias[u])+dot(w, z))
	}
	for j, support := range r.Support {
		var distance float32
		step := r.Step[j]
		for i, s := range support {
			d := z[i] - step*float32(s)
			distance += d * d
		}
		sum += float64(r.Dual[j]) * math.Exp(-float64(distance)/width)
	}
	return sum
}

func dot(w, z []float32) float64 {
	var sum float64
	for i := range w {
		sum += float64(w[i]) * float64(z[i])
	}
	return sum
}

// Quantise rounds a row of standardised features to bytes and returns the size of a step.
func Quantise(z []float64) (bytes []int8, step float32) {
	var most float64
	for _, v := range z {
		most = max(most, math.Abs(v))
	}
	bytes = make([]int8, len(z))
	if most == 0 {
		return bytes, 0
	}
	for i, v := range z {
		bytes[i] = int8(math.Round(v / most * 127))
	}
	return bytes, float32(most / 127)
}
