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

// feelingOf is the mixture of the affects of concepts, with the share doubt of knowing nothing. It is not Known without
// concepts.
func feelingOf(telling []tellingConcept, doubt float64) (Estimate, []Evidence) {
	if len(telling) == 0 {
		return Estimate{Spread: UnknownSpread}, nil
	}
	// A vehicle or a face says little about the mood beside a rubbish dump or tears: what a concept knows counts.
	weight := func(t tellingConcept) float64 { return t.p * information(t.Affect.Spread) }
	var total float64
	for _, t := range telling {
		total += weight(t)
	}
	if total == 0 {
		return Estimate{Spread: UnknownSpread}, nil
	}
	var mixture affectMixture
	for _, t := range telling {
		mixture.add(t.Affect, (1-doubt)*weight(t)/total)
	}
	mixture.add(Estimate{Spread: UnknownSpread}, doubt)
	slices.SortStableFunc(telling, func(a, b tellingConcept) int { return cmp.Compare(weight(b), weight(a)) })
	var evidence []Evidence
	for _, t := range telling[:min(3, len(telling))] {
		evidence = append(evidence, Evidence{
			Tagger: ZeroShotName, Weight: weight(t) / total, Detail: fmt.Sprintf("%s %.2f", t.Name(), t.p),
		})
	}
	return mixture.estimate(), evidence
}
