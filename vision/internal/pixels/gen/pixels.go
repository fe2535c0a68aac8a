//go:build ignore

// Command pixels writes pixels_amd64.s: colour conversion, chroma upsampling and the split of pixels into planes.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const width = 32 // bytes of a YMM register

func main() {
	ConstraintExpr("!purego")
	ycc()
	upsample()
	split()
	transpose()
	Generate()
}

// ycc writes the conversion of YCbCr to RGB, which is libjpeg's (jdcolor.c), with x = Cb − 128 and z = Cr − 128:
//
//	R = Y + (91881·z + 2¹⁵) >> 16
//	G = Y + (−22554·x − 46802·z + 2¹⁵) >> 16
//	B = Y + (116130·x + 2¹⁵) >> 16
//
// in 16-bit words. Factors that do not fit are brought within by whole multiples of 2¹⁶, which pass the shift unchanged:
//
//	R = Y + z + (26345·z + 2¹⁵) >> 16
//	G = Y − z + (−22554·x + 18734·z + 2¹⁵) >> 16
//	B = Y + 2x + (−14942·x + 2¹⁵) >> 16
//
// VPMULHW shifts before the rounding constant can be added, so it is given twice the sample, and the last bit is rounded
// after: (c·z + 2¹⁵) >> 16 = ((c·2z) >> 16 + 1) >> 1.
//
// Even and odd pixels are the low and high bytes of words; packing and one shuffle bring them back into order.
func ycc() {
	TEXT("yccAVX2", NOSPLIT, "func(red, green, blue, luma, cb, cr *byte, n int)")
	Doc("yccAVX2 converts n pixels; yccGeneric is its twin. n is a positive multiple of 32.")
	Pragma("noescape")
	r, g, b := load("red"), load("green"), load("blue")
	luma, cb, cr, n := load("luma"), load("cb"), load("cr"), load("n")
	low := YMM()
	VPCMPEQW(low, low, low)
	VPSRLW(Imm(8), low, low) // the low byte of each word
	one := YMM()
	VPBROADCASTW(words("one", 1), one)

	Label("pixels")
	var red, green, blue [2]VecVirtual
	for odd := range 2 {
		half := func(p GPVirtual) VecVirtual { // even or odd samples as words
			v := YMM()
			if odd == 0 {
				VPAND(Mem{Base: p}, low, v)
			} else {
				VMOVDQU(Mem{Base: p}, v)
				VPSRLW(Imm(8), v, v)
			}
			return v
		}
		x, z, y := half(cb), half(cr), half(luma)
		VPSUBW(words("centre", 128), x, x)
		VPSUBW(words("centre", 128), z, z)

		red[odd], green[odd], blue[odd] = YMM(), YMM(), YMM()
		scaled(red[odd], z, "red", 26345, one)
		VPADDW(z, red[odd], red[odd])
		VPADDW(y, red[odd], red[odd])

		scaled(blue[odd], x, "blue", 0x10000-14942, one)
		VPADDW(x, blue[odd], blue[odd])
		VPADDW(x, blue[odd], blue[odd])
		VPADDW(y, blue[odd], blue[odd])

		t, rounding := YMM(), YMM()
		VPBROADCASTD(doubles("rounding", 1<<15), rounding)
		VPUNPCKHWD(z, x, t)
		VPUNPCKLWD(z, x, x)
		for _, v := range []VecVirtual{x, t} {
			VPMADDWD(doubles("green", 0x10000-22554|18734<<16), v, v)
			VPADDD(rounding, v, v)
			VPSRAD(Imm(16), v, v)
		}
		VPACKSSDW(t, x, green[odd])
		VPSUBW(z, green[odd], green[odd])
		VPADDW(y, green[odd], green[odd])
	}
	order := GLOBL("interleave", RODATA|NOPTR)
	for i := range width {
		DATA(i, U8(i%2*8+i%16/2))
	}
	for i, out := range []GPVirtual{r, g, b} {
		v := [...][2]VecVirtual{red, green, blue}[i]
		VPACKUSWB(v[1], v[0], v[0])
		VPSHUFB(order, v[0], v[0])
		VMOVDQU(v[0], Mem{Base: out})
	}
	for _, p := range []GPVirtual{r, g, b, luma, cb, cr} {
		ADDQ(Imm(width), p)
	}
	SUBQ(Imm(width), n)
	JNZ(LabelRef("pixels"))
	VZEROUPPER()
	RET()
}

