package evaluate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/soundtrack/evaluate"
	"github.com/soundtrack-go/sdk/tagging"
)

// judged is a picture that people rate with valence, and that a tagger takes for something.
func judged(name string, valence, estimate float64) evaluate.RatedPicture {
	return evaluate.RatedPicture{Name: name, Valence: valence, Analysis: soundtrack.Analysis{
		Tags: tagging.Tags{Affect: tagging.Estimate{Affect: tagging.Affect{Valence: estimate}, Spread: .2, Known: true}},
	}}
}

// songsOfEveryMood are ten songs each of five moods: four tenths of them are cheerful.
func songsOfEveryMood() []catalog.Song {
	var songs []catalog.Song
	for _, valence := range []float64{-.7, -.3, .1, .5, .9} {
		for i := range 10 {
			songs = append(songs, catalog.Song{
				Title: fmt.Sprintf("Song %d of %v", i, valence), Artist: fmt.Sprintf("Artist %d of %v", i, valence),
				Affect: tagging.Estimate{Affect: tagging.Affect{Valence: valence}, Spread: catalog.EstimatedSpread, Known: true},
			})
		}
	}
	return songs
}

func openSongs(t *testing.T, songs []catalog.Song) *soundtrack.Recommender {
	t.Helper()
	rec, err := soundtrack.Open(t.Context(),
		soundtrack.WithPreset(soundtrack.PresetPalette), soundtrack.WithoutSeed(), soundtrack.WithSongs(songs...))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rec.Close()) })
	return rec
}

func TestFalseCheerCounts(t *testing.T) {
	t.Parallel()
	rec := openSongs(t, songsOfEveryMood())
	grave := judged("grave taken for a garden", 2, .9)
	grave.Analysis.Tags.Care = []tagging.Care{{Topic: tagging.CareGrief, Confidence: .9}}
	cheer, err := evaluate.FalseCheer(t.Context(), rec, []evaluate.RatedPicture{
		judged("seen to be sad", 2, -.7), judged("taken for a party", 2.5, .9), grave, judged("unsure", 2.9, .1),
		judged("party", 6, .9), judged("party taken for a fight", 6, -.7), judged("neither", 4, .9), judged("neither, taken for sad", 4, -.7),
	})
	require.NoError(t, err)
	require.Equal(t, 4, cheer.Pictures)
	require.InDelta(t, .4, cheer.Random, 1e-9)
	require.InDelta(t, .5, cheer.Without.Top1, 1e-9, "the party and the garden")
	require.InDelta(t, .5, cheer.Without.Top5, 1e-9)
	require.InDelta(t, .25, cheer.With.Top1, 1e-9, "what looks like a party cannot be helped")
	require.InDelta(t, .25, cheer.With.Top5, 1e-9)
	require.InDelta(t, .5, cheer.Heavy, 1e-9)
	require.Equal(t, []string{"taken for a party"}, cheer.Missed)
	require.Equal(t, 4, cheer.Others)
	require.InDelta(t, .5, cheer.OthersHeavy, 1e-9)
	require.Equal(t, 2, cheer.Pleasant)
	require.InDelta(t, .5, cheer.PleasantHeavy, 1e-9)
	require.InDelta(t, .5, cheer.PleasantGuarded, 1e-9)
	require.InDelta(t, 0, cheer.PleasantLoss, .1, "the fight had gloomy songs before, too")
	require.Zero(t, cheer.Short)
	require.Contains(t, cheer.String(), "missed: taken for a party")
}

// Where care leaves too few songs, the report says so.
func TestFalseCheerOfCheerfulStore(t *testing.T) {
	t.Parallel()
	rec := openSongs(t, songsOfEveryMood()[28:])
	cheer, err := evaluate.FalseCheer(t.Context(), rec, []evaluate.RatedPicture{judged("sad", 2, -.2), judged("sad, too", 2, -.2)})
	require.NoError(t, err)
	require.InDelta(t, 1, cheer.Short, 1e-9)
	require.Zero(t, cheer.With.Top5)
	require.InDelta(t, .6, cheer.Without.Top5, 1e-9, "two songs are not cheerful")
}

func TestFalseCheerNeedsSadPictures(t *testing.T) {
	t.Parallel()
	_, err := evaluate.FalseCheer(t.Context(), openSongs(t, songsOfEveryMood()), []evaluate.RatedPicture{judged("party", 6, .9)})
	require.ErrorIs(t, err, evaluate.ErrNoSad)
}
