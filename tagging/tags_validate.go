package tagging

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of [Tags]. What goes beyond them is refused: an answer is shown to people, stored and sent back.
const (
	MaxTags     = 256  // of each list, and of colours and degradations
	MaxConcepts = 4096 // of a concept vector
	MaxEvidence = 32   // of a statement
	MaxName     = 100  // characters of a name or of a concept's id
	MaxDetail   = 300  // characters of an evidence's detail
	MaxCaption  = 200  // characters of a caption
	MaxReason   = 500  // characters of a degradation's reason, and of its remedy
)

// First and last decade that a picture may be of: photography is not older.
const (
	firstDecade = 1800
	lastDecade  = 2190
)

// sumTolerance is what rounding may add to shares that sum to 1.
const sumTolerance = 1e-9

// ErrTags reports tags that no tagger may give.
var ErrTags = errors.New("tagging: invalid tags")

// TagsError says which field was refused and why. It matches [ErrTags].
type TagsError struct {
	Field  string // such as "era" or "objects[3]"
	Reason string
}

func (e *TagsError) Error() string { return fmt.Sprintf("tagging: tags: %s: %s", e.Field, e.Reason) }

// Is reports whether target is [ErrTags].
func (e *TagsError) Is(target error) bool { return target == ErrTags }

// Validate reports the first field that breaks what [Tags] promises, as a [TagsError]: numbers out of range or not finite,
// lists that are unsorted, too long or name a thing twice, topics and labels that are none, colours that are not "#rrggbb",
// decades without a date, and text that is too long or that people could not see as it is: not UTF-8, of several lines, or
// with control, bidirectional and other invisible characters. A [Fusion] asks it about each reply, package soundtrack about
// each analysis that comes back.
//
// Concepts must be ids as a [Vocabulary] could have them, and need not be in the default one: a caller's own may hold others,
// and who does not know a concept takes no notice of it. That a statement has evidence is for taggingtest to demand.
func (t Tags) Validate() error {
	var c tagsCheck
	c.affect(t)
	for _, list := range []struct {
		field string
		tags  []Tag
	}{{"moods", t.Moods}, {"objects", t.Objects}, {"scenes", t.Scenes}} {
		c.list(list.field, list.tags)
	}
	c.colours(t.Colours)
	c.era(t.Era)
	c.text("caption", t.Caption, MaxCaption)
	c.vector("concepts", t.Concepts)
	c.vector("suggested", t.Suggested)
	c.care(t.Care)
	c.need(len(t.Degraded) <= MaxTags, "degraded", "%d: at most %d", len(t.Degraded), MaxTags)
	for _, d := range t.Degraded {
		c.text("degraded", d.Part, MaxName)
		c.text("degraded", d.Reason, MaxReason)
		c.text("degraded", d.Remedy, MaxReason)
	}
	return c.err
}

// tagsCheck keeps the first thing that is wrong.
type tagsCheck struct{ err error }

func (c *tagsCheck) need(ok bool, field, reason string, args ...any) {
	if !ok && c.err == nil {
		c.err = &TagsError{Field: field, Reason: fmt.Sprintf(reason, args...)}
	}
}

func (c *tagsCheck) affect(t Tags) {
	if err := t.Affect.Validate(); err != nil {
		c.need(false, "affect", "%s", strings.TrimPrefix(err.Error(), "tagging: "))
	}
	spread, disagreement := t.Affect.Spread, t.Disagreement
	c.need(spread >= 0 && spread <= 2, "affect", "spread %v: want 0 to 2", spread)
	c.need(spread > 0 || !t.Affect.Known, "affect", "spread 0: nobody is that sure")
	c.need(disagreement >= 0 && disagreement <= spread+sumTolerance, "disagreement", "%v: want 0 to the spread", disagreement)
	c.evidence("affect", t.AffectEvidence)
}

func (c *tagsCheck) list(field string, tags []Tag) {
	c.need(len(tags) <= MaxTags, field, "%d: at most %d", len(tags), MaxTags)
	names := map[string]bool{}
	for i, t := range tags {
		at := fmt.Sprintf("%s[%d]", field, i)
		c.name(at, t.Name)
		c.need(!names[t.Name], at, "%.40q is there twice", t.Name)
		names[t.Name] = true
		c.need(t.Concept == "" || isConceptID(t.Concept), at, "concept %.40q: want a kebab-case id", t.Concept)
		c.positive(at, "confidence", t.Confidence)
		c.need(i == 0 || compareTags(tags[i-1], t) <= 0, at, "want falling confidence, then names in order")
		c.evidence(at, t.Evidence)
	}
}

