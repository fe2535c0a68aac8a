package seed

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

func TestSeedKeepsItsPromises(t *testing.T) {
	t.Parallel()
	songs, err := Songs()
	require.NoError(t, err)
	require.Empty(t, Check(songs, Promises()))
	for _, s := range songs {
		require.NotNil(t, s.Sound, s)
		require.True(t, s.Affect.Known, s)
		require.Equal(t, catalog.SourceSeed, s.Sources[catalog.FieldAffect])
	}
}

func TestSongsBelongToTheCaller(t *testing.T) {
	t.Parallel()
	first, err := Songs()
	require.NoError(t, err)
	title := first[0].Title
	first[0] = catalog.Song{}
	second, err := Songs()
	require.NoError(t, err)
	require.Equal(t, title, second[0].Title)
}

// Each row breaks one rule of an otherwise good catalogue of four songs.
func TestCheckFindsEachBreach(t *testing.T) {
	t.Parallel()
	song := func(title, artist string, year int, v, a float64) catalog.Song {
		return catalog.Song{
			Title: title, Artist: artist, Year: year, Language: "en",
			Affect:   tagging.Estimate{Affect: tagging.Affect{Valence: v, Arousal: a}, Spread: .25, Known: true},
			Concepts: tagging.NewConceptVector(tagging.ConceptWeight{Concept: "joyful", Weight: 1}, tagging.ConceptWeight{Concept: "sea", Weight: .9}),
		}
	}
	good := func() []catalog.Song {
		return []catalog.Song{song("A", "W", 1951, .5, .5), song("B", "X", 1952, -.5, .5), song("C", "Y", 1953, -.5, -.5), song("D", "Z", 1954, .5, -.5)}
	}
	rules := Rules{
		MinSongs: 4, MinYear: 1920, MaxYear: 2029, MinPerDecade: 4, DecadesFrom: 1950, DecadesTo: 1950,
		MinLanguages: 1, MinQuadrant: .25, MaxPerArtist: 1, MinConcepts: 2, MaxSamePair: 1, MaxUnexplained: .75,
	}
	require.Empty(t, Check(good(), rules))
	for _, row := range []struct {
		name   string
		change func(songs []catalog.Song)
		want   string
	}{
		{"year", func(s []catalog.Song) { s[0].Year = 1066 }, "impossible year 1066"},
		{"decade", func(s []catalog.Song) { s[0].Year = 1966 }, "1950s: 3 songs"},
		{"quadrant", func(s []catalog.Song) { s[0].Affect.Valence = -.4 }, "quadrant joyful: 0 %"},
		{"artist", func(s []catalog.Song) { s[0].Artist = "Ẍ!" }, `artist "x": 2 songs`},
		{"concepts", func(s []catalog.Song) { s[0].Concepts = s[0].Concepts[:1] }, "1 concepts"},
		{"mood", func(s []catalog.Song) {
			s[0].Concepts = tagging.NewConceptVector(tagging.ConceptWeight{Concept: "sea", Weight: 1}, tagging.ConceptWeight{Concept: "rain", Weight: 1})
		}, "no mood"},
		{"pair", func(s []catalog.Song) { s[1].Affect.Affect = s[2].Affect.Affect }, "2 songs share it"},
		{"typing error", func(s []catalog.Song) { s[0].Sound = &catalog.Sound{Mode: 0, Loudness: 0, Tempo: 0, Lyric: -1} }, "from what its sound lets expect"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			songs := good()
			row.change(songs)
			require.Contains(t, joined(Check(songs, rules)), row.want)
		})
	}
}

func joined(findings []string) string {
	var all string
	for _, f := range findings {
		all += f + "\n"
	}
	return all
}
