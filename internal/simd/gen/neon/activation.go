package main

import (
	"math"

	asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"
)

// activation writes the functions of each number of a vector.
func activation(file *asm.File) {
	each(file, "exp", exp)
	each(file, "tanh", tanh)
	each(file, "erf", erf)
	each(file, "sigmoid", func(f *asm.Func, x asm.V) asm.V { return overOnePlusExp(f, f.Number(1), f.FNEG(f.V(), x)) })
	each(file, "gelu", gelu)
	each(file, "geluTanh", geluTanh)
	quickGELU(file)
}

func each(file *asm.File, name string, function func(f *asm.Func, x asm.V) asm.V) {
	f := file.Func(name+"NEON", "dst, a *float32, n int",
		name+"NEON computes n numbers; "+name+"Generic is its twin. dst may be a.")
	f.UseConstants()
	dst, a := f.Int("dst"), f.Int("a")
	spans(f, "numbers", func(s span) { s.store(function(f, s.load(a)), dst) })
	f.Return()
}

// gelu returns x/2 · (1 + erf(x/√2)).
func gelu(f *asm.Func, x asm.V) asm.V {
	half := f.FMUL(f.V(), x, f.Number(0.5))
	y := erf(f, f.FMUL(f.V(), x, f.Number(1/math.Sqrt2)))
	f.FADD(y, y, f.Number(1))
	return f.FMUL(y, y, half)
}

// geluTanh returns x/2 · (1 + tanh(u)) with u = √(2/π)·(x + 0.044715·x³), which is x / (1 + e⁻²ᵘ) and loses no
// digits where the tangent nears −1.
func geluTanh(f *asm.Func, x asm.V) asm.V {
	c := -2 * math.Sqrt(2/math.Pi)
	u := polynomial(f, f.FMUL(f.V(), x, x), c, c*0.044715)
	return overOnePlusExp(f, x, f.FMUL(u, u, x))
}

func quickGELU(file *asm.File) {
	f := file.Func("quickGELUNEON", "dst, a *float32, n int, alpha float32",
		"quickGELUNEON computes n numbers; quickGELUGeneric is its twin. dst may be a.")
	f.UseConstants()
	dst, a, alpha := f.Int("dst"), f.Int("a"), f.Broadcast("alpha")
	f.FNEG(alpha, alpha)
	spans(f, "numbers", func(s span) {
		v := s.load(a)
		s.store(overOnePlusExp(f, v, f.FMUL(f.V(), v, alpha)), dst)
	})
	f.Return()
}
