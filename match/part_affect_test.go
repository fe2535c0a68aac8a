package match

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// integrate computes E[exp(−‖x‖/σ)] for x normal around (d, 0) by summing over rings.
func integrate(d, s float64) float64 {
	const rings, spokes, reach = 400, 64, 6.0
	var sum, mass float64
	for i := range rings {
		radius := (float64(i) + .5) * reach / rings
		density := radius * math.Exp(-radius*radius/2)
		mass += density
		for j := range spokes {
			sin, cos := math.Sincos(2 * math.Pi * (float64(j) + .5) / spokes)
			sum += density / spokes * math.Exp(-math.Hypot(d+radius*s*cos, radius*s*sin)/affectScale)
		}
	}
	return sum / mass
}

func TestExpectedKernelIsAnExpectation(t *testing.T) {
	t.Parallel()
	for _, s := range []float64{.05, .2, .3, .4, .5, .6, .8} {
		require.InDelta(t, integrate(0, s), kernelHeight(s), 1e-3, "height at spread %v", s)
		for d := 0.; d <= 2.8; d += .2 {
			require.InDelta(t, integrate(d, s), expectedKernel(d, s), .04, "distance %v, spread %v", d, s)
		}
	}
}

func TestExactMoodIsThePlainKernel(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	q := Query{Mood: &tagging.Affect{Valence: .4, Arousal: -.3}}
	for _, c := range []catalog.Candidate{song("a", .4, -.3), song("b", -.2, .5), song("c", 1, -1)} {
		d := q.Mood.Distance(c.Song.Affect.Affect)
		value := part(t, rank(t, r, q, []catalog.Candidate{c})[0], PartAffect).Value
		require.InDelta(t, math.Exp(-d/.72), value, 1e-12, c.Song.Title)
	}
}

func TestAffectFallsWithDistance(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	for _, spread := range []float64{0, .1, .3, .6, 1} {
		q := picture(-.2, .1)
		q.Tags.Affect.Spread = spread
		m := r.planMood(q, words{})
		for _, songSpread := range []float64{0, .25, .5} {
			last := math.Inf(1)
			for step := range 100 {
				value := m.fit(estimate(-.2+.01*float64(step), .1-.005*float64(step), songSpread))
				require.True(t, within(value))
				require.Less(t, value, last, "spread %v, step %d", spread, step)
				last = value
			}
		}
	}
}

func TestUnsurePictureWeighsMoodLess(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	last := math.Inf(1)
	for _, spread := range []float64{0, .2, .3, .4, .6, 1} {
		q := picture(.5, .2, "sea")
		q.Tags.Affect.Spread = spread
		target, err := r.Target(q)
		require.NoError(t, err)
		require.Less(t, target.Weights[PartAffect], last)
		last = target.Weights[PartAffect]
		if spread == .2 { // the table holds
			require.InDelta(t, .45/.35, target.Weights[PartAffect]/target.Weights[PartConcepts], 1e-9)
		}
	}
}

func TestUnknownMoodIsNeitherGoodNorBad(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	unknown := song("unknown", 0, 0)
	unknown.Song.Affect = tagging.Estimate{}
	near, far := song("near", .6, .3), song("far", -.8, -.8)
	picks := rank(t, r, picture(.6, .3), []catalog.Candidate{unknown, far, near})
	require.Equal(t, []string{"near", "unknown", "far"}, titles(picks))
	require.Equal(t, []string{"how the song feels is unknown"}, part(t, picks[1], PartAffect).Evidence)
}

func TestContrastReflectsTheMood(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	for _, row := range []struct{ contrast, valence, arousal float64 }{
		{0, .6, -.4}, {.25, .3, -.2}, {.5, 0, 0}, {.75, -.3, .2}, {1, -.6, .4},
	} {
		q := picture(.6, -.4, "sea", "calm")
		q.Dials.Contrast = row.contrast
		target, err := r.Target(q)
		require.NoError(t, err)
		require.InDelta(t, row.valence, target.Affect.Valence, 1e-12)
		require.InDelta(t, row.arousal, target.Affect.Arousal, 1e-12)
		require.Equal(t, row.contrast < .5, target.Concepts.Weight("calm") > 0, "moods fade at %v", row.contrast)
		require.Positive(t, target.Concepts.Weight("sea"), "imagery stays")
	}
}

func TestWishesMoveTheMood(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	liked := []catalog.Song{song("a", .2, .2).Song, song("b", .4, .6).Song}
	for _, row := range []struct {
		name             string
		query            Query
		like             []catalog.Song
		include          []string
		mood             *tagging.Affect
		contrast         float64
		valence, aroused float64
	}{
		{name: "liked songs count half", query: picture(-.6, -.4), like: liked, valence: -.15, aroused: 0},
		{name: "liked songs alone", query: Query{}, like: liked, valence: .3, aroused: .4},
		{name: "an included mood counts half", query: picture(-.6, -.4), include: []string{"joy"}, valence: .1, aroused: .025},
		{name: "included imagery does not", query: picture(-.6, -.4), include: []string{"sea"}, valence: -.6, aroused: -.4},
		{name: "contrast does not move wishes", query: picture(-.6, -.4), like: liked, contrast: 1, valence: .45, aroused: .4},
		{name: "a mood replaces the picture's", query: picture(-.6, -.4), mood: &tagging.Affect{Valence: .5}, valence: .5},
		{name: "and is meant as it is", query: picture(-.6, -.4), mood: &tagging.Affect{Valence: .5}, contrast: 1, valence: .5},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			q := row.query
			q.Like, q.Include, q.Mood, q.Dials.Contrast = row.like, row.include, row.mood, row.contrast
			target, err := r.Target(q)
			require.NoError(t, err)
			require.True(t, target.Affect.Known)
			require.InDelta(t, row.valence, target.Affect.Valence, 1e-9)
			require.InDelta(t, row.aroused, target.Affect.Arousal, 1e-9)
		})
	}
}

func TestAnotherMoodFadesWhatThePictureFelt(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	q := picture(-.6, -.4, "rain", "sad")
	q.Mood = &tagging.Affect{Valence: .6, Arousal: .4}
	target, err := r.Target(q)
	require.NoError(t, err)
	require.Zero(t, target.Concepts.Weight("sad"))
	require.Positive(t, target.Concepts.Weight("rain"))
}

// TestMixture compares with the spread of two points of the same weight: half their distance on the valence axis,
// averaged over both axes.
func TestMixture(t *testing.T) {
	t.Parallel()
	m := mixture([]tagging.Estimate{estimate(-.5, 0, 0), estimate(.5, 0, 0)}, nil)
	require.InDelta(t, 0, m.Valence, 1e-12)
	require.InDelta(t, math.Sqrt(.125), m.Spread, 1e-12)
	same := mixture([]tagging.Estimate{estimate(.3, .2, .25), estimate(.3, .2, .25)}, []float64{.9, .1})
	require.InDelta(t, .25, same.Spread, 1e-12)
}
