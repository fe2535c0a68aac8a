package match

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

func TestInvalidQueriesAreRefused(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	nan := math.NaN()
	for _, row := range []struct {
		name, field string
		spoil       func(*Query)
	}{
		{"count below", "count", func(q *Query) { q.Count = -1 }},
		{"count above", "count", func(q *Query) { q.Count = MaxCount + 1 }},
		{"contrast below", "dials.contrast", func(q *Query) { q.Dials.Contrast = -.1 }},
		{"surprise NaN", "dials.surprise", func(q *Query) { q.Dials.Surprise = nan }},
		{"valence NaN", "tags.affect", func(q *Query) { q.Tags.Affect.Valence = nan }},
		{"arousal above", "tags.affect", func(q *Query) { q.Tags.Affect.Arousal = 1.1 }},
		{"spread NaN", "tags.affect", func(q *Query) { q.Tags.Affect.Spread = nan }},
		{"spread below", "tags.affect", func(q *Query) { q.Tags.Affect.Spread = -.1 }},
		{"mood", "mood", func(q *Query) { q.Mood = &tagging.Affect{Valence: nan} }},
		{"concept NaN", "tags.concepts", func(q *Query) { q.Tags.Concepts = tagging.ConceptVector{{Concept: "sea", Weight: nan}} }},
		{"concept huge", "tags.concepts", func(q *Query) { q.Tags.Concepts = tagging.ConceptVector{{Concept: "sea", Weight: 1e300}} }},
		{"concepts unsorted", "tags.concepts", func(q *Query) {
			q.Tags.Concepts = tagging.ConceptVector{{Concept: "sea", Weight: 1}, {Concept: "dog", Weight: 1}}
		}},
		{"era confidence", "tags.era", func(q *Query) { q.Tags.Era.Confidence = nan }},
		{"decade", "tags.era", func(q *Query) { q.Tags.Era.Decade = -10 }},
		{"lightness", "palette.lightness", func(q *Query) { q.Palette.Lightness = nan }},
		{"activity", "palette.activity", func(q *Query) { q.Palette.Activity = math.Inf(1) }},
		{"embedding without space", "embedding", func(q *Query) { q.Embedding = []float32{1} }},
		{"embedding long", "embedding", func(q *Query) { q.Embedding, q.Space = []float32{1, 1}, "clip@1" }},
		{"embedding NaN", "embedding", func(q *Query) { q.Embedding, q.Space = []float32{float32(nan)}, "clip@1" }},
		{"blank word", "include", func(q *Query) { q.Include = []string{"sea", " \t"} }},
		{"long word", "exclude", func(q *Query) { q.Exclude = []string{strings.Repeat("a", MaxWordLength+1)} }},
		{"broken word", "exclude", func(q *Query) { q.Exclude = []string{"\xff"} }},
		{"many words", "include", func(q *Query) { q.Include = make([]string, MaxWords+1) }},
		{"many songs", "like", func(q *Query) { q.Like = make([]catalog.Song, MaxLike+1) }},
		{"liked song", "like[1].affect", func(q *Query) { q.Like = make([]catalog.Song, 2); q.Like[1].Affect.Valence = nan }},
		{"filter", "filter.years", func(q *Query) { q.Filter.YearFrom, q.Filter.YearTo = 2000, 1990 }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			q := picture(.3, .1, "sea")
			row.spoil(&q)
			_, err := r.Target(q)
			require.ErrorIs(t, err, ErrInvalid)
			var invalid *InvalidError
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, row.field, invalid.Field)
			require.NotEmpty(t, invalid.Reason)
			_, err = r.Rank(t.Context(), q, nil)
			require.ErrorIs(t, err, ErrInvalid)
		})
	}
}

func TestOptionsCheckThemselves(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for name, option := range map[string]Option{
		"nil option":       nil,
		"nil vocabulary":   WithVocabulary(nil),
		"unknown part":     WithWeights(map[PartName]float64{"fame": 1}),
		"negative weight":  WithWeights(map[PartName]float64{PartAffect: -1}),
		"NaN weight":       WithWeights(map[PartName]float64{PartAffect: nan}),
		"infinite weight":  WithWeights(map[PartName]float64{PartAffect: math.Inf(1)}),
		"no weight":        WithWeights(map[PartName]float64{PartAffect: 0}),
		"no weights":       WithWeights(nil),
		"cap 0":            WithArtistCap(0),
		"cap above":        WithArtistCap(MaxCount + 1),
		"diversity 0":      WithDiversity(0),
		"diversity above":  WithDiversity(1.01),
		"diversity NaN":    WithDiversity(nan),
		"joint reversed":   WithJointRange(.5, .2),
		"joint NaN":        WithJointRange(nan, .2),
		"joint too narrow": WithJointRange(0, math.SmallestNonzeroFloat64),
		"today":            WithToday(26),
	} {
		_, err := New(option)
		require.ErrorContains(t, err, "match: ", name)
	}
}

func TestWeightsReplaceTheTable(t *testing.T) {
	t.Parallel()
	table := map[PartName]float64{PartAffect: 3, PartPrior: 1}
	r := newRanker(t, WithWeights(table))
	table[PartAffect] = 0
	target, err := r.Target(picture(.3, .1, "sea"))
	require.NoError(t, err)
	require.InDeltaMapValues(t, map[PartName]float64{PartAffect: .75, PartPrior: .25}, target.Weights, 1e-12)

	_, err = newRanker(t, WithWeights(map[PartName]float64{PartEra: 1})).Target(picture(.3, .1))
	require.EqualError(t, err, "match: tags: say nothing that the weights count")
}

func FuzzWords(f *testing.F) {
	for _, word := range []string{"sea", "Living_Room", "", "s", "es", "ocean", "\x00", "été", "melancholic", "-", "\xff", "snow "} {
		f.Add(word, "rain")
	}
	v := testVocabulary(f)
	r := newRanker(f)
	candidates := songs(v, 60, 12)
	f.Fuzz(func(t *testing.T, include, exclude string) {
		q := picture(.3, -.1, "sea", "rain")
		q.Include, q.Exclude = []string{include}, []string{exclude}
		picks, err := r.Rank(t.Context(), q, candidates)
		if err != nil {
			require.ErrorIs(t, err, ErrInvalid)
			return
		}
		target, err := r.Target(q)
		require.NoError(t, err)
		require.Equal(t, 2, len(target.Unknown)+len(target.Included)+len(target.Excluded))
		for _, p := range picks {
			for _, id := range target.Excluded {
				require.Zero(t, p.Song.Concepts.Weight(id))
				require.Less(t, v.Expand(p.Song.Concepts).Weight(id), impliedExclusion)
			}
		}
	})
}
