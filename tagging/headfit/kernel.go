package headfit

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/soundtrack-go/sdk/internal/affecthead"
)

// ErrFit reports examples that no head can be fitted on.
var ErrFit = errors.New("headfit: cannot fit")

// standard is what standardises features: z = (x − mean)·scale, with the blocks' weights in scale.
type standard struct{ mean, scale []float32 }

// standardise measures the rows of raw features that train names.
func standardise(blocks []affecthead.Block, raw [][]float32, train []int) standard {
	dim := len(raw[0])
	s := standard{make([]float32, dim), make([]float32, dim)}
	k := 0
	for _, b := range blocks {
		for range b.Size {
			var sum, square float64
			for _, i := range train {
				v := float64(raw[i][k])
				sum, square = sum+v, square+v*v
			}
			n := float64(len(train))
			mean := sum / n
			deviation := math.Sqrt(max(0, square/n-mean*mean))
			s.mean[k] = float32(mean)
			if deviation > 1e-9 { // a feature that never varies says nothing
				s.scale[k] = float32(math.Sqrt(b.Weight/float64(b.Size)) / deviation)
			}
			k++
		}
	}
	return s
}

// apply returns the standardised columns from first on, n of them, of all rows.
func (s standard) apply(raw [][]float32, first, n int) *mat.Dense {
	z := mat.NewDense(len(raw), n, nil)
	for i, row := range raw {
		to := z.RawRowView(i)
		for k := range to {
			c := first + k
			to[k] = float64((row[c] - s.mean[c]) * s.scale[c])
		}
	}
	return z
}

// products are the inner products between all examples, over the embedding and over the maps, with features standardised
// on some of them. All kernels are made of these.
type products struct {
	embedding, maps mat.SymDense
	train           []int // sorted
}

func newProducts(blocks []affecthead.Block, raw [][]float32, train []int) (standard, *products) {
	s := standardise(blocks, raw, train)
	p := &products{train: train}
	p.embedding.SymOuterK(1, s.apply(raw, 0, blocks[0].Size))
	if rest := len(raw[0]) - blocks[0].Size; rest > 0 {
		p.maps.SymOuterK(1, s.apply(raw, blocks[0].Size, rest))
	}
	return s, p
}

// kernel is the kernel of a read-out between all examples, with the width that it was made with. A network has the kernel of
// a linear read-out: what it starts from lies in the space of the examples too.
func (p *products) kernel(r Readout) (k *mat.SymDense, width float64, err error) {
	n := p.embedding.SymmetricDim()
	k = mat.NewSymDense(n, nil)
	if r.Embedding {
		k.AddSym(k, &p.embedding)
	}
	if r.Maps && !p.maps.IsEmpty() {
		k.AddSym(k, &p.maps)
	}
	if r.Kernel != Gaussian {
		return k, 0, nil
	}
	distance := func(i, j int) float64 { return max(0, k.At(i, i)+k.At(j, j)-2*k.At(i, j)) }
	all := make([]float64, 0, len(p.train)*(len(p.train)-1)/2)
	for a, i := range p.train {
		for _, j := range p.train[:a] {
			all = append(all, distance(i, j))
		}
	}
	slices.Sort(all)
	width = r.Width * all[len(all)/2]
	if !(width > 0) {
		return nil, 0, fmt.Errorf("%w: most pictures look the same to the encoder; remove copies", ErrFit)
	}
	gaussian := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			gaussian.SetSym(i, j, math.Exp(-distance(i, j)/width))
		}
	}
	return gaussian, width, nil
}

// factorise factorises K + noise·I of the examples that train names.
func factorise(k *mat.SymDense, train []int, noise float64) (*mat.Cholesky, error) {
	system := mat.NewSymDense(len(train), nil)
	for a, i := range train {
		for b := range a + 1 {
			system.SetSym(a, b, k.At(i, train[b]))
		}
		system.SetSym(a, a, system.At(a, a)+noise)
	}
	factor := new(mat.Cholesky)
	if !factor.Factorize(system) {
		return nil, fmt.Errorf("%w: the kernel is singular; is the noise 0?", ErrFit)
	}
	return factor, nil
}

// ridge is kernel ridge regression on the examples that train names, ready for any ratings of theirs.
type ridge struct {
	k      *mat.SymDense // between all examples
	train  []int
	factor *mat.Cholesky
}

// learn implements [learner]: the dual weights are (K + noise·I)⁻¹ y.
func (r *ridge) learn(y, at []float64) (correction, error) {
	solved := mat.NewVecDense(len(r.train), nil)
	if err := r.factor.SolveVecTo(solved, mat.NewVecDense(len(y), y)); err != nil {
		return correction{}, fmt.Errorf("%w: %w", ErrFit, err)
	}
	dual := solved.RawVector().Data
	for e := range at {
		for i, j := range r.train {
			at[e] += dual[i] * r.k.At(e, j)
		}
	}
	return correction{dual: [][]float64{dual}}, nil
}
