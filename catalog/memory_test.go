package catalog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/catalogtest"
	"github.com/soundtrack-go/sdk/tagging"
)

func TestMemoryIsAStore(t *testing.T) {
	t.Parallel()
	catalogtest.Run(t, func(t *testing.T) catalog.Store {
		store, err := catalog.NewMemory()
		require.NoError(t, err)
		return store
	})
}

func TestMemorySearch(t *testing.T) {
	t.Parallel()
	store, err := catalog.NewMemory(
		catalogtest.Song("Blue Moon", 0, 0), catalogtest.Song("Moon River", 0, 0), catalogtest.Song("Río de la Luna", 0, 0),
	)
	require.NoError(t, err)
	for _, row := range []struct {
		text string
		want []string
	}{
		{"moon", []string{"Moon River", "Blue Moon"}}, // a beginning comes first
		{"MOON blue", []string{"Blue Moon"}},
		{"rio", []string{"Río de la Luna"}},
		{"artist", []string{"Blue Moon", "Moon River", "Río de la Luna"}},
		{"", []string{"Blue Moon", "Moon River", "Río de la Luna"}},
		{"sun", nil},
	} {
		songs, err := store.Search(t.Context(), row.text, catalog.Filter{}, 10)
		require.NoError(t, err)
		var got []string
		for _, s := range songs {
			got = append(got, s.Title)
		}
		require.Equal(t, row.want, got, row.text)
	}
	none, err := store.Search(t.Context(), "moon", catalog.Filter{Languages: []string{"fr"}}, 10)
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = store.Search(t.Context(), "moon", catalog.Filter{}, 0)
	require.ErrorIs(t, err, catalog.ErrInvalid)
}

func TestMemoryListsInOrder(t *testing.T) {
	t.Parallel()
	store, err := catalog.NewMemory(catalogtest.Song("A", 0, 0), catalogtest.Song("B", 0, 0), catalogtest.Song("C", 0, 0))
	require.NoError(t, err)
	var last catalog.ID
	n := 0
	for s, err := range store.All(t.Context()) {
		require.NoError(t, err)
		require.Greater(t, s.ID, last)
		last = s.ID
		n++
	}
	require.Equal(t, 3, n)
}

func ExampleMemory() {
	store, err := catalog.NewMemory(
		catalog.Song{Title: "Clair de lune", Artist: "Debussy", Affect: tagging.Estimate{Affect: tagging.Affect{Valence: .3, Arousal: -.7}, Known: true}},
		catalog.Song{Title: "Sabre Dance", Artist: "Khachaturian", Affect: tagging.Estimate{Affect: tagging.Affect{Valence: .2, Arousal: .9}, Known: true}},
	)
	if err != nil {
		panic(err)
	}
	near, err := store.Candidates(context.Background(), catalog.Query{Affect: &tagging.Affect{Valence: .5, Arousal: -.5}, K: 1})
	if err != nil {
		panic(err)
	}
	fmt.Println(near[0].Song.Title)
	// Output: Clair de lune
}

func BenchmarkCandidates(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		const dim = 512
		rng := rand.New(rand.NewPCG(1, 1))
		songs := make([]catalog.Song, n)
		for i := range songs {
			songs[i] = catalogtest.Song(fmt.Sprint(i), 2*rng.Float64()-1, 2*rng.Float64()-1)
			songs[i].Embeddings = map[string][]float32{"m@1": catalogtest.Unit(rng, dim)}
		}
		store, err := catalog.NewMemory(songs...)
		require.NoError(b, err)
		target := catalogtest.Unit(rng, dim)
		b.Run(fmt.Sprintf("n=%d/dim=%d/by=embedding/impl=vek", n, dim), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(n * dim * 4))
			for b.Loop() {
				_, err := store.Candidates(b.Context(), catalog.Query{K: 10, Embedding: target, Space: "m@1"})
				require.NoError(b, err)
			}
		})
		b.Run(fmt.Sprintf("n=%d/dim=%d/by=embedding/impl=naive", n, dim), func(b *testing.B) {
			b.SetBytes(int64(n * dim * 4))
			for b.Loop() {
				best := float32(-2)
				for i := range songs {
					var dot float32
					for k, v := range songs[i].Embeddings["m@1"] {
						dot += v * target[k]
					}
					best = max(best, dot)
				}
				if best < -1 {
					b.Fatal("no song")
				}
			}
		})
		b.Run(fmt.Sprintf("n=%d/by=affect", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := store.Candidates(b.Context(), catalog.Query{K: 10, Affect: &tagging.Affect{Valence: .3}})
				require.NoError(b, err)
			}
		})
	}
}
