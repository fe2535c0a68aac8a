package tagging

import (
	"cmp"
	"fmt"
	"slices"
)

// tellingConcept is a concept with the probability that a picture shows it.
type tellingConcept struct {
	Concept
	p float64
}

// namedKind is what one kind named: one concept at least, and how probable it is that the picture shows any of them.
type namedKind struct {
	concepts []tellingConcept
	any      float64
}

// newNamedKind: of probabilities that sum to 1 the concepts have the sum of theirs. Those that stand each for itself may sum
// to more than what the surest of them leaves, none, and together they are no surer than that one.
func newNamedKind(concepts []tellingConcept, none float64) namedKind {
	var sum float64
	for _, c := range concepts {
		sum += c.p
	}
	return namedKind{concepts, min(sum, 1-none)}
}

// share is the part of the kind's mixture that a concept has.
func (k namedKind) share(c tellingConcept) float64 {
	var sum float64
	for _, other := range k.concepts {
		sum += other.p
	}
	return k.any * c.p / sum
}

// knows is the kind's say beside others. A vehicle or a face says little about the mood beside a rubbish dump or tears: what
// a concept knows counts.
func (k namedKind) knows() (weight float64) {
	for _, c := range k.concepts {
		weight += k.share(c) * information(c.Affect.Spread)
	}
	return weight
}

// feelingOf is the affect of what was named. Each kind is a mixture of the affects of its concepts with their probabilities,
// and of knowing nothing with all of the rest, so that many improbable concepts do not add up to one that is sure:
//
//	M(k) = Σ p(c) · N(affect(c), spread(c)) + (1 − Σ p(c)) · N(0, UnknownSpread)    over the concepts c that kind k named
//	M    = Σ v(k) · M(k),   v(k) ∝ Σ p(c) · information(c)
//
// The estimate has the mean and the deviation of M. A kind that named nothing has no say and no doubt: where no animal is,
// tears are as sad. It is not Known without concepts, or where none of them knows more than photographs in general.
func feelingOf(kinds []namedKind) (Estimate, []Evidence) {
	var total float64
	for _, k := range kinds {
		total += k.knows()
	}
	if total == 0 {
		return Estimate{Spread: UnknownSpread}, nil
	}
	var mixture affectMixture
	var evidence []Evidence
	for _, k := range kinds {
		say := k.knows() / total
		for _, c := range k.concepts {
			weight := say * k.share(c)
			mixture.add(c.Affect, weight)
			evidence = append(evidence, Evidence{
				Tagger: ZeroShotName, Weight: weight, Detail: fmt.Sprintf("%s %.2f", c.Name(), c.p),
			})
		}
		mixture.add(Estimate{Spread: UnknownSpread}, say*max(0, 1-k.any))
	}
	slices.SortStableFunc(evidence, func(a, b Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
	return mixture.estimate(), evidence[:min(3, len(evidence))]
}
