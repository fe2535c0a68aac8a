package headfit

import (
	"fmt"

	"github.com/soundtrack-go/sdk/internal/affecthead"
)

// Kernels of a [Readout].
const (
	Linear   = affecthead.Linear   // ridge regression
	Gaussian = affecthead.Gaussian // kernel ridge: like the rated pictures that look alike
	Network  = affecthead.Network  // no kernel: a small network of one hidden layer
)

// Readout says how one axis is read.
type Readout struct {
	Kernel string
	// Maps has the axis read the encoder's further outputs, Embedding its embedding. At least one is set.
	Maps, Embedding bool
	// Width of a Gaussian kernel, in units of the median squared distance between pictures. Typical: 0.5 to 2.
	Width float64
	// Noise is the variance of ratings that the features cannot explain, against that of what they can. Larger values
	// shrink the correction. Typical: 1 for a Gaussian kernel and a network, 3 to 10 for a linear one.
	Noise float64
	// Gain is how far the label table is believed before anything is fitted, 0 to 1.5.
	Gain float64
}

// String is short, for tables.
func (r Readout) String() string {
	reads := "embedding"
	if r.Maps {
		reads = "maps"
		if r.Embedding {
			reads = "embedding+maps"
		}
	}
	text := fmt.Sprintf("%s on %s, noise %.2g", r.Kernel, reads, r.Noise)
	if r.Kernel == Gaussian {
		text += fmt.Sprintf(", width %.2g", r.Width)
	}
	if r.Gain > 0 {
		text += fmt.Sprintf(", table × %.2g", r.Gain)
	}
	return text
}

// Settings say how a head is fitted.
type Settings struct {
	// Temperature of the label table; see [tagging.LabelAffect]. Ignored for encoders without ImageNet's labels.
	Temperature      float64
	Valence, Arousal Readout
}

// Compact returns the settings of the head that ships for the compact model. They were the best of some five hundred on
// three quarters of the themes of OASIS; the other quarter had no say. Valence gains most from pictures that look alike,
// arousal from a ridge on all features.
func Compact() Settings {
	return Settings{
		Temperature: 0.7,
		Valence:     Readout{Kernel: Gaussian, Maps: true, Width: 0.5, Noise: 1, Gain: 0.8},
		Arousal:     Readout{Kernel: Linear, Maps: true, Embedding: true, Noise: 8, Gain: 0.4},
	}
}

// candidates are the read-outs that [Search] compares: few, so that the best of them is not luck.
func candidates(table, maps bool) []Readout {
	gains := []float64{0}
	if table {
		gains = []float64{0.5, 0.8}
	}
	type reads struct{ maps, embedding bool }
	what := []reads{{false, true}}
	if maps {
		what = []reads{{true, false}, {true, true}}
	}
	var list []Readout
	for _, gain := range gains {
		for _, w := range what {
			r := Readout{Maps: w.maps, Embedding: w.embedding, Gain: gain}
			for _, noise := range []float64{0.7, 2, 7} {
				r.Kernel, r.Noise = Linear, noise
				list = append(list, r)
			}
			for _, noise := range []float64{0.3, 1} {
				r.Kernel, r.Noise, r.Width = Gaussian, noise, 0.5
				list = append(list, r)
			}
		}
	}
	return append(list, Readout{Kernel: Network, Maps: maps, Embedding: true, Noise: 1, Gain: gains[0]})
}
