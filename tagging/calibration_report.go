package tagging

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// CalibrationReport says how far probabilities can be believed, by pictures that were left out of the fit.
type CalibrationReport struct {
	Samples int
	// ECE is the expected calibration error: the mean distance between how sure the surest answer was and how often such
	// answers were right, over ten bins of confidence weighted by their samples. DefaultECE is that of [DefaultCalibration].
	ECE, DefaultECE float64
	// LogLoss is the mean of -log p of what is true, DefaultLogLoss that of the default.
	LogLoss, DefaultLogLoss float64
	// Accuracy is how often the surest answer is right; "none" is an answer.
	Accuracy float64
	Bins     []ReliabilityBin

	plain []ReliabilityBin
}

// ReliabilityBin is one bar of a reliability plot.
type ReliabilityBin struct {
	From, To   float64 // of the confidence, To excluded but for the last
	Samples    int
	Confidence float64 // mean of the bin; 0 if it is empty
	Accuracy   float64 // share of right answers; on the diagonal it equals Confidence
}

const reliabilityBins = 10

func newBins() []ReliabilityBin {
	bins := make([]ReliabilityBin, reliabilityBins)
	for i := range bins {
		bins[i].From, bins[i].To = float64(i)/reliabilityBins, float64(i+1)/reliabilityBins
	}
	return bins
}

// add counts one sample; sums become means in finish.
func (r *CalibrationReport) add(fitted Calibration, s CalibrationSample) {
	if r.Bins == nil {
		r.Bins, r.plain = newBins(), newBins()
	}
	r.Samples++
	r.LogLoss -= math.Log(max(fitted.probability(s), 1e-300))
	r.DefaultLogLoss -= math.Log(max(DefaultCalibration.probability(s), 1e-300))
	if fill(r.Bins, fitted, s) {
		r.Accuracy++
	}
	fill(r.plain, DefaultCalibration, s)
}

func fill(bins []ReliabilityBin, c Calibration, s CalibrationSample) (right bool) {
	p, none := c.Probabilities(s.Logits, s.Background)
	surest := slices.Index(p, slices.Max(p))
	confidence := p[surest]
	if none >= confidence {
		surest, confidence = -1, none
	}
	b := &bins[min(reliabilityBins-1, int(confidence*reliabilityBins))]
	b.Samples++
	b.Confidence += confidence
	if surest == s.True {
		b.Accuracy++
	}
	return surest == s.True
}

func (r *CalibrationReport) finish() {
	n := float64(r.Samples)
	r.LogLoss, r.DefaultLogLoss, r.Accuracy = r.LogLoss/n, r.DefaultLogLoss/n, r.Accuracy/n
	r.ECE, r.DefaultECE = expectedError(r.Bins, n), expectedError(r.plain, n)
	r.plain = nil
}

// expectedError makes means of the sums in bins and returns the weighted distance from the diagonal.
func expectedError(bins []ReliabilityBin, n float64) (ece float64) {
	for i := range bins {
		if count := float64(bins[i].Samples); count > 0 {
			ece += math.Abs(bins[i].Accuracy-bins[i].Confidence) / n
			bins[i].Accuracy /= count
			bins[i].Confidence /= count
		}
	}
	return ece
}

// String is a table with a plot: the bar is how often answers were right, the mark how sure they were.
func (r CalibrationReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d pictures left out: right %.1f %%, ECE %.3f (default %.3f), log loss %.3f (default %.3f)\n",
		r.Samples, 100*r.Accuracy, r.ECE, r.DefaultECE, r.LogLoss, r.DefaultLogLoss)
	const width = 40
	for _, bin := range r.Bins {
		if bin.Samples == 0 {
			continue
		}
		bar := []rune(strings.Repeat("█", int(math.Round(width*bin.Accuracy))) + strings.Repeat(" ", width+1))[:width+1]
		bar[int(math.Round(width*bin.Confidence))] = '|'
		fmt.Fprintf(&b, "%.1f–%.1f %5d  sure %.2f  right %.2f  %s\n", bin.From, bin.To, bin.Samples, bin.Confidence, bin.Accuracy, strings.TrimRight(string(bar), " "))
	}
	return b.String()
}
