//go:build ignore

// Command activation writes activation_amd64.s: functions of each number of a vector.
package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	header()
	declareMasks()
	activation("exp", exp)
	activation("tanh", tanh)
	activation("erf", erf)
	activation("sigmoid", func(x VecVirtual) VecVirtual {
		negate(x)
		return overOnePlusExp(load(number(1)), x)
	})
	activation("gelu", gelu)
	activation("geluTanh", geluTanh)
	quickGELU()
	Generate()
}

func activation(name string, f func(x VecVirtual) VecVirtual) {
	TEXT(name+"AVX2", NOSPLIT, "func(dst, a *float32, n int)")
	Doc(name + "AVX2 computes n numbers; " + name + "Generic is its twin. dst may be a.")
	Pragma("noescape")
	dst, a := loadInt("dst"), loadInt("a")
	spans("numbers", func(s span) { s.store(f(s.load(a)), dst) })
	VZEROUPPER()
	RET()
}

// gelu returns x/2 · (1 + erf(x/√2)).
func gelu(x VecVirtual) VecVirtual {
	scaled, half := YMM(), YMM()
	VMULPS(number(1/math.Sqrt2), x, scaled)
	VMULPS(number(0.5), x, half)
	y := erf(scaled)
	VADDPS(number(1), y, y)
	VMULPS(half, y, y)
	return y
}

// geluTanh returns x/2 · (1 + tanh(u)) with u = √(2/π)·(x + 0.044715·x³), which is x / (1 + e⁻²ᵘ) and loses no
// digits where the tangent nears −1.
func geluTanh(x VecVirtual) VecVirtual {
	c := -2 * math.Sqrt(2/math.Pi)
	square := YMM()
	VMULPS(x, x, square)
	u := polynomial(square, c, c*0.044715)
	VMULPS(x, u, u)
	return overOnePlusExp(x, u)
}

func quickGELU() {
	TEXT("quickGELUAVX2", NOSPLIT, "func(dst, a *float32, n int, alpha float32)")
	Doc("quickGELUAVX2 computes n numbers; quickGELUGeneric is its twin. dst may be a.")
	Pragma("noescape")
	dst, a, alpha := loadInt("dst"), loadInt("a"), broadcast("alpha")
	negate(alpha)
	spans("numbers", func(s span) {
		v, x := s.load(a), YMM()
		VMULPS(alpha, v, x)
		s.store(overOnePlusExp(v, x), dst)
	})
	VZEROUPPER()
	RET()
}