// scaled sets dst = (factor·v + 2¹⁵) >> 16.
func scaled(dst, v VecVirtual, name string, factor uint16, one VecVirtual) {
	VPADDW(v, v, dst)
	VPMULHW(words(name, factor), dst, dst)
	VPADDW(one, dst, dst)
	VPSRAW(Imm(1), dst, dst)
}

// upsample writes the triangle filter of libjpeg (h2v2_fancy_upsample), in pseudo-code
//
//	sum(i) = 3·near[i] + far[i]
//	for i := range n {
//		dst[2i]   = (3·sum(i+1) + sum(i) + 8) >> 4
//		dst[2i+1] = (3·sum(i+1) + sum(i+2) + 7) >> 4
//	}
//
// The two pixels of a column are the bytes of one word.
func upsample() {
	TEXT("upsampleAVX2", NOSPLIT, "func(dst, near, far *byte, n int)")
	Doc(
		"upsampleAVX2 upsamples n columns of chroma, which begin at near[1] and far[1]; upsampleGeneric is its twin.",
		"n is a positive multiple of 16; exactly n+2 samples of near and far are read.",
	)
	Pragma("noescape")
	dst, near, far, n := load("dst"), load("near"), load("far"), load("n")
	left, right := YMM(), YMM()
	VPBROADCASTW(words("roundLeft", 8), left)
	VPBROADCASTW(words("roundRight", 7), right)
	Label("columns")
	var sums [3]VecVirtual
	for i := range sums {
		v, t := YMM(), YMM()
		VPMOVZXBW(Mem{Base: near, Disp: i}, v)
		VPADDW(v, v, t)
		VPADDW(t, v, v)
		VPMOVZXBW(Mem{Base: far, Disp: i}, t)
		VPADDW(t, v, v)
		sums[i] = v
	}
	last, this, next := sums[0], sums[1], sums[2]
	three := YMM()
	VPADDW(this, this, three)
	VPADDW(this, three, three)
	VPADDW(three, last, last)
	VPADDW(left, last, last)
	VPSRLW(Imm(4), last, last)
	VPADDW(three, next, next)
	VPADDW(right, next, next)
	VPSRLW(Imm(4), next, next)
	VPSLLW(Imm(8), next, next)
	VPOR(next, last, last)
	VMOVDQU(last, Mem{Base: dst})
	ADDQ(Imm(width), dst)
	ADDQ(Imm(width/2), near)
	ADDQ(Imm(width/2), far)
	SUBQ(Imm(width/2), n)
	JNZ(LabelRef("columns"))
	VZEROUPPER()
	RET()
}

// split writes the split of four-byte pixels into planes: bytes are sorted within quarters of a register, then double
// words between registers, then double words within registers.
func split() {
	TEXT("splitAVX2", NOSPLIT, "func(red, green, blue, src *byte, n int) bool")
	Doc(
		"splitAVX2 splits n pixels and says whether every fourth byte is 255; splitGeneric is its twin.",
		"n is a positive multiple of 32.",
	)
	Pragma("noescape")
	r, g, b, src, n := load("red"), load("green"), load("blue"), load("src"), load("n")
	sort := GLOBL("sort", RODATA|NOPTR)
	for i := range width {
		DATA(i, U8(i%4*4+i%16/4))
	}
	lanes := GLOBL("lanes", RODATA|NOPTR)
	for i, from := range []uint32{0, 4, 1, 5, 2, 6, 3, 7} {
		DATA(4*i, U32(from))
	}
	sorted, joined, opaque := YMM(), YMM(), YMM()
	VMOVDQU(sort, sorted)
	VMOVDQU(lanes, joined)
	VPCMPEQB(opaque, opaque, opaque)
	Label("pixels")
	var v [4]VecVirtual // each lane: four times R, G, B, A
	for i := range v {
		v[i] = YMM()
		VMOVDQU(Mem{Base: src, Disp: i * width}, v[i])
		VPSHUFB(sorted, v[i], v[i])
	}
	var rg, ba [2]VecVirtual
	for i := range 2 {
		rg[i], ba[i] = YMM(), YMM()
		VPUNPCKLDQ(v[2*i+1], v[2*i], rg[i])
		VPUNPCKHDQ(v[2*i+1], v[2*i], ba[i])
	}
	red, green, blue, alpha := YMM(), YMM(), YMM(), YMM()
	VPUNPCKLQDQ(rg[1], rg[0], red)
	VPUNPCKHQDQ(rg[1], rg[0], green)
	VPUNPCKLQDQ(ba[1], ba[0], blue)
	VPUNPCKHQDQ(ba[1], ba[0], alpha)
	VPAND(alpha, opaque, opaque)
	for i, out := range []GPVirtual{r, g, b} {
		plane := [...]VecVirtual{red, green, blue}[i]
		VPERMD(plane, joined, plane)
		VMOVDQU(plane, Mem{Base: out})
		ADDQ(Imm(width), out)
	}
	ADDQ(U32(4*width), src)
	SUBQ(Imm(width), n)
	JNZ(LabelRef("pixels"))
	ones, mask := YMM(), GP32()
	VPCMPEQB(ones, ones, ones)
	VPCMPEQB(ones, opaque, opaque)
	VPMOVMSKB(opaque, mask)
	VZEROUPPER()
	CMPL(mask, U32(0xffffffff))
	result := GP8()
	SETEQ(result)
	Store(result, ReturnIndex(0))
	RET()
}

