//go:build ignore

// Command resize writes resize_amd64.s: the two passes of the resize.
//
// A weight w has up to 24 bits, more than the fast multiplications take. It is split into w = hi·2¹⁶ + lo with a signed
// byte hi and a signed 16-bit lo, and the sums are kept apart until the end:
//
//	Σ w·s = (Σ hi·s)·2¹⁶ + Σ lo·s    modulo 2³², which is where the sum lies
//
// Σ hi·s is needed modulo 2¹⁶ only, so that VPMADDUBSW (bytes times signed bytes, sums of two) and 16-bit additions do;
// a sum of two cannot saturate, because |hi₀| + |hi₁| ≤ 128. Σ lo·s takes VPMADDWD.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	width     = 32 // bytes of a YMM register, and taps of a block
	precision = 22 // fractional bits of a weight
	planes    = 6  // red, green and blue of two rows
)

func main() {
	ConstraintExpr("!purego")
	horizontal()
	vertical()
	Generate()
}

// horizontal writes the kernel of the horizontal pass, in pseudo-code
//
//	for x := range n {
//		for p := range 6 { // red, green and blue of row a, then of row b
//			sum[p] = ½ + Σₖ (hi[x][k]·2¹⁶ + lo[x][k]) · in[p·stride + first[x] − lo + k]
//		}
//		a[3x:3x+3], b[3x:3x+3] = clamp(sum >> 22)    // and one byte more of each
//	}
//
// in blocks of 32 taps: 32 bytes hi, 16 words lo of the even taps, 16 words lo of the odd taps.
func horizontal() {
	TEXT("horizontalAVX2", NOSPLIT,
		"func(a, b *byte, in *byte, stride int, first *int32, lo int, weights *byte, blocks int, n int)")
	Doc(
		"horizontalAVX2 resizes two rows to n ≥ 1 pixels; horizontalGeneric is its twin. in holds six planes, stride bytes",
		"apart; up to 31 bytes beyond a window are read, and one byte beyond the last pixel of a and b is written.",
	)
	Pragma("noescape")
	a, b, stride, first, w, n := load("a"), load("b"), load("stride"), load("first"), load("weights"), load("n")
	in := load("in")
	SUBQ(load("lo"), in)
	three := GP64() // from the planes of row a to those of row b
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, three)
	even := YMM()
	VPCMPEQW(even, even, even)
	VPSRLW(Imm(8), even, even)

	Label("pixel")
	p, q, blocks := GP64(), GP64(), load("blocks")
	MOVLQSX(Mem{Base: first}, p)
	ADDQ(in, p)
	LEAQ(Mem{Base: p, Index: three, Scale: 1}, q)
	at := [planes]Mem{
		{Base: p}, {Base: p, Index: stride, Scale: 1}, {Base: p, Index: stride, Scale: 2},
		{Base: q}, {Base: q, Index: stride, Scale: 1}, {Base: q, Index: stride, Scale: 2},
	}
	low, high := zeros(planes), zeros(planes)
	Label("block")
	for i, m := range at {
		s, t := YMM(), YMM()
		VMOVDQU(m, s)
		VPMADDUBSW(Mem{Base: w}, s, t)
		VPADDW(t, high[i], high[i])
		VPAND(even, s, t)
		VPMADDWD(Mem{Base: w, Disp: width}, t, t)
		VPADDD(t, low[i], low[i])
		VPSRLW(Imm(8), s, s)
		VPMADDWD(Mem{Base: w, Disp: 2 * width}, s, s)
		VPADDD(s, low[i], low[i])
	}
	ADDQ(Imm(width), p)
	ADDQ(Imm(width), q)
	ADDQ(Imm(3*width), w)
	DECQ(blocks)
	JNZ(LabelRef("block"))

	Comment("Eight sums a plane become one.")
	ones := words(1)
	for i := range planes {
		VPMADDWD(ones, high[i], high[i])
		VPSLLD(Imm(16), high[i], high[i])
		VPADDD(high[i], low[i], low[i])
	}
	VPHADDD(low[1], low[0], low[0])
	VPHADDD(low[5], low[2], low[2])
	VPHADDD(low[4], low[3], low[3])
	VPHADDD(low[2], low[0], low[0]) // a: red, green, blue; b: blue
	VPHADDD(low[3], low[3], low[3]) // b: red, green, red, green
	var sums [2]VecVirtual
	for i, v := range []VecVirtual{low[0], low[3]} {
		sums[i] = XMM()
		VEXTRACTI128(Imm(1), v, sums[i])
		VPADDD(v.AsX(), sums[i], sums[i])
		VPADDD(half(), sums[i], sums[i])
		VPSRAD(Imm(precision), sums[i], sums[i])
	}
	VPACKSSDW(sums[1], sums[0], sums[0])
	VPACKUSWB(sums[0], sums[0], sums[0])
	order := GLOBL("rgbOrder", RODATA|NOPTR)
	for i, from := range []byte{0, 1, 2, 0x80, 4, 5, 3, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80} {
		DATA(i, U8(from))
	}
	VPSHUFB(order, sums[0], sums[0])
	VMOVD(sums[0], Mem{Base: a})
	VPEXTRD(Imm(1), sums[0], Mem{Base: b})
	ADDQ(Imm(3), a)
	ADDQ(Imm(3), b)
	ADDQ(Imm(4), first)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	VZEROUPPER()
	RET()
}

