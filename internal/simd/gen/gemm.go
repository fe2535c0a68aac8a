//go:build ignore

// Command gemm writes gemm_amd64.s: the panel kernels of the matrix product.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const rows = 6 // of A and C in one tile: 6 × 16 numbers fill twelve registers, and leave four for A and B

func main() {
	header()
	panel(16)
	panel(8)
	Generate()
}

// panel writes the kernel for panels of nr columns, in pseudo-code
//
//	for i := 0; i < m; i += 6 {
//		t[6][nr] = accumulate ? c[i:i+6] : bias
//		for p := range k {
//			t[r] += a[i+r][p] * b[p]    // for each of six rows
//		}
//		t += r[i:i+6]                    // if r is given
//		c[i:i+6] = min(hi, max(lo, t))
//	}
//
// Where fewer than six rows are left, the row pointers stop at the last one, which is then computed more than once:
// the same value is stored again, and no other code is needed. R is read for all rows before C is stored for any, so
// that both may be the same memory.
func panel(nr int) {
	TEXT(fmt.Sprintf("gemmPanel%dAVX2", nr), NOSPLIT,
		"func(c *float32, ldc int, a *float32, lda int, b *float32, k int, bias *float32, r *float32, ldr int, m int, lo, hi float32, accumulate bool)")
	Doc(
		fmt.Sprintf("gemmPanel%dAVX2 computes m ≥ 1 rows of one panel of %d columns; gemmPanelGeneric is its twin.", nr, nr),
		"Strides count float32 numbers. r may be nil, and may be c.",
	)
	Pragma("noescape")
	vecs := nr / lanes
	c, a, m := loadInt("c"), loadInt("a"), loadInt("m")
	res := loadInt("r")

	Label("tile")
	acc := make([][]VecVirtual, rows)
	for i := range acc {
		acc[i] = vectors(vecs)
	}
	start(c, m, acc)
	multiply(a, m, nr, acc)
	finish(c, res, m, acc)

	Comment("Next six rows.")
	advance(c, "ldc")
	advance(a, "lda")
	TESTQ(res, res)
	JZ(LabelRef("next"))
	advance(res, "ldr")
	Label("next")
	SUBQ(Imm(rows), m)
	JG(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

func advance(p GPVirtual, stride string) {
	s := bytesOf(stride)
	LEAQ(Mem{Base: s, Index: s, Scale: 2}, s)
	LEAQ(Mem{Base: p, Index: s, Scale: 2}, p)
}

// start sets the tile to the bias, or to C to accumulate.
func start(c, m GPVirtual, acc [][]VecVirtual) {
	flag, err := Param("accumulate").Resolve()
	if err != nil {
		panic(err)
	}
	CMPB(flag.Addr, Imm(0))
	JNE(LabelRef("accumulate"))
	bias := loadInt("bias")
	for j, v := range acc[0] {
		VMOVUPS(Mem{Base: bias, Disp: j * width}, v)
		for i := 1; i < rows; i++ {
			VMOVAPS(v, acc[i][j])
		}
	}
	JMP(LabelRef("multiply"))
	Label("accumulate")
	eachRow(c, "ldc", m, func(i int, row GPVirtual) {
		for j, v := range acc[i] {
			VMOVUPS(Mem{Base: row, Disp: j * width}, v)
		}
	})
	Label("multiply")
}

// eachRow calls f for six rows that start at base; rows beyond m repeat the last one.
func eachRow(base GPVirtual, stride string, m GPVirtual, f func(i int, row GPVirtual)) {
	row, step, zero := GP64(), bytesOf(stride), GP64()
	MOVQ(base, row)
	XORQ(zero, zero)
	for i := range rows {
		if i > 0 {
			CMPQ(m, Imm(uint64(i)))
			CMOVQLE(zero, step) // once the rows are used up, stay
			ADDQ(step, row)
		}
		f(i, row)
	}
}

// multiply adds the products of six rows of A with a panel of B. Sixteen columns have twelve independent sums, which
// hide the latency of the multiply-add; eight columns have only six, so even and odd steps get sums of their own.
func multiply(a, m GPVirtual, nr int, acc [][]VecVirtual) {
	var p [rows]GPVirtual
	eachRow(a, "lda", m, func(i int, row GPVirtual) {
		p[i] = GP64()
		MOVQ(row, p[i])
	})
	b, k, x := loadInt("b"), loadInt("k"), GP64()
	XORQ(x, x)
	step := func(t [][]VecVirtual, offset int) {
		bs := vectors(len(t[0]))
		for j, v := range bs {
			VMOVUPS(Mem{Base: b, Disp: offset*nr*4 + j*width}, v)
		}
		for i := range rows {
			s := YMM()
			VBROADCASTSS(Mem{Base: p[i], Index: x, Scale: 4, Disp: offset * 4}, s)
			for j, v := range bs {
				VFMADD231PS(v, s, t[i][j])
			}
		}
	}
	odd := acc
	if nr == lanes {
		odd = make([][]VecVirtual, rows)
		for i := range odd {
			odd[i] = vectors(1)
			VXORPS(odd[i][0], odd[i][0], odd[i][0])
		}
	}
	SUBQ(Imm(2), k)
	JL(LabelRef("last"))
	Label("pair")
	step(acc, 0)
	step(odd, 1)
	ADDQ(Imm(2), x)
	ADDQ(U32(2*nr*4), b)
	CMPQ(x, k)
	JLE(LabelRef("pair"))
	Label("last")
	ADDQ(Imm(2), k)
	CMPQ(x, k)
	JGE(LabelRef("sum"))
	step(acc, 0)
	Label("sum")
	if nr == lanes {
		for i := range rows {
			VADDPS(odd[i][0], acc[i][0], acc[i][0])
		}
	}
}

// finish adds R, clips and stores.
func finish(c, res, m GPVirtual, acc [][]VecVirtual) {
	TESTQ(res, res)
	JZ(LabelRef("store"))
	eachRow(res, "ldr", m, func(i int, row GPVirtual) {
		for j, v := range acc[i] {
			VADDPS(Mem{Base: row, Disp: j * width}, v, v)
		}
	})
	Label("store")
	lo, hi := broadcast("lo"), broadcast("hi")
	eachRow(c, "ldc", m, func(i int, row GPVirtual) {
		for j, v := range acc[i] {
			clip(v, lo, hi)
			VMOVUPS(v, Mem{Base: row, Disp: j * width})
		}
	})
}
