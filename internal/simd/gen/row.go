//go:build ignore

// Command row writes row_amd64.s: functions of a row that need all of its numbers, softmax and layer normalisation.
package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	header()
	declareMasks()
	softmax()
	layerNorm()
	Generate()
}

// softmax writes the kernel, in pseudo-code
//
//	top = max(scale·a[i])                   // NaN is passed over here, and spoils the sum below
//	dst[i] = e^(scale·a[i] − top), summed up
//	dst[i] *= 1 / sum
func softmax() {
	TEXT("softmaxAVX2", NOSPLIT, "func(dst, a *float32, n int, scale float32)")
	Doc("softmaxAVX2 computes one row of n ≥ 1 numbers; softmaxGeneric is its twin. dst may be a.")
	Pragma("noescape")
	dst, a, scale := loadInt("dst"), loadInt("a"), broadcast("scale")

	top := load(number(math.Inf(-1)))
	spans("max", func(s span) {
		v := s.load(a)
		VMULPS(scale, v, v)
		VMAXPS(v, top, v)
		if s.mask == nil {
			VMOVAPS(v, top)
		} else {
			VBLENDVPS(s.mask, v, top, top)
		}
	})
	fold(top, VMAXPS)

	sum := zero()
	spans("exp", func(s span) {
		v := s.load(a)
		VMULPS(scale, v, v)
		VSUBPS(top, v, v)
		e := exp(v)
		s.only(e)
		VADDPS(e, sum, sum)
		s.store(e, dst)
	})
	fold(sum, VADDPS)

	inverse := load(number(1))
	VDIVPS(sum, inverse, inverse)
	spans("scale", func(s span) {
		v := s.load(dst)
		VMULPS(inverse, v, v)
		s.store(v, dst)
	})
	VZEROUPPER()
	RET()
}

// layerNorm writes the kernel, in pseudo-code
//
//	mean = Σ a[i] / n
//	rest = Σ (a[i] − mean) / n              // what rounding left in the mean
//	variance = Σ (a[i] − mean)² / n − rest²
//	dst[i] = ((a[i] − mean) − rest) / √(variance + epsilon) · gain[i] + bias[i]
func layerNorm() {
	TEXT("layerNormAVX2", NOSPLIT, "func(dst, a, gain, bias *float32, n int, epsilon float32)")
	Doc("layerNormAVX2 computes one row of n ≥ 1 numbers; layerNormGeneric is its twin. dst may be one of the others.")
	Pragma("noescape")
	dst, a, gain, bias := loadInt("dst"), loadInt("a"), loadInt("gain"), loadInt("bias")

	count := YMM()
	VCVTSI2SSQ(loadInt("n"), count.AsX(), count.AsX())
	VBROADCASTSS(count.AsX(), count)

	mean := zero()
	spans("mean", func(s span) { VADDPS(s.load(a), mean, mean) })
	fold(mean, VADDPS)
	VDIVPS(count, mean, mean)

	rest, variance := zero(), zero()
	spans("variance", func(s span) {
		v := s.load(a)
		VSUBPS(mean, v, v)
		s.only(v)
		VADDPS(v, rest, rest)
		VFMADD231PS(v, v, variance)
	})
	fold(rest, VADDPS)
	fold(variance, VADDPS)
	VDIVPS(count, rest, rest)
	VDIVPS(count, variance, variance)
	VFNMADD231PS(rest, rest, variance)

	inverse := load(number(1))
	VADDPS(broadcast("epsilon"), variance, variance)
	VSQRTPS(variance, variance)
	VDIVPS(variance, inverse, inverse)
	spans("normalise", func(s span) {
		v := s.load(a)
		VSUBPS(mean, v, v)
		VSUBPS(rest, v, v)
		VMULPS(inverse, v, v)
		g := s.load(gain)
		VFMADD213PS(s.load(bias), g, v)
		s.store(v, dst)
	})
	VZEROUPPER()
	RET()
}

// fold combines the eight numbers of v by op and leaves the result in all of them.
func fold(v VecVirtual, op func(...Op)) {
	t := YMM()
	VPERM2F128(Imm(1), v, v, t)
	op(t, v, v)
	VPERMILPS(Imm(0b01_00_11_10), v, t)
	op(t, v, v)
	VPERMILPS(Imm(0b10_11_00_01), v, t)
	op(t, v, v)
}

func zero() VecVirtual {
	v := YMM()
	VXORPS(v, v, v)
	return v
}
