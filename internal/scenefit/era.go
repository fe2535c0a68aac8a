package scenefit

import (
	"math"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/internal/probe"
)

// EraOutputs are the outputs of the compact model that the era probe reads: means and deviations of its last maps. On
// pictures left out they take fewer grey pictures of today for old ones than the embedding does (1.4 % against 3.6 % at 85 %
// recall): grain and tone are lost further up.
var EraOutputs = []string{"map112", "map192", "map320"}

// eraStrength is the ridge penalty of the era probe. Of .001 to .3, .003 and .006 were best.
const eraStrength = 0.006

// EraPicture is a picture with the features of its grey twin.
type EraPicture struct {
	Picture
	Plain, Grey []float32 // [probe.Features] of EraOutputs
}

// Old reports whether a picture counts as an old photograph: each up to 1929 does.
func (p Picture) Old() bool { return strings.HasPrefix(p.Name, "historic/") }

// Unclear reports whether a picture of today looks like an old photograph: it is neither an example of the one nor of the
// other.
func (p Picture) Unclear() bool { return !p.Old() && slices.Contains(p.Words, "old-photograph") }

// Era fits old photographs against those of today, each also turned grey, so that it is not colour that decides.
func Era(pictures []EraPicture) (probe.Probe, error) {
	var rows [][]float32
	var yes [][]bool
	for _, p := range pictures {
		if !p.Unclear() {
			rows, yes = append(rows, p.Plain, p.Grey), append(yes, []bool{p.Old()}, []bool{p.Old()})
		}
	}
	mean, scale := standard(rows)
	for i, row := range rows {
		z := make([]float32, len(row))
		for k, v := range row {
			z[k] = (v - mean[k]) * scale[k]
		}
		rows[i] = z
	}
	fit, err := probe.Ridge(rows, yes, eraStrength)
	if err != nil {
		return probe.Probe{}, err
	}
	p := fit.Probes[0]
	// The probe reads features as they are: w·(x − m)s + b = (ws)·x + (b − w·ms).
	for k := range p.Weights {
		p.Weights[k] *= scale[k]
		p.Bias -= p.Weights[k] * mean[k]
	}
	return p, nil
}

// standard returns means and inverse deviations of columns; those that never vary get 0.
func standard(rows [][]float32) (mean, scale []float32) {
	dim, n := len(rows[0]), float64(len(rows))
	mean, scale = make([]float32, dim), make([]float32, dim)
	for k := range dim {
		var sum, square float64
		for _, row := range rows {
			v := float64(row[k])
			sum, square = sum+v, square+v*v
		}
		m := sum / n
		mean[k] = float32(m)
		if d := math.Sqrt(max(0, square/n-m*m)); d > 1e-9 {
			scale[k] = float32(1 / d)
		}
	}
	return mean, scale
}
