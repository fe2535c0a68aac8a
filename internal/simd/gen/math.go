//go:build ignore

package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const less = 0x11 // VCMPPS: ordered, quiet

var constants = map[uint32]Mem{}

// bits returns eight copies of a 32-bit constant in read-only memory, where they can be an operand.
func bits(v uint32) Mem {
	if m, ok := constants[v]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("eight%08x", v), attr.RODATA|attr.NOPTR)
	for i := range lanes {
		DATA(i*4, U32(v))
	}
	constants[v] = m
	return m
}

// number is bits of a float32.
func number(v float64) Mem { return bits(math.Float32bits(float32(v))) }

// load returns a register with a constant.
func load(m Mem) VecVirtual {
	v := YMM()
	VMOVUPS(m, v)
	return v
}

// clipNumbers is clip with constants.
func clipNumbers(v VecVirtual, lo, hi float64) { clip(v, load(number(lo)), load(number(hi))) }

// polynomial returns c[0] + c[1]·x + c[2]·x² + …
func polynomial(x VecVirtual, c ...float64) VecVirtual {
	p := load(number(c[len(c)-1]))
	for i := len(c) - 2; i >= 0; i-- {
		VFMADD213PS(number(c[i]), x, p)
	}
	return p
}

// powers splits eˣ = 2ⁿ·(1 + q). It returns q, and n as the low bits of an integer. |x| must be less than 2²¹.
//
//	n = round(x / ln 2)        by adding and subtracting 1.5·2²³, beside which a float32 has no fraction
//	r = x − n·ln 2             in two steps: n·hi is exact in the multiply-add, lo is what float32(ln 2) misses
//	q = r + r²/2! + … + r⁷/7!  with |r| ≤ ln(2)/2: the next term is below 6e-9
func powers(x VecVirtual) (n, q VecVirtual) {
	const hi = float32(math.Ln2)
	shift := number(3 << 22)
	n, q = load(number(math.Log2E)), YMM()
	VFMADD213PS(shift, x, n)
	rounded := YMM()
	VSUBPS(shift, n, rounded)
	VMOVAPS(x, q)
	VFNMADD231PS(number(float64(hi)), rounded, q)
	VFNMADD231PS(number(math.Ln2-float64(hi)), rounded, q)
	p := polynomial(q, 1./2, 1./6, 1./24, 1./120, 1./720, 1./5040)
	square := YMM()
	VMULPS(q, q, square)
	VFMADD231PS(square, p, q)
	return n, q
}

// power returns 2ⁿ of an integer in the low bits of n, −127 < n < 128: the exponent of 1 is raised by n.
func power(n VecVirtual) VecVirtual {
	s := YMM()
	VPSLLD(Imm(23), n, s)
	VPADDD(number(1), s, s)
	return s
}

// exp returns eˣ, and changes x. Beyond the bounds the result is 0 or +Inf; a result below 2⁻¹²⁶ is denormal as it
// should be, since the power comes in two factors, of which each is a normal number.
func exp(x VecVirtual) VecVirtual {
	clipNumbers(x, -104, 89)
	n, q := powers(x)
	half := YMM()
	VPSRAD(Imm(1), n, half)
	VPSUBD(half, n, n)
	VADDPS(number(1), q, q)
	VMULPS(power(half), q, q)
	VMULPS(power(n), q, q)
	return q
}

// erfEnd is where erf becomes 1 in float32.
const erfEnd = 4

// erf returns erf(x). With z = |x|,
//
//	z < 1:  z + z·P(z²)     which keeps its relative accuracy down to zero
//	else:   1 − e^−Q(z)     where Q approximates −log(erfc(z)) up to erfEnd
//
// P is off by 1.2e-9 relative to erf(z), e^−Q by 1.0e-9: both are minimax polynomials by Remez' exchange, computed
// with 40 digits.
func erf(x VecVirtual) VecVirtual {
	z, small, sign := YMM(), YMM(), YMM()
	VANDPS(bits(1<<31-1), x, z)
	VANDPS(bits(1<<31), x, sign)
	VMINPS(z, load(number(erfEnd)), z) // NaN stays
	VMULPS(z, z, small)
	p := polynomial(small,
		0.1283791659, -0.3761262714, 0.1128360018, -0.02685444486, 0.005189535819, -0.0008020845283, 7.88913209e-5)
	VMOVAPS(z, small)
	VFMADD213PS(small, z, p)

	n, q := powers(polynomial(z,
		-0.0003537268421, -1.127040004, -0.6382257343, -0.1030373159, 0.02180529133, -0.002939600097, 0.000185573223))
	s, large := power(n), load(number(1))
	VFMADD213PS(s, s, q)
	VSUBPS(q, large, large)

	isSmall := YMM()
	VCMPPS(Imm(less), number(1), z, isSmall)
	VBLENDVPS(isSmall, p, large, large)
	VORPS(sign, large, large)
	return large
}

// tanh returns tanh(x) = (e²ˣ − 1) / (e²ˣ + 1), and changes x. e²ˣ − 1 = 2ⁿ·q + (2ⁿ − 1) loses nothing near zero.
func tanh(x VecVirtual) VecVirtual {
	sign := YMM()
	VANDPS(bits(1<<31), x, sign)
	VADDPS(x, x, x)
	clipNumbers(x, -30, 30)
	n, q := powers(x)
	s, rest := power(n), YMM()
	VSUBPS(number(1), s, rest)
	VFMADD213PS(rest, s, q)
	VADDPS(number(2), q, rest)
	VDIVPS(rest, q, q)
	VORPS(sign, q, q) // −0
	return q
}

// overOnePlusExp returns a / (1 + eˣ), and changes x.
func overOnePlusExp(a, x VecVirtual) VecVirtual {
	e := exp(x)
	VADDPS(number(1), e, e)
	VDIVPS(e, a, e)
	return e
}

// negate changes the sign of v.
func negate(v VecVirtual) { VXORPS(bits(1<<31), v, v) }
