package llm

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/soundtrack-go/sdk/tagging"
)

// Reading is what a model says about a picture, checked: numbers in their ranges, words of closed lists, and one caption.
// Lists are sorted by falling weight, then by name, without repeats or zeros.
type Reading struct {
	// What the picture looks like, 0 to 1 each; the pictures' side of what a [Judgement] says about songs.
	Light      float64 `json:"light"`      // dark to bright
	Warmth     float64 `json:"warmth"`     // cold to warm
	Density    float64 `json:"density"`    // sparse to crowded
	Motion     float64 `json:"motion"`     // still to forceful
	Tenderness float64 `json:"tenderness"` // harsh to tender

	People string `json:"people"` // "none", "one", "two", "several" or "crowd"

	// What it shows, as concepts of the vocabulary with weights in (0, 1]: at most 32 in all.
	Things  []tagging.ConceptWeight `json:"things"`  // at most 12
	Persons []tagging.ConceptWeight `json:"persons"` // at most 4
	Scenes  []tagging.ConceptWeight `json:"scenes"`  // at most 7
	Looks   []tagging.ConceptWeight `json:"looks"`   // at most 2
	Moods   []tagging.ConceptWeight `json:"moods"`   // at most 4
	Themes  []tagging.ConceptWeight `json:"themes"`  // at most 3

	// How it feels: axes in [-1, 1], confidences in [0, 1].
	Valence           float64 `json:"valence"`
	ValenceConfidence float64 `json:"valence_confidence"`
	Arousal           float64 `json:"arousal"`
	ArousalConfidence float64 `json:"arousal_confidence"`

	// Decades is when it may have been taken, in the order of time. Shares add up to at most 1; the rest is "cannot tell".
	// Mostly empty.
	Decades []tagging.DecadeShare `json:"decades"`
	// Care is what asks for care with the music, without evidence. Mostly empty.
	Care []tagging.Care `json:"care"`
	// Caption is at most 200 characters of plain text, or empty. It is for people to read: do not match songs by it and do
	// not put it into a prompt, since it is the one field that can repeat words of the picture.
	Caption string `json:"caption"`

	// Problems says in our own words what was left out of the reply because it broke the schema. Mostly empty.
	Problems []string `json:"problems,omitempty"`
}

// readingOf decodes a checked reply and puts it in order.
func readingOf(a answer) (Reading, error) {
	var r Reading
	if err := json.Unmarshal(a.clean, &r); err != nil {
		return Reading{}, fmt.Errorf("llm: checked reply: %w", err)
	}
	for _, list := range r.lists() {
		*list = tagging.NewConceptVector(*list...).Top(len(*list))
	}
	r.Decades = decadesInOrder(r.Decades)
	r.Care = surestCare(r.Care)
	r.Problems = a.problems
	return r, nil
}

// clone copies the lists, so that the reader may change them.
func (r Reading) clone() Reading {
	for _, list := range r.lists() {
		*list = slices.Clone(*list)
	}
	r.Decades, r.Care, r.Problems = slices.Clone(r.Decades), slices.Clone(r.Care), slices.Clone(r.Problems)
	return r
}

func (r *Reading) lists() []*[]tagging.ConceptWeight {
	return []*[]tagging.ConceptWeight{&r.Things, &r.Persons, &r.Scenes, &r.Looks, &r.Moods, &r.Themes}
}

// decadesInOrder makes one share of each decade, of which any year may be given, and scales them if they exceed 1.
func decadesInOrder(given []tagging.DecadeShare) []tagging.DecadeShare {
	shares := map[int]float64{}
	var sum float64
	for _, d := range given {
		shares[d.Decade/10*10] += d.Share
		sum += d.Share
	}
	decades := []tagging.DecadeShare{}
	for _, decade := range slices.Sorted(maps.Keys(shares)) {
		if share := shares[decade] / max(1, sum); share > 0 {
			decades = append(decades, tagging.DecadeShare{Decade: decade, Share: share})
		}
	}
	return decades
}

// surestCare sorts by falling confidence and drops zeros and the less sure of repeats.
func surestCare(care []tagging.Care) []tagging.Care {
	slices.SortStableFunc(care, func(a, b tagging.Care) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Topic, b.Topic))
	})
	seen := map[tagging.CareTopic]bool{}
	return slices.DeleteFunc(care, func(c tagging.Care) bool {
		again := seen[c.Topic]
		seen[c.Topic] = true
		return again || c.Confidence <= 0
	})
}

