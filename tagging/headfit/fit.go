package headfit

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/soundtrack-go/sdk/internal/affecthead"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// Example is a rated picture that an encoder has looked at.
type Example struct {
	Rating
	Encoding *vision.Encoding
}

// What a fit needs and what it can do. Up to 500 pictures each fold of a search is fitted anew. Above, all folds come from one
// fit a read-out: time grows with the cube of the number of pictures, memory with its square. Measured on an AMD EPYC, in time
// of one core, for an encoder of 768 numbers: 300 pictures 5 s, 1,000 11 s and 0.1 GB, 2,000 33 s and 0.4 GB, 4,000 190 s and
// 1.5 GB; by the same laws, 6,000 take some ten minutes and 3.5 GB. The compact model took no longer for 1,000.
const (
	LeastExamples = 30
	MostExamples  = 6000
	leastGroups   = 10
	leastTrain    = 10  // pictures that are left to learn from without a fold
	mostExact     = 500 // pictures up to which each fold has a standardisation of its own
)

// Source says where ratings come from, for the head's description.
type Source struct {
	Name    string   // of the file
	Digest  string   // lower-case hex SHA-256 of its bytes
	Sources []string // of the pictures, with licences
	Remarks []string // what a reader of the numbers should know
	// Error is how far the ratings themselves lie from those of the people whom the head shall speak for: the root mean
	// square on −1…1. It widens the head's spread. The default, 0, takes the ratings for the truth.
	Error float64
}

// prepared are examples as numbers.
type prepared struct {
	examples []Example
	ratings  []tagging.Affect // of the examples
	blocks   []affecthead.Block
	raw      [][]float32
	table    []tagging.Estimate // what the label table expects; not Known for other encoders
	offset   [2]float64
	error    float64 // see Source
	meter    meter
}

// centre is what the label table expects of photographs in general; see tagging's expandCentre.
var centre = [2]float64{0.2, 0}

func prepare(examples []Example, temperature float64) (*prepared, error) {
	if n := len(examples); n < LeastExamples || n > MostExamples {
		return nil, fmt.Errorf("%w: %d rated pictures: want %d to %d", ErrFit, n, LeastExamples, MostExamples)
	}
	p := &prepared{examples: examples}
	model := examples[0].Encoding.Model
	encodings := make([]*vision.Encoding, len(examples))
	for i, e := range examples {
		if e.Encoding.Model != model {
			return nil, fmt.Errorf("%w: the pictures were seen by two encoders, %s and %s", ErrFit, model.Space(), e.Encoding.Model.Space())
		}
		encodings[i] = e.Encoding
		p.ratings = append(p.ratings, e.Affect)
	}
	p.blocks = affecthead.BlocksOf(encodings)
	for _, e := range encodings {
		x, err := affecthead.Features(p.blocks, e)
		if err != nil {
			return nil, err
		}
		p.raw = append(p.raw, x)
		p.table = append(p.table, tagging.LabelAffect(e.Outputs["logits"], temperature))
	}
	// One constant for all folds. The mean of the others would be the higher the lower a fold's own ratings are, and that
	// see-saw alone costs .02 of correlation.
	for i, a := range axes {
		for _, e := range examples {
			p.offset[i] += a(e.Affect) / float64(len(examples))
		}
		p.offset[i] = math.Round(100*p.offset[i]) / 100
	}
	return p, nil
}

var axes = [2]func(tagging.Affect) float64{
	func(a tagging.Affect) float64 { return a.Valence }, func(a tagging.Affect) float64 { return a.Arousal },
}

// axis describes the read-out of axis i.
func (p *prepared) axis(i int, r Readout, width float64) affecthead.Axis {
	a := affecthead.Axis{Kernel: r.Kernel, Noise: r.Noise, Width: width, Centre: centre[i], Offset: p.offset[i]}
	if p.table[0].Known {
		a.Gain = r.Gain
	}
	for k, b := range p.blocks {
		if (k == 0 && r.Embedding) || (k > 0 && r.Maps) {
			a.Outputs = append(a.Outputs, b.Output)
		}
	}
	return a
}

// learner fits residuals, what ratings differ by from the prior, on some of the examples.
type learner interface {
	// learn fits y, one for each example that it learns from, and adds to at, one for each example, what it has learned.
	learn(y, at []float64) (correction, error)
}

// correction is what a learner has learned: dual weights for the examples that it learned from, one list for a kernel, one
// for each hidden unit of a network; and of a network the units' biases and weights.
type correction struct {
	dual      [][]float64
	bias, out []float64
}

