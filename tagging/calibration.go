package tagging

import (
	"errors"
	"math"
)

// Calibration turns the logits of one kind of concepts into probabilities, see [ZeroShotTagger].
type Calibration struct {
	// Temperature divides the logits: above 1 for an encoder that is too sure of itself.
	Temperature float64 `json:"temperature"`
	// Bias is added to the logit of "something", beside the logarithm of the number of concepts: the higher, the rarer is
	// anything recognised. For sigmoid scores it is added to each logit. -Inf means that "something" is no answer.
	Bias float64 `json:"bias"`
}

// DefaultCalibration takes an encoder's own scale and no bias. It is a judgement and not measured: no CLIP weights could be
// had where this was written. [FitCalibration] makes better ones from a few hundred labelled pictures.
var DefaultCalibration = Calibration{Temperature: 1}

// noNone is the bias with which "something" is no answer.
var noNone = math.Inf(-1)

// Validate reports numbers that cannot be used.
func (c Calibration) Validate() error {
	switch {
	case !(c.Temperature > 0) || math.IsInf(c.Temperature, 0):
		return errors.New("temperature: want a positive number")
	case math.IsNaN(c.Bias) || math.IsInf(c.Bias, 1):
		return errors.New("bias: want a number or -Inf")
	}
	return nil
}

// Probabilities is the softmax over the concepts of a kind and "something":
//
//	p(c) = e^{l(c)/T} / (Σ e^{l(j)/T} + N · e^{background/T + b})
//
// none is the probability of "something"; all of them sum to 1. With T = 1 and b = -Inf it is the plain softmax.
func (c Calibration) Probabilities(logits []float64, background float64) (p []float64, none float64) {
	x := make([]float64, len(logits)+1)
	for i, l := range logits {
		x[i] = l / c.Temperature
	}
	x[len(logits)] = background/c.Temperature + math.Log(float64(len(logits))) + c.Bias
	sum := logSumExp(x)
	for i := range x {
		x[i] = math.Exp(x[i] - sum)
	}
	return x[:len(logits)], x[len(logits)]
}

// each is the sigmoid of each concept by itself; none is what the surest of them leaves.
func (c Calibration) each(logits []float64) (p []float64, none float64) {
	p, none = make([]float64, len(logits)), 1
	for i, l := range logits {
		p[i] = 1 / (1 + math.Exp(-(l/c.Temperature + c.Bias)))
		none = min(none, 1-p[i])
	}
	return p, none
}

// logSumExp is log Σ e^x, without overflow.
func logSumExp(x []float64) float64 {
	highest := math.Inf(-1)
	for _, v := range x {
		highest = max(highest, v)
	}
	var sum float64
	for _, v := range x {
		sum += math.Exp(v - highest)
	}
	return highest + math.Log(sum)
}
