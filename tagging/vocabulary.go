package tagging

import (
	_ "embed"
	"math"
	"strings"
	"sync"
)

//go:embed concepts.csv
var conceptsCSV string

// Concept is one entry of the vocabulary.
type Concept struct {
	ID     string // kebab-case English
	Kind   Kind
	Phrase string // how it is said after "a photo of": "an owl", "snow", "the sea"; for moods and genres the bare word
	// Affect is what people feel on average at the sight of it, or at a song about it, with the deviation between
	// instances: the mean of Passes. See [DefaultVocabulary] for how it was made.
	Affect Estimate
	// Passes are the two judgements of the affect; equal where a file has only one.
	Passes [2]Affect
	// Synonyms are other words for it, and for kinds of it that are no concepts, in lower case.
	Synonyms []string
	// Implies lists broader and associated concepts with weights in (0, 1).
	Implies []ConceptWeight
	// Related lists the ids of kindred concepts that do not imply it, sorted: each names the other.
	Related []string
	// ImageNet lists the class indices of ImageNet-1k that show it: who sees a picture of the class sees the concept. Suggested
	// lists those that only make it likely: an acorn a forest, a lab coat a hospital, a carousel joy.
	ImageNet, Suggested []int
	COCO                []string // the class names of COCO-80 that show it
}

// Name returns the concept's name for people: the id with spaces.
func (c Concept) Name() string { return strings.ReplaceAll(c.ID, "-", " ") }

// Vocabulary is the closed list of concepts that pictures and songs are both described in. It is immutable and safe
// for concurrent use.
type Vocabulary struct {
	concepts  []Concept // in the order of the file
	byID      map[string]int
	byWord    map[string]string // folded id or synonym → id
	shownBy   map[int][]string  // class of ImageNet → ids, the most specific first
	suggested map[int][]string  // the same of what the class only suggests
}

var defaultVocabulary = sync.OnceValue(func() *Vocabulary {
	v, err := ReadVocabulary(strings.NewReader(conceptsCSV))
	if err != nil {
		panic(err) // the embedded file is checked by a test
	}
	return v
})

// DefaultVocabulary returns the vocabulary that ships with the package. All callers share it.
//
// How its affects were made: they are this project's own judgement, neither fitted on ratings nor taken from published
// norms of words or pictures. For each concept two passes asked "what does an average person feel at the sight of it, or at
// a song about it?" on both axes; the file holds both and the vocabulary their mean. The second judge saw nothing but the
// bare ids, in a shuffled order: the two agree with r = .97 and .96, .08 and .09 apart on average. Three ids that can be
// read in two ways, such as "rock", were judged again with their kind. Both judges are of one kind, and no listener was
// asked. Another check is the table of [ImageNetLabels], judged by others label by label: where a concept is shown by no
// more than two labels, the two agree with r = .92 for valence and .86 for arousal. What the affects are worth on pictures
// is measured by package soundtrack/evaluate. The spread was judged in the first pass: narrow where a thing means much the same to everybody
// (.15 a kitten), wide where it depends on the picture (.5 a crowd).
//
// Run "go run ./gen/concepts" in this folder for counts, means by kind, agreement and near-duplicates.
func DefaultVocabulary() *Vocabulary { return defaultVocabulary() }

// Concepts returns all concepts in the order of the file. The caller must not change them.
func (v *Vocabulary) Concepts() []Concept { return v.concepts }

// Lookup returns the concept of an id.
func (v *Vocabulary) Lookup(id string) (Concept, bool) {
	i, ok := v.byID[id]
	if !ok {
		return Concept{}, false
	}
	return v.concepts[i], true
}

// Resolve finds the concept that a word means: an id, a synonym, or the plural of one, in any case and with spaces,
// dashes or underscores.
func (v *Vocabulary) Resolve(word string) (Concept, bool) {
	folded := foldWord(word)
	forms := []string{folded, strings.TrimSuffix(folded, "s"), strings.TrimSuffix(folded, "es")}
	if stem, ok := strings.CutSuffix(folded, "ies"); ok {
		forms = append(forms, stem+"y")
	}
	for _, form := range forms {
		if id, ok := v.byWord[form]; ok {
			return v.Lookup(id)
		}
	}
	return Concept{}, false
}

// OfImageNet returns the ids of the concepts that an ImageNet class shows, the most specific first.
func (v *Vocabulary) OfImageNet(class int) []string { return v.shownBy[class] }

// SuggestedByImageNet returns the ids of the concepts that an ImageNet class does not show but suggests, the most specific
// first.
func (v *Vocabulary) SuggestedByImageNet(class int) []string { return v.suggested[class] }

// Expand adds what the concepts imply: an implied concept gets weight × implication, or keeps its own if that is
// larger. One step only, so that associations do not run away.
func (v *Vocabulary) Expand(direct ConceptVector) ConceptVector {
	all := append([]ConceptWeight(nil), direct...)
	for _, w := range direct {
		c, ok := v.Lookup(w.Concept)
		if !ok {
			continue
		}
		for _, implied := range c.Implies {
			all = append(all, ConceptWeight{Concept: implied.Concept, Weight: w.Weight * implied.Weight})
		}
	}
	return NewConceptVector(all...)
}

// Affect is the expected affect of a concept vector: the weighted mean of the concepts' affects, with the deviation of
// the mixture as its spread. It is not Known for an empty vector.
func (v *Vocabulary) Affect(vector ConceptVector) Estimate {
	var mixture affectMixture
	for _, w := range vector {
		if c, ok := v.Lookup(w.Concept); ok {
			mixture.add(c.Affect, w.Weight)
		}
	}
	return mixture.estimate()
}

// affectMixture accumulates weighted normal distributions on the affect plane.
type affectMixture struct {
	weight, valence, arousal, square float64
}

func (m *affectMixture) add(e Estimate, weight float64) {
	m.weight += weight
	m.valence += weight * e.Valence
	m.arousal += weight * e.Arousal
	// Mean over both axes of the second moment: E[x²] = μ² + σ².
	m.square += weight * ((e.Valence*e.Valence+e.Arousal*e.Arousal)/2 + e.Spread*e.Spread)
}

func (m *affectMixture) estimate() Estimate {
	if !(m.weight > 0) {
		return Estimate{Spread: UnknownSpread}
	}
	mean := Affect{Valence: m.valence / m.weight, Arousal: m.arousal / m.weight}
	variance := m.square/m.weight - (mean.Valence*mean.Valence+mean.Arousal*mean.Arousal)/2
	return Estimate{Affect: mean.Clamp(), Spread: math.Sqrt(max(0, variance)), Known: true}
}

// foldWord makes "Living_Room", "living room" and "living-room" one.
func foldWord(word string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(word), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_'
	}), " ")
}
