package match

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
)

func TestArtistCap(t *testing.T) {
	t.Parallel()
	var candidates []catalog.Candidate
	for i := range 12 {
		c := song(fmt.Sprint("song ", i), .3, .1, "sea")
		c.Song.Artist = []string{"Björk", "BJORK", "Nina"}[i%3]
		candidates = append(candidates, c)
	}
	for _, limit := range []int{1, 2, 3} {
		picks := rank(t, newRanker(t, WithArtistCap(limit)), Query{Count: 10}, candidates)
		require.Len(t, picks, 2*limit, "two artists in three spellings")
		byArtist := map[string]int{}
		for _, p := range picks {
			byArtist[catalog.Fold(p.Song.Artist)]++
		}
		require.Equal(t, map[string]int{"bjork": limit, "nina": limit}, byArtist)
	}
}

func TestTheBestVersionStays(t *testing.T) {
	t.Parallel()
	r := newRanker(t, WithArtistCap(10))
	var candidates []catalog.Candidate
	for i, title := range []string{
		"Wonder (Live at Home) [2011 Remaster]", "Wonder - Radio Edit", "Wonder", "WONDER (feat. Somebody)", "Wonder (Acoustic)",
		"Wonder Again", "Live", "(Live)",
	} {
		c := song(title, .5, .1+.01*float64(i), "sea")
		c.Song.Artist, c.Song.ID = "One", catalog.ID(fmt.Sprint("s", i))
		candidates = append(candidates, c)
	}
	q := picture(.5, .12, "sea")
	q.Count = 10
	q.Dials.Surprise = -1
	require.Equal(t, []string{"Wonder", "Wonder Again", "Live"}, titles(rank(t, r, q, candidates)))
}

// The first songs are near twins of each other; the last is a little worse and quite different.
func TestSurpriseTradesScoreForDifference(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	var candidates []catalog.Candidate
	for i := range 8 {
		c := song(fmt.Sprint("twin ", i), .6, .1+.005*float64(i), "sea", "beach", "summer")
		c.Song.Genres = []string{"pop"}
		candidates = append(candidates, c)
	}
	other := song("other", .45, -.25, "sea", "calm", "dog")
	other.Song.Genres, other.Song.Year = []string{"folk"}, 1955
	candidates = append(candidates, other)
	place := func(surprise float64) int {
		q := picture(.6, .1, "sea", "beach", "summer")
		q.Dials.Surprise, q.Count = surprise, 9
		return slices.Index(titles(rank(t, r, q, candidates)), "other")
	}
	last := place(-1)
	require.Equal(t, 8, last, "pure score")
	for dial := -.75; dial <= 1; dial += .25 {
		require.LessOrEqual(t, place(dial), last)
		last = place(dial)
	}
	require.Equal(t, 1, last, "second after the best")
}

func TestSurpriseMovesLambda(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ lambda, dial, want float64 }{
		{.85, 0, .85}, {.85, -1, 1}, {.85, 1, .425}, {.85, -.5, .925}, {1, .5, .75}, {1, -1, 1},
	} {
		require.InDelta(t, row.want, surprise(row.lambda, row.dial), 1e-12)
	}
}

func TestScoresFallWithoutDiversity(t *testing.T) {
	t.Parallel()
	r := newRanker(t, WithDiversity(1))
	q := picture(.3, .1, "sea", "rain")
	q.Count = 50
	picks := rank(t, r, q, songs(r.config.vocabulary, 400, 15))
	require.True(t, slices.IsSortedFunc(picks, func(a, b Pick) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	}))
}

func TestLikenessIsSymmetricAndBounded(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := songs(r.config.vocabulary, 60, 16)
	faces := make([]face, len(candidates))
	for i := range candidates {
		faces[i] = r.newFace(&pooled{rated: &rated{candidate: &candidates[i]}, artist: fmt.Sprint(i), title: fmt.Sprint(i)}, r.lexicon.newDense())
	}
	load := func(f face) *dense {
		d := r.lexicon.newDense()
		for _, t := range f.concepts {
			d.raise(t.concept, t.weight)
		}
		return d
	}
	for i := range faces {
		for j := range faces {
			forth, back := likeness(&faces[i], &faces[j], load(faces[j])), likeness(&faces[j], &faces[i], load(faces[i]))
			require.InDelta(t, forth, back, 1e-12)
			require.True(t, within(forth))
		}
	}
}
