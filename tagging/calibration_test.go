package tagging

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// drawSamples draws logits, and what is true by the probabilities that a calibration gives them: so it is right by
// construction.
func drawSamples(n, concepts int, truth Calibration, seed uint64) []CalibrationSample {
	random := rand.New(rand.NewPCG(seed, 7))
	samples := make([]CalibrationSample, n)
	for i := range samples {
		s := CalibrationSample{Background: 20 + random.NormFloat64(), Group: fmt.Sprint("theme ", i/4)}
		for range concepts {
			s.Logits = append(s.Logits, 20+3*random.NormFloat64())
		}
		p, _ := truth.Probabilities(s.Logits, s.Background)
		at := random.Float64()
		for c, share := range p {
			if at -= share; at < 0 {
				s.True = []int{c}
				break
			}
		}
		samples[i] = s
	}
	return samples
}

func TestProbabilities(t *testing.T) {
	t.Parallel()
	p, none := Calibration{Temperature: 2, Bias: .5}.Probabilities([]float64{4, 2}, 1)
	a, b, n := math.Exp(2), math.Exp(1.), 2*math.Exp(.5+.5)
	require.InDeltaSlice(t, []float64{a / (a + b + n), b / (a + b + n)}, p, 1e-12)
	require.InDelta(t, n/(a+b+n), none, 1e-12)

	p, none = Calibration{Temperature: 1, Bias: noNone}.Probabilities([]float64{1000, 999}, 5000)
	require.InDeltaSlice(t, []float64{1 / (1 + math.Exp(-1)), 1 / (1 + math.E)}, p, 1e-12, "a plain softmax, without overflow")
	require.Zero(t, none)

	p, none = Calibration{Temperature: 2, Bias: -1}.each([]float64{4, 2})
	require.InDeltaSlice(t, []float64{1 / (1 + math.Exp(-1)), .5}, p, 1e-12)
	require.InDelta(t, 1-p[0], none, 1e-12)
}

// Fitting finds the calibration that the samples were drawn with, and says that it can be believed.
func TestFitCalibrationFindsTheTruth(t *testing.T) {
	t.Parallel()
	for _, truth := range []Calibration{{1, 0}, {2.5, -1}, {.6, 1.5}} {
		fitted, report, err := FitCalibration(drawSamples(4000, 12, truth, 3))
		require.NoError(t, err)
		require.InDelta(t, truth.Temperature, fitted.Temperature, .12*truth.Temperature)
		require.InDelta(t, truth.Bias, fitted.Bias, .15)
		require.Equal(t, 4000, report.Samples)
		require.Less(t, report.Fitted.ECE, .03)
		require.Less(t, report.Fitted.LogLoss, report.Control.LogLoss-.1, "labels that mean nothing are worse")
		require.Less(t, report.Control.Accuracy, report.Fitted.Accuracy)
		if truth != DefaultCalibration {
			require.True(t, report.Worthwhile() && report.Informed())
			require.Less(t, report.Fitted.ECE, report.Default.ECE/2)
			require.Less(t, report.Fitted.LogLoss, report.Default.LogLoss)
		}
		n := 0
		for _, b := range report.Fitted.Bins {
			n += b.Samples
			if b.Samples > 100 {
				require.InDelta(t, b.Confidence, b.Accuracy, .12)
				require.True(t, b.Confidence >= b.From && b.Confidence <= b.To)
			}
		}
		require.Equal(t, report.Samples, n)
		require.Contains(t, report.String(), "4000 pictures of 1000 groups, left out")
	}
}

// Of pairs of concepts that are always visible together either is a right answer, and the truth is found as well.
func TestFitCalibrationToSeveralConcepts(t *testing.T) {
	t.Parallel()
	truth := Calibration{2.5, -1}
	samples := drawSamples(3000, 12, truth, 11)
	for i, s := range samples {
		if len(s.True) > 0 {
			first := s.True[0] &^ 1
			samples[i].True = []int{first, first + 1}
		}
	}
	fitted, report, err := FitCalibration(samples)
	require.NoError(t, err)
	require.InDelta(t, truth.Temperature, fitted.Temperature, .12*truth.Temperature)
	require.InDelta(t, truth.Bias, fitted.Bias, .15)
	require.True(t, report.Informed())

	s := CalibrationSample{Logits: []float64{2, 1, 0}, Background: 1, True: []int{0, 2}}
	p, none := truth.Probabilities(s.Logits, s.Background)
	require.InDelta(t, 1-none-p[1], truth.probability(s), 1e-12)
}

