package tagging

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// saying is a full and valid answer.
func saying() Tags {
	because := []Evidence{{Tagger: "test", Detail: "Café « au lait », 日本, .62", Weight: 1}}
	return Tags{
		Affect: Estimate{Affect: Affect{.5, -.2}, Spread: .3, Known: true}, AffectEvidence: because, Disagreement: .1,
		Moods:    []Tag{{Concept: "joyful", Name: "joyful", Confidence: .5, Evidence: because}},
		Objects:  []Tag{{Concept: "dog", Name: "dog", Confidence: .9, Evidence: because}},
		Scenes:   []Tag{{Concept: "beach", Name: "beach", Confidence: .9, Evidence: because}, {Name: "city", Confidence: .9, Evidence: because}},
		Colours:  []Colour{{Hex: "#1a2b3c", Name: "dark blue", Share: .6}, {Hex: "#ffffff", Name: "white", Share: .4}},
		Concepts: vector("beach", .9, "of-a-vocabulary-of-their-own", 1.), Suggested: vector("summer", .5),
		Era: Era{
			Label: EraModern, Decade: 2010, Captured: time.Date(2014, 5, 1, 0, 0, 0, 0, time.UTC), Confidence: .9, Evidence: because,
			Decades: []DecadeShare{{2000, .5}, {2010, .5}},
		},
		Care:     []Care{{Topic: CareGrief, Confidence: .9, Evidence: because}},
		Caption:  "A dog on a beach – Strand, plage.",
		Degraded: []Degradation{{Part: "llm", Reason: "took too long", Remedy: "wait"}},
	}
}

// invalid are changes to an answer that make it one which nobody may give, with the field that is to blame.
var invalid = map[string]struct {
	field  string
	change func(*Tags)
}{
	"valence":              {"affect", func(t *Tags) { t.Affect.Valence = 5 }},
	"no valence":           {"affect", func(t *Tags) { t.Affect.Valence = math.NaN() }},
	"no spread":            {"affect", func(t *Tags) { t.Affect.Spread = math.NaN() }},
	"wide spread":          {"affect", func(t *Tags) { t.Affect.Spread = 2.1 }},
	"certain":              {"affect", func(t *Tags) { t.Affect.Spread, t.Disagreement = 0, 0 }},
	"evidence weight":      {"affect", func(t *Tags) { t.AffectEvidence = []Evidence{{Weight: 1.1}} }},
	"much evidence":        {"affect", func(t *Tags) { t.AffectEvidence = make([]Evidence, MaxEvidence+1) }},
	"disagreement":         {"disagreement", func(t *Tags) { t.Disagreement = .31 }},
	"agreement":            {"disagreement", func(t *Tags) { t.Disagreement = -1 }},
	"confidence":           {"objects[0]", func(t *Tags) { t.Objects[0].Confidence = 1e300 }},
	"no confidence":        {"moods[0]", func(t *Tags) { t.Moods[0].Confidence = 0 }},
	"no name":              {"moods[0]", func(t *Tags) { t.Moods[0].Name = "" }},
	"long name":            {"moods[0]", func(t *Tags) { t.Moods[0].Name = strings.Repeat("ä", MaxName+1) }},
	"turned name":          {"objects[0]", func(t *Tags) { t.Objects[0].Name = "evil\u202e" }},
	"no UTF-8":             {"objects[0]", func(t *Tags) { t.Objects[0].Name = "evil\xff" }},
	"id":                   {"scenes[1]", func(t *Tags) { t.Scenes[1].Concept = "<b>" }},
	"unsorted":             {"scenes[1]", func(t *Tags) { t.Scenes[1].Confidence = 1 }},
	"names unsorted":       {"scenes[1]", func(t *Tags) { t.Scenes[1].Name = "alley" }},
	"twice":                {"scenes[1]", func(t *Tags) { t.Scenes[1].Name = "beach" }},
	"long list":            {"objects", func(t *Tags) { t.Objects = make([]Tag, MaxTags+1) }},
	"long detail":          {"scenes[0]", func(t *Tags) { t.Scenes[0].Evidence = []Evidence{{Detail: strings.Repeat("x", MaxDetail+1)}} }},
	"colour":               {"colours[1]", func(t *Tags) { t.Colours[1].Hex = "javascript:" }},
	"colour in capitals":   {"colours[1]", func(t *Tags) { t.Colours[1].Hex = "#FFFFFF" }},
	"nameless colour":      {"colours[0]", func(t *Tags) { t.Colours[0].Name = "" }},
	"share":                {"colours[0]", func(t *Tags) { t.Colours[0].Share = -1 }},
	"shares":               {"colours", func(t *Tags) { t.Colours[0].Share = .7 }},
	"many colours":         {"colours", func(t *Tags) { t.Colours = make([]Colour, MaxTags+1) }},
	"label":                {"era", func(t *Tags) { t.Era.Label = "roman" }},
	"more than sure":       {"era", func(t *Tags) { t.Era.Confidence = 77 }},
	"decade of no date":    {"era", func(t *Tags) { t.Era.Captured = time.Time{} }},
	"decade of another":    {"era", func(t *Tags) { t.Era.Decade = 2000 }},
	"date without a label": {"era", func(t *Tags) { t.Era.Label = EraUnknown }},
	"far year":             {"era", func(t *Tags) { t.Era.Decade, t.Era.Captured = 9990, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }},
	"year for a decade":    {"era", func(t *Tags) { t.Era.Decades[0].Decade = 2001 }},
	"no share":             {"era", func(t *Tags) { t.Era.Decades[0].Share = 0 }},
	"decades":              {"era", func(t *Tags) { t.Era.Decades[0].Share = .6 }},
	"decades unsorted":     {"era", func(t *Tags) { t.Era.Decades[0].Decade = 2020 }},
	"caption":              {"caption", func(t *Tags) { t.Caption = strings.Repeat("x", MaxCaption+1) }},
	"two lines":            {"caption", func(t *Tags) { t.Caption = "a\nb" }},
	"weight":               {"concepts", func(t *Tags) { t.Concepts[0].Weight = 1.2 }},
	"concept":              {"concepts", func(t *Tags) { t.Concepts[0].Concept = "No Such" }},
	"long concept":         {"concepts", func(t *Tags) { t.Concepts[0].Concept = strings.Repeat("a", MaxName+1) }},
	"concepts unsorted":    {"concepts", func(t *Tags) { t.Concepts[0].Concept = "zoo" }},
	"many concepts":        {"concepts", func(t *Tags) { t.Concepts = make(ConceptVector, MaxConcepts+1) }},
	"suggestion":           {"suggested", func(t *Tags) { t.Suggested[0].Weight = math.NaN() }},
	"topic":                {"care", func(t *Tags) { t.Care[0].Topic = "boredom" }},
	"topic twice":          {"care", func(t *Tags) { t.Care = append(t.Care, t.Care[0]) }},
	"care":                 {"care", func(t *Tags) { t.Care[0].Confidence = 2 }},
	"care unsorted":        {"care", func(t *Tags) { t.Care = append([]Care{{Topic: CareMedical, Confidence: .1}}, t.Care...) }},
	"degraded":             {"degraded", func(t *Tags) { t.Degraded[0].Reason = "a\x1b[31m" }},
	"degraded at length":   {"degraded", func(t *Tags) { t.Degraded[0].Remedy = strings.Repeat("x", MaxReason+1) }},
	"much degraded":        {"degraded", func(t *Tags) { t.Degraded = make([]Degradation, MaxTags+1) }},
}

