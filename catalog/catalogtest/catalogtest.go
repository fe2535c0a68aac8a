// Package catalogtest is the conformance suite of [catalog.Store]. A store passes [Run]; a bug found in one store
// becomes a case for all.
package catalogtest

import (
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
)

// Run tests a store. open returns an empty store, which the suite closes.
func Run(t *testing.T, open func(t *testing.T) catalog.Store) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, store catalog.Store)
	}{
		{"put and get", putAndGet},
		{"put replaces by key", putReplaces},
		{"put is all or nothing", putAllOrNothing},
		{"copies in and out", copies},
		{"get unknown", getUnknown},
		{"delete", deletes},
		{"nearest by affect", nearestAffect},
		{"nearest by concepts", nearestConcepts},
		{"nearest by embedding", nearestEmbedding},
		{"union keeps every part", union},
		{"spaces are never mixed", spaces},
		{"dimensions", dimensions},
		{"filters never leak", filters},
		{"filtered songs take no place", filteredPlaces},
		{"empty query", emptyQuery},
		{"invalid queries", invalidQueries},
		{"ties by id", ties},
		{"cancelled context", cancelled},
		{"closed store", closed},
		{"concurrent use", concurrent},
		{"agrees with a naive scan", naive},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			t.Cleanup(func() { require.NoError(t, store.Close()) })
			c.run(t, store)
		})
	}
}

// Song returns a valid song with the given title and affect; the suite's cases and other tests build on it.
func Song(title string, valence, arousal float64) catalog.Song {
	return catalog.Song{
		Title: title, Artist: "Artist of " + title, Year: 1999, Language: "en", Genres: []string{"pop"},
		Affect: tagging.Estimate{Affect: tagging.Affect{Valence: valence, Arousal: arousal}, Spread: .25, Known: true},
	}
}

func put(t *testing.T, store catalog.Store, songs ...catalog.Song) []catalog.ID {
	t.Helper()
	require.NoError(t, store.Put(t.Context(), songs...))
	ids := make([]catalog.ID, len(songs))
	for i, s := range songs {
		ids[i] = s.Key().ID()
	}
	return ids
}

func candidates(t *testing.T, store catalog.Store, q catalog.Query) []catalog.ID {
	t.Helper()
	found, err := store.Candidates(t.Context(), q)
	require.NoError(t, err)
	ids := make([]catalog.ID, len(found))
	for i, c := range found {
		ids[i] = c.Song.ID
	}
	return ids
}

func concepts(pairs ...any) tagging.ConceptVector {
	var weights []tagging.ConceptWeight
	for i := 0; i+1 < len(pairs); i += 2 {
		weights = append(weights, tagging.ConceptWeight{Concept: pairs[i].(string), Weight: pairs[i+1].(float64)})
	}
	return tagging.NewConceptVector(weights...)
}

