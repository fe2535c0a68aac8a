package headfit

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/mat"
)

// workersAtOnce bounds how many read-outs are fitted at the same time: each holds three matrices of the size of the kernel.
const workersAtOnce = 2

// leaveOutAtOnce does what a fit for each fold does, for many examples. Features are standardised, and a Gaussian's width and
// a network's components found, once on all examples: they see no rating, and a fortieth of some hundred pictures does not
// move them. Ridge regressions are then fitted once each; see [heldOut].
func (p *prepared) leaveOutAtOnce(ctx context.Context, folds [][]int, tasks []task, out [][]float64) error {
	_, products := newProducts(p.blocks, p.raw, p.everything())
	fits, ctx := errgroup.WithContext(ctx)
	fits.SetLimit(workersAtOnce)
	for _, shared := range share(tasks) {
		fits.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			l, _, err := p.learner(tasks[shared[0]].readout, products)
			if err != nil {
				return err
			}
			if n, ok := l.(*network); ok {
				return p.eachFold(ctx, n, folds, tasks, shared, out)
			}
			defer p.meter.step(len(folds))
			return p.heldOut(l.(*ridge), folds, tasks, shared, out)
		})
	}
	return fits.Wait()
}

// eachFold trains a network without each fold, on components of all examples.
func (p *prepared) eachFold(ctx context.Context, n *network, folds [][]int, tasks []task, shared []int, out [][]float64) error {
	for _, test := range folds {
		if err := ctx.Err(); err != nil {
			return err
		}
		one := *n
		one.train = p.others(test)
		if err := p.say(&one, one.train, test, tasks, shared, out); err != nil {
			return err
		}
		p.meter.step(1)
	}
	return nil
}

// heldOut writes what ridge regressions say about each fold when fitted without it, from one fit on all examples. With
// A = (K + noise·I)⁻¹ and the examples T of a fold, the regression on the others misses T's residuals y by
//
//	(A_TT)⁻¹ (A y)_T
//
// which is the inverse of a matrix in blocks (Rifkin & Lippert 2007, Notes on Regularized Least Squares).
func (p *prepared) heldOut(r *ridge, folds [][]int, tasks []task, shared []int, out [][]float64) error {
	var inverse mat.SymDense
	if err := r.factor.InverseTo(&inverse); err != nil {
		return fmt.Errorf("%w: %w", ErrFit, err)
	}
	blocks := make([]*mat.Cholesky, len(folds))
	for f, test := range folds {
		var err error
		if blocks[f], err = factorise(&inverse, test, 0); err != nil {
			return err
		}
	}
	for _, t := range shared {
		y := p.prior(tasks[t])
		for e := range y {
			y[e] = axes[tasks[t].axis](tasks[t].ratings[e]) - y[e]
		}
		var dual mat.VecDense
		dual.MulVec(&inverse, mat.NewVecDense(len(y), y))
		for f, test := range folds {
			miss := mat.NewVecDense(len(test), nil)
			for a, i := range test {
				miss.SetVec(a, dual.AtVec(i))
			}
			if err := blocks[f].SolveVecTo(miss, miss); err != nil {
				return fmt.Errorf("%w: %w", ErrFit, err)
			}
			for a, i := range test {
				out[t][i] = max(-1, min(1, axes[tasks[t].axis](tasks[t].ratings[i])-miss.AtVec(a)))
			}
		}
	}
	return nil
}
