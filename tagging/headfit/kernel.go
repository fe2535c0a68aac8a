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

// kernel is the kernel of a read-out between all examples, with the width that it was made with.
func (p *products) kernel(r Readout) (k *mat.SymDense, width float64) {
	n := p.embedding.SymmetricDim()
	k = mat.NewSymDense(n, nil)
	if r.Embedding {
		k.AddSym(k, &p.embedding)
	}
	if r.Maps && !p.maps.IsEmpty() {
		k.AddSym(k, &p.maps)
	}
	if r.Kernel == Linear {
		return k, 0
	}
	distance := func(i, j int) float64 { return max(0, k.At(i, i)+k.At(j, j)-2*k.At(i, j)) }
	var all []float64
	for a, i := range p.train {
		for _, j := range p.train[:a] {
			all = append(all, distance(i, j))
		}
	}
	slices.Sort(all)
	width = r.Width * all[len(all)/2]
	gaussian := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			gaussian.SetSym(i, j, math.Exp(-distance(i, j)/width))
		}
	}
	return gaussian, width
}

// solve returns the dual weights of kernel ridge regression, (K + noise·I)⁻¹ y, over the examples that train names.
func solve(k *mat.SymDense, train []int, noise float64, y []float64) ([]float64, error) {
	n := len(train)
	system := mat.NewSymDense(n, nil)
	for a, i := range train {
		for b := range a + 1 {
			system.SetSym(a, b, k.At(i, train[b]))
		}
		system.SetSym(a, a, system.At(a, a)+noise)
	}
	var factor mat.Cholesky
	if !factor.Factorize(system) {
		return nil, fmt.Errorf("%w: the kernel is singular; is the noise 0?", ErrFit)
	}
	dual := mat.NewVecDense(n, nil)
	if err := factor.SolveVecTo(dual, mat.NewVecDense(n, y)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFit, err)
	}
	return dual.RawVector().Data, nil
}
