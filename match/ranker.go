package match

import (
	"cmp"
	"context"
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
)

// Ranker ranks songs for pictures. It is immutable and safe for concurrent use. Make one with [New].
type Ranker struct {
	config  config
	lexicon *lexicon
}

// New returns a ranker. Without options it uses the embedded vocabulary, the weights of [DefaultWeights], one song an
// artist and a diversity of .85. An option that is out of range is an error.
func New(opts ...Option) (*Ranker, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	return &Ranker{config: c, lexicon: newLexicon(c.vocabulary)}, nil
}

// contextStride is the number of songs between two looks at the context, well below a millisecond.
const contextStride = 256

// rated is a candidate with its values.
type rated struct {
	candidate *catalog.Candidate
	id        catalog.ID
	values    [partCount]float64 // by index into plan.parts
	score     float64
}

// Rank returns the best q.Count songs among the candidates, best first as far as diversity allows; see the package
// comment for how. There are fewer, possibly none, if the filter, the exclusions, the artist cap or care leave fewer.
// The candidates' order does not matter, and the filter is applied again, so they may come from anywhere. Candidates are
// neither changed nor kept; the picks belong to the caller. A song without an ID gets that of its key.
//
// The error matches [ErrInvalid] if [Ranker.Target] refuses q or a candidate holds numbers that are out of range, and is
// the context's if ctx ends.
func (r *Ranker) Rank(ctx context.Context, q Query, candidates []catalog.Candidate) ([]Pick, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, err := r.plan(q)
	if err != nil {
		return nil, err
	}
	ratings, err := p.rate(ctx, candidates)
	if err != nil {
		return nil, err
	}
	pool := r.pool(ratings, p.count)
	chosen, err := r.diversify(ctx, pool, p.lambda, p.count)
	if err != nil {
		return nil, err
	}
	picks := make([]Pick, len(chosen))
	for i, c := range chosen {
		picks[i] = p.explain(c)
	}
	return picks, nil
}

// rate judges the candidates that may be picked and sorts them by falling score, ties by id. Parts in which no candidate
// can be judged leave the plan.
func (p *plan) rate(ctx context.Context, candidates []catalog.Candidate) ([]rated, error) {
	ratings := make([]rated, 0, len(candidates))
	var known [partCount]bool
	for i := range candidates {
		if i%contextStride == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		c := &candidates[i]
		if err := validateCandidate(c); err != nil {
			return nil, inList("candidates", i, err)
		}
		if c.Song.ID == "" {
			c = withID(c)
		}
		if !p.guard.allows(&c.Song) {
			continue
		}
		rating := rated{candidate: c, id: c.Song.ID}
		for k, part := range p.parts {
			value, ok := part.judge.value(c)
			rating.values[k] = value
			known[k] = known[k] || ok
		}
		ratings = append(ratings, rating)
	}
	p.leaveOut(known)
	for i := range ratings {
		ratings[i].score = p.score(&ratings[i])
	}
	slices.SortFunc(ratings, func(a, b rated) int {
		if c := cmp.Compare(b.score, a.score); c != 0 {
			return c
		}
		return cmp.Compare(a.id, b.id)
	})
	return ratings, nil
}

// withID returns a copy of the candidate whose song has its ID.
func withID(c *catalog.Candidate) *catalog.Candidate {
	named := *c
	named.Song.ID = c.Song.Key().ID()
	return &named
}

// leaveOut gives the weights of parts in which no song can be judged to the others. If none is left, all stay: there is
// nothing to tell songs apart by, and the evidence says so.
func (p *plan) leaveOut(known [partCount]bool) {
	var total float64
	for k, part := range p.parts {
		if known[k] {
			total += part.weight
		}
	}
	if total == 0 {
		return
	}
	for k := range p.parts {
		if known[k] {
			p.parts[k].weight /= total
		} else {
			p.parts[k].weight = 0
		}
	}
}

// score sums the contributions in the order in which a pick lists them.
func (p *plan) score(r *rated) float64 {
	var sum float64
	for k, part := range p.parts {
		sum += part.weight * r.values[k]
	}
	return min(1, sum)
}
