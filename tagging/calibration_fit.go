package tagging

import (
	"errors"
	"fmt"
	"math"
)

// CalibrationSample is what an encoder says of one picture about the concepts of one kind, and what is true.
type CalibrationSample struct {
	Logits     []float64 // of the concepts, in the same order in every sample
	Background float64   // the logit of "something"
	True       int       // index of the concept that the picture shows; -1 if it shows none of the kind
	// Group is what pictures share that must not be in fit and test at once, such as a theme or a photographer; "" for a
	// picture by itself.
	Group string
}

// ErrCalibration reports samples that no calibration can be fitted to.
var ErrCalibration = errors.New("tagging: cannot calibrate")

const (
	// calibrationFolds is into how many parts the groups are split for the report.
	calibrationFolds = 5
	// calibrationPull is the weight of the prior, in samples: it keeps the fit finite where the samples are told apart without
	// a mistake, or never show "none".
	calibrationPull = 0.1
)

// FitCalibration finds temperature and bias by maximum likelihood: it maximises Σ log p(true concept) over the samples, by
// Newton's method, in 1/T and b, in which that is concave. A weak prior, worth a tenth of a sample, pulls towards
// [DefaultCalibration]. The report is about calibrations that have not seen what they are judged by: those of five folds of
// groups. At least ten samples of at least five groups are needed; the error matches [ErrCalibration].
func FitCalibration(samples []CalibrationSample) (Calibration, CalibrationReport, error) {
	if err := checkSamples(samples); err != nil {
		return Calibration{}, CalibrationReport{}, err
	}
	fold, folds := foldsOf(samples)
	if folds < calibrationFolds {
		return Calibration{}, CalibrationReport{}, fmt.Errorf("%w: %d groups, want at least %d", ErrCalibration, folds, calibrationFolds)
	}
	var report CalibrationReport
	for k := range calibrationFolds {
		var rest []CalibrationSample
		for i, s := range samples {
			if fold[i] != k {
				rest = append(rest, s)
			}
		}
		fitted := maximumLikelihood(rest)
		for i, s := range samples {
			if fold[i] == k {
				report.add(fitted, s)
			}
		}
	}
	report.finish()
	return maximumLikelihood(samples), report, nil
}

func checkSamples(samples []CalibrationSample) error {
	const least = 10
	if len(samples) < least {
		return fmt.Errorf("%w: %d samples, want at least %d", ErrCalibration, len(samples), least)
	}
	for i, s := range samples {
		finite := !math.IsNaN(s.Background) && !math.IsInf(s.Background, 0)
		for _, l := range s.Logits {
			finite = finite && !math.IsNaN(l) && !math.IsInf(l, 0)
		}
		if !finite || len(s.Logits) == 0 || len(s.Logits) != len(samples[0].Logits) || s.True < -1 || s.True >= len(s.Logits) {
			return fmt.Errorf("%w: sample %d: want as many finite logits as the others have, and the index of one or -1", ErrCalibration, i)
		}
	}
	return nil
}

// foldsOf deals groups out to the folds in the order in which they come; n is the number of groups.
func foldsOf(samples []CalibrationSample) (fold []int, n int) {
	known := map[string]int{}
	for i, s := range samples {
		group := s.Group
		if group == "" {
			group = fmt.Sprintf("\x00%d", i)
		}
		if _, ok := known[group]; !ok {
			known[group] = len(known) % calibrationFolds
			n++
		}
		fold = append(fold, known[group])
	}
	return fold, n
}

// maximumLikelihood climbs in β = 1/T and b. With the sufficient statistics f = (l, 1 for "none") of each outcome, the
// gradient is Σ f(true) − E f, and the Hessian −Σ Cov f.
func maximumLikelihood(samples []CalibrationSample) Calibration {
	beta, bias := 1., 0.
	value := calibrationLikelihood(samples, beta, bias)
	for range 100 {
		gBeta, gBias, hBeta, hCross, hBias := calibrationSlope(samples, beta, bias)
		determinant := hBeta*hBias - hCross*hCross
		stepBeta := (hBias*gBeta - hCross*gBias) / determinant
		stepBias := (hBeta*gBias - hCross*gBeta) / determinant
		// Half the step until it climbs: far from the top a parabola may overshoot, and 1/T must stay positive.
		size := 1.
		var next float64
		for ; size > 1e-9; size /= 2 {
			if b := beta + size*stepBeta; b > 1e-3 {
				if next = calibrationLikelihood(samples, b, bias+size*stepBias); next > value {
					break
				}
			}
		}
		if size <= 1e-9 {
			break
		}
		beta, bias = beta+size*stepBeta, bias+size*stepBias
		if next-value < 1e-10 {
			break
		}
		value = next
	}
	return Calibration{Temperature: 1 / beta, Bias: bias}
}

func calibrationLikelihood(samples []CalibrationSample, beta, bias float64) float64 {
	c := Calibration{Temperature: 1 / beta, Bias: bias}
	sum := -calibrationPull / 2 * ((beta-1)*(beta-1) + bias*bias)
	for _, s := range samples {
		sum += math.Log(max(c.probability(s), 1e-300))
	}
	return sum
}

// probability is that of what is true.
func (c Calibration) probability(s CalibrationSample) float64 {
	p, none := c.Probabilities(s.Logits, s.Background)
	if s.True < 0 {
		return none
	}
	return p[s.True]
}

// calibrationSlope is the gradient and the negative Hessian.
func calibrationSlope(samples []CalibrationSample, beta, bias float64) (gBeta, gBias, hBeta, hCross, hBias float64) {
	c := Calibration{Temperature: 1 / beta, Bias: bias}
	gBeta, gBias = -calibrationPull*(beta-1), -calibrationPull*bias
	hBeta, hBias = calibrationPull, calibrationPull
	for _, s := range samples {
		p, none := c.Probabilities(s.Logits, s.Background)
		mean, square := none*s.Background, none*s.Background*s.Background
		for j, l := range s.Logits {
			mean += p[j] * l
			square += p[j] * l * l
		}
		if s.True < 0 {
			gBeta += s.Background - mean
			gBias++
		} else {
			gBeta += s.Logits[s.True] - mean
		}
		gBias -= none
		hBeta += square - mean*mean
		hCross += none * (s.Background - mean)
		hBias += none * (1 - none)
	}
	return gBeta, gBias, hBeta, hCross, hBias
}
