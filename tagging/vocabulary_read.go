package tagging

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// ErrVocabulary reports a concept file that contradicts itself.
var ErrVocabulary = errors.New("tagging: invalid vocabulary")

// Columns of a concept file. Affect is given in one pass or in two.
var (
	onePass         = []string{"valence", "arousal"}
	twoPasses       = []string{"valence_a", "arousal_a", "valence_b", "arousal_b"}
	requiredColumns = []string{"id", "kind", "spread"}
	optionalColumns = []string{"phrase", "synonyms", "implies", "related", "imagenet", "coco"}
)

// ReadVocabulary reads a concept file: CSV with a header and the columns, in any order,
//
//	id, kind             kebab-case and one of the kinds
//	phrase               how it is said after "a photo of"; empty: its name, with an article for things that are counted
//	valence, arousal     one judgement of its affect; or two, which are averaged: valence_a, arousal_a, valence_b, arousal_b
//	spread               the deviation between instances
//	synonyms, related    words; ids of kindred concepts, said once for both
//	implies              broader and associated concepts with weights: "sea:0.7"
//	imagenet             class indices, "151" or "151-268", that show it; with a question mark behind, "988?", that only
//	                     suggest it: an acorn shows no forest
//	coco                 class names
//
// Lists are separated by semicolons. Id, kind, affect and spread are required. Every error matches [ErrVocabulary] and names
// the line.
func ReadVocabulary(r io.Reader) (*Vocabulary, error) {
	reader := csv.NewReader(r)
	names, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: line 1: %w", ErrVocabulary, err)
	}
	header, err := readHeader(names)
	if err != nil {
		return nil, fmt.Errorf("%w: line 1: %w", ErrVocabulary, err)
	}
	v := &Vocabulary{byID: map[string]int{}, byWord: map[string]string{}}
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrVocabulary, err) // names the line itself
		}
		line, _ := reader.FieldPos(0)
		c, err := conceptRow{header, fields}.parse()
		if err == nil {
			err = v.add(c)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: concept %q: %w", ErrVocabulary, line, c.ID, err)
		}
	}
	if err := v.link(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrVocabulary, err)
	}
	return v, nil
}

// readHeader maps the names of columns to their places.
func readHeader(names []string) (map[string]int, error) {
	required := slices.Concat(requiredColumns, onePass)
	if slices.Contains(names, twoPasses[0]) {
		required = slices.Concat(requiredColumns, twoPasses)
	}
	header := make(map[string]int, len(names))
	for i, name := range names {
		if _, twice := header[name]; twice || !slices.Contains(slices.Concat(required, optionalColumns), name) {
			return nil, fmt.Errorf("unknown or repeated column %q", name)
		}
		header[name] = i
	}
	for _, name := range required {
		if _, ok := header[name]; !ok {
			return nil, fmt.Errorf("want a column %s", name)
		}
	}
	return header, nil
}

// conceptRow is one line of a concept file.
type conceptRow struct {
	header map[string]int
	fields []string
}

// text returns a field, empty where the file has no such column.
func (r conceptRow) text(column string) string {
	if i, ok := r.header[column]; ok {
		return r.fields[i]
	}
	return ""
}

func (r conceptRow) parse() (Concept, error) {
	c := Concept{
		ID: r.text("id"), Kind: Kind(r.text("kind")), Phrase: r.text("phrase"),
		Synonyms: splitList(r.text("synonyms")), Related: splitList(r.text("related")), COCO: splitList(r.text("coco")),
	}
	if !isConceptID(c.ID) {
		return c, fmt.Errorf("want a kebab-case id of at most %d characters", MaxName)
	}
	kind, known := kinds[c.Kind]
	if !known {
		return c, fmt.Errorf("unknown kind %q", c.Kind)
	}
	if c.Phrase == "" {
		c.Phrase = c.Name()
		if kind.counted {
			c.Phrase = withArticle(c.Phrase)
		}
	}
	var err error
	if err = r.affect(&c); err != nil {
		return c, err
	}
	if c.Implies, err = parseImplied(r.text("implies")); err != nil {
		return c, err
	}
	if c.ImageNet, c.Suggested, err = parseClasses(r.text("imagenet")); err != nil {
		return c, fmt.Errorf("imagenet: %w", err)
	}
	return c, nil
}

// affect reads the passes and their mean.
func (r conceptRow) affect(c *Concept) error {
	columns := slices.Concat(onePass, onePass)
	if _, ok := r.header[twoPasses[0]]; ok {
		columns = twoPasses
	}
	targets := []*float64{
		&c.Passes[0].Valence, &c.Passes[0].Arousal, &c.Passes[1].Valence, &c.Passes[1].Arousal, &c.Affect.Spread,
	}
	for i, column := range append(slices.Clone(columns), "spread") {
		value, err := strconv.ParseFloat(r.text(column), 64)
		if err != nil {
			return fmt.Errorf("%s: %w", column, err)
		}
		*targets[i] = value
	}
	for _, pass := range c.Passes {
		if err := pass.Validate(); err != nil {
			return err
		}
		c.Affect.Valence += pass.Valence / 2
		c.Affect.Arousal += pass.Arousal / 2
	}
	if !(c.Affect.Spread > 0 && c.Affect.Spread <= 1) {
		return fmt.Errorf("spread %v: want (0, 1]", c.Affect.Spread)
	}
	c.Affect.Known = true
	return nil
}

