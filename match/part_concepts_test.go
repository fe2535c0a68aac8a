package match

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// The compiled lexicon must say what the vocabulary says.
func TestLexiconEqualsVocabulary(t *testing.T) {
	t.Parallel()
	v := testVocabulary(t)
	l := newLexicon(v)
	a, b := l.newDense(), l.newDense()
	candidates := songs(v, 200, 7)
	for i := 1; i < len(candidates); i++ {
		s, u := candidates[i-1].Song.Concepts, candidates[i].Song.Concepts
		l.expand(s, a)
		l.expand(u, b)
		expanded := v.Expand(s)
		require.Len(t, a.touched, len(expanded))
		for _, w := range expanded {
			require.InDelta(t, w.Weight, a.weights[l.index[w.Concept]], 1e-15)
		}
		if a.normalise() && b.normalise() {
			require.InDelta(t, expanded.Cosine(v.Expand(u)), a.dot(b), 1e-12)
		}
	}
	l.expand(tagging.ConceptVector{{Concept: "no-such-concept", Weight: 1}}, a)
	require.Empty(t, a.touched)
	for _, w := range a.weights {
		require.Zero(t, w, "reset leaves nothing behind")
	}
}

func TestConceptsValue(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	value := func(q Query, c catalog.Candidate) float64 {
		return part(t, rank(t, r, q, []catalog.Candidate{c, song("other", 0, 0, "city")})[0], PartConcepts).Value
	}
	seen := Query{Tags: tagging.Tags{Concepts: testVocabulary(t).Expand(vector("beach", "dog"))}}
	require.InDelta(t, 1, value(seen, song("same", 0, 0, "beach", "dog")), 1e-12)
	require.Less(t, value(seen, song("half", 0, 0, "sea")), 1.)
	require.Greater(t, value(seen, song("half", 0, 0, "sea")), chanceOverlap, "beach implies sea")

	picks := rank(t, r, seen, []catalog.Candidate{song("none", 0, 0, "city"), song("unknown", 0, 0), song("good", 0, 0, "beach")})
	require.Equal(t, []string{"good", "unknown", "none"}, titles(picks))
	require.Equal(t, chanceOverlap, part(t, picks[1], PartConcepts).Value)
	require.Zero(t, part(t, picks[2], PartConcepts).Value)
	require.Equal(t, []string{"hardly anything is shared"}, part(t, picks[2], PartConcepts).Evidence)
}

func TestWords(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	q := picture(.4, -.2, "beach", "dog")
	q.Include = []string{"Rainy", "xyzzy", "woods"}
	q.Exclude = []string{"puppy", "plugh", "SNOW"}
	target, err := r.Target(q)
	require.NoError(t, err)
	require.Equal(t, []string{"forest", "rain"}, target.Included)
	require.Equal(t, []string{"dog", "snow"}, target.Excluded)
	require.Equal(t, []string{"xyzzy", "plugh"}, target.Unknown)
	require.Positive(t, target.Concepts.Weight("tree"), "included words bring what they imply")
	require.Zero(t, target.Concepts.Weight("dog"))

	q.Exclude = []string{"rain"}
	_, err = r.Target(q)
	require.ErrorIs(t, err, ErrInvalid)
	require.EqualError(t, err, `match: exclude: "rain" is included too`)
}

func TestIncludeRaises(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := []catalog.Candidate{song("seen", .4, -.2, "beach"), song("asked", .4, -.2, "city", "rain")}
	q := picture(.4, -.2, "beach", "dog", "summer")
	require.Equal(t, "seen", rank(t, r, q, candidates)[0].Song.Title)
	q.Include = []string{"rain", "city"}
	best := rank(t, r, q, candidates)[0]
	require.Equal(t, "asked", best.Song.Title)
	require.Contains(t, best.Why(), "it has city and rain, as asked")
	require.NotContains(t, best.Why(), "both evoke", "the picture has neither rain nor a city")
}

func TestExcludeIsHard(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	faint := song("faint", .4, -.2)
	faint.Song.Concepts = tagging.NewConceptVector(tagging.ConceptWeight{Concept: "winter", Weight: .01})
	candidates := []catalog.Candidate{
		song("direct", .4, -.2, "sea", "winter"), song("implied", .4, -.2, "snow"), faint,
		song("associated", .4, -.2, "rain"), song("free", .4, -.2, "sea"),
	}
	q := picture(.4, -.2, "sea", "winter", "snow", "rain")
	q.Exclude = []string{"wintertime", "melancholic"}
	picks := rank(t, r, q, candidates)
	require.ElementsMatch(t, []string{"associated", "free"}, titles(picks), "rain does not always mean melancholic (.4), snow all but means winter (.8)")
	for _, p := range picks {
		require.NotContains(t, p.Why(), "winter")
		require.NotContains(t, p.Why(), "melancholic mood")
	}
}

func TestLikeMovesConcepts(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	liked := song("liked", .4, -.2, "city", "night")
	candidates := []catalog.Candidate{song("seen", .4, -.2, "sea"), song("likewise", .4, -.2, "city", "night"), liked}
	q := picture(.4, -.2, "sea", "beach")
	require.Equal(t, "seen", rank(t, r, q, candidates)[0].Song.Title)
	q.Like = []catalog.Song{liked.Song}
	q.Like[0].ID = "" // a song that comes from elsewhere
	picks := rank(t, r, q, candidates)
	require.Equal(t, []string{"likewise", "seen"}, titles(picks), "the liked song itself is not picked")
	require.Contains(t, picks[0].Why(), "it has city and night, like the songs liked")

	target, err := r.Target(q)
	require.NoError(t, err)
	require.Equal(t, []catalog.ID{liked.Song.ID}, target.StoreQuery(0, catalog.Filter{}).Filter.ExcludeSongs)
}
