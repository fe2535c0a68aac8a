package main

import (
	"math"

	asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"
)

// clipNumbers is clip with constants.
func clipNumbers(f *asm.Func, v asm.V, lo, hi float64) { clip(f, v, f.Number(lo), f.Number(hi)) }

// polynomial returns c[0] + c[1]·x + c[2]·x² + …
func polynomial(f *asm.Func, x asm.V, c ...float64) asm.V {
	p := f.Number(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		p = f.FMLA(f.Number(c[i]), p, x)
	}
	return p
}

// powers splits eˣ = 2ⁿ·(1 + q). It returns q, and n as the low bits of an integer. |x| must be less than 2²¹.
//
//	n = round(x / ln 2)        by adding and subtracting 1.5·2²³, beside which a float32 has no fraction
//	r = x − n·ln 2             in two steps: n·hi is exact in the multiply-add, lo is what float32(ln 2) misses
//	q = r + r²/2! + … + r⁷/7!  with |r| ≤ ln(2)/2: the next term is below 6e-9
func powers(f *asm.Func, x asm.V) (n, q asm.V) {
	const hi = float32(math.Ln2)
	n = f.FMLA(f.Number(3<<22), x, f.Number(math.Log2E))
	rounded := f.FSUB(f.V(), n, f.Number(3<<22))
	q = f.MOV(f.V(), x)
	f.FMLS(q, rounded, f.Number(float64(hi)))
	f.FMLS(q, rounded, f.Number(math.Ln2-float64(hi)))
	p := polynomial(f, q, 1./2, 1./6, 1./24, 1./120, 1./720, 1./5040)
	square := f.FMUL(f.V(), q, q)
	return n, f.FMLA(q, p, square)
}

// power returns 2ⁿ of an integer in the low bits of n, −127 < n < 128: the exponent of 1 is raised by n.
func power(f *asm.Func, n asm.V) asm.V {
	s := f.SHL(f.V(), n, 23)
	return f.ADD(s, s, f.Number(1))
}

// exp returns eˣ, and changes x. Beyond the bounds the result is 0 or +Inf; a result below 2⁻¹²⁶ is denormal as it
// should be, since the power comes in two factors, of which each is a normal number.
func exp(f *asm.Func, x asm.V) asm.V {
	clipNumbers(f, x, -104, 89)
	n, q := powers(f, x)
	half := f.SSHR(f.V(), n, 1)
	f.SUB(n, n, half)
	f.FADD(q, q, f.Number(1))
	f.FMUL(q, q, power(f, half))
	return f.FMUL(q, q, power(f, n))
}

// signOf returns the sign of x.
func signOf(f *asm.Func, x asm.V) asm.V { return f.AND(f.V(), x, f.Bits(1<<31)) }

// erfEnd is where erf becomes 1 in float32.
const erfEnd = 4

// erf returns erf(x). With z = |x|,
//
//	z < 1:  z + z·P(z²)     which keeps its relative accuracy down to zero
//	else:   1 − e^−Q(z)     where Q approximates −log(erfc(z)) up to erfEnd
//
// The polynomials are those of gen/math.go, which says where they come from.
func erf(f *asm.Func, x asm.V) asm.V {
	sign := signOf(f, x)
	z := f.FABS(f.V(), x)
	f.FMIN(z, z, f.Number(erfEnd))
	p := polynomial(f, f.FMUL(f.V(), z, z),
		0.1283791659, -0.3761262714, 0.1128360018, -0.02685444486, 0.005189535819, -0.0008020845283, 7.88913209e-5)
	small := f.FMLA(f.MOV(f.V(), z), z, p)

	n, q := powers(f, polynomial(f, z,
		-0.0003537268421, -1.127040004, -0.6382257343, -0.1030373159, 0.02180529133, -0.002939600097, 0.000185573223))
	s := power(f, n)
	e := f.FMLA(f.MOV(f.V(), s), s, q)
	large := f.FSUB(f.V(), f.Number(1), e)

	y := f.FCMGT(f.V(), f.Number(1), z)
	f.BSL(y, small, large)
	return f.ORR(y, y, sign)
}

// tanh returns tanh(x) = (e²ˣ − 1) / (e²ˣ + 1), and changes x. e²ˣ − 1 = 2ⁿ·q + (2ⁿ − 1) loses nothing near zero.
func tanh(f *asm.Func, x asm.V) asm.V {
	sign := signOf(f, x)
	f.FADD(x, x, x)
	clipNumbers(f, x, -30, 30)
	n, q := powers(f, x)
	s := power(f, n)
	less := f.FSUB(f.V(), s, f.Number(1))
	f.FMLA(less, q, s)
	more := f.FADD(f.V(), less, f.Number(2))
	y := f.FDIV(f.V(), less, more)
	return f.ORR(y, y, sign) // −0
}

// overOnePlusExp returns a / (1 + eˣ), and changes x.
func overOnePlusExp(f *asm.Func, a, x asm.V) asm.V {
	e := exp(f, x)
	f.FADD(e, e, f.Number(1))
	return f.FDIV(e, a, e)
}
