package match

import (
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/catalog"
)

// The parts that break ties: palette, joint and prior.

// palette judges by what lighter and livelier colours have in common with major and faster music: a link that people make
// reliably, through emotion, but that says little about photographs. Hence its small weight.
type palette struct {
	light  float64 // wanted brightness of mode, 0 to 1
	lively float64 // wanted energy of the sound, 0 to 1
}

// planPalette maps the ranges that photographs really have to [0, 1], and turns both wishes with the contrast.
func planPalette(q Query, contrast float64) palette {
	turn := func(v float64) float64 { return (1-contrast)*v + contrast*(1-v) }
	return palette{
		light:  turn(ramp(q.Palette.Lightness, 20, 80)),
		lively: turn(ramp(q.Palette.Activity, -1.7, 1.3)),
	}
}

// ramp is 0 at low, 1 at high, linear between and constant outside.
func ramp(v, low, high float64) float64 { return max(0, min(1, (v-low)/(high-low))) }

func (p palette) value(c *catalog.Candidate) (float64, bool) {
	s := c.Song.Sound
	if s == nil {
		// The mean over songs whose mode and energy are anywhere in [0, 1]: E|w − U| = (w² + (1−w)²)/2.
		mean := func(w float64) float64 { return (w*w + (1-w)*(1-w)) / 2 }
		return 1 - (mean(p.light)+mean(p.lively))/2, false
	}
	return 1 - (math.Abs(p.light-s.Mode)+math.Abs(p.lively-energy(s)))/2, true
}

// energy is loudness and tempo in one.
func energy(s *catalog.Sound) float64 { return (s.Loudness + s.Tempo) / 2 }

func (p palette) evidence(c *catalog.Candidate) (facts []string, spoken int) {
	s := c.Song.Sound
	if s == nil {
		return []string{"how the song sounds is unknown"}, 0
	}
	return []string{
		grade(p.light, "dark", "mixed", "bright") + " harmony wanted, this is " + grade(s.Mode, "dark", "mixed", "bright"),
		grade(p.lively, "quiet", "moderate", "lively") + " sound wanted, this is " + grade(energy(s), "quiet", "moderate", "lively"),
	}, 0
}

// grade picks a word for a number in [0, 1].
func grade(v float64, low, middle, high string) string {
	switch {
	case v < .4:
		return low
	case v > .6:
		return high
	default:
		return middle
	}
}

// joint judges by the similarity that the store measured in the encoder's space.
type joint struct{ low, high float64 }

func (r *Ranker) planJoint() joint {
	return joint{low: r.config.jointLow, high: r.config.jointHigh}
}

func (j joint) value(c *catalog.Candidate) (float64, bool) {
	if !c.HasSimilarity {
		return .5, false
	}
	return ramp(c.Similarity, j.low, j.high), true
}

func (j joint) evidence(c *catalog.Candidate) (facts []string, spoken int) {
	if !c.HasSimilarity {
		return []string{"the song has no vector of the encoder's space"}, 0
	}
	how := grade(ramp(c.Similarity, j.low, j.high), "little", "some", "much")
	return []string{
		"the encoder sees " + how + " likeness",
		fmt.Sprintf("similarity %s, where %s is none and %s is much", axis(c.Similarity), axis(j.low), axis(j.high)),
	}, 0
}

// prior judges how much is known of a song, whoever the artist: a song that is well described is less likely to be a
// mistake, and one that can be played is of more use.
type prior struct{}

// enoughConcepts is the number of concepts from which a song counts as described.
const enoughConcepts = 3

// facts lists what may be known of a song.
func (prior) facts(s *catalog.Song) [7]struct {
	name  string
	known bool
} {
	return [...]struct {
		name  string
		known bool
	}{
		{"mood", s.Affect.Known},
		{"sound", s.Sound != nil},
		{"themes", len(s.Concepts) >= enoughConcepts},
		{"year", s.Year != 0},
		{"language", s.Language != ""},
		{"genre", len(s.Genres) > 0},
		{"preview", s.Playable()},
	}
}

func (p prior) value(c *catalog.Candidate) (float64, bool) {
	facts := p.facts(&c.Song)
	known := 0
	for _, f := range facts {
		if f.known {
			known++
		}
	}
	return float64(known) / float64(len(facts)), true
}

func (p prior) evidence(c *catalog.Candidate) (facts []string, spoken int) {
	all := p.facts(&c.Song)
	var missing []string
	for _, f := range all {
		if !f.known {
			missing = append(missing, f.name)
		}
	}
	if len(missing) == 0 {
		return []string{"all of it is known: mood, sound, themes, year, language, genre and preview"}, 0
	}
	return []string{fmt.Sprintf("%d of %d facts known, all but %s", len(all)-len(missing), len(all), enumerate(missing))}, 0
}
