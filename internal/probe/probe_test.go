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
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	const two = `{"dim":2,"probes":[{"name":"a"},{"name":"b"}]}`
	_, err := Read([]byte(two), make([]byte, 8))
	require.NoError(t, err, "the rows differ from this one")
	for _, row := range []struct {
		name, description string
		weights           int
		says              string
	}{
		{"no JSON", "{", 8, "JSON"},
		{"half the weights", two, 4, "4 bytes of weights for 2 probes of 2 numbers"},
		{"no numbers", `{"dim":0}`, 0, "0 numbers"},
		// 2·2⁶²·2 is 0 in 64 bits, as many bytes as there are.
		{"a product that overflows", `{"dim":4611686018427387904,"probes":[{"name":"a"},{"name":"b"}]}`, 0, "want 1 to 1048576"},
		{"one name twice", `{"dim":2,"probes":[{"name":"a"},{"name":"a"}]}`, 8, `two probes are called "a"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read([]byte(row.description), make([]byte, row.weights))
			require.ErrorIs(t, err, ErrFile)
			require.ErrorContains(t, err, row.says)
		})
	}
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

// The penalty is strength times a tenth of the total variance: worked out by hand for one feature, x = −1, −1, 1, 1 and an
// answer that follows it. The variance is 4, so w = (XᵀX + 4·strength/10)⁻¹·Xᵀ(y − ½) = 2 / (4 + .4·strength).
func TestRidgePenalty(t *testing.T) {
	t.Parallel()
	rows, yes := [][]float32{{-1}, {-1}, {1}, {1}}, [][]bool{{false}, {false}, {true}, {true}}
	for _, strength := range []float64{.1, 1, 10} {
		fit, err := Ridge(rows, yes, strength)
		require.NoError(t, err)
		require.InDelta(t, 2/(4+.4*strength), fit.Probes[0].Weights[0], 1e-6)
		require.InDelta(t, .5, fit.Probes[0].Bias, 1e-6)
	}
}

// Four scores that the answers follow: Platt's targets are (2+1)/(2+2) and 1/(2+2), so that the best probabilities are ¾ and
// ¼ and the slope is their log-odds. With targets of 1 and 0 it would be infinite.
func TestPlattTargets(t *testing.T) {
	t.Parallel()
	a, b := platt([]float64{1, 1, -1, -1}, []bool{true, true, false, false})
	require.InDelta(t, math.Log(3), a, 1e-3)
	require.InDelta(t, 0, b, 1e-3)
	// With one yes and three noes the targets are ⅔ and ⅕.
	a, b = platt([]float64{1, -1, -1, -1}, []bool{true, false, false, false})
	require.InDelta(t, 2./3, sigmoid(a+b), 1e-3)
	require.InDelta(t, 1./5, sigmoid(b-a), 1e-3)
}

func TestAUC(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		scores []float64
		truth  []bool
		want   float64
	}{
		{"in order", []float64{.1, .2, .8}, []bool{false, false, true}, 1},
		{"the other way round", []float64{.9, .2}, []bool{false, true}, 0},
		{"a tie is half", []float64{.5, .5, .1}, []bool{true, false, false}, .75},
		{"one score for all", []float64{.5, .5, .5, .5}, []bool{true, false, true, false}, .5},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			require.InDelta(t, row.want, AUC(row.scores, row.truth), 1e-12)
		})
	}
}
