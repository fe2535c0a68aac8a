package affecthead

import (
	"math"

	"github.com/soundtrack-go/sdk/vision"
)

// Kernels.
const (
	Linear   = "linear"
	Gaussian = "gaussian"
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
	// Linear: one weight a column of the axis; nil for a Gaussian kernel.
	Weights []float32
	// Gaussian: the standardised columns of the pictures fitted on, in bytes, with the size of a step for each picture,
	// and their dual weights.
	Support [][]int8
	Step    []float32
	Dual    []float32
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
		z := gather(x, h.Description.columns(a))
		out[i] = a.Prior(prior[i]) + h.Axes[i].at(z, a.Width)
	}
	return out, nil
}

// Prior is what the axis says before it is corrected.
func (a Axis) Prior(table float64) float64 { return a.Offset + a.Gain*(table-a.Centre) }

func gather(x []float32, columns []int) []float32 {
	z := make([]float32, len(columns))
	for i, c := range columns {
		z[i] = x[c]
	}
	return z
}

func (r *Readout) at(z []float32, width float64) float64 {
	if r.Weights != nil {
		var sum float64
		for i, w := range r.Weights {
			sum += float64(w) * float64(z[i])
		}
		return sum
	}
	var sum float64
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
