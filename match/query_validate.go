package match

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// Limits of a query's wishes.
const (
	MaxWords      = 64  // words of Include, and of Exclude
	MaxWordLength = 100 // bytes of a word
	MaxLike       = 64  // songs of Like
)

// Validate reports the first field that is refused, as an [InvalidError]. Numbers must be finite and in range, words not
// blank, and the filter possible. Words that the vocabulary does not know are not refused.
func (q Query) Validate() error {
	if q.Count < 0 || q.Count > MaxCount {
		return refuse("count", "%d: want 0 to %d", q.Count, MaxCount)
	}
	if err := q.Dials.Validate(); err != nil {
		return err
	}
	if _, on := careRules[q.Care]; !on && q.Care != CareOff {
		return refuse("care", "%.40q: want \"\", strict or off", string(q.Care))
	}
	if err := validateTags(q.Tags); err != nil {
		return err
	}
	if q.Mood != nil {
		if err := validateEstimate("mood", tagging.Estimate{Affect: *q.Mood}); err != nil {
			return err
		}
	}
	for _, n := range []struct {
		field string
		value float64
	}{{"palette.lightness", q.Palette.Lightness}, {"palette.activity", q.Palette.Activity}} {
		if !finite(n.value) {
			return refuse(n.field, "%v: want a finite number", n.value)
		}
	}
	if err := validateEmbedding(q.Embedding, q.Space); err != nil {
		return err
	}
	if err := validateWords("include", q.Include); err != nil {
		return err
	}
	if err := validateWords("exclude", q.Exclude); err != nil {
		return err
	}
	if len(q.Like) > MaxLike {
		return refuse("like", "%d songs: at most %d", len(q.Like), MaxLike)
	}
	for i := range q.Like {
		if err := validateSong(&q.Like[i]); err != nil {
			return inList("like", i, err)
		}
	}
	if err := q.Filter.Validate(); err != nil {
		var detail *catalog.InvalidError
		if errors.As(err, &detail) {
			return refuse("filter."+detail.Field, "%s", detail.Reason)
		}
		return refuse("filter", "%v", err)
	}
	return nil
}

func validateTags(t tagging.Tags) error {
	if err := validateEstimate("tags.affect", t.Affect); err != nil {
		return err
	}
	if err := validateConcepts("tags.concepts", t.Concepts); err != nil {
		return err
	}
	if !(t.Era.Confidence >= 0 && t.Era.Confidence <= 1) {
		return refuse("tags.era", "confidence %v: want 0 to 1", t.Era.Confidence)
	}
	for i, c := range t.Care {
		if !(c.Confidence >= 0 && c.Confidence <= 1) || !slices.Contains(tagging.CareTopics(), c.Topic) {
			return refuse("tags.care", "%d: topic %.40q, confidence %v", i, string(c.Topic), c.Confidence)
		}
	}
	if t.Era.Decade < 0 || t.Era.Decade > catalog.MaxYear {
		return refuse("tags.era", "decade %d: want 0 to %d", t.Era.Decade, catalog.MaxYear)
	}
	return nil
}

func validateEstimate(field string, e tagging.Estimate) error {
	if err := e.Validate(); err != nil {
		return refuse(field, "%s", strings.TrimPrefix(err.Error(), "tagging: "))
	}
	if !(e.Spread >= 0 && e.Spread <= 2) {
		return refuse(field, "spread %v: want 0 to 2", e.Spread)
	}
	return nil
}

func validateConcepts(field string, v tagging.ConceptVector) error {
	for i, w := range v {
		if !(w.Weight > 0 && w.Weight <= maxWeight) || (i > 0 && v[i-1].Concept >= w.Concept) {
			return refuse(field, "%.40q: want weights above 0, sorted by concept; make the vector with NewConceptVector", w.Concept)
		}
	}
	return nil
}

// validateEmbedding asks catalog, whose vectors the embedding will be compared with.
func validateEmbedding(embedding []float32, space string) error {
	var detail *catalog.InvalidError
	switch err := (catalog.Query{Embedding: embedding, Space: space}).Validate(); {
	case errors.As(err, &detail):
		return refuse("embedding", "%s", detail.Reason)
	case err != nil:
		return refuse("embedding", "%v", err)
	}
	return nil
}

func validateWords(field string, words []string) error {
	if len(words) > MaxWords {
		return refuse(field, "%d words: at most %d", len(words), MaxWords)
	}
	for i, w := range words {
		switch {
		case strings.TrimSpace(w) == "":
			return refuse(field, "word %d is blank", i)
		case len(w) > MaxWordLength:
			return refuse(field, "word %d has %d bytes: at most %d", i, len(w), MaxWordLength)
		case !utf8.ValidString(w):
			return refuse(field, "word %d is not valid UTF-8", i)
		}
	}
	return nil
}

// validateSong checks what is computed with, and names fields relative to the song. Stores have checked it already; songs
// from elsewhere may not have been.
func validateSong(s *catalog.Song) error {
	if err := validateEstimate("affect", s.Affect); err != nil {
		return err
	}
	if s.Year < 0 || s.Year > catalog.MaxYear {
		return refuse("year", "%d: want 0 to %d", s.Year, catalog.MaxYear)
	}
	if s.Sound != nil && !(within(s.Sound.Mode) && within(s.Sound.Loudness) && within(s.Sound.Tempo)) {
		return refuse("sound", "%+v: want 0 to 1", *s.Sound)
	}
	return validateConcepts("concepts", s.Concepts)
}

// validateCandidate adds what the store measured.
func validateCandidate(c *catalog.Candidate) error {
	if c.HasSimilarity && !(math.Abs(c.Similarity) <= 1+similarityTolerance) {
		return refuse("similarity", "%v: want -1 to 1", c.Similarity)
	}
	return validateSong(&c.Song)
}

// similarityTolerance is what rounding may add to the dot product of two float32 unit vectors.
const similarityTolerance = 1e-3

// inList says which item of a list an error is about.
func inList(list string, index int, err error) error {
	var detail *InvalidError
	if errors.As(err, &detail) {
		return &InvalidError{Field: fmt.Sprintf("%s[%d].%s", list, index, detail.Field), Reason: detail.Reason}
	}
	return fmt.Errorf("match: %s[%d]: %w", list, index, err)
}

func refuse(field, format string, args ...any) error {
	return &InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// within reports a number in [0, 1]; NaN is not.
func within(v float64) bool { return v >= 0 && v <= 1 }
