//go:build ignore

// Command idct writes idct_amd64.s: the inverse DCTs of a block, eight columns or rows at once. It is meant to be read
// beside the generic code, whose names it uses: all sums are the same, modulo 2³².
package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	constBits = 13
	pass1Bits = 2
)

// fix makes a fixed-point number of 13 fractional bits.
func fix(x float64) int32 { return int32(math.Round(x * (1 << constBits))) }

func main() {
	ConstraintExpr("!purego")
	block8()
	block4()
	block2()
	Generate()
}

// begin starts a function and loads its parameters.
func begin(name string, doc ...string) (dst, stride GPVirtual, load func(row int) VecVirtual) {
	TEXT(name, NOSPLIT, "func(dst *byte, stride int, block *[64]int16, quant *[64]int32)")
	Doc(doc...)
	Pragma("noescape")
	parameter := func(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }
	dst, stride = parameter("dst"), parameter("stride")
	block, quant := parameter("block"), parameter("quant")
	return dst, stride, func(row int) VecVirtual { // dequantised
		v := YMM()
		VPMOVSXWD(Mem{Base: block, Disp: 16 * row}, v)
		VPMULLD(Mem{Base: quant, Disp: 32 * row}, v, v)
		return v
	}
}

func end() {
	VZEROUPPER()
	RET()
}

// block8 writes the transform of full size: registers hold rows and the lanes columns in the first pass, the other way
// round in the second, with a transposition in between.
func block8() {
	dst, stride, load := begin("idctAVX2",
		"idctAVX2 dequantises and transforms a block; idct is its twin. dst has 7·stride+8 bytes.")
	var v [8]VecVirtual
	for i := range v {
		v[i] = load(i)
	}
	v = pass(v, constBits-pass1Bits, 0)
	v = transpose(v)
	v = pass(v, constBits+pass1Bits+3, 128)
	store(v, dst, stride)
	end()
}

// rounding is what is added before a shift: half of what is lost, and a level that is not.
func rounding(shift, level uint64) Mem { return constant(int32(level<<shift + 1<<(shift-1))) }

// pass is the one-dimensional transform with its rounding.
func pass(in [8]VecVirtual, shift, level uint64) (out [8]VecVirtual) {
	// The even half.
	z := sum(in[2], in[6])
	times(z, 0.541196100)
	times(in[6], 1.847759065)
	times(in[2], 0.765366865)
	t2, t3 := difference(z, in[6]), sum(z, in[2])
	t0, t1 := sum(in[0], in[4]), difference(in[0], in[4])
	for _, t := range []VecVirtual{t0, t1} {
		VPSLLD(Imm(constBits), t, t)
		VPADDD(rounding(shift, level), t, t)
	}
	even := [4]VecVirtual{sum(t0, t3), sum(t1, t2), difference(t1, t2), difference(t0, t3)}

	// The odd half.
	i1, i3, i5, i7 := in[1], in[3], in[5], in[7]
	z1, z2, z3, z4 := sum(i7, i1), sum(i5, i3), sum(i7, i3), sum(i5, i1)
	z5 := sum(z3, z4)
	times(z5, 1.175875602)
	times(z1, 0.899976223)
	times(z2, 2.562915447)
	times(z3, 1.961570560)
	times(z4, 0.390180644)
	z3, z4 = difference(z5, z3), difference(z5, z4)
	times(i7, 0.298631336)
	times(i5, 2.053119869)
	times(i3, 3.072711026)
	times(i1, 1.501321110)
	odd := [4]VecVirtual{i1, i3, i5, i7}
	for k, minus := range []VecVirtual{z1, z2, z2, z1} { // z1 and z2 are negative in the formula
		VPSUBD(minus, odd[k], odd[k])
	}
	for k, plus := range []VecVirtual{z4, z3, z4, z3} {
		VPADDD(plus, odd[k], odd[k])
	}
	for k := range 4 {
		out[k], out[7-k] = sum(even[k], odd[k]), difference(even[k], odd[k])
		VPSRAD(Imm(shift), out[k], out[k])
		VPSRAD(Imm(shift), out[7-k], out[7-k])
	}
	return out
}

