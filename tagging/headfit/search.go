package headfit

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"github.com/soundtrack-go/sdk/internal/affecthead"
	"github.com/soundtrack-go/sdk/tagging"
)

// Result is a fitted head.
type Result struct {
	head *affecthead.Head
	// Settings are those that it was fitted with.
	Settings Settings
	// LeftOut are the estimates for the examples, in order, by heads fitted without their groups.
	LeftOut []tagging.Estimate
}

// Description returns the head's description: data, left-out scores, controls.
func (r *Result) Description() tagging.HeadDescription { return r.head.Description }

// Write writes the head's two files; see [tagging.ReadAffectHead] for their names.
func (r *Result) Write(description, weights io.Writer) error {
	return r.head.Write(description, weights)
}

// Fit fits a head with given settings and measures it on groups left out. tries is the number of settings that were
// compared to find these, for the record.
func Fit(ctx context.Context, examples []Example, s Settings, tries int, source Source) (*Result, error) {
	p, err := prepare(examples, s.Temperature)
	if err != nil {
		return nil, err
	}
	p.error = source.Error
	found, err := p.leftOut(ctx, p.tasks(s))
	if err != nil {
		return nil, err
	}
	return p.result(ctx, s, [2][]float64{found[0], found[1]}, tries, source)
}

// Search compares up to some twenty read-outs for each axis on groups left out, and fits the best. The scores that it reports
// are not those of the winner, which are flattered by the choice: for each fold the read-out is chosen by the other folds.
//
// It takes seconds for a hundred pictures and minutes for some thousands; see [MostExamples] and [WithProgress].
func Search(ctx context.Context, examples []Example, source Source, opts ...SearchOption) (*Result, error) {
	s := Settings{Temperature: 0.7}
	p, err := prepare(examples, s.Temperature)
	if err != nil {
		return nil, err
	}
	p.error = source.Error
	list := candidates(p.table[0].Known, len(p.blocks) > 1)
	var tasks []task
	for axis := range axes {
		for _, r := range list {
			tasks = append(tasks, task{axis, r, p.ratings})
		}
	}
	for _, o := range opts {
		o.apply(&p.meter)
	}
	folds, err := p.folds()
	if err != nil {
		return nil, err
	}
	p.meter.total = len(folds) * (len(share(tasks)) + len(axes)) // axes: the shuffled controls of each
	p.meter.step(0)
	all, err := p.leftOut(ctx, tasks)
	if err != nil {
		return nil, err
	}
	var honest [2][]float64
	for axis, target := range []*Readout{&s.Valence, &s.Arousal} {
		best, predicted := p.choose(axis, all[axis*len(list):(axis+1)*len(list)])
		*target, honest[axis] = list[best], predicted
	}
	result, err := p.result(ctx, s, honest, len(list), source)
	if err == nil {
		p.meter.finish()
	}
	return result, err
}

// choose returns the index of the best predictions, and predictions that owe nothing to the choice: those for the examples of
// a fold are by the read-out that is best on all other folds.
func (p *prepared) choose(axis int, predictions [][]float64) (best int, honest []float64) {
	honest = make([]float64, len(p.examples))
	for fold := range Folds {
		chosen := p.best(axis, predictions, func(i int) bool { return FoldOf(p.examples[i].Group, Folds) != fold })
		for i, e := range p.examples {
			if FoldOf(e.Group, Folds) == fold {
				honest[i] = predictions[chosen][i]
			}
		}
	}
	return p.best(axis, predictions, func(int) bool { return true }), honest
}

// best is the index of the predictions that correlate best with the ratings of an axis.
func (p *prepared) best(axis int, predictions [][]float64, use func(int) bool) int {
	best, most := 0, math.Inf(-1)
	for c, predicted := range predictions {
		var x, y []float64
		for i, e := range p.examples {
			if use(i) {
				x, y = append(x, predicted[i]), append(y, axes[axis](e.Affect))
			}
		}
		if r := correlation(x, y); r > most {
			best, most = c, r
		}
	}
	return best
}

func (p *prepared) result(ctx context.Context, s Settings, leftOut [2][]float64, tries int, source Source) (*Result, error) {
	head, err := p.assemble(s)
	if err != nil {
		return nil, err
	}
	estimates := p.estimates(leftOut)
	d := &head.Description
	d.Spread = p.spread(leftOut, func(int) bool { return true })
	groups := map[string]bool{}
	for _, e := range p.examples {
		groups[e.Group] = true
	}
	d.Data = affecthead.Data{
		Ratings: source.Name, Digest: source.Digest, Pictures: len(p.examples), Groups: len(groups), Sources: source.Sources,
		Error: source.Error,
	}
	controls, err := p.controls(ctx, s)
	if err != nil {
		return nil, err
	}
	d.Fit = affecthead.Fit{
		Folds: Folds, Tries: tries, LeftOut: Compare("left out", estimates, p.ratings), Controls: controls, Remarks: source.Remarks,
	}
	return &Result{head: head, Settings: s, LeftOut: estimates}, nil
}

// shuffles is how often ratings are shuffled for a control: the correlation of one shuffle strays by a tenth.
const shuffles = 5

// controls are what the head must beat: a constant, the prior alone, and itself with its ratings shuffled.
func (p *prepared) controls(ctx context.Context, s Settings) ([]affecthead.Score, error) {
	n := len(p.examples)
	ratings := p.ratings
	constant, prior := make([]tagging.Estimate, n), make([]tagging.Estimate, n)
	for i := range p.examples {
		constant[i].Affect = tagging.Affect{Valence: p.offset[0], Arousal: p.offset[1]}
		prior[i].Affect = tagging.Affect{
			Valence: p.axis(0, s.Valence, 0).Prior(p.table[i].Valence), Arousal: p.axis(1, s.Arousal, 0).Prior(p.table[i].Arousal),
		}.Clamp()
	}
	scores := []affecthead.Score{Compare("constant", constant, ratings)}
	if p.table[0].Known {
		scores = append(scores, Compare("label table alone", prior, ratings))
	}
	shuffled := affecthead.Score{Name: fmt.Sprintf("ratings shuffled, mean of %d", shuffles)}
	s.Valence.Gain, s.Arousal.Gain = 0, 0 // the table would still say something
	var tasks []task
	for seed := range uint64(shuffles) {
		others := make([]tagging.Affect, n)
		for i, k := range rand.New(rand.NewPCG(seed, 7)).Perm(n) {
			others[i] = ratings[k]
		}
		tasks = append(tasks, task{0, s.Valence, others}, task{1, s.Arousal, others})
	}
	found, err := p.leftOut(ctx, tasks)
	if err != nil {
		return nil, err
	}
	for f := 0; f < len(found); f += 2 {
		estimates := make([]tagging.Estimate, n)
		for i := range estimates {
			estimates[i].Affect = tagging.Affect{Valence: found[f][i], Arousal: found[f+1][i]}
		}
		one := Compare("", estimates, ratings)
		shuffled.Valence += one.Valence / shuffles
		shuffled.Arousal += one.Arousal / shuffles
		shuffled.ValenceMAE += one.ValenceMAE / shuffles
		shuffled.ArousalMAE += one.ArousalMAE / shuffles
	}
	for _, v := range []*float64{&shuffled.Valence, &shuffled.Arousal, &shuffled.ValenceMAE, &shuffled.ArousalMAE} {
		*v = round(*v)
	}
	return append(scores, shuffled), nil
}
