package simd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

// canary is what surrounds every slice of a test: nothing may change it.
const canary = float32(-12345.625)

// guarded is a slice inside a larger one, at an odd offset.
type guarded struct {
	all  []float32
	s    []float32
	from int
}

func guard(n, offset int) guarded {
	g := guarded{all: make([]float32, n+offset+32), from: offset}
	for i := range g.all {
		g.all[i] = canary
	}
	g.s = g.all[offset : offset+n : offset+n]
	return g
}

func (g guarded) intact(t testing.TB) {
	t.Helper()
	for i, v := range g.all {
		if v != canary && (i < g.from || i >= g.from+len(g.s)) {
			require.Failf(t, "a canary was overwritten", "%d of [%d:%d]: %v", i, g.from, g.from+len(g.s), v)
		}
	}
}

func random(rng *rand.Rand, s []float32) []float32 {
	for i := range s {
		s[i] = rng.Float32()*2 - 1
	}
	return s
}

// near compares within tol × scale; NaN equals NaN.
func near(t testing.TB, want, got []float32, tol float64, what ...any) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		g := got[i]
		if w == g || (w != w && g != g) || math.Abs(float64(w)-float64(g)) <= tol {
			continue
		}
		require.Failf(t, "numbers differ", "%v: at %d: want %v, got %v, tolerance %v", fmt.Sprint(what...), i, w, g, tol)
	}
}

func TestKernelsAreListed(t *testing.T) {
	t.Parallel()
	all := All()
	require.Equal(t, "generic", all[len(all)-1].Name())
	require.Equal(t, Best().Name(), all[0].Name())
}

func TestClipAndAddClip(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range All() {
		t.Run(k.name, func(t *testing.T) {
			for n := range 258 {
				offset := n % 8
				a, b, dst, want := guard(n, offset), guard(n, 7-offset), guard(n, 3), make([]float32, n)
				random(rng, a.s)
				random(rng, b.s)
				if n > 5 {
					a.s[0], a.s[n/2], a.s[n-1], b.s[1] = nan, inf, -inf, nan
				}
				bounds := Bounds{Lo: -0.5, Hi: 0.75}
				addClipGeneric(want, a.s, b.s, bounds)
				k.AddClip(dst.s, a.s, b.s, bounds)
				near(t, want, dst.s, 0, "n=", n)
				clipGeneric(want, a.s, bounds)
				k.Clip(dst.s, a.s, bounds)
				near(t, want, dst.s, 0, "n=", n)
				if n > 5 {
					require.True(t, dst.s[0] != dst.s[0], "NaN stays NaN")
				}
				k.Clip(a.s, a.s, Bounds{Lo: 0, Hi: inf}) // in place
				for _, g := range []guarded{a, b, dst} {
					g.intact(t)
				}
			}
		})
	}
}

func TestLengthMismatchPanics(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		require.Panics(t, func() { k.Clip(make([]float32, 8), make([]float32, 9), Unbounded()) })
		require.Panics(t, func() { k.AddClip(make([]float32, 8), make([]float32, 8), make([]float32, 7), Unbounded()) })
		short := Product{C: make([]float32, 15), LDC: 16, A: make([]float32, 4), LDA: 4, M: 1, B: randomPacked(rand.New(rand.NewPCG(1, 1)), 4, 16)}
		require.Panics(t, func() { k.Gemm(short) })
		d := Depthwise{Channels: 8, InH: 8, InW: 8, OutH: 8, OutW: 8, KernelH: 3, KernelW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1}
		require.Panics(t, func() {
			k.DepthwiseRows(d, make([]float32, 512), make([]float32, 500), make([]float32, 72), make([]float32, 8), 0, 8, Unbounded())
		})
	}
}
