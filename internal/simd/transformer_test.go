package simd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	softmaxTolerance   = 4e-7 // of weights up to 1, in rows of up to some thousands
	layerNormTolerance = 4e-6 // of results up to some units
)

func TestSoftmax(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for n := range 258 {
				checkSoftmax(t, k, n, uint64(n))
			}
			checkSoftmax(t, k, 3072, 1)
		})
	}
}

// softmaxReference is the definition in float64, after scale·a in float32.
func softmaxReference(a []float32, scale float32) []float32 {
	top, sum := math.Inf(-1), 0.0
	for _, v := range a {
		top = max(top, float64(scale*v))
	}
	for _, v := range a {
		sum += math.Exp(float64(scale*v) - top)
	}
	out := make([]float32, len(a))
	for i, v := range a {
		out[i] = float32(math.Exp(float64(scale*v)-top) / sum)
	}
	return out
}

func checkSoftmax(t testing.TB, k *Kernels, n int, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 9))
	offset := int(seed % 8)
	a, dst := guard(n, offset), guard(n, 7-offset)
	awkward(rng, a.s, false)
	scale := float32(rng.NormFloat64() * 4)
	switch {
	case n > 3 && seed%4 == 1: // a mask
		a.s[0], a.s[n/2] = float32(math.Inf(int(-scale))), float32(math.Inf(int(-scale)))
	case n > 0 && seed%16 == 2:
		a.s[rng.IntN(n)] = nan
	case n > 0 && seed%16 == 6:
		a.s[rng.IntN(n)] = inf
	}
	want := softmaxReference(a.s, scale)
	k.Softmax(dst.s, a.s, scale)
	near(t, want, dst.s, softmaxTolerance, k.name, " softmax n=", n)
	k.Softmax(a.s, a.s, scale)
	near(t, dst.s, a.s, 0, k.name, " in place")
	a.intact(t)
	dst.intact(t)
}

func TestSoftmaxEdges(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name    string
		a, want []float32
		scale   float32
	}{
		{"one", []float32{-1e30}, []float32{1}, 1},
		{"far apart", []float32{1e30, -1e30, 1e30}, []float32{0.5, 0, 0.5}, 1},
		{"masked", []float32{-inf, 2, -inf, 2}, []float32{0, 0.5, 0, 0.5}, 0.125},
		{"all masked", []float32{-inf, -inf}, []float32{nan, nan}, 1},
		{"not a number", []float32{0, 1, 2, 3, 4, 5, 6, nan, 8}, []float32{nan, nan, nan, nan, nan, nan, nan, nan, nan}, 1},
		{"negative scale", []float32{5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, []float32{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, -3},
	}
	for _, k := range All() {
		for _, row := range rows {
			got := make([]float32, len(row.a))
			k.Softmax(got, row.a, row.scale)
			near(t, row.want, got, softmaxTolerance, k.name, row.name)
		}
	}
}

func TestLayerNorm(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for n := range 258 {
				checkLayerNorm(t, k, n, uint64(n), 1)
			}
			for _, n := range []int{768, 1152, 3072} {
				checkLayerNorm(t, k, n, 3, 1000) // a mean far from zero, which float32 sums cannot hold exactly
			}
		})
	}
}

func layerNormReference(a, gain, bias []float32, epsilon float32) []float32 {
	n, mean, variance := float64(len(a)), 0.0, 0.0
	for _, v := range a {
		mean += float64(v) / n
	}
	for _, v := range a {
		variance += (float64(v) - mean) * (float64(v) - mean) / n
	}
	out := make([]float32, len(a))
	for i, v := range a {
		out[i] = float32((float64(v)-mean)/math.Sqrt(variance+float64(epsilon))*float64(gain[i]) + float64(bias[i]))
	}
	return out
}

func checkLayerNorm(t testing.TB, k *Kernels, n int, seed uint64, mean float32) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 10))
	offset := int(seed % 8)
	a, dst, gain, bias := guard(n, offset), guard(n, 7-offset), guard(n, 3), guard(n, 5)
	for i := range n {
		a.s[i] = mean + float32(rng.NormFloat64())
	}
	random(rng, gain.s)
	random(rng, bias.s)
	switch {
	case n > 0 && seed%16 == 2:
		a.s[rng.IntN(n)] = nan
	case n > 0 && seed%16 == 6:
		a.s[rng.IntN(n)] = -inf
	case seed%16 == 10: // no variance
		for i := range a.s {
			a.s[i] = 0.1
		}
	}
	want := layerNormReference(a.s, gain.s, bias.s, 1e-5)
	k.LayerNorm(dst.s, a.s, gain.s, bias.s, 1e-5)
	near(t, want, dst.s, layerNormTolerance, k.name, " layer norm n=", n)
	k.LayerNorm(a.s, a.s, gain.s, bias.s, 1e-5)
	near(t, dst.s, a.s, 0, k.name, " in place")
	for _, g := range []guarded{a, dst, gain, bias} {
		g.intact(t)
	}
}

