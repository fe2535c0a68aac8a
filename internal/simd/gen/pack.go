//go:build ignore

// Command pack writes pack_amd64.s: the kernels that bring eight columns of a matrix into a panel.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

const signature = "func(dst *float32, cols int, src *float32, stride int, k int, scale float32)"

func main() {
	header()
	rows()
	transposed()
	Generate()
}

// rows writes the kernel for columns that are neighbours: eight numbers of each row are scaled and copied.
func rows() {
	TEXT("packRowsAVX2", NOSPLIT, signature)
	Doc("packRowsAVX2 sets dst[p·cols+j] = scale · src[p·stride+j] for eight j and k ≥ 1 rows; fill8Generic is its twin.")
	Pragma("noescape")
	dst, src, k := loadInt("dst"), loadInt("src"), loadInt("k")
	cols, stride, scale := bytesOf("cols"), bytesOf("stride"), broadcast("scale")
	v := YMM()
	Label("row")
	VMULPS(Mem{Base: src}, scale, v)
	VMOVUPS(v, Mem{Base: dst})
	ADDQ(stride, src)
	ADDQ(cols, dst)
	DECQ(k)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// transposed writes the kernel for columns whose numbers are neighbours: eight by eight of them are exchanged in
// registers, in three rounds that pair vectors 1, 2 and 4 apart.
func transposed() {
	TEXT("packTransposedAVX2", NOSPLIT, signature)
	Doc("packTransposedAVX2 sets dst[p·cols+j] = scale · src[p+j·stride] for eight j and k rows, a positive multiple of 8;",
		"fill8Generic is its twin.")
	Pragma("noescape")
	dst, src, k := loadInt("dst"), loadInt("src"), loadInt("k")
	cols, stride, scale := bytesOf("cols"), bytesOf("stride"), broadcast("scale")
	Label("block")
	p := GP64()
	MOVQ(src, p)
	in := vectors(lanes)
	for _, v := range in {
		VMULPS(Mem{Base: p}, scale, v)
		ADDQ(stride, p)
	}
	pairs := vectors(lanes) // 2i: low numbers of 2i and 2i+1 in turn, 2i+1: high ones
	for i := 0; i < lanes; i += 2 {
		VUNPCKLPS(in[i+1], in[i], pairs[i])
		VUNPCKHPS(in[i+1], in[i], pairs[i+1])
	}
	fours := vectors(lanes) // column i of the upper four rows, and column i+4 above it; then of the lower four
	for i := 0; i < lanes; i += 4 {
		for j := range 2 {
			VSHUFPS(Imm(0b01_00_01_00), pairs[i+j+2], pairs[i+j], fours[i+2*j])
			VSHUFPS(Imm(0b11_10_11_10), pairs[i+j+2], pairs[i+j], fours[i+2*j+1])
		}
	}
	for half := range 2 {
		for i := range 4 {
			v := YMM()
			VPERM2F128(Imm(uint64(0x20+0x11*half)), fours[i+4], fours[i], v)
			VMOVUPS(v, Mem{Base: dst})
			ADDQ(cols, dst)
		}
	}
	ADDQ(Imm(width), src)
	SUBQ(Imm(lanes), k)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}
