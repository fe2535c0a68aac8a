package headfit

import (
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/internal/affecthead"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// Example is a rated picture that an encoder has looked at.
type Example struct {
	Rating
	Encoding *vision.Encoding
}

// What a fit needs and what it can do: memory and time grow with the square and the cube of the number of pictures.
const (
	LeastExamples = 30
	MostExamples  = 6000
	leastGroups   = 10
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
}

// centre is what the label table expects of photographs in general; see tagging's expandCentre.
var centre = [2]float64{0.2, 0}

func prepare(examples []Example, temperature float64) (*prepared, error) {
	if n := len(examples); n < LeastExamples || n > MostExamples {
		return nil, fmt.Errorf("%w: %d pictures: want %d to %d", ErrFit, n, LeastExamples, MostExamples)
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

// fit fits one task on the examples that products are standardised on, and returns its description, dual weights and
// predictions for all examples.
func (p *prepared) fit(t task, products *products) (a affecthead.Axis, dual, predicted []float64, err error) {
	k, width := products.kernel(t.readout)
	a = p.axis(t.axis, t.readout, width)
	if len(a.Outputs) == 0 {
		return a, nil, nil, fmt.Errorf("%w: the read-out %q reads nothing that the encoder has", ErrFit, t.readout)
	}
	prior := func(e int) float64 { return a.Prior(axes[t.axis](p.table[e].Affect)) }
	residuals := make([]float64, len(products.train))
	for i, e := range products.train {
		residuals[i] = axes[t.axis](t.ratings[e]) - prior(e)
	}
	if dual, err = solve(k, products.train, t.readout.Noise, residuals); err != nil {
		return a, nil, nil, err
	}
	predicted = make([]float64, len(p.examples))
	for e := range predicted {
		predicted[e] = prior(e)
		for i, j := range products.train {
			predicted[e] += dual[i] * k.At(e, j)
		}
		predicted[e] = max(-1, min(1, predicted[e]))
	}
	return a, dual, predicted, nil
}

// assemble makes the head of all examples.
func (p *prepared) assemble(s Settings) (*affecthead.Head, error) {
	all := make([]int, len(p.examples))
	for i := range all {
		all[i] = i
	}
	standard, products := newProducts(p.blocks, p.raw, all)
	h := &affecthead.Head{Mean: standard.mean, Scale: standard.scale}
	model := p.examples[0].Encoding.Model
	h.Description = affecthead.Description{
		Version: affecthead.Version, Encoder: affecthead.Encoder{ID: model.ID, Digest: model.Digest}, Blocks: p.blocks,
	}
	if p.table[0].Known {
		h.Description.Temperature = s.Temperature
	}
	for i, t := range p.tasks(s) {
		a, dual, _, err := p.fit(t, products)
		if err != nil {
			return nil, err
		}
		*[2]*affecthead.Axis{&h.Description.Valence, &h.Description.Arousal}[i] = a
		h.Axes[i] = p.readout(t.readout, standard, dual)
	}
	return h, nil
}

// readout brings dual weights to the form that is stored: for a linear kernel as one weight a feature, w = Zᵀa.
func (p *prepared) readout(r Readout, s standard, dual []float64) affecthead.Readout {
	first, n := 0, len(p.raw[0])
	if !r.Embedding {
		first = p.blocks[0].Size
	}
	if !r.Maps {
		n = p.blocks[0].Size
	}
	z := s.apply(p.raw, first, n-first)
	var out affecthead.Readout
	if r.Kernel == Linear {
		sums := make([]float64, n-first)
		for j, d := range dual {
			for k, v := range z.RawRowView(j) {
				sums[k] += d * v
			}
		}
		for _, w := range sums {
			out.Weights = append(out.Weights, float32(w))
		}
		return out
	}
	for j, d := range dual {
		row, step := affecthead.Quantise(z.RawRowView(j))
		out.Support, out.Step, out.Dual = append(out.Support, row), append(out.Step, step), append(out.Dual, float32(d))
	}
	return out
}
