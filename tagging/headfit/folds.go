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
// standardisation, kernel, spread. Above 500 examples the features' standardisation and the kernel's width, which see no
// rating, are those of all.
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
	folds, err := p.folds()
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(tasks))
	for t := range out {
		out[t] = make([]float64, len(p.examples))
	}
	if len(p.examples) > mostExact {
		return out, p.leaveOutAtOnce(ctx, folds, tasks, out)
	}
	fits, ctx := errgroup.WithContext(ctx)
	fits.SetLimit(runtime.GOMAXPROCS(0))
	for _, test := range folds {
		fits.Go(func() error { return p.without(ctx, test, tasks, out) })
	}
	return out, fits.Wait()
}

// folds are the examples of each fold, where enough remains without any of them.
func (p *prepared) folds() ([][]int, error) {
	byFold := make([][]int, Folds)
	groups := map[string]bool{}
	for i, e := range p.examples {
		f := FoldOf(e.Group, Folds)
		byFold[f] = append(byFold[f], i)
		groups[e.Group] = true
	}
	if len(groups) < leastGroups {
		return nil, fmt.Errorf("%w: %d groups of pictures: want at least %d to leave some out; add groups", ErrFit, len(groups), leastGroups)
	}
	byFold = slices.DeleteFunc(byFold, func(fold []int) bool { return len(fold) == 0 })
	for _, fold := range byFold {
		if rest := len(p.examples) - len(fold); rest < leastTrain {
			return nil, fmt.Errorf("%w: %d of %d pictures are in one fold of groups, that of %q, and %d are too few to learn from "+
				"without it; add groups", ErrFit, len(fold), len(p.examples), p.examples[fold[0]].Group, rest)
		}
	}
	return byFold, nil
}

// share lists the tasks that have a read-out in common but for its gain, and so the matrix whose factors cost the time.
func share(tasks []task) [][]int {
	var shared [][]int
	place := map[Readout]int{}
	for t, task := range tasks {
		r := task.readout
		r.Gain = 0
		i, known := place[r]
		if !known {
			i = len(shared)
			place[r] = i
			shared = append(shared, nil)
		}
		shared[i] = append(shared[i], t)
	}
	return shared
}

// without fits every task without the examples in test and writes what it says about those.
func (p *prepared) without(ctx context.Context, test []int, tasks []task, out [][]float64) error {
	_, products := newProducts(p.blocks, p.raw, p.others(test))
	for _, shared := range share(tasks) {
		if err := ctx.Err(); err != nil {
			return err
		}
		l, _, err := p.learner(tasks[shared[0]].readout, products)
		if err != nil {
			return err
		}
		if err := p.say(l, products.train, test, tasks, shared, out); err != nil {
			return err
		}
		p.meter.step(1)
	}
	return nil
}

// say fits those tasks that shared names by a learner of the examples in train, and writes what it says about those in test.
func (p *prepared) say(l learner, train, test []int, tasks []task, shared []int, out [][]float64) error {
	for _, t := range shared {
		_, predicted, err := p.fit(tasks[t], l, train)
		if err != nil {
			return err
		}
		for _, i := range test {
			out[t][i] = predicted[i]
		}
	}
	return nil
}

// others are all examples but those in test.
func (p *prepared) others(test []int) []int {
	return slices.DeleteFunc(p.everything(), func(i int) bool { return slices.Contains(test, i) })
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