func (c *tagsCheck) vector(field string, v ConceptVector) {
	c.need(len(v) <= MaxConcepts, field, "%d: at most %d", len(v), MaxConcepts)
	for i, w := range v {
		c.need(isConceptID(w.Concept), field, "%.40q: want a kebab-case id", w.Concept)
		c.positive(field, w.Concept, w.Weight)
		c.need(i == 0 || v[i-1].Concept < w.Concept, field, "%.40q: want ids in order, each once", w.Concept)
	}
}

func (c *tagsCheck) colours(colours []Colour) {
	c.need(len(colours) <= MaxTags, "colours", "%d: at most %d", len(colours), MaxTags)
	var sum float64
	for i, colour := range colours {
		at := fmt.Sprintf("colours[%d]", i)
		c.need(isHex(colour.Hex), at, "%.40q: want #rrggbb", colour.Hex)
		c.name(at, colour.Name)
		c.need(colour.Share >= 0 && colour.Share <= 1+sumTolerance, at, "share %v: want 0 to 1", colour.Share)
		sum += colour.Share
	}
	c.need(sum <= 1+sumTolerance, "colours", "shares sum to %v: want at most 1", sum)
}

func (c *tagsCheck) era(e Era) {
	c.need(slices.Contains([]EraLabel{EraUnknown, EraOld, EraModern}, e.Label), "era", "label %.40q", string(e.Label))
	c.need(e.Confidence >= 0 && e.Confidence <= 1, "era", "confidence %v: want 0 to 1", e.Confidence)
	c.evidence("era", e.Evidence)
	if e.Captured.IsZero() {
		c.need(e.Decade == 0, "era", "decade %d without a capture date", e.Decade)
	} else {
		c.decade(e.Decade)
		c.need(e.Decade == e.Captured.Year()/10*10, "era", "decade %d of a picture of %d", e.Decade, e.Captured.Year())
		c.need(e.Label != EraUnknown, "era", "a capture date without a label")
	}
	var sum float64
	for i, d := range e.Decades {
		c.decade(d.Decade)
		c.positive("era", "share of a decade", d.Share)
		c.need(i == 0 || e.Decades[i-1].Decade < d.Decade, "era", "decade %d: want decades in the order of time", d.Decade)
		sum += d.Share
	}
	c.need(sum <= 1+sumTolerance, "era", "decades sum to %v: want at most 1", sum)
}

func (c *tagsCheck) decade(d int) {
	c.need(d >= firstDecade && d <= lastDecade && d%10 == 0, "era", "decade %d: want one of %d to %d", d, firstDecade, lastDecade)
}

func (c *tagsCheck) care(care []Care) {
	seen := map[CareTopic]bool{}
	for i, one := range care {
		c.need(slices.Contains(CareTopics(), one.Topic), "care", "topic %.40q", string(one.Topic))
		c.need(!seen[one.Topic], "care", "%s is there twice", one.Topic)
		seen[one.Topic] = true
		c.positive("care", string(one.Topic), one.Confidence)
		c.need(i == 0 || care[i-1].Confidence >= one.Confidence, "care", "%s: want the surest topic first", one.Topic)
		c.evidence("care", one.Evidence)
	}
}

func (c *tagsCheck) evidence(field string, list []Evidence) {
	c.need(len(list) <= MaxEvidence, field, "%d pieces of evidence: at most %d", len(list), MaxEvidence)
	for _, e := range list {
		c.text(field, e.Tagger, MaxName)
		c.text(field, e.Detail, MaxDetail)
		c.need(e.Weight >= 0 && e.Weight <= 1+sumTolerance, field, "evidence of weight %v: want 0 to 1", e.Weight)
	}
}

func (c *tagsCheck) positive(field, what string, v float64) {
	c.need(v > 0 && v <= 1, field, "%.40s %v: want above 0 and at most 1", what, v)
}

func (c *tagsCheck) name(field, name string) {
	c.need(name != "", field, "it has no name")
	c.text(field, name, MaxName)
}

// text wants what people see as it is, on one line.
func (c *tagsCheck) text(field, text string, most int) {
	n := utf8.RuneCountInString(text)
	c.need(n <= most, field, "%d characters: at most %d", n, most)
	c.need(utf8.ValidString(text), field, "text is not UTF-8")
	c.need(strings.IndexFunc(text, unseen) < 0, field, "%.40q: want plain characters on one line", text)
}

// unseen reports what is no letter, mark, number, punctuation, symbol or space: control and format characters, such as those
// that turn the direction of text, line ends, and what no font has.
func unseen(r rune) bool { return !unicode.IsGraphic(r) }

func isHex(s string) bool {
	return len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdef") == ""
}

// presentable makes a text from elsewhere one that [Tags.Validate] accepts.
func presentable(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unseen(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
