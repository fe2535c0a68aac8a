package tagging

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
)

//go:embed concepts.csv
var conceptsCSV string

// Kind groups concepts.
type Kind string

// Kinds of concepts.
const (
	KindScene    Kind = "scene"
	KindWeather  Kind = "weather"
	KindLight    Kind = "light"
	KindSeason   Kind = "season"
	KindOccasion Kind = "occasion"
	KindActivity Kind = "activity"
	KindObject   Kind = "object"
	KindAnimal   Kind = "animal"
	KindPeople   Kind = "people"
	KindMood     Kind = "mood"
	KindTheme    Kind = "theme"
	KindEra      Kind = "era"
)

var kinds = map[Kind]bool{
	KindScene: true, KindWeather: true, KindLight: true, KindSeason: true, KindOccasion: true, KindActivity: true,
	KindObject: true, KindAnimal: true, KindPeople: true, KindMood: true, KindTheme: true, KindEra: true,
}

// Place reports whether the kind says where or when a picture is, rather than what is in it.
func (k Kind) Place() bool {
	switch k {
	case KindScene, KindWeather, KindLight, KindSeason, KindOccasion:
		return true
	}
	return false
}

// Concept is one entry of the vocabulary.
type Concept struct {
	ID   string // kebab-case English
	Kind Kind
	// Affect is what people feel on average at the sight of it, or at a song about it, with the deviation between
	// instances. It is this project's own judgement, not fitted on ratings and not taken from published norms.
	Affect Estimate
	// Synonyms are other words for it, in lower case.
	Synonyms []string
	// Implies lists broader and associated concepts with weights in (0, 1).
	Implies []ConceptWeight
	// ImageNet lists the class indices of ImageNet-1k that show it, COCO the class names of COCO-80.
	ImageNet []int
	COCO     []string
}

// Name returns the concept's name for people: the id with spaces.
func (c Concept) Name() string { return strings.ReplaceAll(c.ID, "-", " ") }

// Vocabulary is the closed list of concepts that pictures and songs are both described in. It is immutable and safe
// for concurrent use.
type Vocabulary struct {
	concepts   []Concept // in the order of the file
	byID       map[string]int
	byWord     map[string]string // folded id or synonym → id
	byImageNet map[int][]string  // class → ids, the most specific first
}

// ErrVocabulary reports a concept file that contradicts itself.
var ErrVocabulary = errors.New("tagging: invalid vocabulary")

var defaultVocabulary = sync.OnceValue(func() *Vocabulary {
	v, err := ReadVocabulary(strings.NewReader(conceptsCSV))
	if err != nil {
		panic(err) // the embedded file is checked by a test
	}
	return v
})

// DefaultVocabulary returns the vocabulary that ships with the package. All callers share it.
func DefaultVocabulary() *Vocabulary { return defaultVocabulary() }

// conceptColumns is the header of a concept file.
const conceptColumns = "id,kind,valence,arousal,spread,synonyms,implies,imagenet,coco"

// ReadVocabulary reads a concept file: CSV with the columns id, kind, valence, arousal, spread, synonyms, implies,
// imagenet and coco. Lists are separated by semicolons; implied concepts are written "sea:0.7", class indices "151" or
// "151-268". Every error matches [ErrVocabulary] and names the line.
func ReadVocabulary(r io.Reader) (*Vocabulary, error) {
	reader := csv.NewReader(r)
	header, err := reader.Read()
	if err != nil || strings.Join(header, ",") != conceptColumns {
		return nil, fmt.Errorf("%w: line 1: want the header %s", ErrVocabulary, conceptColumns)
	}
	v := &Vocabulary{byID: map[string]int{}, byWord: map[string]string{}, byImageNet: map[int][]string{}}
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := reader.FieldPos(0)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrVocabulary, err)
		}
		c, err := parseConcept(row)
		if err == nil {
			err = v.add(c)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrVocabulary, line, err)
		}
	}
	if err := v.link(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrVocabulary, err)
	}
	return v, nil
}

