package match

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// queries are of all kinds: every part, dial and wish is in one of them.
func queries(t testing.TB) map[string]Query {
	t.Helper()
	full := picture(.5, -.2, "beach", "summer", "calm")
	full.Palette = vision.Palette{Swatches: []vision.Swatch{{Share: 1}}, Lightness: 60, Activity: -.5}
	full.Tags.Era = tagging.Era{Label: tagging.EraModern, Confidence: .7}
	full.Embedding, full.Space = []float32{.6, .8}, "clip@1"
	unsure := full
	unsure.Tags.Affect.Spread = .55
	turned := full
	turned.Dials = Dials{Contrast: .8, Atmosphere: -.6, Era: .5, Surprise: .7}
	turned.Count = 20
	wished := full
	wished.Include, wished.Exclude = []string{"rain", "joyful"}, []string{"snow", "nonsense"}
	wished.Like = []catalog.Song{song("liked", .1, .6, "dancing", "night").Song}
	wished.Mood = &tagging.Affect{Valence: -.2, Arousal: .3}
	filtered := full
	filtered.Filter = catalog.Filter{YearFrom: 1960, YearTo: 2000, Genres: []string{"pop", "jazz"}, ExcludeArtists: []string{"artist 7"}}
	return map[string]Query{
		"zero": {}, "mood only": picture(-.6, .5), "full": full, "unsure": unsure, "turned": turned, "wished": wished,
		"filtered": filtered, "sad": picture(-.7, -.4, "sad", "rain"), "many": {Count: MaxCount},
		"imagery only": {Tags: tagging.Tags{Concepts: vector("dog", "tree")}},
	}
}

func TestPickIsTheSumOfItsParts(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := songs(r.config.vocabulary, 400, 1)
	for name, q := range queries(t) {
		picks := rank(t, r, q, candidates)
		require.NotEmpty(t, picks, name)
		for _, p := range picks {
			var score, weights float64
			order := -1
			for _, part := range p.Parts {
				require.True(t, within(part.Value), "%s: %s %v", name, part.Name, part.Value)
				require.Positive(t, part.Weight)
				require.InDelta(t, part.Weight*part.Value, part.Contribution, 1e-12)
				require.NotEmpty(t, part.Evidence)
				require.NotContains(t, part.Evidence, "")
				index := slices.Index(partOrder[:], part.Name)
				require.Greater(t, index, order, "parts are in the documented order")
				order = index
				score += part.Contribution
				weights += part.Weight
			}
			require.InDelta(t, 1, weights, 1e-9, name)
			require.InDelta(t, score, p.Score, 1e-9, name)
			require.True(t, within(p.Score))
			require.NotEmpty(t, p.Why())
		}
	}
}

func TestOrderOfCandidatesDoesNotMatter(t *testing.T) {
	t.Parallel()
	r := newRanker(t, WithArtistCap(2))
	candidates := songs(r.config.vocabulary, 300, 2)
	candidates = append(candidates, candidates[:50]...) // and a repeated one is one
	random := rand.New(rand.NewPCG(3, 4))
	for name, q := range queries(t) {
		want := rank(t, r, q, candidates)
		for range 5 {
			random.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
			require.Equal(t, want, rank(t, r, q, candidates), name)
		}
	}
}

func TestTiesGoByID(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	var candidates []catalog.Candidate
	for i := range 30 {
		candidates = append(candidates, song(fmt.Sprint("twin ", i), .5, .3, "sea"))
	}
	picks := rank(t, r, picture(.5, .3, "sea"), candidates)
	require.True(t, slices.IsSortedFunc(picks, func(a, b Pick) int { return cmp.Compare(a.Song.ID, b.Song.ID) }))
	for _, c := range candidates {
		require.GreaterOrEqual(t, c.Song.ID, picks[0].Song.ID)
	}
}

func TestCountIsBounded(t *testing.T) {
	t.Parallel()
	r := newRanker(t, WithArtistCap(MaxCount))
	candidates := songs(r.config.vocabulary, 250, 5)
	for _, row := range []struct{ count, have, want int }{
		{0, 250, DefaultCount}, {1, 250, 1}, {100, 250, 100}, {10, 3, 3}, {0, 0, 0},
	} {
		q := picture(.3, .1, "sea")
		q.Count = row.count
		require.Len(t, rank(t, r, q, candidates[:row.have]), row.want)
	}
}