// add enters a concept and its words, refusing words that mean two things.
func (v *Vocabulary) add(c Concept) error {
	if _, taken := v.byID[c.ID]; taken {
		return errors.New("it is there twice")
	}
	v.byID[c.ID] = len(v.concepts)
	v.concepts = append(v.concepts, c)
	for _, word := range append([]string{c.ID}, c.Synonyms...) {
		folded := foldWord(word)
		if folded == "" {
			return fmt.Errorf("%q is no word", word)
		}
		if other, taken := v.byWord[folded]; taken && other != c.ID {
			return fmt.Errorf("%q means both %q and %q", word, other, c.ID)
		}
		v.byWord[folded] = c.ID
	}
	return nil
}

// link checks implied and related concepts, which may stand anywhere in the file, makes related concepts mutual and indexes
// the label mappings.
func (v *Vocabulary) link() error {
	for _, c := range v.concepts {
		for _, implied := range c.Implies {
			if err := v.linkable(c.ID, "implies", implied.Concept); err != nil {
				return err
			}
		}
	}
	v.shownBy = v.byClass(func(c Concept) []int { return c.ImageNet })
	v.suggested = v.byClass(func(c Concept) []int { return c.Suggested })
	return v.linkRelated()
}

// byClass turns a mapping of concepts to classes around. Of a class's concepts, those of the fewest classes come first.
func (v *Vocabulary) byClass(classes func(Concept) []int) map[int][]string {
	ids := map[int][]string{}
	breadth := map[string]float64{}
	for _, c := range v.concepts {
		breadth[c.ID] = float64(len(c.ImageNet) + len(c.Suggested))
		for _, class := range classes(c) {
			ids[class] = append(ids[class], c.ID)
		}
	}
	for _, list := range ids {
		sortBy(list, func(id string) float64 { return breadth[id] })
	}
	return ids
}

// linkRelated enters each pair of related concepts on both sides.
func (v *Vocabulary) linkRelated() error {
	mutual := make([][]string, len(v.concepts))
	for i, c := range v.concepts {
		for _, id := range c.Related {
			if err := v.linkable(c.ID, "is related to", id); err != nil {
				return err
			}
			other := v.byID[id]
			mutual[i] = append(mutual[i], id)
			mutual[other] = append(mutual[other], c.ID)
		}
	}
	for i, ids := range mutual {
		slices.Sort(ids)
		v.concepts[i].Related = slices.Compact(ids)
	}
	return nil
}

func (v *Vocabulary) linkable(from, verb, to string) error {
	if _, ok := v.byID[to]; !ok {
		return fmt.Errorf("concept %q %s %q, which is not in the vocabulary", from, verb, to)
	}
	if from == to {
		return fmt.Errorf("concept %q %s itself", from, verb)
	}
	return nil
}

// isConceptID reports whether a concept may have this id: lower-case letters, digits and dashes.
func isConceptID(id string) bool {
	return id != "" && len(id) <= MaxName && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
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

// parseImplied reads "sea:0.7;coast:0.6".
func parseImplied(text string) ([]ConceptWeight, error) {
	var implied []ConceptWeight
	for _, item := range splitList(text) {
		id, number, found := strings.Cut(item, ":")
		weight, err := strconv.ParseFloat(number, 64)
		if !found || err != nil || !(weight > 0 && weight < 1) {
			return nil, fmt.Errorf("implies %q: want id:weight with a weight in (0, 1)", item)
		}
		implied = append(implied, ConceptWeight{Concept: id, Weight: weight})
	}
	return implied, nil
}

// suggestionMark is behind the classes that only suggest a concept.
const suggestionMark = "?"

// parseClasses reads "3;7-9;11?" as 3, 7, 8, 9, which show a concept, and 11, which suggests it.
func parseClasses(text string) (shown, suggested []int, err error) {
	seen := map[int]bool{}
	for _, item := range splitList(text) {
		classes, marked := strings.CutSuffix(item, suggestionMark)
		first, last, isRange := strings.Cut(classes, "-")
		if !isRange {
			last = first
		}
		low, err1 := strconv.Atoi(first)
		high, err2 := strconv.Atoi(last)
		if err1 != nil || err2 != nil || low < 0 || high < low || high >= labelCount {
			return nil, nil, fmt.Errorf("%q: want an index or range within 0 to %d", item, labelCount-1)
		}
		for class := low; class <= high; class++ {
			if seen[class] {
				return nil, nil, fmt.Errorf("%d is there twice", class)
			}
			seen[class] = true
			if marked {
				suggested = append(suggested, class)
			} else {
				shown = append(shown, class)
			}
		}
	}
	return shown, suggested, nil
}
