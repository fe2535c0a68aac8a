package probe

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// clouds makes pictures around two centres; the answer to question 0 is the centre, question 1 is a coin.
func clouds(n, dim int) (rows [][]float32, yes [][]bool) {
	rng := rand.New(rand.NewPCG(3, 3))
	for i := range n {
		x := make([]float32, dim)
		for k := range x {
			x[k] = float32(math.Abs(rng.NormFloat64()))
		}
		if i%4 == 0 {
			x[0] += 6
		}
		rows = append(rows, Root(x))
		yes = append(yes, []bool{i%4 == 0, rng.IntN(2) == 0})
	}
	return rows, yes
}

func TestRidgeLeavesOut(t *testing.T) {
	t.Parallel()
	rows, yes := clouds(60, 80)
	fit, err := Ridge(rows, yes, .1)
	require.NoError(t, err)
	column := func(q int) (p []float64, truth []bool) {
		for i := range rows {
			p, truth = append(p, fit.LeftOut[i][q]), append(truth, yes[i][q])
		}
		return p, truth
	}
	require.Greater(t, AUC(column(0)), .95)
	require.InDelta(t, .5, AUC(column(1)), .25, "a coin cannot be learned")

	// The hat-matrix shortcut equals fitting again without the picture.
	for _, i := range []int{0, 17, 59} {
		rest := append(append([][]float32{}, rows[:i]...), rows[i+1:]...)
		restYes := append(append([][]bool{}, yes[:i]...), yes[i+1:]...)
		again, err := Ridge(rest, restYes, .1)
		require.NoError(t, err)
		p := again.Probes[0]
		p.Scale, p.Shift = fit.Probes[0].Scale, fit.Probes[0].Shift
		require.InDelta(t, fit.LeftOut[i][0], p.Probability(rows[i]), .05)
	}
}

func TestRidgeRefuses(t *testing.T) {
	t.Parallel()
	rows, yes := clouds(10, 5)
	for i := range yes {
		yes[i][0] = true
	}
	_, err := Ridge(rows, yes, .1)
	require.ErrorIs(t, err, ErrFit)
	_, err = Ridge(rows[:2], yes[:2], .1)
	require.ErrorIs(t, err, ErrFit)
}

func TestFileRoundTrip(t *testing.T) {
	t.Parallel()
	rows, yes := clouds(40, 16)
	fit, err := Ridge(rows, yes, .1)
	require.NoError(t, err)
	f := File{Model: "m", Digest: "d", Dim: 16, Entries: []Entry{NewEntry("a", 10, .9, fit.Probes[0]), NewEntry("b", 20, .5, fit.Probes[1])}}
	var description, weights bytes.Buffer
	require.NoError(t, f.Write(&description, &weights))
	again, err := Read(description.Bytes(), weights.Bytes())
	require.NoError(t, err)
	for i := range f.Entries {
		for _, row := range rows {
			require.InDelta(t, f.Entries[i].Probe().Probability(row), again.Entries[i].Probe().Probability(row), 2e-3)
		}
	}
	_, err = Read(description.Bytes(), weights.Bytes()[1:])
	require.Error(t, err)
	_, err = Read([]byte("{"), nil)
	require.Error(t, err)
}

func TestHalf(t *testing.T) {
	t.Parallel()
	for _, x := range []float32{0, 1, -1, .5, 65504, -.333, 1e-3, 6.2e-5} {
		require.InDelta(t, x, fromHalf(toHalf(x)), 5e-4*math.Abs(float64(x)))
	}
	require.Zero(t, fromHalf(toHalf(1e-8)))
	require.InDelta(t, 65504, fromHalf(toHalf(1e9)), 0)
}

func TestRoot(t *testing.T) {
	t.Parallel()
	require.InDeltaSlice(t, []float32{.6, .8, 0}, Root([]float32{.36, .64, -1}), 1e-6)
	require.Equal(t, []float32{0, 0}, Root([]float32{0, 0}))
}

// Full Newton steps once ended with a slope of the wrong sign for eight positives among 491 scores.
func TestPlattKeepsTheOrder(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	var scores []float64
	var truth []bool
	for i := range 491 {
		yes := i < 8
		score := .02 * rng.NormFloat64()
		if yes {
			score = .3 + .2*rng.NormFloat64()
		}
		scores, truth = append(scores, score), append(truth, yes)
	}
	a, b := platt(scores, truth)
	require.Positive(t, a)
	require.Greater(t, sigmoid(a*.5+b), .8)
	require.Less(t, sigmoid(b), .05)
}
