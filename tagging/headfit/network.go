package headfit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A network has one hidden layer and reads the examples' principal components. It can say what neither kernel can: that one
// thing pleases here and not there, where both are spread over many features. It is made of a few small networks, each of
// which leaves a part of the groups out and stops where it is best on those; the mean of their outputs is one network again.
const (
	mostComponents = 32
	parts          = 4
	unitsEach      = 8

	batch      = 16   // examples a step
	mostSteps  = 2000 // of gradient descent
	checkSteps = 50   // between looks at the groups left out
	patience   = 8    // looks without progress before it stops
	rate       = 0.01
)

// components are the examples along the directions in which those that train names differ most.
type components struct {
	scores *mat.Dense // all examples × components, of mean square 1 over those of train
	dual   *mat.Dense // train × components: a direction is Σⱼ dual[j]·zⱼ
}

// newComponents finds the largest eigenvectors of a kernel by subspace iteration (Halko, Martinsson & Tropp 2011), from a
// start that is always the same.
func newComponents(k *mat.SymDense, train []int) (components, error) {
	n := len(train)
	columns := mat.NewDense(k.SymmetricDim(), n, nil)
	for a, i := range train {
		for e := range k.SymmetricDim() {
			columns.Set(e, a, k.At(e, i))
		}
	}
	r := min(mostComponents, n)
	rng := rand.New(rand.NewPCG(1, uint64(r)))
	basis := mat.NewDense(n, r, nil)
	basis.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, basis)
	var values []float64
	for range 8 {
		var images mat.Dense
		images.Mul(columns, basis)
		for a, i := range train {
			basis.SetRow(a, images.RawRowView(i))
		}
		var svd mat.SVD
		if !svd.Factorize(basis, mat.SVDThinU) {
			return components{}, fmt.Errorf("%w: the kernel has no eigenvectors", ErrFit)
		}
		values = svd.Values(nil)
		svd.UTo(basis)
	}
	if !(values[0] > 0) {
		return components{}, fmt.Errorf("%w: all pictures look the same to the encoder; remove copies", ErrFit)
	}
	unit := math.Sqrt(float64(n*r) / floats.Sum(values))
	c := components{scores: new(mat.Dense), dual: basis}
	c.dual.Apply(func(_, j int, v float64) float64 {
		if values[j] < 1e-9*values[0] { // there are fewer directions than components
			return 0
		}
		return v * unit / math.Sqrt(values[j])
	}, basis)
	c.scores.Mul(columns, c.dual)
	return c, nil
}

// network is a [learner].
type network struct {
	components
	train []int
	part  []int // of all examples
	noise float64
}

func (p *prepared) network(c components, train []int, noise float64) *network {
	n := &network{components: c, train: train, noise: noise}
	for _, e := range p.examples {
		n.part = append(n.part, FoldOf(e.Group, parts))
	}
	return n
}

// learn implements [learner].
func (n *network) learn(y, at []float64) (correction, error) {
	var layers []*layer
	for left := range parts {
		var fit, check []sample
		for i, e := range n.train {
			s := sample{n.scores.RawRowView(e), y[i]}
			if n.part[e] == left {
				check = append(check, s)
			} else {
				fit = append(fit, s)
			}
		}
		if len(fit) > 0 && len(check) > 0 {
			layers = append(layers, trainLayer(fit, check, n.noise, uint64(left)))
		}
	}
	if len(layers) == 0 {
		return correction{}, fmt.Errorf("%w: a network cannot leave groups out to know when to stop; add groups", ErrFit)
	}
	var c correction
	for _, l := range layers {
		for e := range at {
			at[e] += l.at(n.scores.RawRowView(e), new([unitsEach]float64)) / float64(len(layers))
		}
		for u := range unitsEach {
			var dual mat.VecDense
			dual.MulVec(n.dual, mat.NewVecDense(l.inputs, l.weights(u)))
			c.dual = append(c.dual, dual.RawVector().Data)
			c.bias = append(c.bias, *l.bias(u))
			c.out = append(c.out, *l.out(u)/float64(len(layers)))
		}
	}
	return c, nil
}

// sample is an example to a layer: its components and what is wanted.
type sample struct {
	x []float64
	y float64
}

// layer is f(x) = Σᵤ outᵤ·tanh(biasᵤ + weightsᵤ·x), the numbers of a unit one after the other.
type layer struct {
	inputs int
	theta  []float64
}

func (l *layer) weights(u int) []float64 { return l.theta[u*(l.inputs+2):][:l.inputs] }
func (l *layer) bias(u int) *float64     { return &l.theta[u*(l.inputs+2)+l.inputs] }
func (l *layer) out(u int) *float64      { return &l.theta[u*(l.inputs+2)+l.inputs+1] }

// at is f(x); it leaves the units' outputs in active.
func (l *layer) at(x []float64, active *[unitsEach]float64) (sum float64) {
	for u := range active {
		active[u] = math.Tanh(*l.bias(u) + floats.Dot(l.weights(u), x))
		sum += *l.out(u) * active[u]
	}
	return sum
}

// slope adds to gradient that of ½(f(x) − y)².
func (l *layer) slope(s sample, gradient *layer) {
	var active [unitsEach]float64
	miss := l.at(s.x, &active) - s.y
	for u, a := range active {
		*gradient.out(u) += miss * a
		back := miss * *l.out(u) * (1 - a*a)
		*gradient.bias(u) += back
		floats.AddScaled(gradient.weights(u), back, s.x)
	}
}

// loss is Σ(f(x) − y)².
func (l *layer) loss(samples []sample) (sum float64) {
	var active [unitsEach]float64
	for _, s := range samples {
		d := l.at(s.x, &active) - s.y
		sum += d * d
	}
	return sum
}

// trainLayer minimises Σ(f(x) − y)² + noise·|θ|² over fit by Adam (Kingma & Ba 2015), and returns the layer that was best on check.
// It starts from one that says 0, so that it is never worse there than nothing.
func trainLayer(fit, check []sample, noise float64, seed uint64) *layer {
	rng := rand.New(rand.NewPCG(seed, 9))
	inputs := len(fit[0].x)
	numbers := func() []float64 { return make([]float64, unitsEach*(inputs+2)) }
	l, best := &layer{inputs, numbers()}, &layer{inputs, numbers()}
	gradient, mean, square := &layer{inputs, numbers()}, numbers(), numbers()
	for u := range unitsEach {
		for i := range l.weights(u) {
			l.weights(u)[i] = rng.NormFloat64() / math.Sqrt(float64(inputs))
		}
	}
	least, since := best.loss(check), 0
	for step := 1; step <= mostSteps && since < patience; step++ {
		for i, v := range l.theta {
			gradient.theta[i] = noise * v / float64(len(fit)) * batch
		}
		for range batch {
			l.slope(fit[rng.IntN(len(fit))], gradient)
		}
		ofMean, ofSquare := 1-math.Pow(.9, float64(step)), 1-math.Pow(.999, float64(step))
		for i, g := range gradient.theta {
			mean[i] += (g - mean[i]) / 10
			square[i] += (g*g - square[i]) / 1000
			l.theta[i] -= rate * mean[i] / ofMean / (math.Sqrt(square[i]/ofSquare) + 1e-8)
		}
		if step%checkSteps == 0 {
			since++
			if now := l.loss(check); now < least {
				least, since, best.theta = now, 0, slices.Clone(l.theta)
			}
		}
	}
	return best
}
