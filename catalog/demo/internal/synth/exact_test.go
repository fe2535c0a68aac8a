package synth

import (
	"math"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExactFunctions(t *testing.T) {
	t.Parallel()
	for x := -20.0; x <= 20; x += .137 {
		require.InEpsilon(t, math.Exp2(x), exp2(x), 1e-14)
		require.InDelta(t, math.Sin(2*math.Pi*x), sinTurn(x), 1e-13)
	}
	for x := .001; x < .249; x += .001 {
		require.InEpsilon(t, math.Tan(2*math.Pi*x), tanTurn(x), 1e-11)
	}
	for phase := uint64(0); phase < 1<<32; phase += 1<<22 + 12345 {
		require.InDelta(t, math.Sin(2*math.Pi*float64(phase)/(1<<32)), sine(uint32(phase)), 4e-7)
	}
	require.Equal(t, 440.0, hertz(69))
	require.InEpsilon(t, 261.6255653005986, hertz(60), 1e-13)
	require.InEpsilon(t, .5011872336272722, decibels(-6), 1e-13)
	require.InEpsilon(t, 1e-3, math.Pow(fade60(.5), .5*Rate), 1e-9)
	require.Zero(t, soft(0))
	require.InDelta(t, 1, soft(10), 1e-15)
	require.InDelta(t, math.Tanh(.5), soft(.5), 5e-3)
}

// fused matches the instructions that multiply and add with one rounding.
var fused = regexp.MustCompile(`FN?M(ADD|SUB)\w*|VFN?M(ADD|SUB)\w*`)

// A product that is fused into a sum is rounded once instead of twice, so the same score would sound the same but not be
// the same bytes on arm64. The machine code itself is searched, since no test on this machine would notice.
func TestNothingIsFused(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles for another architecture")
	}
	compiler, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command")
	}
	for _, folder := range []string{".", "../score"} {
		build := exec.CommandContext(t.Context(), compiler, "build", "-gcflags=-S", "-o", os.DevNull, folder)
		build.Env = append(build.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
		listing, err := build.CombinedOutput()
		require.NoError(t, err, "%.2000s", listing)
		require.Greater(t, len(listing), 10_000, "the listing is missing")
		for _, line := range regexp.MustCompile(`.*\n`).FindAll(listing, -1) {
			require.False(t, fused.Match(line), "%s%s", folder, line)
		}
	}
}

func TestRandIsPinned(t *testing.T) {
	t.Parallel()
	r := NewRand("soundtrack")
	require.Equal(t, NewRand("soundtrack").Float(), r.Float())
	require.NotEqual(t, NewRand("other").Float(), NewRand("soundtrack").Float())
	var sum, square float64
	const n = 100_000
	for range n {
		x := r.Noise()
		if x < -1 || x >= 1 {
			t.Fatal(x)
		}
		sum += x
		square += x * x
	}
	require.InDelta(t, 0, sum/n, .01)
	require.InDelta(t, 1.0/3, square/n, .01)
}
