package catalog

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of a song's texts and lists. A longer one is refused, not cut, so that nothing is lost in silence.
const (
	MaxText       = 300     // characters of a title, artist or album
	MaxGenres     = 16      // genres of a song
	MaxConcepts   = 64      // concepts of a song
	MaxPreviews   = 8       // previews of a song
	MaxDim        = 1 << 14 // numbers of an embedding
	MinYear       = 1860    // before the first recording of sound
	MaxYear       = 2100
	unitTolerance = 1e-3 // how far from 1 an embedding's length may be
)

// Normalise returns the song as stores keep it: texts trimmed and in NFC, lists lower-cased and free of repeats, ID
// set from the Key. It refuses, with an [InvalidError], what no store should hold: a missing title or artist, control
// or bidi-override characters, an impossible year, affect or sound out of range, an embedding that is not of unit
// length, a preview address that is not https. The song that it is called on is not changed.
func (s Song) Normalise() (Song, error) {
	n := s.Clone()
	refuse := func(field, format string, args ...any) (Song, error) {
		return Song{}, &InvalidError{What: s.String(), Field: field, Reason: fmt.Sprintf(format, args...)}
	}
	for _, text := range []struct {
		field    string
		value    *string
		required bool
	}{{"title", &n.Title, true}, {"artist", &n.Artist, true}, {"album", &n.Album, false}} {
		clean, err := cleanText(*text.value)
		if err != nil {
			return refuse(text.field, "%v", err)
		}
		if clean == "" && text.required {
			return refuse(text.field, "is empty")
		}
		*text.value = clean
	}
	if n.Year != 0 && (n.Year < MinYear || n.Year > MaxYear) {
		return refuse("year", "%d: want %d to %d, or 0 if unknown", n.Year, MinYear, MaxYear)
	}
	n.Language = strings.ToLower(strings.TrimSpace(n.Language))
	if n.Language != "" && !isLanguage(n.Language) {
		return refuse("language", "%q: want an ISO 639 code of two or three letters", s.Language)
	}
	if n.Duration < 0 || math.IsNaN(n.Duration) || n.Duration > 24*3600 {
		return refuse("duration", "%v s: want 0 to 86400", n.Duration)
	}
	genres, err := cleanTags(n.Genres, MaxGenres)
	if err != nil {
		return refuse("genres", "%v", err)
	}
	n.Genres = genres
	if err := n.Affect.Validate(); err != nil {
		return refuse("affect", "%v", err)
	}
	if n.Affect.Spread < 0 || n.Affect.Spread > 2 || math.IsNaN(n.Affect.Spread) {
		return refuse("affect", "spread %v: want 0 to 2", n.Affect.Spread)
	}
	if n.Sound != nil {
		if err := n.Sound.validate(); err != nil {
			return refuse("sound", "%v", err)
		}
	}
	if len(n.Concepts) > MaxConcepts {
		return refuse("concepts", "%d of them: at most %d", len(n.Concepts), MaxConcepts)
	}
	for i, c := range n.Concepts {
		if !(c.Weight > 0 && c.Weight <= 1) || (i > 0 && n.Concepts[i-1].Concept >= c.Concept) {
			return refuse("concepts", "%q: want weights in (0, 1], sorted by concept; make the vector with NewConceptVector", c.Concept)
		}
	}
	for space, vector := range n.Embeddings {
		if err := validateEmbedding(space, vector); err != nil {
			return refuse("embeddings", "%v", err)
		}
	}
	if len(n.Previews) > MaxPreviews {
		return refuse("previews", "%d of them: at most %d", len(n.Previews), MaxPreviews)
	}
	for _, p := range n.Previews {
		if err := p.validate(); err != nil {
			return refuse("previews", "%v", err)
		}
	}
	if err := n.Sources.Validate(); err != nil {
		return refuse("sources", "%v", err)
	}
	n.ID = n.Key().ID()
	return n, nil
}

// String names the song for people and error messages.
func (s Song) String() string { return fmt.Sprintf("song %.80q by %.80q", s.Title, s.Artist) }

// cleanText trims, normalises to NFC and refuses what could deceive a reader or break a log.
func cleanText(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", fmt.Errorf("is not valid UTF-8")
	}
	text = strings.TrimSpace(norm.NFC.String(text))
	if n := utf8.RuneCountInString(text); n > MaxText {
		return "", fmt.Errorf("has %d characters, at most %d", n, MaxText)
	}
	for _, r := range text {
		if unicode.IsControl(r) || isBidiControl(r) {
			return "", fmt.Errorf("holds the control character U+%04X", r)
		}
	}
	return text, nil
}

// isBidiControl reports the characters that reorder the text around them.
func isBidiControl(r rune) bool {
	return (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069)
}

func cleanTags(tags []string, limit int) ([]string, error) {
	if len(tags) > limit {
		return nil, fmt.Errorf("%d of them: at most %d", len(tags), limit)
	}
	var clean []string
	for _, tag := range tags {
		text, err := cleanText(tag)
		if err != nil {
			return nil, err
		}
		text = strings.ReplaceAll(strings.ToLower(text), " ", "-")
		if text != "" && !slices.Contains(clean, text) {
			clean = append(clean, text)
		}
	}
	return clean, nil
}

func isLanguage(code string) bool {
	if len(code) != 2 && len(code) != 3 {
		return false
	}
	return strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == ""
}

func validateEmbedding(space string, vector []float32) error {
	if space == "" || len(vector) == 0 || len(vector) > MaxDim {
		return fmt.Errorf("space %q with %d numbers: want a named space and 1 to %d numbers", space, len(vector), MaxDim)
	}
	var sum float64
	for _, v := range vector {
		sum += float64(v) * float64(v)
	}
	if length := math.Sqrt(sum); !(math.Abs(length-1) <= unitTolerance) {
		return fmt.Errorf("space %q: length %v, want 1", space, length)
	}
	return nil
}

func (s Sound) validate() error {
	for _, f := range []struct {
		name       string
		value, low float64
	}{{"mode", s.Mode, 0}, {"loudness", s.Loudness, 0}, {"tempo", s.Tempo, 0}, {"lyric", s.Lyric, -1}} {
		if !(f.value >= f.low && f.value <= 1) {
			return fmt.Errorf("%s %v: want %v to 1", f.name, f.value, f.low)
		}
	}
	return nil
}

func (p Preview) validate() error {
	if p.Ref == "" || len(p.Ref) > 4096 {
		return fmt.Errorf("%s: reference of %d bytes, want 1 to 4096", p.Kind, len(p.Ref))
	}
	switch p.Kind {
	case PreviewDemo, PreviewFile:
		return nil
	case PreviewURL:
		if u, err := url.Parse(p.Ref); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			return fmt.Errorf("address %.80q: want https without credentials", p.Ref)
		}
		return nil
	case PreviewDeezer, PreviewITunes:
		if strings.Trim(p.Ref, "0123456789") != "" {
			return fmt.Errorf("%s id %.40q: want digits", p.Kind, p.Ref)
		}
		return nil
	default:
		return fmt.Errorf("unknown kind %q", p.Kind)
	}
}
