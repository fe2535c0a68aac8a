package match

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

func years(list ...int) []catalog.Candidate {
	var out []catalog.Candidate
	for _, y := range list {
		c := song("unknown", .2, .2)
		if c.Song.Year = y; y != 0 {
			c = song(string(rune('A'+(y-1900)/10)), .2, .2)
			c.Song.Year = y
		}
		out = append(out, c)
	}
	return out
}

func TestEra(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := years(1934, 1955, 1987, 2005, 2024, 0)
	for _, row := range []struct {
		name  string
		era   tagging.Era
		dial  float64
		best  []int // all as good as each other
		worse int
	}{
		{name: "old", era: tagging.Era{Label: tagging.EraOld, Confidence: .9}, best: []int{1934}, worse: 1955},
		{name: "modern", era: tagging.Era{Label: tagging.EraModern, Confidence: .9}, best: []int{2005, 2024}, worse: 1987},
		{name: "captured long ago", era: tagging.Era{Label: tagging.EraModern, Decade: 2000, Confidence: 1}, best: []int{2005}, worse: 2024},
		{name: "captured today", era: tagging.Era{Label: tagging.EraModern, Decade: 2020, Confidence: 1}, best: []int{2005, 2024}, worse: 1987},
		{name: "then", dial: -1, best: []int{1934, 1955}, worse: 1987},
		{name: "now", dial: 1, best: []int{2024}, worse: 2005},
		{name: "now against an old picture", era: tagging.Era{Label: tagging.EraOld, Confidence: 1}, dial: 1, best: []int{2024}, worse: 1934},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			q := picture(.2, .2)
			q.Tags.Era, q.Dials.Era, q.Count = row.era, row.dial, 10
			values := map[int]float64{}
			for _, p := range rank(t, r, q, candidates) {
				values[p.Song.Year] = part(t, p, PartEra).Value
			}
			for _, y := range row.best {
				require.InDelta(t, 1, values[y], 1e-12, "%d", y)
			}
			require.Less(t, values[row.worse], 1.)
			require.Less(t, values[0], 1., "an unknown year is no best")
			lowest := 1.
			for _, v := range values {
				lowest = min(lowest, v)
			}
			require.Greater(t, values[0], lowest, "nor the worst")
		})
	}
}

func TestEraDialIsContinuousAndPulls(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	q := picture(.2, .2, "sea")
	q.Tags.Era = tagging.Era{Label: tagging.EraOld, Confidence: .5}
	candidates := []catalog.Candidate{years(1934)[0], years(2024)[0]}
	candidates[0].Song.Concepts, candidates[1].Song.Concepts = vector("sea"), vector("coast")
	gap := func(dial float64) float64 {
		q.Dials.Era = dial
		byYear := map[int]float64{}
		for _, p := range rank(t, r, q, candidates) {
			byYear[p.Song.Year] = p.Score
		}
		return byYear[2024] - byYear[1934]
	}
	last := gap(-1)
	for dial := -.99; dial <= 1; dial += .01 {
		now := gap(dial)
		require.GreaterOrEqual(t, now, last-1e-12, "dial %v", dial)
		require.Less(t, now-last, .05, "dial %v", dial)
		last = now
	}
	require.Negative(t, gap(-1))
	require.Negative(t, gap(0))
	require.Positive(t, gap(1), "the dial is heard over better imagery")
}
