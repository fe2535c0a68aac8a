package demo

import (
	"encoding/binary"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/dsp/fourier"
)

// sound is a decoded track; the analysis below knows nothing of how it was made.
type sound struct {
	left, right, middle []float64
}

func decode(t *testing.T, pcm []byte) sound {
	t.Helper()
	require.Zero(t, len(pcm)%4)
	n := len(pcm) / 4
	s := sound{make([]float64, n), make([]float64, n), make([]float64, n)}
	for i := range n {
		s.left[i] = float64(int16(binary.LittleEndian.Uint16(pcm[4*i:]))) / 32768
		s.right[i] = float64(int16(binary.LittleEndian.Uint16(pcm[4*i+2:]))) / 32768
		s.middle[i] = (s.left[i] + s.right[i]) / 2
	}
	return s
}

// spectra calls visit with the magnitudes of Hann windows.
func (s sound) spectra(size, hop int, visit func(magnitudes []float64)) {
	fft := fourier.NewFFT(size)
	frame, magnitudes := make([]float64, size), make([]float64, size/2+1)
	var bins []complex128
	for at := 0; at+size <= len(s.middle); at += hop {
		for i := range frame {
			frame[i] = s.middle[at+i] * (.5 - .5*math.Cos(2*math.Pi*float64(i)/float64(size)))
		}
		bins = fft.Coefficients(bins, frame)
		for i, b := range bins {
			magnitudes[i] = cmplx.Abs(b)
		}
		visit(magnitudes)
	}
}

// onsets is the rise of the logarithmic spectrum, every 10 ms.
func (s sound) onsets() []float64 {
	const size, hop = 2048, 441
	var before, flux []float64
	s.spectra(size, hop, func(magnitudes []float64) {
		bands := make([]float64, 40)
		for i, m := range magnitudes[2:] {
			band := int(math.Log2(float64(i+3)) * 4)
			bands[min(band, len(bands)-1)] += m * m
		}
		var sum float64
		for i := range bands {
			bands[i] = math.Log(1e-4 + bands[i])
			if before != nil {
				sum += max(0, bands[i]-before[i])
			}
		}
		before = bands
		flux = append(flux, sum)
	})
	// Take the local mean away, so that only accents count.
	out := make([]float64, len(flux))
	for i := range flux {
		var mean float64
		low, high := max(0, i-50), min(len(flux), i+51)
		for _, x := range flux[low:high] {
			mean += x
		}
		out[i] = flux[i] - mean/float64(high-low)
	}
	return out
}

// periodicity is the autocorrelation of the onsets at a lag in seconds, 1 at most, interpolated.
func periodicity(onsets []float64, lag float64) float64 {
	at := func(k int) float64 {
		var sum, power float64
		for i := k; i < len(onsets); i++ {
			sum += onsets[i] * onsets[i-k]
		}
		for _, x := range onsets {
			power += x * x
		}
		return sum / power * float64(len(onsets)) / float64(len(onsets)-k)
	}
	frames := lag * 100
	k := int(frames)
	return at(k) + (frames-float64(k))*(at(k+1)-at(k))
}

// chroma is the share of each pitch class, from 65 Hz to 2 kHz.
func (s sound) chroma() [12]float64 {
	const size = 16384
	var classes [12]float64
	s.spectra(size, size/2, func(magnitudes []float64) {
		var now [12]float64
		var sum float64
		for i, m := range magnitudes {
			hz := float64(i) * 44100 / size
			if hz < 65 || hz > 2000 {
				continue
			}
			pitch := 69 + 12*math.Log2(hz/440)
			if near := math.Round(pitch); math.Abs(pitch-near) < .35 {
				class := ((int(near) % 12) + 12) % 12
				now[class] += m * m / hz // pink weighting: the bass does not drown the rest
				sum += m * m / hz
			}
		}
		for c := range now {
			if sum > 0 {
				classes[c] += math.Sqrt(now[c] / sum)
			}
		}
	})
	return classes
}

// Krumhansl and Kessler's probe-tone ratings (1982).
var profiles = map[Mode][12]float64{
	Major: {6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88},
	Minor: {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17},
}

var tonics = []string{"C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"}

// keyGuess is a key with its correlation.
type keyGuess struct {
	key   string
	mode  Mode
	score float64
}

// keys ranks all 24 keys.
func keys(chroma [12]float64) []keyGuess {
	var guesses []keyGuess
	for mode, profile := range profiles {
		for tonic, name := range tonics {
			var rotated [12]float64
			for i := range rotated {
				rotated[(i+tonic)%12] = profile[i]
			}
			guesses = append(guesses, keyGuess{name, mode, correlation(rotated[:], chroma[:])})
		}
	}
	slices.SortFunc(guesses, func(a, b keyGuess) int {
		if a.score > b.score {
			return -1
		}
		return 1
	})
	return guesses
}

func correlation(x, y []float64) float64 {
	var mx, my, xy, xx, yy float64
	for i := range x {
		mx += x[i] / float64(len(x))
		my += y[i] / float64(len(y))
	}
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}

// brightness is the spectral centroid in hertz, weighted by the level of each window.
func (s sound) brightness() float64 {
	const size = 2048
	var sum, weight float64
	s.spectra(size, size, func(magnitudes []float64) {
		for i, m := range magnitudes {
			sum += m * float64(i) * 44100 / size
			weight += m
		}
	})
	return sum / weight
}

func rms(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(x)))
}
