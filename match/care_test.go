package match

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

func TestSadPicturesGetNoCheerfulSongs(t *testing.T) {
	t.Parallel()
	r := newRanker(t, WithWeights(map[PartName]float64{PartConcepts: 1, PartAffect: 1e-6})) // imagery decides all the rest
	var candidates []catalog.Candidate
	for step := range 21 {
		v := float64(step-10) / 10
		candidates = append(candidates, song(fmt.Sprint("step ", step), v, v/2, "war", "sad", "dancing", "happy"))
	}
	silent := song("unjudged", 0, 0, "war", "sad")
	silent.Song.Affect = tagging.Estimate{}
	candidates = append(candidates, silent)
	for _, row := range []struct {
		name    string
		query   Query
		highest float64 // valence that may be picked
	}{
		{"violent", picture(-.7, .7, "war", "sad"), 0},
		{"mourning", picture(-.9, -.4, "war", "sad"), -.2},
		{"just sad enough", picture(-.36, 0, "war", "sad"), .34},
		{"not sad", picture(-.35, 0, "war", "sad"), 1},
		{"contrast", Query{Tags: picture(-.7, .7, "war", "sad").Tags, Dials: Dials{Contrast: 1}}, 1},
		{"a little contrast", Query{Tags: picture(-.7, .7, "war", "sad").Tags, Dials: Dials{Contrast: .1}}, .14},
		{"cheer asked for", Query{Tags: picture(-.7, .7, "war", "sad").Tags, Mood: &tagging.Affect{Valence: .5}}, 1},
		{"sadness asked for", Query{Tags: picture(.7, .7, "war", "happy").Tags, Mood: &tagging.Affect{Valence: -.7}}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			q := row.query
			q.Count = MaxCount
			target, err := r.Target(q)
			require.NoError(t, err)
			require.InDelta(t, row.highest, target.MaxValence, 1e-9)
			require.Equal(t, row.highest < 1, target.Care())
			picks := rank(t, r, q, candidates)
			highest := slices.MaxFunc(picks, func(a, b Pick) int {
				if a.Song.Affect.Valence < b.Song.Affect.Valence {
					return -1
				}
				return 1
			}).Song.Affect.Valence
			require.LessOrEqual(t, highest, row.highest+1e-9)
			require.Greater(t, highest, row.highest-.15, "gentler songs stay")
			require.Equal(t, !target.Care(), slices.Contains(titles(picks), "unjudged"))
		})
	}
}

// A catalogue with songs of every mood and every imagery must not answer pictures of opposite moods alike.
func TestOppositePicturesShareNoSong(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := songs(r.config.vocabulary, 600, 13)
	corners := map[tagging.Quadrant]tagging.Affect{
		tagging.Joyful: {Valence: .6, Arousal: .5}, tagging.Melancholic: {Valence: -.6, Arousal: -.5},
		tagging.Tense: {Valence: -.6, Arousal: .6}, tagging.Serene: {Valence: .5, Arousal: -.6},
	}
	opposite := map[tagging.Quadrant]tagging.Quadrant{tagging.Joyful: tagging.Melancholic, tagging.Tense: tagging.Serene}
	for _, imagery := range [][]string{nil, {"sea"}, {"city", "night"}, {"dog", "tree", "forest"}} {
		for _, spread := range []float64{.2, .3, .4} {
			for a, b := range opposite {
				answer := func(corner tagging.Quadrant) []string {
					q := picture(corners[corner].Valence, corners[corner].Arousal, imagery...)
					q.Tags.Affect.Spread = spread
					return titles(rank(t, r, q, candidates))
				}
				for _, title := range answer(a) {
					require.NotContains(t, answer(b), title, "%s and %s with %v, spread %v", a, b, imagery, spread)
				}
			}
		}
	}
}

func TestDialsMoveTheRightWay(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	// One song fits the mood only, the other the imagery only.
	mood, imagery := song("mood", .6, -.3, "city"), song("imagery", -.1, .2, "sea", "beach", "dog")
	gap := func(atmosphere float64) float64 {
		q := picture(.6, -.3, "sea", "beach", "dog")
		q.Dials.Atmosphere = atmosphere
		scores := map[string]float64{}
		for _, p := range rank(t, r, q, []catalog.Candidate{mood, imagery}) {
			scores[p.Song.Title] = p.Score
		}
		return scores["mood"] - scores["imagery"]
	}
	last := gap(-1)
	require.Negative(t, last)
	for dial := -.9; dial <= 1; dial += .1 {
		require.Greater(t, gap(dial), last)
		last = gap(dial)
	}
	require.Positive(t, last)

	candidates := songs(r.config.vocabulary, 500, 14)
	mean := func(contrast float64) (valence float64) {
		q := picture(.7, .2, "sea")
		q.Dials.Contrast, q.Count = contrast, 10
		picks := rank(t, r, q, candidates)
		for _, p := range picks {
			valence += p.Song.Affect.Valence / float64(len(picks))
		}
		return valence
	}
	require.Greater(t, mean(0), .3)
	require.InDelta(t, 0, mean(.5), .3)
	require.Less(t, mean(1), -.3)
}
