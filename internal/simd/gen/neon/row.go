package main

import (
	"math"

	asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"
)

// row writes the functions of a row that need all of its numbers, softmax and layer normalisation.
func row(file *asm.File) {
	softmax(file)
	layerNorm(file)
}

// softmax writes the kernel, in pseudo-code
//
//	top = max(scale·a[i])
//	dst[i] = e^(scale·a[i] − top), summed up
//	dst[i] *= 1 / sum
func softmax(file *asm.File) {
	f := file.Func("softmaxNEON", "dst, a *float32, n int, scale float32",
		"softmaxNEON computes one row of n ≥ 1 numbers; softmaxGeneric is its twin. dst may be a.")
	f.UseConstants()
	dst, a, scale := f.Int("dst"), f.Int("a"), f.Broadcast("scale")

	top := f.Number(math.Inf(-1))
	spans(f, "max", func(s span) {
		v := s.load(a)
		f.FMUL(v, v, scale)
		if s.single {
			f.First(v, v)
		}
		f.FMAX(top, top, v)
	})
	fold(top, f.FMAXP)

	sum := f.ZERO(f.V())
	spans(f, "exp", func(s span) {
		v := s.load(a)
		f.FMUL(v, v, scale)
		e := exp(f, f.FSUB(v, v, top))
		s.only(e)
		f.FADD(sum, sum, e)
		s.store(e, dst)
	})
	fold(sum, f.FADDP)

	inverse := f.FDIV(f.V(), f.Number(1), sum)
	spans(f, "scale", func(s span) {
		v := s.load(dst)
		s.store(f.FMUL(v, v, inverse), dst)
	})
	f.Return()
}

// layerNorm writes the kernel, in pseudo-code
//
//	mean = Σ a[i] / n
//	rest = Σ (a[i] − mean) / n              // what rounding left in the mean
//	variance = Σ (a[i] − mean)² / n − rest²
//	dst[i] = ((a[i] − mean) − rest) / √(variance + epsilon) · gain[i] + bias[i]
func layerNorm(file *asm.File) {
	f := file.Func("layerNormNEON", "dst, a, gain, bias *float32, n int, epsilon float32",
		"layerNormNEON computes one row of n ≥ 1 numbers; layerNormGeneric is its twin. dst may be one of the others.")
	f.UseConstants()
	dst, a, gain, bias := f.Int("dst"), f.Int("a"), f.Int("gain"), f.Int("bias")
	count := f.SCVTF(f.V(), f.Int("n"))

	mean := f.ZERO(f.V())
	spans(f, "mean", func(s span) { f.FADD(mean, mean, s.load(a)) })
	fold(mean, f.FADDP)
	f.FDIV(mean, mean, count)

	rest, variance := f.ZERO(f.V()), f.ZERO(f.V())
	spans(f, "variance", func(s span) {
		v := s.load(a)
		f.FSUB(v, v, mean)
		s.only(v)
		f.FADD(rest, rest, v)
		f.FMLA(variance, v, v)
	})
	fold(rest, f.FADDP)
	fold(variance, f.FADDP)
	f.FDIV(rest, rest, count)
	f.FDIV(variance, variance, count)
	f.FMLS(variance, rest, rest)

	f.FADD(variance, variance, f.Broadcast("epsilon"))
	f.FSQRT(variance, variance)
	inverse := f.FDIV(f.V(), f.Number(1), variance)
	spans(f, "normalise", func(s span) {
		v := s.load(a)
		f.FSUB(v, v, mean)
		f.FSUB(v, v, rest)
		f.FMUL(v, v, inverse)
		s.store(f.FMLA(s.load(bias), v, s.load(gain)), dst)
	})
	f.Return()
}

// fold combines the four numbers of v in pairs and leaves the result in all of them.
func fold(v asm.V, pairs func(d, n, m asm.V) asm.V) {
	pairs(v, v, v)
	pairs(v, v, v)
}
