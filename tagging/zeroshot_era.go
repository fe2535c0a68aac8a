package tagging

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	// wideDecades is how much flatter the distribution over decades is made than the probabilities of the prompts.
	wideDecades = 3
	// leastDecade is the share below which a decade is not mentioned.
	leastDecade = 0.001
	// clearEra is the share of decades that must lie on one side for a label. No weights could be had to measure it; it is
	// chosen high since a wrong age is worse than none.
	clearEra = 0.9
	// oldBefore and modernFrom are the years that the labels of [Era] mean.
	oldBefore, modernFrom = 1950, 2000
)

// decadeOf is the first year of a concept such as "1950s".
func decadeOf(concept string) (int, bool) {
	digits, ok := strings.CutSuffix(concept, "s")
	year, err := strconv.Atoi(digits)
	return year, ok && err == nil && len(digits) == 4 && year%10 == 0
}

// era reads the kind of decades. Concepts of the kind that are no decades, such as "medieval", do not count.
func (r zeroShotReading) era() Era {
	var decades []int
	var logits []float64
	for i, id := range r.ids {
		if decade, ok := decadeOf(id); ok {
			decades = append(decades, decade)
			logits = append(logits, r.logits[i])
		}
	}
	if len(decades) == 0 {
		return Era{}
	}
	wide := Calibration{Temperature: r.calibration.Temperature * wideDecades, Bias: noNone}
	shares, _ := wide.Probabilities(logits, 0)
	var era Era
	var old, modern float64
	best := 0
	for i, share := range shares {
		if share > shares[best] {
			best = i
		}
		switch {
		case decades[i] < oldBefore:
			old += share
		case decades[i] >= modernFrom:
			modern += share
		}
		if share >= leastDecade {
			era.Decades = append(era.Decades, DecadeShare{Decade: decades[i], Share: share})
		}
	}
	sortBy(era.Decades, func(d DecadeShare) float64 { return float64(d.Decade) })
	switch {
	case old >= clearEra:
		era.Label, era.Confidence = EraOld, min(1, old)
	case modern >= clearEra:
		era.Label, era.Confidence = EraModern, min(1, modern)
	}
	era.Evidence = []Evidence{{
		Tagger: ZeroShotName, Weight: shares[best],
		Detail: fmt.Sprintf("most like the %ds, %.2f; before %d %.2f, from %d %.2f", decades[best], shares[best], oldBefore, old, modernFrom, modern),
	}}
	return era
}
