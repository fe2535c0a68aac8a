package match

import (
	"cmp"
	"math"
	"slices"

	"github.com/soundtrack-go/sdk/tagging"
)

// lexicon is a vocabulary compiled for scoring: concepts are numbers, and what they imply is resolved once. It is
// immutable. Concepts outside the vocabulary are ignored: nobody knows what they mean.
type lexicon struct {
	vocabulary *tagging.Vocabulary
	concepts   []tagging.Concept
	index      map[string]int32
	implied    [][]term // by concept
}

// term is a concept with a weight.
type term struct {
	concept int32
	weight  float64
}

func newLexicon(v *tagging.Vocabulary) *lexicon {
	concepts := v.Concepts()
	l := &lexicon{vocabulary: v, concepts: concepts, index: make(map[string]int32, len(concepts)), implied: make([][]term, len(concepts))}
	for i, c := range concepts {
		l.index[c.ID] = int32(i)
	}
	for i, c := range concepts {
		for _, implied := range c.Implies {
			l.implied[i] = append(l.implied[i], term{l.index[implied.Concept], implied.Weight})
		}
	}
	return l
}

// dense is a concept vector with a slot for each concept of a lexicon. It is reused from song to song.
type dense struct {
	weights []float64
	touched []int32 // concepts whose weight is not 0, in the order in which they came
}

func (l *lexicon) newDense() *dense { return &dense{weights: make([]float64, len(l.concepts))} }

func (d *dense) reset() {
	for _, c := range d.touched {
		d.weights[c] = 0
	}
	d.touched = d.touched[:0]
}

// raise lifts the weight of a concept to at least w.
func (d *dense) raise(concept int32, w float64) {
	old := d.weights[concept]
	if w <= old {
		return
	}
	if old == 0 {
		d.touched = append(d.touched, concept)
	}
	d.weights[concept] = w
}

// add sums v into d.
func (d *dense) add(v *dense) {
	for _, c := range v.touched {
		if d.weights[c] == 0 {
			d.touched = append(d.touched, c)
		}
		d.weights[c] += v.weights[c]
	}
}

// drop forgets the concepts that match.
func (d *dense) drop(match func(concept int32) bool) {
	d.touched = slices.DeleteFunc(d.touched, func(c int32) bool {
		if !match(c) {
			return false
		}
		d.weights[c] = 0
		return true
	})
}

func (d *dense) norm() float64 {
	var sum float64
	for _, c := range d.touched {
		sum += d.weights[c] * d.weights[c]
	}
	return math.Sqrt(sum)
}

// normalise scales d to unit length and reports whether it had any.
func (d *dense) normalise() bool {
	norm := d.norm()
	if norm == 0 {
		return false
	}
	for _, c := range d.touched {
		d.weights[c] /= norm
	}
	return true
}

// dot sums the products of the weights.
func (d *dense) dot(v *dense) float64 {
	var sum float64
	for _, c := range v.touched {
		sum += d.weights[c] * v.weights[c]
	}
	return sum
}

// load puts v into d without what it implies.
func (l *lexicon) load(v tagging.ConceptVector, d *dense) {
	d.reset()
	for _, w := range v {
		if c, ok := l.index[w.Concept]; ok {
			d.raise(c, w.Weight)
		}
	}
}

// expand puts v and what it implies into d. It equals [tagging.Vocabulary.Expand], without allocating.
func (l *lexicon) expand(v tagging.ConceptVector, d *dense) {
	d.reset()
	for _, w := range v {
		c, ok := l.index[w.Concept]
		if !ok {
			continue
		}
		d.raise(c, w.Weight)
		for _, t := range l.implied[c] {
			d.raise(t.concept, w.Weight*t.weight)
		}
	}
}

// vector returns the n largest weights of d, scaled so that the largest is 1.
func (l *lexicon) vector(d *dense, n int) tagging.ConceptVector {
	if len(d.touched) == 0 {
		return nil
	}
	top := slices.Clone(d.touched)
	slices.SortFunc(top, func(a, b int32) int {
		if c := cmp.Compare(d.weights[b], d.weights[a]); c != 0 {
			return c
		}
		return cmp.Compare(l.concepts[a].ID, l.concepts[b].ID)
	})
	largest := d.weights[top[0]]
	weights := make([]tagging.ConceptWeight, 0, n)
	for _, c := range top[:min(n, len(top))] {
		weights = append(weights, tagging.ConceptWeight{Concept: l.concepts[c].ID, Weight: d.weights[c] / largest})
	}
	return tagging.NewConceptVector(weights...)
}
