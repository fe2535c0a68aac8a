package simd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// activationCase is a function of single numbers, its definition in float64, and how far a kernel may be off:
//
//	|got − want| ≤ ulps · ulp(want) + ofInput · |a|
type activationCase struct {
	name          string
	run           func(k *Kernels, dst, a []float32)
	want          func(x float64) float64
	ulps, ofInput float64
}

const quickAlpha = 1.702

func activationCases() []activationCase {
	return []activationCase{
		{"exp", (*Kernels).Exp, math.Exp, 1.1, 0},
		{"tanh", (*Kernels).Tanh, math.Tanh, 3, 0},
		{"erf", (*Kernels).Erf, math.Erf, 1.5, 0},
		{"sigmoid", (*Kernels).Sigmoid, sigmoid, 2.5, 1e-38}, // below −88 the exponential overflows
		{"gelu", (*Kernels).GELU, func(x float64) float64 {
			return x / 2 * math.Erfc(-x/math.Sqrt2)
		}, 2, 1e-7},
		{"gelu-tanh", (*Kernels).GELUTanh, func(x float64) float64 {
			return x / (1 + math.Exp(-2*math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}, 2, 1e-7},
		{"quick-gelu", func(k *Kernels, dst, a []float32) { k.QuickGELU(dst, a, quickAlpha) }, func(x float64) float64 {
			return x / (1 + math.Exp(-float64(float32(quickAlpha))*x))
		}, 2, 1e-7},
	}
}

// ulp is the distance of float32 numbers at x.
func ulp(x float64) float64 {
	_, exponent := math.Frexp(x)
	return math.Ldexp(1, max(exponent, -125)-24)
}

// inexact returns by how much of its tolerance a result is off, 0 where it is right.
func (c *activationCase) inexact(a, got float32) (ulps, share float64) {
	want := c.want(float64(a))
	rounded := float32(want)
	if got == rounded || (got != got && want != want) {
		return 0, 0
	}
	if got != got || want != want || math.IsInf(float64(got), 0) || math.IsInf(float64(rounded), 0) {
		return math.Inf(1), math.Inf(1)
	}
	d := math.Abs(float64(got) - want)
	return d / ulp(want), d / (c.ulps*ulp(want) + c.ofInput*math.Abs(float64(a)))
}

// TestActivationAccuracy goes through all exponents and both signs, and the numbers in which something happens densely.
func TestActivationAccuracy(t *testing.T) {
	t.Parallel()
	var a []float32
	for bits := uint64(0); bits < 1<<32; bits += 40009 {
		a = append(a, math.Float32frombits(uint32(bits)))
	}
	for x := -110.0; x < 110; x += 0.0049 {
		a = append(a, float32(x), float32(x/16))
	}
	dst := make([]float32, len(a))
	for _, k := range All() {
		for _, c := range activationCases() {
			c.run(k, dst, a)
			worst, at, ulps := 0.0, 0, 0.0
			for i, v := range a {
				u, share := c.inexact(v, dst[i])
				if ulps = max(ulps, u); share > worst {
					worst, at = share, i
				}
			}
			require.LessOrEqualf(t, worst, 1.0, "%s %s(%v): want %v, got %v", k.name, c.name, a[at], c.want(float64(a[at])), dst[at])
			t.Logf("%s %s: %.2f of its tolerance at most, %.2f ulp", k.name, c.name, worst, ulps)
		}
	}
}

// specials are numbers that formulas treat in their own way.
var specials = []float32{
	nan, inf, -inf, 0, float32(math.Copysign(0, -1)), 1e-45, -1e-45, 1e-39, -1e-39, math.MaxFloat32, -math.MaxFloat32,
	-87.33655, -87.33656, -103.97, -104, 88.72283, 88.72284, 1, -1, 4, -4, 1.4142135, -1.4142135,
}

// awkward fills s with normal numbers and, where special is set, some that are not.
func awkward(rng *rand.Rand, s []float32, special bool) {
	for i := range s {
		s[i] = float32(rng.NormFloat64() * 3)
		if special && rng.IntN(4) == 0 {
			s[i] = specials[rng.IntN(len(specials))]
		}
	}
}

// TestActivations runs every length at every alignment, beside canaries and in place.
func TestActivations(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		for _, c := range activationCases() {
			t.Run(k.name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				for n := range 258 {
					checkActivation(t, k, &c, n, uint64(n), true)
				}
			})
		}
	}
}

func checkActivation(t testing.TB, k *Kernels, c *activationCase, n int, seed uint64, special bool) {
	t.Helper()
	offset := int(seed % 8)
	a, dst := guard(n, offset), guard(n, 7-offset)
	awkward(rand.New(rand.NewPCG(seed, 8)), a.s, special)
	c.run(k, dst.s, a.s)
	for i, v := range a.s {
		if _, share := c.inexact(v, dst.s[i]); share > 1 {
			require.Failf(t, "inexact", "%s %s(%v), %d of %d: got %v", k.name, c.name, v, i, n, dst.s[i])
		}
	}
	c.run(k, a.s, a.s)
	near(t, dst.s, a.s, 0, k.name, c.name, "in place")
	a.intact(t)
	dst.intact(t)
}

// TestActivationsAtSpecialNumbers states what happens at the ends.
func TestActivationsAtSpecialNumbers(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		run  func(k *Kernels, dst, a []float32)
		// at −Inf, +Inf
		low, high float32
	}{
		{"exp", (*Kernels).Exp, 0, inf},
		{"tanh", (*Kernels).Tanh, -1, 1},
		{"erf", (*Kernels).Erf, -1, 1},
		{"sigmoid", (*Kernels).Sigmoid, 0, 1},
		{"gelu", (*Kernels).GELU, nan, inf}, // −∞ · 0
		{"gelu-tanh", (*Kernels).GELUTanh, nan, inf},
	}
	for _, k := range All() {
		for _, row := range rows {
			got := []float32{-inf, inf, nan}
			row.run(k, got, got)
			near(t, []float32{row.low, row.high, nan}, got, 0, k.name, row.name)
		}
		for _, row := range rows[1:3] {
			got := []float32{float32(math.Copysign(0, -1)), 1e-45, -1e-39}
			want := []uint32{1 << 31, 1, math.Float32bits(-1e-39)}
			if row.name == "erf" {
				want[2] = math.Float32bits(-1.128379e-39)
			}
			row.run(k, got, got)
			for i, v := range got {
				require.Equal(t, want[i], math.Float32bits(v), "%s %s: −0 and denormal numbers", k.name, row.name)
			}
		}
		got := []float32{88.8, -104, -87.5, math.MaxFloat32, -math.MaxFloat32}
		k.Exp(got, got)
		near(t, []float32{inf, 0, float32(math.Exp(-87.5)), inf, 0}, got, 2e-45, k.name, "exp: overflow is +Inf, and denormal results are kept")
	}
}