// Unit returns a random unit vector.
func Unit(rng *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	var sum float64
	for i := range v {
		v[i] = float32(rng.NormFloat64())
		sum += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

func putAndGet(t *testing.T, store catalog.Store) {
	s := Song("A", .5, -.5)
	s.Album, s.Explicit, s.ISRC, s.Duration = "Album", true, "USABC1234567", 123.5
	s.Sound = &catalog.Sound{Mode: .7, Loudness: .2, Tempo: .3, Lyric: -.4}
	s.Concepts = concepts("sea", .9, "calm", .5)
	s.Embeddings = map[string][]float32{"m@1": {.6, .8}}
	s.Previews = []catalog.Preview{{Kind: catalog.PreviewDemo, Ref: "a"}}
	s.Sources = catalog.Provenance{catalog.FieldAffect: catalog.SourceUser}
	ids := put(t, store, s, Song("B", 0, 0))
	got, err := store.Get(t.Context(), ids[1], ids[0])
	require.NoError(t, err)
	require.Equal(t, "B", got[0].Title)
	want, err := s.Normalise()
	require.NoError(t, err)
	require.Equal(t, want, got[1])
}

func putReplaces(t *testing.T, store catalog.Store) {
	put(t, store, Song("Déjà Vu", .1, .1))
	again := Song("Deja vu", .9, .9)
	again.Artist = "ARTIST of déjà vu"
	ids := put(t, store, again)
	got, err := store.Get(t.Context(), ids...)
	require.NoError(t, err)
	require.InDelta(t, .9, got[0].Affect.Valence, 0)
	require.Len(t, candidates(t, store, catalog.Query{}), 1)
}

func putAllOrNothing(t *testing.T, store catalog.Store) {
	bad := Song("Bad", 0, 0)
	bad.Year = 1066
	err := store.Put(t.Context(), Song("Good", 0, 0), bad)
	require.ErrorIs(t, err, catalog.ErrInvalid)
	require.ErrorContains(t, err, "1066")
	require.Empty(t, candidates(t, store, catalog.Query{}))
}

func copies(t *testing.T, store catalog.Store) {
	s := Song("A", 0, 0)
	s.Embeddings = map[string][]float32{"m@1": {1, 0}}
	ids := put(t, store, s)
	s.Genres[0], s.Embeddings["m@1"][0] = "spoiled", 0
	got, err := store.Get(t.Context(), ids...)
	require.NoError(t, err)
	got[0].Genres[0], got[0].Embeddings["m@1"][0] = "spoiled", 0
	again, err := store.Get(t.Context(), ids...)
	require.NoError(t, err)
	require.Equal(t, []string{"pop"}, again[0].Genres)
	require.Equal(t, []float32{1, 0}, again[0].Embeddings["m@1"])
}

func getUnknown(t *testing.T, store catalog.Store) {
	ids := put(t, store, Song("A", 0, 0))
	_, err := store.Get(t.Context(), ids[0], "nobody")
	require.ErrorIs(t, err, catalog.ErrNotFound)
	require.ErrorContains(t, err, "nobody")
	none, err := store.Get(t.Context())
	require.NoError(t, err)
	require.Empty(t, none)
}

func deletes(t *testing.T, store catalog.Store) {
	rng := rand.New(rand.NewPCG(1, 1))
	var songs []catalog.Song
	for i := range 20 {
		s := Song(fmt.Sprint("S", i), 0, 0)
		s.Concepts = concepts("sea", .5)
		s.Embeddings = map[string][]float32{"m@1": Unit(rng, 8)}
		songs = append(songs, s)
	}
	ids := put(t, store, songs...)
	require.NoError(t, store.Delete(t.Context(), append(slices.Clone(ids[:10]), "unknown")...))
	for _, q := range []catalog.Query{
		{}, {Affect: &tagging.Affect{}}, {Concepts: concepts("sea", 1.)}, {Embedding: Unit(rng, 8), Space: "m@1"},
	} {
		require.ElementsMatch(t, ids[10:], candidates(t, store, q))
	}
}

func nearestAffect(t *testing.T, store catalog.Store) {
	unknown := Song("Unknown", 0, 0)
	unknown.Affect = tagging.Estimate{}
	ids := put(t, store, Song("Far", -1, -1), Song("Near", .5, .4), Song("Middle", 0, 0), unknown)
	got := candidates(t, store, catalog.Query{Affect: &tagging.Affect{Valence: .5, Arousal: .5}, K: 2})
	require.Equal(t, []catalog.ID{ids[1], ids[2]}, got)
}

func nearestConcepts(t *testing.T, store catalog.Store) {
	with := func(title string, v tagging.ConceptVector) catalog.Song {
		s := Song(title, 0, 0)
		s.Concepts = v
		return s
	}
	ids := put(t, store, with("Sea", concepts("sea", 1.)), with("Both", concepts("sea", .5, "night", .5)), with("Night", concepts("night", 1.)), with("None", nil))
	require.Equal(t, []catalog.ID{ids[0], ids[1]}, candidates(t, store, catalog.Query{Concepts: concepts("sea", .8)}))
}

func nearestEmbedding(t *testing.T, store catalog.Store) {
	with := func(title string, v ...float32) catalog.Song {
		s := Song(title, 0, 0)
		s.Embeddings = map[string][]float32{"m@1": v}
		return s
	}
	ids := put(t, store, with("Opposite", -1, 0), with("Same", 1, 0), with("Near", .8, .6))
	got, err := store.Candidates(t.Context(), catalog.Query{Embedding: []float32{1, 0}, Space: "m@1", K: 2})
	require.NoError(t, err)
	require.Equal(t, ids[1], got[0].Song.ID)
	require.Equal(t, ids[2], got[1].Song.ID)
	require.True(t, got[1].HasSimilarity)
	require.InDelta(t, .8, got[1].Similarity, 1e-3) // a store may keep half floats
}

func union(t *testing.T, store catalog.Store) {
	a, b, c := Song("A", .9, .9), Song("B", -.9, -.9), Song("C", -.8, -.8)
	b.Concepts = concepts("sea", 1.)
	c.Embeddings = map[string][]float32{"m@1": {1, 0}}
	ids := put(t, store, a, b, c)
	got := candidates(t, store, catalog.Query{
		K: 1, Affect: &tagging.Affect{Valence: 1, Arousal: 1}, Concepts: concepts("sea", 1.), Embedding: []float32{1, 0}, Space: "m@1",
	})
	require.ElementsMatch(t, ids, got)
}

func spaces(t *testing.T, store catalog.Store) {
	a, b := Song("A", 0, 0), Song("B", 0, 0)
	a.Embeddings = map[string][]float32{"m@1": {1, 0}}
	b.Embeddings = map[string][]float32{"m@2": {1, 0}}
	ids := put(t, store, a, b)
	require.Equal(t, ids[:1], candidates(t, store, catalog.Query{Embedding: []float32{1, 0}, Space: "m@1"}))
	require.Empty(t, candidates(t, store, catalog.Query{Embedding: []float32{1, 0}, Space: "m@3"}))
}

func dimensions(t *testing.T, store catalog.Store) {
	a, b := Song("A", 0, 0), Song("B", 0, 0)
	a.Embeddings = map[string][]float32{"m@1": {1, 0}}
	b.Embeddings = map[string][]float32{"m@1": {1, 0, 0}}
	put(t, store, a)
	require.ErrorIs(t, store.Put(t.Context(), b), catalog.ErrDimension)
	_, err := store.Candidates(t.Context(), catalog.Query{Embedding: []float32{1, 0, 0}, Space: "m@1"})
	require.ErrorIs(t, err, catalog.ErrDimension)
}

func filters(t *testing.T, store catalog.Store) {
	base := func(title string, change func(*catalog.Song)) catalog.Song {
		s := Song(title, 0, 0)
		s.Concepts = concepts("sea", .5)
		s.Embeddings = map[string][]float32{"m@1": {1, 0}}
		change(&s)
		return s
	}
	songs := []catalog.Song{
		base("French", func(s *catalog.Song) { s.Language = "fr" }),
		base("Jazz", func(s *catalog.Song) { s.Genres = []string{"Cool Jazz"} }),
		base("Old", func(s *catalog.Song) { s.Year = 1930 }),
		base("Undated", func(s *catalog.Song) { s.Year = 0 }),
		base("Explicit", func(s *catalog.Song) { s.Explicit = true }),
		base("Demo", func(s *catalog.Song) { s.Previews = []catalog.Preview{{Kind: catalog.PreviewDemo, Ref: "x"}} }),
		base("Deezer", func(s *catalog.Song) { s.Previews = []catalog.Preview{{Kind: catalog.PreviewDeezer, Ref: "1"}} }),
		base("Plain", func(*catalog.Song) {}),
	}
	ids := put(t, store, songs...)
	title := map[catalog.ID]string{}
	for i, s := range songs {
		title[ids[i]] = s.Title
	}
	for _, c := range []struct {
		name   string
		filter catalog.Filter
		want   []string
	}{
		{"language", catalog.Filter{Languages: []string{"FR"}}, []string{"French"}},
		{"genre", catalog.Filter{Genres: []string{"cool jazz"}}, []string{"Jazz"}},
		{"from", catalog.Filter{YearFrom: 1999}, []string{"French", "Jazz", "Explicit", "Demo", "Deezer", "Plain"}},
		{"to", catalog.Filter{YearTo: 1950}, []string{"Old"}},
		{"range", catalog.Filter{YearFrom: 1930, YearTo: 1930}, []string{"Old"}},
		{"explicit", catalog.Filter{ExcludeExplicit: true}, []string{"French", "Jazz", "Old", "Undated", "Demo", "Deezer", "Plain"}},
		{"playable", catalog.Filter{PlayableOnly: true}, []string{"Demo", "Deezer"}},
		{"offline", catalog.Filter{OfflineOnly: true}, []string{"Demo"}},
		{"songs", catalog.Filter{ExcludeSongs: ids[1:]}, []string{"French"}},
		{"artists", catalog.Filter{ExcludeArtists: []string{"ártist OF plain"}, YearFrom: 1999, Genres: []string{"pop"}}, []string{"French", "Explicit", "Demo", "Deezer"}},
		{"nothing", catalog.Filter{Languages: []string{"xx"}}, nil},
	} {
		for _, q := range []catalog.Query{
			{Filter: c.filter},
			{Filter: c.filter, Affect: &tagging.Affect{}},
			{Filter: c.filter, Concepts: concepts("sea", 1.)},
			{Filter: c.filter, Embedding: []float32{1, 0}, Space: "m@1"},
		} {
			var got []string
			for _, id := range candidates(t, store, q) {
				got = append(got, title[id])
			}
			require.ElementsMatch(t, c.want, got, c.name)
		}
	}
}

func filteredPlaces(t *testing.T, store catalog.Store) {
	far := Song("Far", -1, -1)
	far.Language = "fr"
	songs := []catalog.Song{far}
	for i := range 30 {
		songs = append(songs, Song(fmt.Sprint("Near", i), 1, 1))
	}
	ids := put(t, store, songs...)
	q := catalog.Query{K: 1, Affect: &tagging.Affect{Valence: 1, Arousal: 1}, Filter: catalog.Filter{Languages: []string{"fr"}}}
	require.Equal(t, ids[:1], candidates(t, store, q))
}

func emptyQuery(t *testing.T, store catalog.Store) {
	require.Empty(t, candidates(t, store, catalog.Query{}))
	ids := put(t, store, Song("A", 0, 0), Song("B", 0, 0), Song("C", 0, 0))
	slices.Sort(ids)
	require.Equal(t, ids[:2], candidates(t, store, catalog.Query{K: 2}))
}

func invalidQueries(t *testing.T, store catalog.Store) {
	for name, q := range map[string]catalog.Query{
		"k":         {K: -1},
		"large k":   {K: catalog.MaxK + 1},
		"affect":    {Affect: &tagging.Affect{Valence: 2}},
		"NaN":       {Affect: &tagging.Affect{Valence: math.NaN()}},
		"length":    {Embedding: []float32{2, 0}, Space: "m@1"},
		"zero":      {Embedding: []float32{0, 0}, Space: "m@1"},
		"inf":       {Embedding: []float32{float32(math.Inf(1)), 0}, Space: "m@1"},
		"no space":  {Embedding: []float32{1, 0}},
		"years":     {Filter: catalog.Filter{YearFrom: 2000, YearTo: 1990}},
		"languages": {Filter: catalog.Filter{Languages: []string{"English"}}},
	} {
		_, err := store.Candidates(t.Context(), q)
		require.ErrorIs(t, err, catalog.ErrInvalid, name)
	}
}

func ties(t *testing.T, store catalog.Store) {
	var songs []catalog.Song
	for i := range 40 {
		songs = append(songs, Song(fmt.Sprint("T", i), .3, .3))
	}
	ids := put(t, store, songs...)
	slices.Sort(ids)
	require.Equal(t, ids[:5], candidates(t, store, catalog.Query{K: 5, Affect: &tagging.Affect{}}))
}

func cancelled(t *testing.T, store catalog.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, store.Put(ctx, Song("A", 0, 0)), context.Canceled)
	_, err := store.Get(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = store.Candidates(ctx, catalog.Query{})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, store.Delete(ctx), context.Canceled)
}

func closed(t *testing.T, store catalog.Store) {
	ids := put(t, store, Song("A", 0, 0))
	require.NoError(t, store.Close())
	require.NoError(t, store.Close())
	require.ErrorIs(t, store.Put(t.Context(), Song("B", 0, 0)), catalog.ErrClosed)
	_, err := store.Get(t.Context(), ids...)
	require.ErrorIs(t, err, catalog.ErrClosed)
	_, err = store.Candidates(t.Context(), catalog.Query{})
	require.ErrorIs(t, err, catalog.ErrClosed)
	require.ErrorIs(t, store.Delete(t.Context(), ids...), catalog.ErrClosed)
}

func concurrent(t *testing.T, store catalog.Store) {
	var group sync.WaitGroup
	errs := make(chan error, 8)
	for w := range 8 {
		group.Go(func() {
			for i := range 20 {
				s := Song(fmt.Sprint("C", w, "-", i), 0, 0)
				s.Concepts = concepts("sea", .5)
				if err := store.Put(t.Context(), s); err != nil {
					errs <- err
					return
				}
				if _, err := store.Candidates(t.Context(), catalog.Query{Affect: &tagging.Affect{}, Concepts: concepts("sea", 1.)}); err != nil {
					errs <- err
					return
				}
				if i%2 == 0 {
					if err := store.Delete(t.Context(), s.Key().ID()); err != nil {
						errs <- err
						return
					}
				}
			}
		})
	}
	group.Wait()
	close(errs)
	require.NoError(t, <-errs)
	require.Len(t, candidates(t, store, catalog.Query{}), 80)
}

// naive compares the nearest songs with those of a plain scan over the same songs.
func naive(t *testing.T, store catalog.Store) {
	rng := rand.New(rand.NewPCG(7, 7))
	var songs []catalog.Song
	for i := range 300 {
		s := Song(fmt.Sprint("N", i), 2*rng.Float64()-1, 2*rng.Float64()-1)
		s.Year = 1900 + rng.IntN(120)
		s.Embeddings = map[string][]float32{"m@1": Unit(rng, 48)}
		songs = append(songs, s)
	}
	ids := put(t, store, songs...)
	for range 20 {
		target, from := Unit(rng, 48), 1900+rng.IntN(60)
		type scored struct {
			id  catalog.ID
			dot float64
		}
		var want []scored
		for i, s := range songs {
			if s.Year < from {
				continue
			}
			var dot float64
			for k, v := range s.Embeddings["m@1"] {
				dot += float64(v) * float64(target[k])
			}
			want = append(want, scored{ids[i], dot})
		}
		slices.SortFunc(want, func(a, b scored) int {
			if a.dot > b.dot {
				return -1
			}
			return 1
		})
		var wantIDs []catalog.ID
		for _, w := range want[:10] {
			wantIDs = append(wantIDs, w.id)
		}
		q := catalog.Query{K: 10, Embedding: target, Space: "m@1", Filter: catalog.Filter{YearFrom: from}}
		require.Equal(t, wantIDs, candidates(t, store, q))
	}
}
