// Package probe fits linear probes: for each of several yes-or-no questions, a direction in an embedding space and the
// probability that a picture's position along it means yes. A few dozen pictures a question are enough, since a probe
// is the difference between two means, seen through the pooled covariance (Fisher's discriminant, as a ridge
// regression on the answers).
package probe

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Probe answers one question about an embedding x of unit length: p = 1 / (1 + exp(−(Scale·(w·√x + Bias) + Shift))).
// √ is taken number by number, see [Root].
type Probe struct {
	Weights      []float32 // one a dimension
	Bias         float32   // of the ridge score
	Scale, Shift float64   // Platt's calibration of the score
}

// Probability is the probability of yes for a rooted embedding, as [Root] returns it.
func (p Probe) Probability(root []float32) float64 {
	return sigmoid(p.Scale*p.score(root) + p.Shift)
}

func (p Probe) score(root []float32) float64 {
	sum := float64(p.Bias)
	for i, w := range p.Weights {
		sum += float64(w) * float64(root[i])
	}
	return sum
}

// Root takes the square root of each number and restores unit length. Pooled features after a ReLU are counts of
// evidence, and roots of counts have even noise (Perronnin et al. 2010). Negative numbers count as 0.
func Root(x []float32) []float32 {
	root := make([]float32, len(x))
	var sum float64
	for i, v := range x {
		v = max(0, v)
		sum += float64(v)
		root[i] = float32(math.Sqrt(float64(v)))
	}
	if sum > 0 {
		length := float32(math.Sqrt(sum))
		for i := range root {
			root[i] /= length
		}
	}
	return root
}

// Fit is the result of [Ridge].
type Fit struct {
	Probes []Probe
	// LeftOut[i][q] is the probability of question q for picture i by probes fitted without picture i.
	LeftOut [][]float64
}

// ErrFit reports data that cannot be fitted.
var ErrFit = errors.New("probe: cannot fit")

// Ridge fits a probe for each question. rows are rooted embeddings, yes[i][q] the answer to question q for picture i,
// each question with at least one yes and one no. strength is the ridge penalty in units of a tenth of the data's total
// variance; .1 was best, or near it, for every set tried. The leave-one-out scores are exact (they come from the hat
// matrix), and calibration is fitted on them, so that probabilities are not those of pictures seen.
func Ridge(rows [][]float32, yes [][]bool, strength float64) (*Fit, error) {
	n := len(rows)
	if n < 3 || len(yes) != n || !(strength > 0) {
		return nil, fmt.Errorf("%w: %d pictures, %d answers, strength %v", ErrFit, n, len(yes), strength)
	}
	dim, questions := len(rows[0]), len(yes[0])
	mean := make([]float64, dim)
	for _, row := range rows {
		for k, v := range row {
			mean[k] += float64(v) / float64(n)
		}
	}
	centred := mat.NewDense(n, dim, nil)
	for i, row := range rows {
		for k, v := range row {
			centred.Set(i, k, float64(v)-mean[k])
		}
	}
	answers := mat.NewDense(n, questions, nil)
	for i := range yes {
		for q, a := range yes[i] {
			if a {
				answers.Set(i, q, 1)
			}
		}
	}
	// Dual form: w = Xᵀ (XXᵀ + αI)⁻¹ (y − ȳ), since there are fewer pictures than dimensions.
	var kernel mat.SymDense
	kernel.SymOuterK(1, centred)
	alpha := strength * mat.Trace(&kernel) / 10
	ridge := mat.NewSymDense(n, nil)
	ridge.CopySym(&kernel)
	for i := range n {
		ridge.SetSym(i, i, ridge.At(i, i)+alpha)
	}
	var factor mat.Cholesky
	if !factor.Factorize(ridge) {
		return nil, fmt.Errorf("%w: the kernel is singular", ErrFit)
	}
	var inverse mat.SymDense
	if err := factor.InverseTo(&inverse); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFit, err)
	}
	// K (K + αI)⁻¹ = I − α (K + αI)⁻¹, and a constant for the intercept.
	hat := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			hat.Set(i, j, 1/float64(n)-alpha*inverse.At(i, j))
		}
		hat.Set(i, i, 1+hat.At(i, i))
	}
	var fitted, dual, weights mat.Dense
	fitted.Mul(hat, answers)
	centredAnswers := mat.DenseCopyOf(answers)
	means := make([]float64, questions)
	for q := range questions {
		means[q] = mat.Sum(answers.ColView(q)) / float64(n)
		if means[q] == 0 || means[q] == 1 {
			return nil, fmt.Errorf("%w: question %d has only one kind of answer", ErrFit, q)
		}
		for i := range n {
			centredAnswers.Set(i, q, answers.At(i, q)-means[q])
		}
	}
	dual.Mul(&inverse, centredAnswers)
	weights.Mul(centred.T(), &dual)

	fit := &Fit{Probes: make([]Probe, questions), LeftOut: make([][]float64, n)}
	for i := range fit.LeftOut {
		fit.LeftOut[i] = make([]float64, questions)
	}
	for q := range questions {
		p := &fit.Probes[q]
		p.Weights = make([]float32, dim)
		bias := means[q]
		for k := range dim {
			p.Weights[k] = float32(weights.At(k, q))
			bias -= weights.At(k, q) * mean[k]
		}
		p.Bias = float32(bias)
		scores, truth := make([]float64, n), make([]bool, n)
		for i := range n {
			h := hat.At(i, i)
			scores[i] = (fitted.At(i, q) - h*answers.At(i, q)) / (1 - h)
			truth[i] = yes[i][q]
		}
		p.Scale, p.Shift = platt(scores, truth)
		for i := range n {
			fit.LeftOut[i][q] = sigmoid(p.Scale*scores[i] + p.Shift)
		}
	}
	return fit, nil
}