// learner prepares what tasks with a read-out have in common, whatever their gain and ratings.
func (p *prepared) learner(r Readout, products *products) (l learner, width float64, err error) {
	if len(p.axis(0, r, 0).Outputs) == 0 {
		return nil, 0, fmt.Errorf("%w: the read-out %q reads nothing that the encoder has", ErrFit, r)
	}
	k, width, err := products.kernel(r)
	if err != nil {
		return nil, 0, err
	}
	if r.Kernel == Network {
		c, err := newComponents(k, products.train)
		return p.network(c, products.train, r.Noise), 0, err
	}
	factor, err := factorise(k, products.train, r.Noise)
	return &ridge{k, products.train, factor}, width, err
}

// fit fits one task by a learner of its read-out on the examples that train names, and returns predictions for all.
func (p *prepared) fit(t task, l learner, train []int) (c correction, predicted []float64, err error) {
	predicted = p.prior(t)
	residuals := make([]float64, len(train))
	for i, e := range train {
		residuals[i] = axes[t.axis](t.ratings[e]) - predicted[e]
	}
	if c, err = l.learn(residuals, predicted); err != nil {
		return c, nil, err
	}
	for e, v := range predicted {
		predicted[e] = max(-1, min(1, v))
	}
	return c, predicted, nil
}

// prior is what a task says of all examples before anything is learned.
func (p *prepared) prior(t task) []float64 {
	a := p.axis(t.axis, t.readout, 0)
	prior := make([]float64, len(p.examples))
	for e := range prior {
		prior[e] = a.Prior(axes[t.axis](p.table[e].Affect))
	}
	return prior
}

// assemble makes the head of all examples.
func (p *prepared) assemble(s Settings) (*affecthead.Head, error) {
	standard, products := newProducts(p.blocks, p.raw, p.everything())
	h := &affecthead.Head{Mean: standard.mean, Scale: standard.scale}
	model := p.examples[0].Encoding.Model
	h.Description = affecthead.Description{
		Version: affecthead.Version, Encoder: affecthead.Encoder{ID: model.ID, Digest: model.Digest}, Blocks: p.blocks,
	}
	if p.table[0].Known {
		h.Description.Temperature = s.Temperature
	}
	for i, t := range p.tasks(s) {
		l, width, err := p.learner(t.readout, products)
		if err != nil {
			return nil, err
		}
		c, _, err := p.fit(t, l, products.train)
		if err != nil {
			return nil, err
		}
		a := p.axis(i, t.readout, width)
		a.Units = len(c.out)
		*[2]*affecthead.Axis{&h.Description.Valence, &h.Description.Arousal}[i] = a
		h.Axes[i] = p.readout(t.readout, standard, c)
	}
	return h, nil
}

// everything are the indices of all examples.
func (p *prepared) everything() []int {
	all := make([]int, len(p.examples))
	for i := range all {
		all[i] = i
	}
	return all
}

// readout brings a correction to the form that is stored: duals become one weight a feature, w = Zᵀa, but for a Gaussian
// kernel.
func (p *prepared) readout(r Readout, s standard, c correction) affecthead.Readout {
	first, n := 0, len(p.raw[0])
	if !r.Embedding {
		first = p.blocks[0].Size
	}
	if !r.Maps {
		n = p.blocks[0].Size
	}
	z := s.apply(p.raw, first, n-first)
	var out affecthead.Readout
	switch r.Kernel {
	case Linear:
		out.Weights = perFeature(z, c.dual[0])
	case Network:
		for u, dual := range c.dual {
			out.Hidden = append(out.Hidden, perFeature(z, dual))
			out.Bias, out.Out = append(out.Bias, float32(c.bias[u])), append(out.Out, float32(c.out[u]))
		}
	case Gaussian:
		for j, d := range c.dual[0] {
			row, step := affecthead.Quantise(z.RawRowView(j))
			out.Support, out.Step, out.Dual = append(out.Support, row), append(out.Step, step), append(out.Dual, float32(d))
		}
	}
	return out
}

// perFeature is Zᵀa.
func perFeature(z *mat.Dense, dual []float64) []float32 {
	_, columns := z.Dims()
	sums := make([]float64, columns)
	for j, d := range dual {
		for k, v := range z.RawRowView(j) {
			sums[k] += d * v
		}
	}
	weights := make([]float32, columns)
	for k, w := range sums {
		weights[k] = float32(w)
	}
	return weights
}
