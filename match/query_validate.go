package match

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
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
	if err := validateTags(q.Tags); err != nil {
		return err
	}
	for _, n := range []struct {
		field string
		value float64
	}{{"palette.lightness", q.Palette.Lightness}, {"palette.activity", q.Palette.Activity}} {
		if !finite(n.value) {
			return refuse(n.field, "%v: want a finite number", n.value)
		}
	}
	if err := validateEncoding(q.Encoding); err != nil {
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
	for i, s := range q.Like {
		if err := validateSong(fmt.Sprintf("like[%d]", i), &s); err != nil {
			return err
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
		if !(w.Weight > 0) || math.IsInf(w.Weight, 0) || (i > 0 && v[i-1].Concept >= w.Concept) {
			return refuse(field, "%.40q: want finite weights above 0, sorted by concept; make the vector with NewConceptVector", w.Concept)
		}
	}
	return nil
}

// validateEncoding asks catalog, whose vectors the embedding will be compared with.
func validateEncoding(e *vision.Encoding) error {
	if e == nil {
		return nil
	}
	if len(e.Embedding) == 0 {
		return refuse("encoding", "has no embedding")
	}
	var detail *catalog.InvalidError
	switch err := (catalog.Query{Embedding: e.Embedding, Space: e.Model.Space()}).Validate(); {
	case errors.As(err, &detail):
		return refuse("encoding", "%s", detail.Reason)
	case err != nil:
		return refuse("encoding", "%v", err)
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

// validateSong checks what is computed with. Stores have checked it already; songs from elsewhere may not have been.
func validateSong(field string, s *catalog.Song) error {
	if err := validateEstimate(field+".affect", s.Affect); err != nil {
		return err
	}
	if s.Year < 0 || s.Year > catalog.MaxYear {
		return refuse(field+".year", "%d: want 0 to %d", s.Year, catalog.MaxYear)
	}
	if s.Sound != nil && !(within(s.Sound.Mode) && within(s.Sound.Loudness) && within(s.Sound.Tempo)) {
		return refuse(field+".sound", "%+v: want 0 to 1", *s.Sound)
	}
	return validateConcepts(field+".concepts", s.Concepts)
}

func refuse(field, format string, args ...any) error {
	return &InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// within reports a number in [0, 1]; NaN is not.
func within(v float64) bool { return v >= 0 && v <= 1 }
