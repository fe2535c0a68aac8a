package evaluate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
)

func TestNouns(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"beach", "dog"}, nouns([]string{
		"A dog on the beach.", "Dogs, running happily on a sandy beach", "somebody with a kite",
	}), "synonyms and plurals count, what one writer saw and how it feels do not")
	require.Empty(t, nouns(nil))
}

func TestObjectCounts(t *testing.T) {
	t.Parallel()
	picture := annotate(Captioned{Classes: []string{"dog", "no such class"}, Captions: []string{"a dog in the snow", "dog and snow"}})
	dog := tagging.Tags{
		Objects:  []tagging.Tag{{Concept: "dog", Name: "dog", Confidence: .9}},
		Concepts: tagging.NewConceptVector(tagging.ConceptWeight{Concept: "dog", Weight: 1}, tagging.ConceptWeight{Concept: "snow", Weight: .5}),
	}
	var c objectCounts
	c.add(picture, dog, false)
	c.add(picture, tagging.Tags{}, true)
	r := c.report()
	require.Equal(t, 1, r.Pictures)
	require.Equal(t, Controlled{Share: 1, Control: 0}, r.HitAt5)
	require.Equal(t, Controlled{Share: 1, Control: 0}, r.Named, "a class that the vocabulary has not is not asked for")
	require.Equal(t, NounsReport{Nouns: 1, Named: Controlled{1, 0}, Implied: Controlled{1, 0}}, r.Things)
	require.Equal(t, NounsReport{Nouns: 1, Named: Controlled{0, 0}, Implied: Controlled{1, 0}}, r.Places)
}

// A class that is named sixth is not among the first five, and one that is fifth is.
func TestHitAt5(t *testing.T) {
	t.Parallel()
	tags := func(before int) tagging.Tags {
		var list []tagging.Tag
		for range before {
			list = append(list, tagging.Tag{Concept: "snow", Confidence: .9})
		}
		return tagging.Tags{Objects: append(list, tagging.Tag{Concept: "dog", Confidence: .5})}
	}
	for before, want := range map[int]float64{0: 1, 4: 1, 5: 0, 49: 0} {
		var c objectCounts
		c.add(annotate(Captioned{Classes: []string{"dog"}}), tags(before), false)
		require.InDelta(t, want, c.report().HitAt5.Share, 0, "after %d others", before)
		require.InDelta(t, 1, c.report().Named.Share, 0)
	}
}

func TestEraRates(t *testing.T) {
	t.Parallel()
	s := eraScores{old: []float64{.9, .8, .3}, modern: []float64{.1, .7}, monochrome: []float64{.7}, grey: []float64{.1, .2}}
	require.Equal(t, EraRates{Threshold: .7, Recall: 2. / 3, False: .5, FalseMono: 1, FalseGrey: 0}, s.rates(.7))
}

func TestCorrelationText(t *testing.T) {
	t.Parallel()
	for r, want := range map[float64]string{.634: ".63", -.12: "−.12", -.001: ".00", 1: "1.00", 0: ".00"} {
		require.Equal(t, want, correlationText(r))
	}
}
