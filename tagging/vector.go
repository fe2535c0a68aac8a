package tagging

import (
	"cmp"
	"math"
	"slices"
)

// ConceptWeight says how strongly a concept is present, 0 to 1.
type ConceptWeight struct {
	Concept string  `json:"concept"`
	Weight  float64 `json:"weight"`
}

// ConceptVector is a sparse vector over the vocabulary, sorted by concept id without repeats or zeros.
// Make one with [NewConceptVector]. The zero value is the empty vector. It is immutable: methods return new vectors.
type ConceptVector []ConceptWeight

// NewConceptVector sorts weights by concept, keeps the largest weight of a repeated one and drops those that are
// not positive or not finite.
func NewConceptVector(weights ...ConceptWeight) ConceptVector {
	v := make(ConceptVector, 0, len(weights))
	for _, w := range weights {
		if w.Weight > 0 && !math.IsInf(w.Weight, 0) && w.Concept != "" {
			v = append(v, w)
		}
	}
	slices.SortFunc(v, func(a, b ConceptWeight) int {
		if c := cmp.Compare(a.Concept, b.Concept); c != 0 {
			return c
		}
		return cmp.Compare(b.Weight, a.Weight)
	})
	return slices.CompactFunc(v, func(a, b ConceptWeight) bool { return a.Concept == b.Concept })
}

// NewRankedVector gives weights to a list of concepts that falls in importance, as people write tags: 1 for the first, .08
// less for each further one, and at least .4.
func NewRankedVector(concepts ...string) ConceptVector {
	weights := make([]ConceptWeight, len(concepts))
	for i, id := range concepts {
		weights[i] = ConceptWeight{Concept: id, Weight: max(.4, 1-.08*float64(i))}
	}
	return NewConceptVector(weights...)
}

// Weight returns the weight of a concept, 0 if absent.
func (v ConceptVector) Weight(concept string) float64 {
	if i, ok := slices.BinarySearchFunc(v, concept, func(w ConceptWeight, id string) int { return cmp.Compare(w.Concept, id) }); ok {
		return v[i].Weight
	}
	return 0
}

// Norm is the Euclidean length.
func (v ConceptVector) Norm() float64 {
	var sum float64
	for _, w := range v {
		sum += w.Weight * w.Weight
	}
	return math.Sqrt(sum)
}

// Cosine is Σ vᵢwᵢ / (‖v‖‖w‖), in [0, 1] since weights are positive; 0 if either vector is empty.
func (v ConceptVector) Cosine(w ConceptVector) float64 {
	norm := v.Norm() * w.Norm()
	if norm == 0 {
		return 0
	}
	var dot float64
	for _, s := range v.Shared(w) {
		dot += s.Weight
	}
	return min(1, dot/norm)
}

// Shared lists the concepts of both vectors with the product of their weights, largest first: the terms of the dot
// product, which say why two things are alike.
func (v ConceptVector) Shared(w ConceptVector) []ConceptWeight {
	var shared []ConceptWeight
	for i, j := 0, 0; i < len(v) && j < len(w); {
		switch c := cmp.Compare(v[i].Concept, w[j].Concept); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			shared = append(shared, ConceptWeight{Concept: v[i].Concept, Weight: v[i].Weight * w[j].Weight})
			i++
			j++
		}
	}
	slices.SortStableFunc(shared, func(a, b ConceptWeight) int { return cmp.Compare(b.Weight, a.Weight) })
	return shared
}

// Top returns the n largest weights, largest first, ties by concept.
func (v ConceptVector) Top(n int) []ConceptWeight {
	top := slices.Clone(v)
	slices.SortStableFunc(top, func(a, b ConceptWeight) int { return cmp.Compare(b.Weight, a.Weight) })
	return top[:min(n, len(top))]
}
