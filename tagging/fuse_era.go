package tagging

import (
	"math"
	"slices"
)

// minEra is the confidence below which an age is not claimed.
const minEra = 0.5

// fuseEra lets the taggers vote on old or modern: each label has the largest confidence among them, scaled by their
// reliability relative to the best of them, and the lesser one is a doubt in the other. What is left must reach .5, else the
// era is unknown. A capture date outdoes a guess: the picture stays modern and keeps date and decade however many taggers find
// that it looks old, and their doubt lowers the confidence, to .5 at the least. Only the [EraTagger] itself, which sees date
// and look together, takes a date for that of a scan, and then there is none. Without a date the guesses of decades are
// averaged by reliability.
func fuseEra(answers []answer) Era {
	var best float64
	for _, a := range answers {
		if a.tags.Era.Label != EraUnknown {
			best = max(best, a.rely.Era)
		}
	}
	votes := map[EraLabel]Era{}
	var dated Era
	var evidence []Evidence
	for _, a := range answers {
		era := a.tags.Era
		evidence = append(evidence, era.Evidence...)
		era.Confidence *= ratio(a.rely.Era, best)
		if era.Label != EraUnknown && era.Confidence > votes[era.Label].Confidence {
			votes[era.Label] = era
		}
		if !era.Captured.IsZero() && era.Confidence > dated.Confidence {
			dated = era
		}
	}
	evidence = firstOf(evidence, MaxEvidence)
	if !dated.Captured.IsZero() {
		dated.Confidence = max(minEra, dated.Confidence-votes[EraOld].Confidence)
		dated.Evidence, dated.Decades = evidence, nil
		return dated
	}
	winner, other := votes[EraOld], votes[EraModern]
	if other.Confidence > winner.Confidence {
		winner, other = other, winner
	}
	if winner.Confidence-other.Confidence < minEra {
		winner = Era{}
	}
	winner.Confidence -= min(winner.Confidence, other.Confidence)
	winner.Evidence, winner.Decades = evidence, poolDecades(answers)
	return winner
}

// poolDecades is the mean of the distributions over decades, by the reliability of their taggers.
func poolDecades(answers []answer) []DecadeShare {
	shares := map[int]float64{}
	var total float64
	for _, a := range answers {
		if len(a.tags.Era.Decades) == 0 {
			continue
		}
		total += a.rely.Era
		for _, d := range a.tags.Era.Decades {
			shares[d.Decade] += a.rely.Era * d.Share
		}
	}
	var pooled []DecadeShare
	for decade, share := range shares {
		if share > 0 {
			pooled = append(pooled, DecadeShare{decade, math.Min(1, share/total)})
		}
	}
	slices.SortFunc(pooled, func(a, b DecadeShare) int { return a.Decade - b.Decade })
	return pooled
}