// platt fits p = sigmoid(a·s + b) with Platt's (1999) smoothed targets, which keep a separable question from getting an
// infinite slope. Newton's method with step halving (Lin, Lin & Weng 2007): full steps overshoot where the scores of the
// few positives lie far from the rest.
func platt(scores []float64, truth []bool) (a, b float64) {
	var positives float64
	for _, t := range truth {
		if t {
			positives++
		}
	}
	negatives := float64(len(truth)) - positives
	high, low := (positives+1)/(positives+2), 1/(negatives+2)
	target := func(i int) float64 {
		if truth[i] {
			return high
		}
		return low
	}
	loss := func(a, b float64) (sum float64) {
		for i, s := range scores {
			// −t·log p − (1−t)·log(1−p), written so that neither logarithm overflows.
			f := a*s + b
			sum += math.Log1p(math.Exp(-math.Abs(f))) + max(f, 0) - target(i)*f
		}
		return sum
	}
	a, b = 0, math.Log((positives+1)/(negatives+1))
	current := loss(a, b)
	for range 100 {
		var ga, gb, haa, hab, hbb float64
		for i, s := range scores {
			p := sigmoid(a*s + b)
			d, w := p-target(i), p*(1-p)
			ga, gb = ga+d*s, gb+d
			haa, hab, hbb = haa+w*s*s, hab+w*s, hbb+w
		}
		haa, hbb = haa+1e-12, hbb+1e-12
		det := haa*hbb - hab*hab
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		step := 1.
		for ; step > 1e-10; step /= 2 {
			if next := loss(a-step*da, b-step*db); next < current {
				a, b, current = a-step*da, b-step*db, next
				break
			}
		}
		if step <= 1e-10 || math.Abs(ga)+math.Abs(gb) < 1e-6 {
			break
		}
	}
	return a, b
}

// AUC is the area under the receiver operating characteristic: the chance that a random yes scores above a random no.
func AUC(scores []float64, truth []bool) float64 {
	var wins, pairs float64
	for i, s := range scores {
		if !truth[i] {
			continue
		}
		for j, o := range scores {
			if truth[j] {
				continue
			}
			pairs++
			switch {
			case s > o:
				wins++
			case s == o:
				wins += .5
			}
		}
	}
	return wins / pairs
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
