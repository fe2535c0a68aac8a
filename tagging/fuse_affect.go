package tagging

import (
	"cmp"
	"math"
	"slices"
)

// poolAffect is the affect of [Fuse], with the disagreement and the evidence behind it.
func poolAffect(answers []answer) (pooled Estimate, disagreement float64, evidence []Evidence) {
	answers = slices.DeleteFunc(slices.Clone(answers), func(a answer) bool {
		return !a.tags.Affect.Known || a.name == LabelsName && slices.ContainsFunc(answers, isHead)
	})
	var valence, arousal axisPool
	for _, a := range answers {
		e := a.tags.Affect
		knows := information(e.Spread)
		valence.add(e.Valence, e.Spread, knows*worth(a.rely.Valence))
		arousal.add(e.Arousal, e.Spread, knows*worth(a.rely.Arousal))
	}
	if valence.weight == 0 && arousal.weight == 0 {
		return Estimate{Spread: UnknownSpread}, 0, nil
	}
	for _, a := range answers {
		knows := information(a.tags.Affect.Spread)
		share := (valence.share(knows*worth(a.rely.Valence)) + arousal.share(knows*worth(a.rely.Arousal))) / 2
		for _, e := range a.tags.AffectEvidence {
			if e.Weight *= share; share > 0 {
				evidence = append(evidence, e)
			}
		}
	}
	slices.SortStableFunc(evidence, func(a, b Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
	between := (valence.between() + arousal.between()) / 2
	within := (valence.variance() + arousal.variance()) / 2
	pooled = Estimate{
		Affect: Affect{Valence: valence.mean(), Arousal: arousal.mean()}.Clamp(), Spread: math.Sqrt(within + between), Known: true,
	}
	return pooled, math.Sqrt(between), firstOf(evidence, MaxEvidence)
}

// isHead reports whether an answer is that of an affect head, which has the labels' affect in it: they must not count twice.
func isHead(a answer) bool { return a.name == HeadName && a.tags.Affect.Known }

// information is what an estimate knows beyond photographs in general. A spread below .1 is not believed.
func information(spread float64) float64 {
	spread = max(spread, .1)
	return max(0, 1/(spread*spread)-1/(UnknownSpread*UnknownSpread))
}

// worth is r²/(1−r²), the signal in a measurement that correlates with r. Nobody is believed beyond .97.
func worth(r float64) float64 {
	r = max(0, min(r, .97))
	return r * r / (1 - r*r)
}

// evenly relies on all alike, so that only spreads tell taggers apart.
var evenly = Reliability{Valence: math.Sqrt2 / 2, Arousal: math.Sqrt2 / 2, Objects: 1, Scenes: 1, Era: 1}

// axisPool accumulates weighted estimates of one axis. While nobody knows anything about it, it is the prior: neutral, with
// the variance of photographs in general.
type axisPool struct{ weight, sum, square, within float64 }

func (p *axisPool) add(value, spread, weight float64) {
	p.weight += weight
	p.sum += weight * value
	p.square += weight * value * value
	p.within += weight * spread * spread
}

// share is the part that a weight has in the pool.
func (p *axisPool) share(weight float64) float64 {
	if p.weight == 0 {
		return 0
	}
	return weight / p.weight
}

func (p *axisPool) mean() float64 { return p.share(p.sum) }

// variance is the mean of the estimates' own variances.
func (p *axisPool) variance() float64 {
	if p.weight == 0 {
		return UnknownSpread * UnknownSpread
	}
	return p.within / p.weight
}

// between is the variance of the estimates themselves. What rounding leaves of the agreement of equal ones is none.
func (p *axisPool) between() float64 {
	if v := p.share(p.square) - p.mean()*p.mean(); v > 1e-12 {
		return v
	}
	return 0
}