// TestArithmetic wants the very same bits from all kernels.
func TestArithmetic(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for n := range 258 {
				checkArithmetic(t, k, n, uint64(n))
			}
		})
	}
}

func checkArithmetic(t testing.TB, k *Kernels, n int, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 11))
	offset := int(seed % 8)
	a, b, dst := guard(n, offset), guard(n, 3), guard(n, 7-offset)
	awkward(rng, a.s, true)
	awkward(rng, b.s, true)
	for _, c := range []struct {
		name string
		run  func(dst, a, b []float32)
		want func(a, b float32) float32
	}{
		{"mul", k.Mul, func(a, b float32) float32 { return a * b }},
		{"sub", k.Sub, func(a, b float32) float32 { return a - b }},
		{"div", k.Div, func(a, b float32) float32 { return a / b }},
		{"affine", func(dst, a, _ []float32) { k.Affine(dst, a, -1.7, 0.3) }, func(a, _ float32) float32 {
			return float32(float32(-1.7)*a) + 0.3
		}},
	} {
		want := make([]float32, n)
		for i, v := range a.s {
			want[i] = c.want(v, b.s[i])
		}
		c.run(dst.s, a.s, b.s)
		near(t, want, dst.s, 0, k.name, " ", c.name)
		left, right := append([]float32(nil), a.s...), append([]float32(nil), b.s...)
		c.run(left, left, b.s)
		near(t, want, left, 0, k.name, " ", c.name, " in the first")
		c.run(right, a.s, right)
		near(t, want, right, 0, k.name, " ", c.name, " in the second")
	}
	for _, g := range []guarded{a, b, dst} {
		g.intact(t)
	}
}

func TestTransformerKernelsPanicOnUnequalLengths(t *testing.T) {
	t.Parallel()
	long, short := make([]float32, 9), make([]float32, 8)
	for _, k := range All() {
		for _, c := range activationCases() {
			require.PanicsWithValue(t, "simd: lengths differ", func() { c.run(k, long, short) }, c.name)
			require.PanicsWithValue(t, "simd: lengths differ", func() { c.run(k, short, long) }, c.name)
		}
		for i, f := range []func(a, b, c, d []float32){
			func(a, b, _, _ []float32) { k.Softmax(a, b, 1) },
			func(a, b, _, _ []float32) { k.Affine(a, b, 1, 1) },
			func(a, b, c, _ []float32) { k.Mul(a, b, c) },
			func(a, b, c, _ []float32) { k.Sub(a, b, c) },
			func(a, b, c, _ []float32) { k.Div(a, b, c) },
			func(a, b, c, d []float32) { k.LayerNorm(a, b, c, d, 1) },
		} {
			require.Panics(t, func() { f(short, long, long, long) }, i)
			require.Panics(t, func() { f(long, short, long, long) }, i)
			require.Panics(t, func() { k.LayerNorm(long, long, short, long, 1) })
			require.Panics(t, func() { k.LayerNorm(long, long, long, short, 1) })
			require.Panics(t, func() { k.Mul(long, long, short) })
		}
	}
}

func TestTransformerKernelsAllocateNothing(t *testing.T) {
	a, b, c := make([]float32, 50), make([]float32, 50), make([]float32, 50)
	for _, k := range All() {
		require.Zero(t, testing.AllocsPerRun(10, func() {
			k.GELU(a, b)
			k.QuickGELU(a, b, quickAlpha)
			k.Softmax(a, b, 1)
			k.LayerNorm(a, a, b, c, 1)
			k.Mul(a, b, c)
			k.Affine(a, b, 1, 2)
		}), k.name)
	}
}

func FuzzTransformer(f *testing.F) {
	f.Add(uint64(1), uint16(50), true)
	f.Add(uint64(6), uint16(3), false)
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, special bool) {
		for _, k := range All() {
			for _, c := range activationCases() {
				checkActivation(t, k, &c, int(n%1000), seed, special)
			}
			checkSoftmax(t, k, int(n%1000), seed)
			checkLayerNorm(t, k, int(n%1000), seed, float32(seed%100))
			checkArithmetic(t, k, int(n%1000), seed)
		}
	})
}