// Affect is the reading's feeling with the spread that its confidence is worth.
func (r Reading) Affect() tagging.Estimate {
	return estimate(r.Valence, r.ValenceConfidence, r.Arousal, r.ArousalConfidence)
}

// sureSpread is the spread of a judgement with full confidence. A strong model is nearer to the mean of people's ratings
// than that; the rest is how far one person lies from that mean.
const sureSpread = 0.2

// estimate gives a judgement the spread u − c·(u − sureSpread), with u = tagging.UnknownSpread and c the lesser of the two
// confidences. Without any confidence nothing is known.
func estimate(valence, valenceConfidence, arousal, arousalConfidence float64) tagging.Estimate {
	sure := min(valenceConfidence, arousalConfidence)
	if sure <= 0 {
		return tagging.Estimate{Spread: tagging.UnknownSpread}
	}
	return tagging.Estimate{
		Affect: tagging.Affect{Valence: valence, Arousal: arousal},
		Spread: tagging.UnknownSpread - sure*(tagging.UnknownSpread-sureSpread), Known: true,
	}
}

// Limits of what a decade distribution says about looks: the last decade of "old" and the first of "modern" as
// [tagging.EraLabel] means them, and the share from which a side is claimed.
const (
	oldUpTo    = 1940
	modernFrom = 1990
	eraShare   = 0.6
)

// era passes the decades on and reads a label off them. It never claims one decade: that takes a capture date.
func (r Reading) era() tagging.Era {
	var old, modern float64
	var evidence []tagging.Evidence
	for _, d := range r.Decades {
		if d.Decade <= oldUpTo {
			old += d.Share
		}
		if d.Decade >= modernFrom {
			modern += d.Share
		}
		evidence = append(evidence, tagging.Evidence{Tagger: Name, Detail: fmt.Sprintf("%ds %.2f", d.Decade, d.Share), Weight: d.Share})
	}
	era := tagging.Era{Decades: slices.Clone(r.Decades), Evidence: evidence}
	switch {
	case old >= eraShare:
		era.Label, era.Confidence = tagging.EraOld, min(old, 1)
	case modern >= eraShare:
		era.Label, era.Confidence = tagging.EraModern, min(modern, 1)
	}
	return era
}

// tags is the reading as a tagger's answer. Objects hold things and persons; looks and themes are in the vector only, since
// how a picture was made and what it is about is no sight. Care is what the model names; a fusion adds what the concepts
// mean.
func (r Reading) tags(v *tagging.Vocabulary) tagging.Tags {
	tags := tagging.Tags{Affect: r.Affect(), Era: r.era(), Caption: r.Caption}
	if tags.Affect.Known {
		tags.AffectEvidence = []tagging.Evidence{{
			Tagger: Name, Weight: 1,
			Detail: fmt.Sprintf("valence %+.2f (sure %.2f), arousal %+.2f (sure %.2f)",
				r.Valence, r.ValenceConfidence, r.Arousal, r.ArousalConfidence),
		}}
	}
	tags.Objects = tagList(v, append(slices.Clone(r.Things), r.Persons...))
	tags.Scenes = tagList(v, r.Scenes)
	tags.Moods = tagList(v, r.Moods)
	var all []tagging.ConceptWeight
	for _, list := range r.lists() {
		all = append(all, *list...)
	}
	tags.Concepts = tagging.NewConceptVector(all...)
	for _, c := range r.Care {
		c.Evidence = []tagging.Evidence{{Tagger: Name, Detail: fmt.Sprintf("%s %.2f", c.Topic, c.Confidence), Weight: c.Confidence}}
		tags.Care = append(tags.Care, c)
	}
	if len(r.Problems) > 0 {
		tags.Degraded = []tagging.Degradation{{
			Part: Name, Reason: "a part of the reply broke the schema and was left out: " + r.Problems[0], Remedy: "try another model",
		}}
	}
	return tags
}

func tagList(v *tagging.Vocabulary, weights []tagging.ConceptWeight) []tagging.Tag {
	var tags []tagging.Tag
	for _, w := range tagging.NewConceptVector(weights...) {
		c, ok := v.Lookup(w.Concept)
		if !ok {
			continue
		}
		tags = append(tags, tagging.Tag{
			Concept: c.ID, Name: c.Name(), Confidence: w.Weight,
			Evidence: []tagging.Evidence{{Tagger: Name, Detail: fmt.Sprintf("%s %.2f", c.Name(), w.Weight), Weight: w.Weight}},
		})
	}
	slices.SortFunc(tags, func(a, b tagging.Tag) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Name, b.Name))
	})
	return tags
}