func TestFilterNeverLeaks(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := songs(r.config.vocabulary, 400, 6)
	pool := rank(t, r, Query{Count: 20}, candidates)
	q := picture(.3, .1, "sea")
	q.Count = MaxCount
	for name, filter := range map[string]catalog.Filter{
		"years":   {YearFrom: 1950, YearTo: 1969},
		"genres":  {Genres: []string{"Folk"}},
		"artists": {ExcludeArtists: []string{"ARTIST 3", "artist 4"}},
		"songs":   {ExcludeSongs: []catalog.ID{pool[0].Song.ID, pool[1].Song.ID}},
		"offline": {OfflineOnly: true},
	} {
		q.Filter = filter
		pass, err := filter.Compile()
		require.NoError(t, err)
		picks := rank(t, r, q, candidates)
		require.Equal(t, name != "offline", len(picks) > 0)
		for _, p := range picks {
			require.True(t, pass(p.Song), "%s let %q through", name, p.Song.Title)
		}
	}
}

func TestAPartMissingFromOneSongGivesNoAdvantage(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	q := picture(.5, .1, "sea")
	q.Tags.Era = tagging.Era{Label: tagging.EraOld, Confidence: 1}
	good, unknown := song("good", .5, .1, "sea"), song("unknown", .5, .1, "sea")
	good.Song.Year, unknown.Song.Year = 1940, 0
	picks := rank(t, r, q, []catalog.Candidate{unknown, good})
	require.Equal(t, []string{"good", "unknown"}, titles(picks))
	require.Equal(t, part(t, picks[0], PartEra).Weight, part(t, picks[1], PartEra).Weight, "both are judged by the same weights")
	require.Equal(t, []string{"the song's year is unknown"}, part(t, picks[1], PartEra).Evidence)
}

func TestZeroOptionsAreTheDocumentedDefaults(t *testing.T) {
	t.Parallel()
	plain, err := New()
	require.NoError(t, err)
	explicit, err := New(
		WithVocabulary(tagging.DefaultVocabulary()), WithWeights(DefaultWeights()), WithArtistCap(1), WithDiversity(.85),
		WithJointRange(.12, .34), WithToday(plain.config.today),
	)
	require.NoError(t, err)
	candidates := songs(tagging.DefaultVocabulary(), 200, 8)
	for name, q := range queries(t) {
		if name != "wished" { // weights given by hand are scaled, which may change the last bit
			require.Equal(t, titles(rank(t, plain, q, candidates)), titles(rank(t, explicit, q, candidates)), name)
		}
	}
	var sum float64
	for _, w := range DefaultWeights() {
		sum += w
	}
	require.InDelta(t, 1, sum, 1e-12)
}

func TestInputsAreNeitherChangedNorKept(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := songs(r.config.vocabulary, 50, 9)
	var before []catalog.Candidate
	for _, c := range candidates {
		c.Song = c.Song.Clone()
		before = append(before, c)
	}
	q := queries(t)["wished"]
	picks := rank(t, r, q, candidates)
	require.Equal(t, before, candidates)
	want := rank(t, r, q, candidates)
	for _, p := range picks {
		for i := range p.Song.Concepts {
			p.Song.Concepts[i].Weight = -1
		}
	}
	require.Equal(t, want, rank(t, r, q, candidates), "picks belong to the caller")
}

func TestSongsWithoutIDGetOne(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	c := song("nameless", .5, .1)
	want := c.Song.ID
	c.Song.ID = ""
	require.Equal(t, want, rank(t, r, picture(.5, .1), []catalog.Candidate{c})[0].Song.ID)
	require.Empty(t, c.Song.ID)
}

func TestRankerIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := songs(r.config.vocabulary, 200, 10)
	all := queries(t)
	var group sync.WaitGroup
	for name, q := range all {
		want := rank(t, r, q, candidates)
		for range 4 {
			group.Go(func() {
				got, err := r.Rank(t.Context(), q, candidates)
				if err != nil || !slices.Equal(titles(got), titles(want)) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	group.Wait()
}

func TestRankHeedsItsContext(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Rank(ctx, picture(.3, .1), songs(r.config.vocabulary, 10, 11))
	require.ErrorIs(t, err, context.Canceled)
}

func TestBadCandidatesAreRefused(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	for field, spoil := range map[string]func(*catalog.Candidate){
		"affect":     func(c *catalog.Candidate) { c.Song.Affect.Valence = math.NaN() },
		"similarity": func(c *catalog.Candidate) { c.Similarity, c.HasSimilarity = math.NaN(), true },
		"sound":      func(c *catalog.Candidate) { c.Song.Sound = &catalog.Sound{Mode: math.Inf(1)} },
		"year":       func(c *catalog.Candidate) { c.Song.Year = -1 },
		"concepts":   func(c *catalog.Candidate) { c.Song.Concepts[0].Weight = math.NaN() },
	} {
		bad := song("bad", .2, .2, "sea")
		spoil(&bad)
		_, err := r.Rank(t.Context(), picture(.3, .1), []catalog.Candidate{song("good", .3, .1), bad})
		var invalid *InvalidError
		require.ErrorAs(t, err, &invalid)
		require.ErrorIs(t, err, ErrInvalid)
		require.Equal(t, "candidates[1]."+field, invalid.Field)
	}
}
