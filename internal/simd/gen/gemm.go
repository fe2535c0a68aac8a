//go:build ignore

// Command gemm writes gemm_amd64.s: the panel kernels of the matrix product.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	maxRows = 6  // of A and C in one tile: 6 × 16 numbers fill twelve registers, and leave four for A and B
	unroll  = 4  // steps of depth in one round of the loop, and tiles in which the next panel is fetched
	line    = 64 // bytes of a cache line, and of one step of depth in a panel of 16 columns
)

func main() {
	header()
	for _, columns := range []int{16, 8} {
		for rows := maxRows; rows > 0; rows-- {
			tiles{rows, columns / lanes}.write()
		}
	}
	Generate()
}

// tiles is a kernel for tiles of some rows and vectors of eight columns, in pseudo-code
//
//	for range n {
//		t[rows][columns] = accumulate ? c : bias
//		for p := range k {
//			t[i] += a[i][p] * b[p]    // for each row
//		}
//		t += r                        // if r is given
//		c = min(hi, max(lo, t))
//		c, a, r go on by as many rows
//	}
//
// A number of C is the same sum in the same order in tiles of all heights. R is read for all rows before C is stored
// for any, so that both may be the same memory.
type tiles struct{ rows, vecs int }

func (t tiles) write() {
	columns := t.vecs * lanes
	TEXT(fmt.Sprintf("gemm%dx%dAVX2", t.rows, columns), NOSPLIT,
		"func(c *float32, ldc int, a *float32, lda int, b *float32, k int, bias *float32, r *float32, ldr int, n int, "+
			"lo, hi float32, accumulate bool, next *float32)")
	Doc(
		fmt.Sprintf("gemm%dx%dAVX2 computes n ≥ 1 tiles of %d rows and %d columns; gemmPanelGeneric is its twin.",
			t.rows, columns, t.rows, columns),
		"Strides count float32 numbers. r may be nil, and may be c. The panel at next, or nil, comes into the cache.",
	)
	Pragma("noescape")
	c, a, n, r, next := loadInt("c"), loadInt("a"), loadInt("n"), loadInt("r"), loadInt("next")
	fetch := GP64() // step of next: a line, or 0 if there is nothing to fetch
	MOVQ(U32(line), fetch)
	TESTQ(next, next)
	JNZ(LabelRef("tile"))
	XORQ(fetch, fetch)
	MOVQ(a, next)

	Label("tile")
	acc := make([][]VecVirtual, t.rows)
	for i := range acc {
		acc[i] = vectors(t.vecs)
	}
	t.start(c, acc)
	t.multiply(a, next, fetch, acc)
	t.finish(c, r, acc)

	Comment("Next rows.")
	t.advance(c, "ldc")
	t.advance(a, "lda")
	TESTQ(r, r)
	JZ(LabelRef("count"))
	t.advance(r, "ldr")
	Label("count")
	Comment("The next panel is in the cache after as many tiles as the loop is unrolled.")
	end, none := loadInt("n"), GP64()
	SUBQ(Imm(unroll-1), end)
	XORQ(none, none)
	CMPQ(n, end)
	CMOVQLE(none, fetch)
	DECQ(n)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

// advance moves a pointer by the rows of a tile.
func (t tiles) advance(p GPVirtual, stride string) {
	s := bytesOf(stride)
	for rest := t.rows; rest > 0; {
		scale := min(4, rest)
		if scale == 3 {
			scale = 2
		}
		LEAQ(Mem{Base: p, Index: s, Scale: uint8(scale)}, p)
		rest -= scale
	}
}

// place returns where each row of a matrix starts, and the pointers to move for going along the rows.
func (t tiles) place(base GPVirtual, stride string) (rows []Mem, pointers []GPVirtual) {
	s, p := bytesOf(stride), GP64()
	MOVQ(base, p)
	pointers = append(pointers, p)
	for i := range t.rows {
		if i == 3 {
			p = GP64()
			LEAQ(Mem{Base: base, Index: s, Scale: 2}, p)
			ADDQ(s, p)
			pointers = append(pointers, p)
		}
		m := Mem{Base: p}
		if i%3 > 0 {
			m.Index, m.Scale = s, uint8(i%3)
		}
		rows = append(rows, m)
	}
	return rows, pointers
}

// start sets the tile to the bias, or to C to accumulate.
func (t tiles) start(c GPVirtual, acc [][]VecVirtual) {
	flag, err := Param("accumulate").Resolve()
	if err != nil {
		panic(err)
	}
	CMPB(flag.Addr, Imm(0))
	JNE(LabelRef("accumulate"))
	bias := loadInt("bias")
	for j, v := range acc[0] {
		VMOVUPS(Mem{Base: bias, Disp: j * width}, v)
		for i := 1; i < t.rows; i++ {
			VMOVAPS(v, acc[i][j])
		}
	}
	JMP(LabelRef("multiply"))
	Label("accumulate")
	rows, _ := t.place(c, "ldc")
	for i, row := range rows {
		for j, v := range acc[i] {
			VMOVUPS(row.Offset(j*width), v)
		}
	}
	Label("multiply")
}

// multiply adds the products of the rows of A with a panel of B. Six rows of sixteen columns are twelve sums, which
// hide the latency of the multiply-add; of eight columns they are only six, so even and odd steps have their own.
func (t tiles) multiply(a, next, fetch GPVirtual, acc [][]VecVirtual) {
	rows, pointers := t.place(a, "lda")
	b, k := loadInt("b"), loadInt("k")
	stepBytes := t.vecs * width
	step := func(sums [][]VecVirtual, offset int) {
		bs := vectors(t.vecs)
		for j, v := range bs {
			VMOVUPS(Mem{Base: b, Disp: offset*stepBytes + j*width}, v)
		}
		for i, row := range rows {
			s := YMM()
			VBROADCASTSS(row.Offset(offset*4), s)
			for j, v := range bs {
				VFMADD231PS(v, s, sums[i][j])
			}
		}
	}
	move := func(steps int) {
		for _, p := range pointers {
			ADDQ(U8(steps*4), p)
		}
		ADDQ(U32(steps*stepBytes), b)
	}
	odd := acc
	if t.vecs == 1 {
		odd = make([][]VecVirtual, t.rows)
		for i := range odd {
			odd[i] = vectors(1)
			VXORPS(odd[i][0], odd[i][0], odd[i][0])
		}
	}
	SUBQ(Imm(unroll), k)
	JL(LabelRef("rest"))
	Label("steps")
	PREFETCHT1(Mem{Base: next})
	ADDQ(fetch, next)
	for offset := range unroll {
		step([][][]VecVirtual{acc, odd}[offset%2], offset)
	}
	move(unroll)
	SUBQ(Imm(unroll), k)
	JGE(LabelRef("steps"))
	Label("rest")
	ADDQ(Imm(unroll), k)
	JZ(LabelRef("sum"))
	Label("step")
	step(acc, 0)
	move(1)
	DECQ(k)
	JNZ(LabelRef("step"))
	Label("sum")
	if t.vecs == 1 {
		for i := range acc {
			VADDPS(odd[i][0], acc[i][0], acc[i][0])
		}
	}
}

// finish adds R, clips and stores.
func (t tiles) finish(c, r GPVirtual, acc [][]VecVirtual) {
	TESTQ(r, r)
	JZ(LabelRef("store"))
	rows, _ := t.place(r, "ldr")
	for i, row := range rows {
		for j, v := range acc[i] {
			VADDPS(row.Offset(j*width), v, v)
		}
	}
	Label("store")
	lo, hi := broadcast("lo"), broadcast("hi")
	rows, _ = t.place(c, "ldc")
	for i, row := range rows {
		for j, v := range acc[i] {
			clip(v, lo, hi)
			VMOVUPS(v, row.Offset(j*width))
		}
	}
}
