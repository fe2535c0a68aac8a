// Package vocabreview looks at the vocabulary of package tagging as an editor would: which concepts may be one, and how the
// kinds compare. The command gen/concepts prints what it finds; tests of package tagging hold the file to it.
package vocabreview

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/tagging"
)

// apartText names pairs of concepts that look alike, have nothing to do with each other and are meant to be two.
//
//go:embed apart.txt
var apartText string

// Pair is two concepts that may be one.
type Pair struct {
	A, B   string // ids, A before B
	Reason string
}

func (p Pair) String() string { return fmt.Sprintf("%s, %s: %s", p.A, p.B, p.Reason) }

// NearDuplicates lists pairs of concepts, each once, that somebody should look at:
//
//   - a word of one and a word of the other have the same stem,
//   - they differ in one letter of nine or more: a normalised edit distance of 1/9,
//   - the id of one is another's with words before it, as in "toy-shop" and "shop",
//   - they are of one kind, imply much the same and feel much the same.
//
// Pairs that the file links, by implication or as related, have been looked at and are left out; so are those in apart.txt.
func NearDuplicates(concepts []tagging.Concept) []Pair {
	reviewed := reviewedPairs(concepts)
	words := vocabularyWords(concepts)
	found := map[[2]string]string{}
	note := func(a, b, reason string) {
		pair := [2]string{min(a, b), max(a, b)}
		if _, known := found[pair]; a != b && !known && !reviewed[pair] {
			found[pair] = reason
		}
	}
	ids := map[string]bool{}
	for _, c := range concepts {
		ids[c.ID] = true
	}
	for i, w := range words {
		for _, other := range words[i+1:] {
			switch {
			case w.concept == other.concept:
			case w.stem == other.stem:
				note(w.concept, other.concept, fmt.Sprintf("%q and %q have one stem", w.text, other.text))
			case alike(w.text, other.text):
				note(w.concept, other.concept, fmt.Sprintf("%q and %q are spelt alike", w.text, other.text))
			}
		}
	}
	for i, c := range concepts {
		for _, other := range concepts[i+1:] {
			if c.Kind == other.Kind && c.Affect.Distance(other.Affect.Affect) < sameFeeling && implyAlike(c, other) {
				note(c.ID, other.ID, "they imply and feel much the same")
			}
		}
		if at := strings.LastIndex(c.ID, "-"); at >= 0 {
			if head := c.ID[at+1:]; ids[head] {
				note(c.ID, head, fmt.Sprintf("%q ends in the other", c.ID))
			}
		}
	}
	pairs := make([]Pair, 0, len(found))
	for pair, reason := range found {
		pairs = append(pairs, Pair{pair[0], pair[1], reason})
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return pairs
}

// Apart returns the pairs of apart.txt.
func Apart() [][2]string {
	var pairs [][2]string
	for line := range strings.Lines(apartText) {
		if a, b, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			pairs = append(pairs, [2]string{min(a, b), max(a, b)})
		}
	}
	return pairs
}

func reviewedPairs(concepts []tagging.Concept) map[[2]string]bool {
	reviewed := map[[2]string]bool{}
	for _, pair := range Apart() {
		reviewed[pair] = true
	}
	for _, c := range concepts {
		for _, implied := range c.Implies {
			reviewed[[2]string{min(c.ID, implied.Concept), max(c.ID, implied.Concept)}] = true
		}
		for _, id := range c.Related {
			reviewed[[2]string{min(c.ID, id), max(c.ID, id)}] = true
		}
	}
	return reviewed
}

type word struct{ concept, text, stem string }

// vocabularyWords lists ids and synonyms with spaces for dashes.
func vocabularyWords(concepts []tagging.Concept) []word {
	var words []word
	for _, c := range concepts {
		for _, text := range append([]string{c.ID}, c.Synonyms...) {
			text = strings.ReplaceAll(strings.ToLower(text), "-", " ")
			words = append(words, word{c.ID, text, stem(text)})
		}
	}
	return words
}

// stem takes English endings off the last word, roughly: it is meant to find too much rather than too little.
func stem(text string) string {
	for _, ending := range []string{"ing", "ers", "er", "es", "s"} {
		if short, ok := strings.CutSuffix(text, ending); ok && len(short) >= 4 {
			return short
		}
	}
	return text
}

// minAlike is the length from which words that differ in one letter are suspect: of shorter ones far too many do.
const minAlike = 9

// alike reports whether two words of at least minAlike letters are one insertion, deletion or substitution apart.
func alike(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < minAlike || len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// From where on two concepts are suspected to mean the same: the distance of their affects, and the cosine of what they
// imply, of which three concepts at least must be shared.
const (
	sameFeeling = 0.15
	sameImplied = 0.8
	minShared   = 3
)

func implyAlike(c, other tagging.Concept) bool {
	a, b := tagging.NewConceptVector(c.Implies...), tagging.NewConceptVector(other.Implies...)
	return len(a.Shared(b)) >= minShared && a.Cosine(b) >= sameImplied
}