// transpose writes the transposition of 16 rows, eight columns at a time. Each of four steps interleaves the bytes of
// registers that are half the rows apart, and so brings rows twice as near; after the last, a register holds a column:
//
//	r₀ r₈ | r₁ r₉ | …   →   r₀ r₄ r₈ r₁₂ | …   →   r₀ r₂ r₄ … r₁₄ | r₁ r₃ …   →   r₀ r₁ r₂ … r₁₅
func transpose() {
	TEXT("transposeAVX2", NOSPLIT, "func(dst *byte, dstStride int, src *byte, srcStride int, n int)")
	Doc(
		"transposeAVX2 writes n columns of the 16 rows of src as rows of 16 bytes; transposeGeneric is its twin.",
		"n is a positive multiple of 8.",
	)
	Pragma("noescape")
	dst, dstStride, src, srcStride, n := load("dst"), load("dstStride"), load("src"), load("srcStride"), load("n")
	upper := GP64() // rows 8 to 15
	LEAQ(Mem{Base: src, Index: srcStride, Scale: 8}, upper)
	Label("columns")
	v := make([]VecVirtual, 8)
	p, q := GP64(), GP64()
	MOVQ(src, p)
	MOVQ(upper, q)
	for i := range v {
		t := XMM()
		v[i] = XMM()
		VMOVQ(Mem{Base: p}, v[i])
		VMOVQ(Mem{Base: q}, t)
		VPUNPCKLBW(t, v[i], v[i])
		ADDQ(srcStride, p)
		ADDQ(srcStride, q)
	}
	// v is a list of groups of columns, and in each group a list of rows; a step makes two groups of one.
	for rows := 8; rows > 1; rows /= 2 {
		next := make([]VecVirtual, 0, 8)
		for group := 0; group < 8; group += rows {
			for _, unpack := range []func(Op, Op, Op){unpackLow, unpackHigh} {
				for i := range rows / 2 {
					t := XMM()
					unpack(v[group+i+rows/2], v[group+i], t)
					next = append(next, t)
				}
			}
		}
		v = next
	}
	for _, column := range v {
		VMOVDQU(column, Mem{Base: dst})
		ADDQ(dstStride, dst)
	}
	ADDQ(Imm(8), src)
	ADDQ(Imm(8), upper)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("columns"))
	RET()
}

func unpackLow(b, a, dst Op)  { VPUNPCKLBW(b, a, dst) }
func unpackHigh(b, a, dst Op) { VPUNPCKHBW(b, a, dst) }

// load loads an integer or pointer parameter into a fresh register.
func load(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

var constants = map[string]Mem{}

// words returns 32 bytes of read-only data that repeat a 16-bit value.
func words(name string, v uint16) Mem { return constant(name, 2, U16(v)) }

// doubles returns 32 bytes of read-only data that repeat a 32-bit value.
func doubles(name string, v uint32) Mem { return constant(name, 4, U32(v)) }

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
