package tagging

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// CalibrationReport says how far probabilities can be believed, by pictures that were left out of the fit.
type CalibrationReport struct {
	Samples int              `json:"samples"`
	Groups  int              `json:"groups"`
	Fitted  CalibrationScore `json:"fitted"`
	Default CalibrationScore `json:"default"` // that of [DefaultCalibration] on the same pictures
	// Control is that of a fit to the same pictures with their labels dealt out anew: it knows no more than which labels are
	// frequent. Its error may be small as well, for who knows that he knows nothing is well calibrated; its log loss tells.
	Control CalibrationScore `json:"labels_shuffled"`
}

// Worthwhile reports whether the fit is better than the default on pictures left out, by log loss.
func (r CalibrationReport) Worthwhile() bool { return r.Fitted.LogLoss < r.Default.LogLoss }

// Informed reports whether the log loss of the fit is below that of the control, by a hundredth at least. If it is not, the
// encoder cannot tell these concepts apart, or the labels are wrong; the fit, which all but silences the kind, is honest.
func (r CalibrationReport) Informed() bool { return r.Fitted.LogLoss < 0.99*r.Control.LogLoss }

// CalibrationScore compares probabilities with what is true.
type CalibrationScore struct {
	// ECE is the expected calibration error: the mean distance between how sure the surest answer was and how often such
	// answers were right, over ten bins of confidence weighted by their samples. "None" is an answer.
	ECE      float64 `json:"ece"`
	LogLoss  float64 `json:"log_loss"` // mean of -log p of what is true
	Accuracy float64 `json:"accuracy"` // how often the surest answer is right
	// Bins make a reliability plot; files do not hold them.
	Bins []ReliabilityBin `json:"-"`
}

// ReliabilityBin is one bar of a reliability plot.
type ReliabilityBin struct {
	From, To   float64 // of the confidence, To excluded but for the last
	Samples    int
	Confidence float64 // mean of the bin; 0 if it is empty
	Accuracy   float64 // share of right answers; on the diagonal it equals Confidence
}

const reliabilityBins = 10

// scoreOf compares the probabilities of samples with what is true; of gives the calibration to ask about the i-th one.
func scoreOf(samples []CalibrationSample, of func(i int) Calibration) CalibrationScore {
	s := CalibrationScore{Bins: make([]ReliabilityBin, reliabilityBins)}
	for i := range s.Bins {
		s.Bins[i].From, s.Bins[i].To = float64(i)/reliabilityBins, float64(i+1)/reliabilityBins
	}
	n := float64(len(samples))
	for i, sample := range samples {
		c := of(i)
		s.LogLoss -= math.Log(max(c.probability(sample), 1e-300)) / n
		confidence, right := c.surest(sample)
		b := &s.Bins[min(reliabilityBins-1, int(confidence*reliabilityBins))]
		b.Samples++
		b.Confidence += confidence
		if right {
			b.Accuracy++
			s.Accuracy += 1 / n
		}
	}
	for i := range s.Bins { // sums become means
		b := &s.Bins[i]
		if b.Samples == 0 {
			continue
		}
		s.ECE += math.Abs(b.Accuracy-b.Confidence) / n
		b.Accuracy /= float64(b.Samples)
		b.Confidence /= float64(b.Samples)
	}
	return s
}

// surest is how sure the surest answer is, and whether it is right.
func (c Calibration) surest(s CalibrationSample) (confidence float64, right bool) {
	p, none := c.Probabilities(s.Logits, s.Background)
	confidence = slices.Max(p)
	if none >= confidence {
		return none, len(s.True) == 0
	}
	return confidence, slices.Contains(s.True, slices.Index(p, confidence))
}

// shuffled are samples with their labels dealt out anew, always in the same way.
func shuffled(samples []CalibrationSample) []CalibrationSample {
	dealt := slices.Clone(samples)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(dealt), func(i, j int) { dealt[i].True, dealt[j].True = dealt[j].True, dealt[i].True })
	return dealt
}

// String is a table with a plot: the bar is how often answers were right, the mark how sure they were.
func (r CalibrationReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d pictures of %d groups, left out\n", r.Samples, r.Groups)
	for _, row := range []struct {
		name string
		CalibrationScore
	}{{"fitted", r.Fitted}, {"default", r.Default}, {"labels shuffled", r.Control}} {
		fmt.Fprintf(&b, "%-15s  right %5.1f %%  ECE %.3f  log loss %.3f\n", row.name, 100*row.Accuracy, row.ECE, row.LogLoss)
	}
	const width = 40
	for _, bin := range r.Fitted.Bins {
		if bin.Samples == 0 {
			continue
		}
		bar := []rune(strings.Repeat("█", int(math.Round(width*bin.Accuracy))) + strings.Repeat(" ", width+1))[:width+1]
		bar[int(math.Round(width*bin.Confidence))] = '|'
		fmt.Fprintf(&b, "%.1f–%.1f %5d  sure %.2f  right %.2f  %s\n", bin.From, bin.To, bin.Samples, bin.Confidence, bin.Accuracy, strings.TrimRight(string(bar), " "))
	}
	return b.String()
}
