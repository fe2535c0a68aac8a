package match

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// chanceOverlap is the value of a song whose concepts nobody knows: the mean that songs of the seed catalogue reach
// for each other's concepts.
const chanceOverlap = 0.25

// imagery judges by shared concepts.
type imagery struct {
	lexicon  *lexicon
	target   *dense // unit length, or empty
	seen     *dense // what of the target the picture evokes
	liked    *dense // and what the liked songs have
	song     *dense // scratch
	included []int32
}

// planImagery sums unit vectors: what was seen, what the liked songs have on average, and each included concept. What
// was seen comes expanded, see [tagging.Fuse]; the others are expanded here. Moods and themes that were seen count only as
// far as the wanted mood is the picture's.
func (r *Ranker) planImagery(q Query, w words, agreement float64) *imagery {
	l := r.lexicon
	m := &imagery{lexicon: l, target: l.newDense(), seen: l.newDense(), liked: l.newDense(), song: l.newDense()}

	l.load(q.Tags.Concepts, m.seen)
	fadeFeelings(l, m.seen, agreement)
	if m.seen.normalise() {
		m.target.add(m.seen)
	}
	for _, s := range q.Like {
		if l.expand(s.Concepts, m.song); m.song.normalise() {
			m.liked.add(m.song)
		}
	}
	if m.liked.normalise() {
		m.target.add(m.liked)
	}

	for i, c := range l.concepts {
		if !w.included[int32(i)] {
			continue
		}
		m.included = append(m.included, int32(i))
		l.expand(tagging.ConceptVector{{Concept: c.ID, Weight: 1}}, m.song)
		m.song.normalise()
		m.target.add(m.song)
	}
	m.target.drop(func(c int32) bool { return w.excluded[c] })
	m.target.normalise()
	return m
}

// fadeFeelings scales moods and themes, and forgets them at 0.
func fadeFeelings(l *lexicon, d *dense, fade float64) {
	feels := func(c int32) bool {
		return l.concepts[c].Kind.Mood() || l.concepts[c].Kind == tagging.KindTheme
	}
	if fade == 0 {
		d.drop(feels)
	}
	for _, c := range d.touched {
		if feels(c) {
			d.weights[c] *= fade
		}
	}
}

func (m *imagery) wanted() bool { return len(m.target.touched) > 0 }

func (m *imagery) value(c *catalog.Candidate) (float64, bool) {
	m.lexicon.expand(c.Song.Concepts, m.song)
	norm := m.song.norm()
	if norm == 0 {
		return chanceOverlap, false
	}
	cosine := min(1, m.target.dot(m.song)/norm)
	// Vectors of a dozen concepts seldom have a cosine above .6. The map keeps the order and the ends, and lets what
	// is good in practice use the upper half of the range.
	return 1 - (1-cosine)*(1-cosine), true
}

// namedConcepts is how many shared concepts are named, of those that make up at least namedShare of the overlap.
const (
	namedConcepts = 3
	namedShare    = .08
)

func (m *imagery) evidence(c *catalog.Candidate) (facts []string, spoken int) {
	m.lexicon.expand(c.Song.Concepts, m.song)
	if len(m.song.touched) == 0 {
		return []string{"what the song is about is unknown"}, 0
	}
	telling := m.telling(c.Song.Concepts)
	var both, liked, asked []tagging.Concept
	var shares []string
	for _, t := range telling {
		concept := m.lexicon.concepts[t.concept]
		shares = append(shares, fmt.Sprintf("%s %.0f %%", concept.Name(), 100*t.weight))
		switch {
		case m.seen.weights[t.concept] > 0:
			both = append(both, concept)
		case m.liked.weights[t.concept] > 0:
			liked = append(liked, concept)
		}
	}
	for _, i := range m.included {
		concept := m.lexicon.concepts[i]
		if c.Song.Concepts.Weight(concept.ID) > 0 && len(asked) < namedConcepts {
			asked = append(asked, concept)
		}
	}
	for _, group := range []struct {
		concepts      []tagging.Concept
		before, after string
	}{{both, "both evoke ", ""}, {asked, "it has ", ", as asked"}, {liked, "it has ", ", like the songs liked"}} {
		if len(group.concepts) > 0 {
			facts = append(facts, group.before+describe(group.concepts)+group.after)
		}
	}
	spoken = len(facts)
	if spoken == 0 {
		facts = append(facts, "hardly anything is shared")
	}
	if len(shares) > 0 {
		facts = append(facts, "of the overlap: "+enumerate(shares))
	}
	return facts, spoken
}

// telling chooses the shared concepts worth naming. One that the song itself does not have is passed over if an earlier
// one implies it: "beach" has said "sea".
func (m *imagery) telling(song tagging.ConceptVector) []term {
	var chosen []term
	for _, t := range m.shared() {
		if len(chosen) == namedConcepts || t.weight < namedShare {
			break
		}
		said := slices.ContainsFunc(chosen, func(earlier term) bool {
			return slices.ContainsFunc(m.lexicon.implied[earlier.concept], func(i term) bool { return i.concept == t.concept })
		})
		if !said || song.Weight(m.lexicon.concepts[t.concept].ID) > 0 {
			chosen = append(chosen, t)
		}
	}
	return chosen
}

// shared lists the terms of the dot product with their shares, largest first.
func (m *imagery) shared() []term {
	dot := m.target.dot(m.song)
	var shared []term
	for _, c := range m.song.touched {
		if product := m.target.weights[c] * m.song.weights[c]; product > 0 {
			shared = append(shared, term{c, product / dot})
		}
	}
	slices.SortFunc(shared, func(a, b term) int {
		if c := cmp.Compare(b.weight, a.weight); c != 0 {
			return c
		}
		return cmp.Compare(m.lexicon.concepts[a.concept].ID, m.lexicon.concepts[b.concept].ID)
	})
	return shared
}