// Four answers of .75 of which half are right, and four of .9 that all are.
func TestCalibrationScoreByHand(t *testing.T) {
	t.Parallel()
	var samples []CalibrationSample
	for i := range 4 {
		sure := CalibrationSample{Logits: []float64{math.Log(3)}} // 3 / (3 + 1)
		if i < 2 {
			sure.True = []int{0}
		}
		samples = append(samples, sure, CalibrationSample{Logits: []float64{-math.Log(9)}}) // none: 1 / (1/9 + 1)
	}
	s := scoreOf(samples, func(int) Calibration { return DefaultCalibration })
	require.InDelta(t, (.25+.1)/2, s.ECE, 1e-12)
	require.InDelta(t, .75, s.Accuracy, 1e-12)
	require.InDelta(t, -(2*math.Log(.75)+2*math.Log(.25)+4*math.Log(.9))/8, s.LogLoss, 1e-12)
}

// A report on what was fitted would call anything good. With nothing to learn, the report says so.
func TestCalibrationReportIsAboutPicturesLeftOut(t *testing.T) {
	t.Parallel()
	samples := drawSamples(60, 30, DefaultCalibration, 5)
	for i := range samples {
		samples[i].True = []int{i % 30} // nothing to do with the logits
	}
	fitted, report, err := FitCalibration(samples)
	require.NoError(t, err)
	require.Greater(t, fitted.Temperature, 3., "the less the logits say, the less they are believed")
	require.Less(t, report.Fitted.LogLoss, report.Default.LogLoss)
	require.Greater(t, report.Fitted.LogLoss, math.Log(30)-.5, "nobody knows more than chance")
	require.True(t, report.Worthwhile() && !report.Informed(), "to believe nothing is better, but nobody learned what is what")

	require.False(t, CalibrationReport{Fitted: CalibrationScore{LogLoss: 1}, Default: CalibrationScore{LogLoss: .5}}.Worthwhile())

	again, _, err := FitCalibration(samples)
	require.NoError(t, err)
	require.Equal(t, fitted, again)
}

func TestFitCalibrationRefuses(t *testing.T) {
	t.Parallel()
	good := func() []CalibrationSample { return drawSamples(40, 3, DefaultCalibration, 1) }
	for name, samples := range map[string][]CalibrationSample{
		"too few": good()[:9],
		"one theme": func() []CalibrationSample {
			s := good()
			for i := range s {
				s[i].Group = "one"
			}
			return s
		}(),
		"other length": func() []CalibrationSample { s := good(); s[7].Logits = s[7].Logits[:2]; return s }(),
		"no number":    func() []CalibrationSample { s := good(); s[7].Logits[1] = math.NaN(); return s }(),
		"no concept":   func() []CalibrationSample { s := good(); s[7].True = []int{0, 3}; return s }(),
		"below none":   func() []CalibrationSample { s := good(); s[7].True = []int{-1}; return s }(),
		"nothing to see": func() []CalibrationSample {
			s := good()
			for i := range s {
				s[i].True = nil
			}
			return s
		}(),
	} {
		_, _, err := FitCalibration(samples)
		require.ErrorIs(t, err, ErrCalibration, name)
	}
	// Samples without a mistake still give numbers.
	perfect := good()
	for i := range perfect {
		perfect[i].True, perfect[i].Logits[0] = []int{0}, 60
	}
	fitted, _, err := FitCalibration(perfect)
	require.NoError(t, err)
	require.NoError(t, fitted.Validate())
}

// A theme that is unlike all others surprises a calibration that has not seen it.
func TestCalibrationScoreLeavesGroupsOut(t *testing.T) {
	t.Parallel()
	var samples []CalibrationSample
	for i := range 40 {
		s := CalibrationSample{Logits: []float64{30, 20}, Background: 20, True: []int{0}, Group: fmt.Sprint(i % 5)}
		if i%5 == 4 {
			s.True = []int{1}
		}
		samples = append(samples, s)
	}
	fitted, report, err := FitCalibration(samples)
	require.NoError(t, err)
	seen := scoreOf(samples, func(int) Calibration { return fitted })
	require.Greater(t, report.Fitted.LogLoss, 1.5*seen.LogLoss)
}

// Where each picture shows something, nothing can be learned of how rare that is; but temperature can.
func TestFitCalibrationWithoutNegatives(t *testing.T) {
	t.Parallel()
	samples := slices.DeleteFunc(drawSamples(1500, 12, Calibration{2.5, 1}, 3), func(s CalibrationSample) bool { return s.True == nil })
	fitted, _, err := FitCalibration(samples)
	require.NoError(t, err)
	require.Zero(t, fitted.Bias)
	require.Greater(t, fitted.Temperature, 1.5)
}
