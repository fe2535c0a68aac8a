package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// Era is a span of years that is wanted.
type Era struct {
	// From and To bound the span, inclusive; 0 leaves that side open.
	From, To int
	// Fade is the number of years outside the span over which a song's value falls to 1/e.
	Fade float64
	// Share is how much this span counts among those of a target, in (0, 1].
	Share float64
	// Reason says where the span comes from, for people: "picture old", "picture 1980s", "old songs wanted".
	Reason string

	mass   float64 // before shares
	within string  // what to say of a song that fits
	mild   bool    // says too little to be worth telling
}

// Fit is exp(−gap/Fade) with gap the years between the span and year: 1 inside.
func (e Era) Fit(year int) float64 {
	gap := 0
	switch {
	case e.From != 0 && year < e.From:
		gap = e.From - year
	case e.To != 0 && year > e.To:
		gap = year - e.To
	}
	return math.Exp(-float64(gap) / e.Fade)
}

const (
	// eraReach is what the era part weighs, relative to its place in the table, when the dial is fully turned: .29 of
	// all weights by default, enough to be heard beside mood and imagery.
	eraReach = 8
	// mildEra is the mass of a picture of our days: nearly every picture is one, and few want new songs for it.
	mildEra = 0.4
	// recentYears is how long a picture is one of our days.
	recentYears = 15
)

// era judges by year.
type era struct {
	spans   []Era
	mass    float64 // factor for the part's weight
	neutral float64
}

func (r *Ranker) planEra(q Query) *era {
	turned := math.Abs(q.Dials.Era)
	var spans []Era
	if e, ok := pictureEra(q.Tags.Era, r.config.today); ok && turned < 1 {
		e.mass *= 1 - turned
		spans = append(spans, e)
	}
	switch {
	case q.Dials.Era < 0:
		spans = append(spans, Era{To: r.config.today - 60, Fade: 15, Reason: "old songs wanted", mass: eraReach * turned, within: "as asked"})
	case q.Dials.Era > 0:
		spans = append(spans, Era{From: r.config.today - 10, Fade: 15, Reason: "new songs wanted", mass: eraReach * turned, within: "as asked"})
	}
	e := &era{spans: spans}
	for _, s := range spans {
		e.mass += s.mass
	}
	for i := range spans {
		spans[i].Share = spans[i].mass / e.mass
	}
	// Of a song without a year nothing is known but that most recorded music is of the last seventy years.
	const years = 70
	for y := range years {
		e.neutral += e.fit(r.config.today-y) / years
	}
	return e
}

// pictureEra says what years a picture asks for by its age.
func pictureEra(age tagging.Era, today int) (Era, bool) {
	switch {
	case age.Confidence == 0:
		return Era{}, false
	case age.Decade != 0 && age.Decade < today-recentYears:
		return Era{
			From: age.Decade, To: age.Decade + 9, Fade: 10, mass: age.Confidence,
			Reason: fmt.Sprintf("picture %ds", age.Decade), within: fmt.Sprintf("near the picture's %ds", age.Decade),
		}, true
	case age.Label == tagging.EraOld:
		return Era{To: 1950, Fade: 15, mass: age.Confidence, Reason: "picture old", within: "and the picture looks old"}, true
	case age.Label == tagging.EraModern || age.Decade != 0:
		return Era{From: 1995, Fade: 25, mass: mildEra * age.Confidence, Reason: "picture modern", within: "modern like the picture", mild: true}, true
	}
	return Era{}, false
}

// fit is the mean over the spans, by share.
func (e *era) fit(year int) float64 {
	var sum float64
	for _, s := range e.spans {
		sum += s.Share * s.Fit(year)
	}
	return min(1, sum)
}

func (e *era) value(c *catalog.Candidate) (float64, bool) {
	if c.Song.Year == 0 {
		return e.neutral, false
	}
	return e.fit(c.Song.Year), true
}

func (e *era) evidence(c *catalog.Candidate) (facts []string, spoken int) {
	year := c.Song.Year
	if year == 0 {
		return []string{"the song's year is unknown"}, 0
	}
	main := slices.MaxFunc(e.spans, func(a, b Era) int { return cmp.Compare(a.Share, b.Share) })
	fits := main.Fit(year) >= .6
	facts = []string{fmt.Sprintf("it is from %d", year)}
	if fits {
		facts[0] += ", " + main.within
	}
	for _, s := range e.spans {
		facts = append(facts, fmt.Sprintf("%s, song %d: %s", s.Reason, year, fitWord(s.Fit(year))))
	}
	if fits && !main.mild {
		spoken = 1
	}
	return facts, spoken
}

func fitWord(fit float64) string {
	switch {
	case fit == 1:
		return "within"
	case fit >= .6:
		return "close"
	default:
		return "another time"
	}
}