func TestTagsValidate(t *testing.T) {
	t.Parallel()
	require.NoError(t, Tags{}.Validate())
	require.NoError(t, saying().Validate())
	for name, row := range invalid {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tags := saying()
			row.change(&tags)
			err := tags.Validate()
			require.ErrorIs(t, err, ErrTags)
			var detail *TagsError
			require.ErrorAs(t, err, &detail)
			require.Equal(t, row.field, detail.Field, "%v", err)
			require.Less(t, len(err.Error()), 300, "nothing long is repeated")
		})
	}
}

// A tagger that answers nonsense degrades the answer by name and never fails it, nor gets a word of it in.
func TestFusionRefusesInvalidReplies(t *testing.T) {
	t.Parallel()
	for name, row := range invalid {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			nonsense := saying()
			row.change(&nonsense)
			tags := fused(t, Named{"bad", says(nonsense)}, Named{"good", says(estimate(.5, 0, .3))})
			require.NoError(t, tags.Validate())
			require.Len(t, tags.Degraded, 1)
			require.Equal(t, "bad", tags.Degraded[0].Part)
			require.Contains(t, tags.Degraded[0].Reason, row.field)
			require.Equal(t, Fuse(estimate(.5, 0, .3)).Affect, tags.Affect)
			require.Empty(t, tags.Objects)
			require.Empty(t, tags.Caption)
		})
	}
}

// What is fused of valid answers is valid, however many there are, whoever is not relied on, and whatever errors say.
func TestFusionOfValidRepliesIsValid(t *testing.T) {
	t.Parallel()
	many := saying()
	many.AffectEvidence = slices.Repeat(many.AffectEvidence, MaxEvidence)
	many.Era.Evidence, many.Objects = many.AffectEvidence, nil
	for i := range MaxTags {
		many.Objects = append(many.Objects, Tag{Name: fmt.Sprintf("thing %03d", i), Confidence: .5, Evidence: many.AffectEvidence})
	}
	more := saying()
	more.Objects = slices.Clone(many.Objects)
	for i := range more.Objects {
		more.Objects[i].Name += " more"
	}
	require.NoError(t, many.Validate())
	require.NoError(t, more.Validate())
	broken := taggerFunc(func(context.Context, *vision.Observation) (Tags, error) {
		return Tags{}, errors.New("\x1b[31mline\nline\xff" + strings.Repeat("x", 9999))
	})
	tags := fused(t, Named{"broken", broken}, Named{"a", says(many)}, Named{"b", says(many)}, Named{"c", says(more)})
	require.NoError(t, tags.Validate())
	require.Len(t, tags.Objects, MaxTags)
	require.Contains(t, tags.Degraded[len(tags.Degraded)-1].Reason, " [31mline line")
	cat := Tags{Objects: []Tag{{Concept: "cat", Name: "cat", Confidence: .2}}}
	alone := fused(t, Named{"a", says(cat)}, Named{"nobody", says(saying())}, WithReliability("nobody", Reliability{}))
	require.NoError(t, alone.Validate(), "who is not relied on at all names nothing, rather than with a confidence of 0")
	require.Len(t, alone.Objects, 1)
	for _, name := range []string{"", "two\nlines", strings.Repeat("x", MaxName+1)} {
		_, err := NewFusion(Named{name, broken})
		require.Error(t, err)
	}
}