func parseConcept(row []string) (Concept, error) {
	c := Concept{ID: row[0], Kind: Kind(row[1]), Synonyms: splitList(row[5]), COCO: splitList(row[8])}
	if c.ID == "" || strings.Trim(c.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return c, fmt.Errorf("id %q: want kebab-case", c.ID)
	}
	if !kinds[c.Kind] {
		return c, fmt.Errorf("concept %q: unknown kind %q", c.ID, c.Kind)
	}
	for i, target := range []*float64{&c.Affect.Valence, &c.Affect.Arousal, &c.Affect.Spread} {
		value, err := strconv.ParseFloat(row[2+i], 64)
		if err != nil {
			return c, fmt.Errorf("concept %q: %w", c.ID, err)
		}
		*target = value
	}
	c.Affect.Known = true
	if err := c.Affect.Validate(); err != nil {
		return c, fmt.Errorf("concept %q: %w", c.ID, err)
	}
	if !(c.Affect.Spread > 0 && c.Affect.Spread <= 1) {
		return c, fmt.Errorf("concept %q: spread %v: want (0, 1]", c.ID, c.Affect.Spread)
	}
	for _, item := range splitList(row[6]) {
		id, number, found := strings.Cut(item, ":")
		weight, err := strconv.ParseFloat(number, 64)
		if !found || err != nil || !(weight > 0 && weight < 1) {
			return c, fmt.Errorf("concept %q implies %q: want id:weight with a weight in (0, 1)", c.ID, item)
		}
		c.Implies = append(c.Implies, ConceptWeight{Concept: id, Weight: weight})
	}
	var err error
	if c.ImageNet, err = parseRanges(row[7]); err != nil {
		return c, fmt.Errorf("concept %q: imagenet: %w", c.ID, err)
	}
	return c, nil
}

// add enters a concept and its words, refusing words that mean two things.
func (v *Vocabulary) add(c Concept) error {
	if _, taken := v.byID[c.ID]; taken {
		return fmt.Errorf("concept %q is there twice", c.ID)
	}
	v.byID[c.ID] = len(v.concepts)
	v.concepts = append(v.concepts, c)
	for _, word := range append([]string{c.ID}, c.Synonyms...) {
		folded := foldWord(word)
		if other, taken := v.byWord[folded]; taken && other != c.ID {
			return fmt.Errorf("%q means both %q and %q", word, other, c.ID)
		}
		v.byWord[folded] = c.ID
	}
	return nil
}

// link checks implied concepts, which may stand anywhere in the file, and indexes the label mappings.
func (v *Vocabulary) link() error {
	size := map[string]int{}
	for _, c := range v.concepts {
		size[c.ID] = len(c.ImageNet)
		for _, implied := range c.Implies {
			if _, ok := v.byID[implied.Concept]; !ok {
				return fmt.Errorf("concept %q implies %q, which is not in the vocabulary", c.ID, implied.Concept)
			}
			if implied.Concept == c.ID {
				return fmt.Errorf("concept %q implies itself", c.ID)
			}
		}
		for _, class := range c.ImageNet {
			v.byImageNet[class] = append(v.byImageNet[class], c.ID)
		}
	}
	for class := range v.byImageNet {
		sortBy(v.byImageNet[class], func(id string) float64 { return float64(size[id]) })
	}
	return nil
}

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
	for _, form := range []string{folded, strings.TrimSuffix(folded, "s"), strings.TrimSuffix(folded, "es")} {
		if id, ok := v.byWord[form]; ok {
			return v.Lookup(id)
		}
	}
	return Concept{}, false
}

// OfImageNet returns the ids of the concepts that an ImageNet class shows, the most specific first.
func (v *Vocabulary) OfImageNet(class int) []string { return v.byImageNet[class] }

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

func splitList(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ";") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// parseRanges reads "3;7-9" as 3, 7, 8, 9.
func parseRanges(text string) ([]int, error) {
	var out []int
	for _, item := range splitList(text) {
		first, last, isRange := strings.Cut(item, "-")
		if !isRange {
			last = first
		}
		low, err1 := strconv.Atoi(first)
		high, err2 := strconv.Atoi(last)
		if err1 != nil || err2 != nil || low < 0 || high < low || high > 999 {
			return nil, fmt.Errorf("%q: want an index or range within 0 to 999", item)
		}
		for i := low; i <= high; i++ {
			out = append(out, i)
		}
	}
	return out, nil
}

// foldWord makes "Living_Room", "living room" and "living-room" one.
func foldWord(word string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(word), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_'
	}), " ")
}