// vertical writes the kernel of the vertical pass, in pseudo-code
//
//	for i := range n {
//		out[i] = clamp((½ + Σₖ (hi[k]·2¹⁶ + lo[k]) · rows[k·stride+i]) >> 22)
//	}
//
// for 32 columns at once and two rows a round. The weights of a round are four bytes hi₀ hi₁ hi₀ hi₁ and two words lo₀ lo₁.
func vertical() {
	TEXT("verticalAVX2", NOSPLIT, "func(out, rows *byte, stride int, weights *byte, pairs int, n int)")
	Doc(
		"verticalAVX2 sums 2·pairs rows of n samples to one; verticalGeneric is its twin. n is a positive multiple of 32.",
	)
	Pragma("noescape")
	out, rows, stride, n := load("out"), load("rows"), load("stride"), load("n")
	zero := zeros(1)[0]

	Label("columns")
	row, w, pairs := GP64(), load("weights"), load("pairs")
	MOVQ(rows, row)
	low, high := zeros(4), zeros(2)
	Label("pair")
	hi, lo, one := YMM(), YMM(), YMM()
	VPBROADCASTD(Mem{Base: w}, hi)
	VPBROADCASTD(Mem{Base: w, Disp: 4}, lo)
	VMOVDQU(Mem{Base: row}, one)
	for i, interleave := range []func(Op, Op, Op){unpackLow, unpackHigh} {
		both, t, u := YMM(), YMM(), YMM()
		interleave(Mem{Base: row, Index: stride, Scale: 1}, one, both)
		VPMADDUBSW(hi, both, t)
		VPADDW(t, high[i], high[i])
		VPUNPCKLBW(zero, both, t)
		VPMADDWD(lo, t, t)
		VPADDD(t, low[2*i], low[2*i])
		VPUNPCKHBW(zero, both, u)
		VPMADDWD(lo, u, u)
		VPADDD(u, low[2*i+1], low[2*i+1])
	}
	LEAQ(Mem{Base: row, Index: stride, Scale: 2}, row)
	ADDQ(Imm(8), w)
	DECQ(pairs)
	JNZ(LabelRef("pair"))

	rounding := YMM()
	VPBROADCASTD(half(), rounding)
	for i, h := range high {
		t := YMM()
		VPUNPCKLWD(h, zero, t) // hi·2¹⁶
		VPADDD(t, low[2*i], low[2*i])
		VPUNPCKHWD(h, zero, t)
		VPADDD(t, low[2*i+1], low[2*i+1])
	}
	for _, v := range low {
		VPADDD(rounding, v, v)
		VPSRAD(Imm(precision), v, v)
	}
	VPACKSSDW(low[1], low[0], low[0])
	VPACKSSDW(low[3], low[2], low[2])
	VPACKUSWB(low[2], low[0], low[0])
	VMOVDQU(low[0], Mem{Base: out})
	ADDQ(Imm(width), out)
	ADDQ(Imm(width), rows)
	SUBQ(Imm(width), n)
	JNZ(LabelRef("columns"))
	VZEROUPPER()
	RET()
}

func unpackLow(b, a, dst Op)  { VPUNPCKLBW(b, a, dst) }
func unpackHigh(b, a, dst Op) { VPUNPCKHBW(b, a, dst) }

// load loads an integer or pointer parameter into a fresh register.
func load(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

func zeros(n int) []VecVirtual {
	v := make([]VecVirtual, n)
	for i := range v {
		v[i] = YMM()
		VPXOR(v[i], v[i], v[i])
	}
	return v
}

var constants = map[string]Mem{}

// constant returns 32 bytes of read-only data that repeat a value of size bytes.
func constant(name string, size int, value Constant) Mem {
	if m, ok := constants[name]; ok {
		return m
	}
	m := GLOBL(name, RODATA|NOPTR)
	for i := 0; i < width; i += size {
		DATA(i, value)
	}
	constants[name] = m
	return m
}

func words(v uint16) Mem { return constant("ones", 2, U16(v)) }

func half() Mem { return constant("half", 4, U32(1<<(precision-1))) }
