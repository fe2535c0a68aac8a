package tagging

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// CalibrationSample is what an encoder says of one picture about the concepts of one kind, and what is true. Make one with
// [ZeroShotTagger.Sample].
type CalibrationSample struct {
	Logits     []float64 // of the concepts, in the same order in every sample
	Background float64   // the logit of "something"
	// True are the indices of the concepts that the picture shows; none if it shows none of the kind. Any of them is a right
	// answer.
	True []int
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

// FitCalibration finds temperature and bias by maximum likelihood: it maximises Σ log p(what is true) over the samples, where
// a picture that shows several concepts has the sum of theirs. A weak prior, worth a tenth of a sample, pulls towards
// [DefaultCalibration]. How rare it is that anything is seen can be learned only from pictures that show none of the kind:
// without any the bias stays 0.
//
// The report is about calibrations that have not seen what they are judged by: those of five folds of groups, which are
// dealt out in the order of the samples. At least ten samples of at least five groups are needed, one of which shows
// something; the error matches [ErrCalibration].
func FitCalibration(samples []CalibrationSample) (Calibration, CalibrationReport, error) {
	if err := checkSamples(samples); err != nil {
		return Calibration{}, CalibrationReport{}, err
	}
	fold, groups := foldsOf(samples)
	if groups < calibrationFolds {
		return Calibration{}, CalibrationReport{}, fmt.Errorf("%w: %d groups, want at least %d", ErrCalibration, groups, calibrationFolds)
	}
	report := CalibrationReport{
		Samples: len(samples), Groups: groups,
		Fitted: leftOut(samples, fold), Control: leftOut(shuffled(samples), fold),
		Default: scoreOf(samples, func(int) Calibration { return DefaultCalibration }),
	}
	return maximumLikelihood(samples), report, nil
}

// leftOut scores each fold's samples by a calibration that was fitted to the others.
func leftOut(samples []CalibrationSample, fold []int) CalibrationScore {
	var fitted [calibrationFolds]Calibration
	for k := range fitted {
		var rest []CalibrationSample
		for i, s := range samples {
			if fold[i] != k {
				rest = append(rest, s)
			}
		}
		fitted[k] = maximumLikelihood(rest)
	}
	return scoreOf(samples, func(i int) Calibration { return fitted[fold[i]] })
}

func checkSamples(samples []CalibrationSample) error {
	const least = 10
	if len(samples) < least {
		return fmt.Errorf("%w: %d pictures, want at least %d", ErrCalibration, len(samples), least)
	}
	shows := false
	for i, s := range samples {
		usable := !math.IsNaN(s.Background) && !math.IsInf(s.Background, 0)
		for _, l := range s.Logits {
			usable = usable && !math.IsNaN(l) && !math.IsInf(l, 0)
		}
		for _, at := range s.True {
			usable = usable && at >= 0 && at < len(s.Logits)
		}
		if !usable || len(s.Logits) == 0 || len(s.Logits) != len(samples[0].Logits) {
			return fmt.Errorf("%w: sample %d: want as many finite logits as the others have, and indices of them", ErrCalibration, i)
		}
		shows = shows || len(s.True) > 0
	}
	if !shows {
		return fmt.Errorf("%w: no picture shows anything of the kind", ErrCalibration)
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

// maximumLikelihood climbs in β = 1/T and b, by Newton's method. With the sufficient statistics f = (l, 1 for "none") of each
// outcome, the gradient is Σ E(f | true) − E f, and the Hessian −Σ Cov f where one outcome is true. That of several is
// flatter; with this one the steps are shorter and still go up, as those of expectation maximisation do.
func maximumLikelihood(samples []CalibrationSample) Calibration {
	beta, bias := 1., 0.
	noNegative := !slices.ContainsFunc(samples, func(s CalibrationSample) bool { return len(s.True) == 0 })
	value := calibrationLikelihood(samples, beta, bias)
	for range 100 {
		gBeta, gBias, hBeta, hCross, hBias := calibrationSlope(samples, beta, bias)
		if noNegative {
			gBias, hCross = 0, 0
		}
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
	if len(s.True) == 0 {
		return none
	}
	var sum float64
	for _, at := range s.True {
		sum += p[at]
	}
	return sum
}

// truth is the logit of what is true: the mean of the concepts' that the picture shows, by their probabilities.
func (c Calibration) truth(s CalibrationSample) (logit float64) {
	logits := make([]float64, len(s.True))
	for i, at := range s.True {
		logits[i] = s.Logits[at]
	}
	p, _ := Calibration{Temperature: c.Temperature, Bias: noNone}.Probabilities(logits, 0)
	for i, share := range p {
		logit += share * logits[i]
	}
	return logit
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
		if len(s.True) == 0 {
			gBeta += s.Background - mean
			gBias++
		} else {
			gBeta += c.truth(s) - mean
		}
		gBias -= none
		hBeta += square - mean*mean
		hCross += none * (s.Background - mean)
		hBias += none * (1 - none)
	}
	return gBeta, gBias, hBeta, hCross, hBias
}
