package tagging

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// drawSamples draws logits, and what is true by the probabilities that a calibration gives them: so it is right by
// construction.
func drawSamples(n, concepts int, truth Calibration, seed uint64) []CalibrationSample {
	random := rand.New(rand.NewPCG(seed, 7))
	samples := make([]CalibrationSample, n)
	for i := range samples {
		s := CalibrationSample{Background: 20 + random.NormFloat64(), True: -1, Group: fmt.Sprint("theme ", i/4)}
		for range concepts {
			s.Logits = append(s.Logits, 20+3*random.NormFloat64())
		}
		p, _ := truth.Probabilities(s.Logits, s.Background)
		at := random.Float64()
		for c, share := range p {
			if at -= share; at < 0 {
				s.True = c
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
		require.Less(t, report.ECE, .03)
		if truth != DefaultCalibration {
			require.Less(t, report.ECE, report.DefaultECE/2)
			require.Less(t, report.LogLoss, report.DefaultLogLoss)
		}
		n := 0
		for _, b := range report.Bins {
			n += b.Samples
			if b.Samples > 100 {
				require.InDelta(t, b.Confidence, b.Accuracy, .12)
				require.True(t, b.Confidence >= b.From && b.Confidence <= b.To)
			}
		}
		require.Equal(t, report.Samples, n)
		require.Contains(t, report.String(), "4000 pictures left out")
	}
}

// A report on what was fitted would call anything good. With nothing to learn, the report says so.
func TestCalibrationReportIsAboutPicturesLeftOut(t *testing.T) {
	t.Parallel()
	samples := drawSamples(60, 30, DefaultCalibration, 5)
	for i := range samples {
		samples[i].True = i % 30 // nothing to do with the logits
	}
	fitted, report, err := FitCalibration(samples)
	require.NoError(t, err)
	require.Greater(t, fitted.Temperature, 3., "the less the logits say, the less they are believed")
	require.Less(t, report.LogLoss, report.DefaultLogLoss)
	require.Greater(t, report.LogLoss, math.Log(30)-.5, "nobody knows more than chance")

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
		"no concept":   func() []CalibrationSample { s := good(); s[7].True = 3; return s }(),
		"below none":   func() []CalibrationSample { s := good(); s[7].True = -2; return s }(),
	} {
		_, _, err := FitCalibration(samples)
		require.ErrorIs(t, err, ErrCalibration, name)
	}
	// Samples without a mistake, or without anything to see, still give numbers.
	perfect, blank := good(), good()
	for i := range perfect {
		perfect[i].True, perfect[i].Logits[0] = 0, 60
		blank[i].True = -1
	}
	for _, samples := range [][]CalibrationSample{perfect, blank} {
		fitted, _, err := FitCalibration(samples)
		require.NoError(t, err)
		require.NoError(t, fitted.Validate())
	}
}
