package match

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// Target is what songs are compared with: a query after its dials and wishes. It belongs to the caller.
type Target struct {
	// Affect is the mood that is wanted. It is not Known where neither the picture nor a wish has one.
	Affect tagging.Estimate
	// Concepts is what is wanted in the vocabulary, expanded and without what is excluded; the largest weight is 1.
	// It holds at most [catalog.MaxConcepts]; ranking uses all. Empty means that concepts do not count.
	Concepts tagging.ConceptVector
	// Eras are the spans of years that are wanted, empty if no year is; their Shares sum to 1.
	Eras []Era
	// Weights of the parts that the query speaks of; they sum to 1. [Ranker.Rank] leaves out further parts if no
	// candidate can be judged in them.
	Weights map[PartName]float64
	// Care says whether songs are held back, and why. See the package comment.
	Care Care
	// Included and Excluded are the ids of the concepts that Include and Exclude mean, sorted.
	Included, Excluded []string
	// Unknown lists the words of Include and Exclude that the vocabulary does not know, as given, in their order.
	Unknown []string
	// Embedding and Space are those of the query's encoding; empty without one.
	Embedding []float32
	Space     string
	// Liked are the songs of the query's Like, which are not picked.
	Liked []catalog.ID

	wide float64 // factor for the default number of candidates
}

// StoreQuery asks a store for candidates: the k nearest by mood, by concepts and by embedding, as far as the target has
// them. 0 means [catalog.DefaultK], and up to three times as many when the era dial is turned, since no store searches by
// year. filter passes unchanged but for the liked songs, which are excluded too.
func (t Target) StoreQuery(k int, filter catalog.Filter) catalog.Query {
	if k == 0 {
		k = int(catalog.DefaultK * max(1, t.wide))
	}
	if room := maxExcluded - len(filter.ExcludeSongs); room > 0 { // Rank holds them back in any case
		filter.ExcludeSongs = slices.Concat(filter.ExcludeSongs, t.Liked[:min(room, len(t.Liked))])
	}
	q := catalog.Query{K: k, Filter: filter}
	if t.Affect.Known && t.Weights[PartAffect] > 0 {
		wanted := t.Affect.Affect
		q.Affect = &wanted
	}
	if t.Weights[PartConcepts] > 0 {
		q.Concepts = slices.Clone(t.Concepts)
	}
	if t.Weights[PartJoint] > 0 {
		q.Embedding, q.Space = slices.Clone(t.Embedding), t.Space
	}
	return q
}

// maxExcluded is how many songs a [catalog.Filter] may exclude.
const maxExcluded = 1000

// Target validates q and turns it into what songs are compared with. It does not change or keep q. The error matches
// [ErrInvalid] if q is refused: see [Query.Validate]; moreover no word may be both included and excluded, and q must
// speak of something that has a weight.
func (r *Ranker) Target(q Query) (Target, error) {
	p, err := r.plan(q)
	if err != nil {
		return Target{}, err
	}
	return p.target, nil
}

// plan is a query ready for ranking. It holds scratch space: one goroutine uses it.
type plan struct {
	target Target
	parts  []planned
	guard  guard
	lambda float64
	count  int
}

// planned is a part with its weight before those of absent parts are shared out.
type planned struct {
	name   PartName
	weight float64
	judge  judge
}

// judge compares songs with a target in one respect.
type judge interface {
	// value says how well the song fits, in [0, 1]. Where the song lacks what is compared, known is false and value
	// is what a song chosen by chance would be expected to reach.
	value(c *catalog.Candidate) (value float64, known bool)
	// evidence says in short facts why, strongest first and at least one. The first spoken of them are worth
	// standing in a sentence.
	evidence(c *catalog.Candidate) (facts []string, spoken int)
}

func (r *Ranker) plan(q Query) (*plan, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	words, err := r.resolveWords(q)
	if err != nil {
		return nil, err
	}
	var (
		mood    = r.planMood(q, words)
		imagery = r.planImagery(q, words, mood.agreement())
		era     = r.planEra(q)
		colours = planPalette(q, mood.contrast)
		joint   = r.planJoint()
	)
	weights := r.config.weights
	turnAtmosphere(&weights, q.Dials.Atmosphere)
	weights[affectPart] *= mood.certainty()
	weights[eraPart] *= era.mass
	if mood.wished {
		weights[palettePart] *= mood.agreement()
	}

	p := &plan{lambda: surprise(r.config.diversity, q.Dials.Surprise), count: q.Count}
	if p.count == 0 {
		p.count = DefaultCount
	}
	p.offer(PartAffect, weights[affectPart], mood, mood.wanted.Known)
	p.offer(PartConcepts, weights[conceptsPart], imagery, imagery.wanted())
	p.offer(PartJoint, weights[jointPart], joint, len(q.Embedding) > 0)
	p.offer(PartEra, weights[eraPart], era, len(era.spans) > 0)
	p.offer(PartPalette, weights[palettePart], colours, len(q.Palette.Swatches) > 0)
	p.offer(PartPrior, weights[priorPart], prior{}, true)
	if len(p.parts) == 0 {
		return nil, refuse("tags", "say nothing that the weights count")
	}
	scaleWeights(p.parts)

	p.target = Target{
		Affect: mood.wanted, Concepts: r.lexicon.vector(imagery.target, catalog.MaxConcepts), Eras: era.spans,
		Weights: map[PartName]float64{}, Care: planCare(q, mood),
		Included: r.ids(words.included), Excluded: r.ids(words.excluded), Unknown: words.unknown,
		wide: 1 + 2*max(q.Dials.Era, -q.Dials.Era),
	}
	for _, part := range p.parts {
		p.target.Weights[part.name] = part.weight
	}
	if len(q.Embedding) > 0 {
		p.target.Embedding, p.target.Space = slices.Clone(q.Embedding), q.Space
	}
	for _, s := range q.Like {
		p.target.Liked = append(p.target.Liked, s.Key().ID())
	}
	p.guard, err = r.newGuard(q, words, p.target)
	return p, err
}

// offer adds a part if the query speaks of it and it has a weight.
func (p *plan) offer(name PartName, weight float64, j judge, present bool) {
	if present && weight > 0 {
		p.parts = append(p.parts, planned{name, weight, j})
	}
}

// scaleWeights makes the weights sum to 1.
func scaleWeights(parts []planned) {
	var sum float64
	for _, p := range parts {
		sum += p.weight
	}
	for i := range parts {
		parts[i].weight /= sum
	}
}

// ids names concepts, sorted.
func (r *Ranker) ids(concepts map[int32]bool) []string {
	var ids []string
	for c := range concepts {
		ids = append(ids, r.lexicon.concepts[c].ID)
	}
	slices.Sort(ids)
	return ids
}
