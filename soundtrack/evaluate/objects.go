package evaluate

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"github.com/soundtrack-go/sdk/tagging"
)

// ObjectsReport says what of the things in pictures of COCO is named. Controls give each picture the answers for another
// one, in two hundred random orders.
type ObjectsReport struct {
	// Pictures that have a class which the vocabulary knows.
	Pictures int `json:"pictures"`
	// HitAt5 is the share of pictures for which one of the first five objects is a class that is there.
	HitAt5 Controlled `json:"hit_at_5"`
	// Named is the share of classes in pictures that any object names.
	Named Controlled `json:"classes_named"`
	// Things and Places are the nouns of captions, found by the vocabulary's words, in at least two captions of a picture.
	Things NounsReport `json:"things"`
	Places NounsReport `json:"places"`
}

// NounsReport is the recall of nouns.
type NounsReport struct {
	Nouns int `json:"nouns"`
	// Named is the share that a tag names, Implied the share that is in the concept vector, which has what tags imply.
	Named   Controlled `json:"named"`
	Implied Controlled `json:"implied"`
}

// Controlled is a share with what chance makes of it.
type Controlled struct {
	Share   float64 `json:"share"`
	Control float64 `json:"control"`
}

// captionVotes is the number of a picture's captions that must have a noun: what one writer alone saw is not counted.
const captionVotes = 2

// hits are the counts behind a [Controlled].
type hits struct{ yes, all, controlYes, controlAll int }

func (h *hits) count(control, yes bool) {
	if control {
		h.controlYes += one(yes)
		h.controlAll++
		return
	}
	h.yes += one(yes)
	h.all++
}

func (h *hits) controlled() Controlled {
	return Controlled{Share: share(h.yes, h.all), Control: share(h.controlYes, h.controlAll)}
}

// forOthers calls count with each of n pictures and another one, in two hundred random orders that are always the same.
func forOthers(n int, count func(picture, other int)) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		for picture, other := range rng.Perm(n) {
			if picture != other {
				count(picture, other)
			}
		}
	}
}

// objects measures the captioned pictures.
func (m *measuring) objects(ctx context.Context) (ObjectsReport, error) {
	var names []string
	for _, c := range m.captioned {
		names = append(names, c.Picture)
	}
	fused, err := m.fusion(m.ships)
	if err != nil {
		return ObjectsReport{}, err
	}
	tags, err := m.tag(ctx, fused, names)
	if err != nil {
		return ObjectsReport{}, err
	}
	var counts objectCounts
	pictures := make([]annotated, len(m.captioned))
	for i, c := range m.captioned {
		pictures[i] = annotate(c)
		counts.add(pictures[i], tags[i], false)
	}
	forOthers(len(tags), func(picture, other int) { counts.add(pictures[picture], tags[other], true) })
	return counts.report(), nil
}

// objectCounts adds up over pictures.
type objectCounts struct {
	hit, named            hits
	things, thingsImplied hits
	places, placesImplied hits
}

// annotated is what people say is in a picture, in the words of the vocabulary.
type annotated struct {
	classes []string // of COCO, that a concept shows
	nouns   []string // concepts
}

func annotate(p Captioned) annotated {
	unknown := func(class string) bool { return !mapped(class) }
	return annotated{classes: slices.DeleteFunc(slices.Clone(p.Classes), unknown), nouns: nouns(p.Captions)}
}

func (c *objectCounts) add(p annotated, tags tagging.Tags, control bool) {
	vocabulary := tagging.DefaultVocabulary()
	var all, first []string // classes that objects show
	for i, t := range tags.Objects {
		concept, _ := vocabulary.Lookup(t.Concept)
		all = append(all, concept.COCO...)
		if i < 5 {
			first = append(first, concept.COCO...)
		}
	}
	if len(p.classes) > 0 {
		c.hit.count(control, slices.ContainsFunc(p.classes, func(class string) bool { return slices.Contains(first, class) }))
	}
	for _, class := range p.classes {
		c.named.count(control, slices.Contains(all, class))
	}
	for _, id := range p.nouns {
		concept, _ := vocabulary.Lookup(id)
		named, implied := &c.things, &c.thingsImplied
		if concept.Kind.Place() {
			named, implied = &c.places, &c.placesImplied
		}
		is := func(t tagging.Tag) bool { return t.Concept == id }
		named.count(control, slices.ContainsFunc(tags.Objects, is) || slices.ContainsFunc(tags.Scenes, is))
		implied.count(control, tags.Concepts.Weight(id) > 0)
	}
}

func (c *objectCounts) report() ObjectsReport {
	return ObjectsReport{
		Pictures: c.hit.all, HitAt5: c.hit.controlled(), Named: c.named.controlled(),
		Things: NounsReport{Nouns: c.things.all, Named: c.things.controlled(), Implied: c.thingsImplied.controlled()},
		Places: NounsReport{Nouns: c.places.all, Named: c.places.controlled(), Implied: c.placesImplied.controlled()},
	}
}

// mapped reports whether a concept shows a class of COCO.
func mapped(class string) bool {
	return slices.ContainsFunc(tagging.DefaultVocabulary().Concepts(), func(c tagging.Concept) bool { return slices.Contains(c.COCO, class) })
}

// nouns are the concepts of sights that enough captions name, by words or pairs of words, sorted.
func nouns(captions []string) []string {
	votes := map[string]int{}
	for _, caption := range captions {
		words := strings.FieldsFunc(strings.ToLower(caption), func(r rune) bool { return !unicode.IsLetter(r) })
		found := map[string]bool{}
		for i := range words {
			for n := range 2 { // "tennis racket" before "racket"
				if end := i + 2 - n; end <= len(words) {
					if c, ok := tagging.DefaultVocabulary().Resolve(strings.Join(words[i:end], " ")); ok && sight(c.Kind) {
						found[c.ID] = true
						break
					}
				}
			}
		}
		for id := range found {
			votes[id]++
		}
	}
	var ids []string
	for id, n := range votes {
		if n >= min(captionVotes, len(captions)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// sight reports whether concepts of a kind can be seen: what moods, themes and eras are named in captions is no noun.
func sight(k tagging.Kind) bool {
	switch k {
	case tagging.KindMood, tagging.KindEmotion, tagging.KindMusic, tagging.KindGenre, tagging.KindTheme, tagging.KindEra, tagging.KindLook:
		return false
	}
	return true
}
