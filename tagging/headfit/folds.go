package headfit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/soundtrack-go/sdk/internal/affecthead"
	"github.com/soundtrack-go/sdk/tagging"
)

// Folds is the number of folds of the left-out measures.
const Folds = 40

// FoldOf puts a group into one of n folds, by its name alone: the folds of a set of pictures do not change when others are
// added.
func FoldOf(group string, n int) int {
	sum := sha256.Sum256([]byte("fold of " + group))
	return int(binary.BigEndian.Uint64(sum[:8]) % uint64(n))
}

// LeftOut returns for each example what a head says that was fitted without the example's fold of groups: all parts of it,
// standardisation, kernel, spread.
func LeftOut(ctx context.Context, examples []Example, s Settings) ([]tagging.Estimate, error) {
	p, err := prepare(examples, s.Temperature)
	if err != nil {
		return nil, err
	}
	found, err := p.leftOut(ctx, p.tasks(s))
	if err != nil {
		return nil, err
	}
	return p.estimates([2][]float64{found[0], found[1]}), nil
}

// task is one regression: an axis by a read-out on ratings, which are not the examples' own in controls.
type task struct {
	axis    int
	readout Readout
	ratings []tagging.Affect
}

// tasks are the regressions of settings: valence and arousal.
func (p *prepared) tasks(s Settings) []task {
	return []task{{0, s.Valence, p.ratings}, {1, s.Arousal, p.ratings}}
}

// leftOut returns for each task what it says about each example when it is fitted without the example's fold.
func (p *prepared) leftOut(ctx context.Context, tasks []task) ([][]float64, error) {
	folds := map[int][]int{}
	groups := map[string]bool{}
	for i, e := range p.examples {
		f := FoldOf(e.Group, Folds)
		folds[f] = append(folds[f], i)
		groups[e.Group] = true
	}
	if len(groups) < leastGroups || len(folds) < 2 {
		return nil, fmt.Errorf("%w: %d groups of pictures: want at least %d to leave some out", ErrFit, len(groups), leastGroups)
	}
	out := make([][]float64, len(tasks))
	for t := range out {
		out[t] = make([]float64, len(p.examples))
	}
	fits, ctx := errgroup.WithContext(ctx)
	fits.SetLimit(runtime.GOMAXPROCS(0))
	for _, test := range folds {
		fits.Go(func() error { return p.without(ctx, test, tasks, out) })
	}
	return out, fits.Wait()
}

// without fits every task without the examples in test and writes what it says about those.
func (p *prepared) without(ctx context.Context, test []int, tasks []task, out [][]float64) error {
	var train []int
	for i := range p.examples {
		if !slices.Contains(test, i) {
			train = append(train, i)
		}
	}
	_, products := newProducts(p.blocks, p.raw, train)
	for t, task := range tasks {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, _, predicted, err := p.fit(task, products)
		if err != nil {
			return err
		}
		for _, i := range test {
			out[t][i] = predicted[i]
		}
	}
	return nil
}

// estimates adds spreads to left-out predictions; each is fitted on the examples of other folds.
func (p *prepared) estimates(predicted [2][]float64) []tagging.Estimate {
	out := make([]tagging.Estimate, len(p.examples))
	spreads := map[int]affecthead.Spread{}
	for i, e := range p.examples {
		fold := FoldOf(e.Group, Folds)
		if _, ok := spreads[fold]; !ok {
			spreads[fold] = p.spread(predicted, func(j int) bool { return FoldOf(p.examples[j].Group, Folds) != fold })
		}
		out[i] = tagging.Estimate{
			Affect: tagging.Affect{Valence: predicted[0][i], Arousal: predicted[1][i]},
			Spread: spreads[fold].At(p.deviation(i)), Known: true,
		}
	}
	return out
}

// deviation is that of the label table for an example, 0 if there is none.
func (p *prepared) deviation(i int) float64 {
	if !p.table[i].Known {
		return 0
	}
	return p.table[i].Spread
}

// insideShare is the share of a normal distribution within one deviation.
const insideShare = 0.68

// spread fits how far ratings lie from left-out predictions: their root mean square over the axes as a linear function of
// the label table's deviation (a network that cannot decide is wrong more often), then one factor that puts 68 % of the
// ratings inside, and one for the error of the ratings themselves, which is taken to be independent.
func (p *prepared) spread(predicted [2][]float64, use func(int) bool) affecthead.Spread {
	var x, y []float64
	for i, e := range p.examples {
		if !use(i) {
			continue
		}
		dv, da := predicted[0][i]-e.Affect.Valence, predicted[1][i]-e.Affect.Arousal
		x, y = append(x, p.deviation(i)), append(y, math.Sqrt((dv*dv+da*da)/2))
	}
	var s affecthead.Spread
	s.Base, s.Slope = line(x, y)
	if s.Slope < 0 {
		s.Base, s.Slope = mean(y), 0
	}
	var ratios []float64
	for i, e := range p.examples {
		if use(i) {
			at := s.At(p.deviation(i))
			ratios = append(ratios, math.Abs(predicted[0][i]-e.Affect.Valence)/at, math.Abs(predicted[1][i]-e.Affect.Arousal)/at)
		}
	}
	slices.Sort(ratios)
	factor := ratios[int(insideShare*float64(len(ratios)))]
	if typical := factor * mean(y); typical > 0 {
		factor *= math.Hypot(typical, p.error) / typical
	}
	s.Base, s.Slope = s.Base*factor, s.Slope*factor
	return s
}