func sum(a, b VecVirtual) VecVirtual {
	v := YMM()
	VPADDD(b, a, v)
	return v
}

func difference(a, b VecVirtual) VecVirtual {
	v := YMM()
	VPSUBD(b, a, v)
	return v
}

func times(v VecVirtual, factor float64) { VPMULLD(constant(fix(factor)), v, v) }

var constants = map[[8]int32]Mem{}

// constant returns a vector in memory: eight times the same number, or eight numbers.
func constant(values ...int32) Mem {
	var lanes [8]int32
	for i := range lanes {
		lanes[i] = values[i%len(values)]
	}
	m, ok := constants[lanes]
	if !ok {
		m = GLOBL(fmt.Sprintf("vector%d", len(constants)), RODATA|NOPTR)
		for i, v := range lanes {
			DATA(4*i, I32(v))
		}
		constants[lanes] = m
	}
	return m
}

// transpose turns rows into columns.
func transpose(in [8]VecVirtual) (out [8]VecVirtual) {
	var pairs, quads [8]VecVirtual
	for i := 0; i < 8; i += 2 { // pairs[i] = in[i][0], in[i+1][0], in[i][1], in[i+1][1] in either half
		pairs[i], pairs[i+1] = YMM(), YMM()
		VPUNPCKLDQ(in[i+1], in[i], pairs[i])
		VPUNPCKHDQ(in[i+1], in[i], pairs[i+1])
	}
	for i := 0; i < 8; i += 4 { // quads[i+k] = column k of rows i to i+3, and column 4+k of the same
		for k := range 2 {
			quads[i+2*k], quads[i+2*k+1] = YMM(), YMM()
			VPUNPCKLQDQ(pairs[i+2+k], pairs[i+k], quads[i+2*k])
			VPUNPCKHQDQ(pairs[i+2+k], pairs[i+k], quads[i+2*k+1])
		}
	}
	for k := range 4 {
		out[k], out[4+k] = YMM(), YMM()
		VPERM2I128(Imm(0x20), quads[4+k], quads[k], out[k])
		VPERM2I128(Imm(0x31), quads[4+k], quads[k], out[4+k])
	}
	return out
}

// store clamps eight columns to bytes, which is what the saturation of the packing instructions does, and writes rows.
func store(v [8]VecVirtual, dst, stride GPVirtual) {
	for i := 0; i < 8; i += 2 {
		VPACKSSDW(v[i+1], v[i], v[i])
	}
	left, right := v[0], v[4]
	VPACKUSWB(v[2], left, left) // column 0 of four rows, column 1 of them, …; the other four rows in the upper half
	VPACKUSWB(v[6], right, right)
	VPSHUFB(bytesTransposed(), left, left) // columns 0 to 3 of the first row, of the second, …
	VPSHUFB(bytesTransposed(), right, right)
	low, high := YMM(), YMM()
	VPUNPCKLDQ(right, left, low) // rows 0 and 1; 4 and 5
	VPUNPCKHDQ(right, left, high)
	for half := range 2 {
		for _, rows := range []VecVirtual{low, high} {
			x := rows.AsX()
			if half == 1 {
				x = XMM()
				VEXTRACTI128(Imm(1), rows, x)
			}
			VMOVQ(x, Mem{Base: dst})
			VPEXTRQ(Imm(1), x, Mem{Base: dst, Index: stride, Scale: 1})
			if half == 0 || rows == low {
				LEAQ(Mem{Base: dst, Index: stride, Scale: 2}, dst)
			}
		}
	}
}

// bytesTransposed is the order of bytes that makes rows of four columns, in both halves.
func bytesTransposed() Mem {
	var order []int32
	for i := range int32(4) {
		order = append(order, i|(4+i)<<8|(8+i)<<16|(12+i)<<24)
	}
	return constant(order...)
}
