package match

import (
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

const (
	// affectScale is σ: on axes of length 1 pairs that people find matching fit exp(−‖Δ‖/.36).
	affectScale = 0.72
	// sureSpread is the spread for which the weight table holds.
	sureSpread = 0.2
	// wishShare is what liked songs and included moods count in the target's mood, the picture having the rest.
	wishShare = 0.5
)

// mood judges by affect.
type mood struct {
	picture  tagging.Estimate
	wanted   tagging.Estimate
	contrast float64 // 0 where a mood was asked for by name
	wished   bool    // whether somebody asked for another mood than the picture's or its opposite
	height   float64 // of the kernel, at the wanted spread
	neutral  float64 // value of a song that nobody judged
}

func (r *Ranker) planMood(q Query, w words) *mood {
	m := &mood{picture: q.Tags.Affect, contrast: q.Dials.Contrast}
	m.wanted = m.picture
	m.wanted.Affect = reflect(m.wanted.Affect, m.contrast)
	if q.Mood != nil {
		m.wished, m.contrast = true, 0
		m.wanted = tagging.Estimate{Affect: *q.Mood, Known: true}
	}
	var wishes []tagging.Estimate
	for _, s := range q.Like {
		if s.Affect.Known {
			wishes = append(wishes, s.Affect)
		}
	}
	for i, c := range r.lexicon.concepts {
		if w.included[int32(i)] && c.Kind.Mood() {
			wishes = append(wishes, c.Affect)
		}
	}
	if len(wishes) > 0 {
		m.wished = true
		wish := mixture(wishes, nil)
		if m.wanted.Known {
			wish = mixture([]tagging.Estimate{m.wanted, wish}, []float64{1 - wishShare, wishShare})
		}
		m.wanted = wish
	}
	if !m.wanted.Known {
		m.wanted = tagging.Estimate{Spread: tagging.UnknownSpread}
	}
	m.height = kernelHeight(m.wanted.Spread)
	m.neutral = m.fit(tagging.Estimate{Spread: tagging.UnknownSpread})
	return m
}

// agreement says how far what the picture feels like still is what is wanted: 1 where nothing moved the target, falling
// to 0 with the contrast, or with the distance between the two moods.
func (m *mood) agreement() float64 {
	agreement := 1 - 2*m.contrast
	if m.picture.Known {
		agreement = min(agreement, 1-m.picture.Distance(m.wanted.Affect)/apartDistance)
	}
	return max(0, agreement)
}

// reflect moves a through the neutral point towards its opposite.
func reflect(a tagging.Affect, contrast float64) tagging.Affect {
	k := 1 - 2*contrast
	return tagging.Affect{Valence: k * a.Valence, Arousal: k * a.Arousal}
}

// mixture is the mean of estimates with the deviation of all of them together; nil shares are equal ones.
func mixture(estimates []tagging.Estimate, shares []float64) tagging.Estimate {
	var mean tagging.Affect
	var square float64
	for i, e := range estimates {
		share := 1 / float64(len(estimates))
		if shares != nil {
			share = shares[i]
		}
		mean.Valence += share * e.Valence
		mean.Arousal += share * e.Arousal
		// The second moment of an axis, averaged over both: μ² + σ².
		square += share * ((e.Valence*e.Valence+e.Arousal*e.Arousal)/2 + e.Spread*e.Spread)
	}
	variance := square - (mean.Valence*mean.Valence+mean.Arousal*mean.Arousal)/2
	return tagging.Estimate{Affect: mean.Clamp(), Spread: math.Sqrt(max(0, variance)), Known: true}
}

// kernelHeight is E[exp(−‖x‖/σ)] for x normal around 0 with deviation s on both axes: the Laplace transform of the
// Rayleigh distribution, 1 − t·e^{t²/2}·√(π/2)·erfc(t/√2) with t = s/σ.
func kernelHeight(s float64) float64 {
	t := s / affectScale
	return 1 - t*math.Exp(t*t/2)*math.Sqrt(math.Pi/2)*math.Erfc(t/math.Sqrt2)
}

// expectedKernel is E[exp(−‖x‖/σ)] for x normal around a point at distance d: exact at d = 0 and for s = 0, and within
// .04 elsewhere for s up to .8.
func expectedKernel(d, s float64) float64 {
	return kernelHeight(s) * math.Exp(-(math.Sqrt(d*d+2*s*s)-math.Sqrt2*s)/affectScale)
}

// certainty scales the part's weight: 1 for a sure picture, less for an unsure one, more for an exact wish.
func (m *mood) certainty() float64 { return m.height / kernelHeight(sureSpread) }

// fit is the expected kernel relative to that of the best possible song.
func (m *mood) fit(song tagging.Estimate) float64 {
	s := m.wanted.Spread
	// Every judged song has the common spread, so only what exceeds it tells songs apart.
	if extra := song.Spread*song.Spread - catalog.EstimatedSpread*catalog.EstimatedSpread; extra > 0 {
		s = math.Sqrt(s*s + extra)
	}
	return min(1, expectedKernel(m.wanted.Distance(song.Affect), s)/m.height)
}

func (m *mood) value(c *catalog.Candidate) (float64, bool) {
	if !c.Song.Affect.Known {
		return m.neutral, false
	}
	return m.fit(c.Song.Affect), true
}

func (m *mood) evidence(c *catalog.Candidate) (facts []string, spoken int) {
	song := c.Song.Affect
	if !song.Known {
		return []string{"how the song feels is unknown"}, 0
	}
	d := m.wanted.Distance(song.Affect)
	facts = []string{m.sentence(song.Affect, d)}
	switch {
	case !m.picture.Known:
		facts = append(facts, fmt.Sprintf("wanted %s, song %s: %s", point(m.wanted.Affect), point(song.Affect), nearness(d)))
	case m.wished || m.contrast > 0:
		facts = append(facts, fmt.Sprintf("picture %s, wanted %s, song %s: %s",
			point(m.picture.Affect), point(m.wanted.Affect), point(song.Affect), nearness(d)))
	default:
		facts = append(facts, fmt.Sprintf("picture %s, song %s: %s", point(m.picture.Affect), point(song.Affect), nearness(d)))
	}
	if m.wanted.Spread > unsureSpread {
		facts = append(facts, fmt.Sprintf("the picture's mood is unsure (±%s), so it counts less", axis(m.wanted.Spread)))
	}
	if d < apartDistance {
		spoken = 1
	}
	return facts, spoken
}

// unsureSpread is where a picture's mood is so unsure that people should be told.
const unsureSpread = 0.45

func (m *mood) sentence(song tagging.Affect, d float64) string {
	switch {
	case m.wished && d < apartDistance:
		return "the song feels " + feeling(song) + ", near the mood asked for"
	case m.wished:
		return "the song feels " + feeling(song) + ", away from the mood asked for"
	case m.contrast > .5 && d < apartDistance:
		return "the picture feels " + feeling(m.picture.Affect) + ", the song " + feeling(song) + ": the contrast asked for"
	}
	if shared, ok := sharedFeeling(m.picture.Affect, song); ok {
		return "both feel " + shared
	}
	return "the picture feels " + feeling(m.picture.Affect) + ", the song " + feeling(song)
}
