package main

import (
	"fmt"

	asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"
)

const (
	maxRows = 6  // of A and C in one tile: 6 × 16 numbers fill 24 registers, and leave eight for A and B
	unroll  = 4  // steps of depth in one round of the loop, and tiles in which the next panel is fetched
	line    = 64 // bytes of one step of depth in a panel of 16 columns
	aheadA  = 4  // numbers of A that are loaded before they are multiplied
)

func gemm(file *asm.File) {
	for _, columns := range []int{16, 8} {
		for rows := maxRows; rows > 0; rows-- {
			tiles{rows, columns / asm.Lanes}.write(file)
		}
	}
}

// tiles is a kernel for tiles of some rows and vectors of four columns: in pseudo-code
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

func (t tiles) write(file *asm.File) {
	columns := t.vecs * asm.Lanes
	name := fmt.Sprintf("gemm%dx%dNEON", t.rows, columns)
	f := file.Func(name, "c *float32, ldc int, a *float32, lda int, b *float32, k int, bias *float32, r *float32, ldr int, n int, "+
		"lo, hi float32, accumulate bool, next *float32",
		fmt.Sprintf("%s computes n ≥ 1 tiles of %d rows and %d columns; gemmPanelGeneric is its twin.", name, t.rows, columns),
		"Strides count float32 numbers. r may be nil, and may be c. The panel at next, or nil, comes into the cache.",
	)
	c, a, n, r, next := f.Int("c"), f.Int("a"), f.Int("n"), f.Int("r"), f.Int("next")
	ldc, lda, ldr := f.Bytes("ldc"), f.Bytes("lda"), f.Bytes("ldr")
	fetch, fetched := f.R(), f.R() // step of next: a line, or 0 if there is nothing to fetch; and tiles until there is not
	f.Set(fetch, line)
	f.Set(fetched, unroll)
	f.JumpNotZero(next, "tile")
	f.Set(fetch, 0)
	f.Move(next, a)

	f.Label("tile")
	acc := make([][]asm.V, t.rows)
	for i := range acc {
		acc[i] = f.Vs(t.vecs)
	}
	t.start(f, c, ldc, acc)
	rows := f.Places(a, lda, t.rows)
	f.Add(a, rows[t.rows-1], lda)
	t.multiply(f, rows, next, fetch, acc)

	f.JumpZero(r, "store")
	rows = f.Places(r, ldr, t.rows)
	f.Add(r, rows[t.rows-1], ldr)
	for i, row := range rows {
		for j, v := range acc[i] {
			more := f.V()
			f.Load(more, row, j*asm.Width)
			f.FADD(v, v, more)
		}
	}
	f.Label("store")
	lo, hi := f.Broadcast("lo"), f.Broadcast("hi")
	rows = f.Places(c, ldc, t.rows)
	f.Add(c, rows[t.rows-1], ldc)
	for i, row := range rows {
		for j, v := range acc[i] {
			clip(f, v, lo, hi)
			f.Store(v, row, j*asm.Width)
		}
	}

	// The next panel is in the cache after as many tiles as the loop is unrolled.
	f.SubsImm(fetched, 1)
	f.Jump("BGT", "count")
	f.Set(fetch, 0)
	f.Label("count")
	f.SubsImm(n, 1)
	f.Jump("BNE", "tile")
	f.Return()
}

// start sets the tile to the bias, or to C to accumulate.
func (t tiles) start(f *asm.Func, c, ldc asm.R, acc [][]asm.V) {
	f.JumpNotZero(f.Flag("accumulate"), "accumulate")
	bias := f.Int("bias")
	for j, v := range acc[0] {
		f.Load(v, bias, j*asm.Width)
		for i := 1; i < t.rows; i++ {
			f.MOV(acc[i][j], v)
		}
	}
	f.Jump("B", "multiply")
	f.Label("accumulate")
	for i, row := range f.Places(c, ldc, t.rows) {
		for j, v := range acc[i] {
			f.Load(v, row, j*asm.Width)
		}
	}
	f.Label("multiply")
}

// multiply adds the products of the rows of A with a panel of B. Six rows of sixteen columns are 24 sums, which hide
// the latency of the multiply-add; of eight columns they are only twelve, so even and odd steps have their own.
func (t tiles) multiply(f *asm.Func, rows []asm.R, next, fetch asm.R, acc [][]asm.V) {
	b, k := f.Int("b"), f.Int("k")
	stepBytes := t.vecs * asm.Width
	step := func(sums [][]asm.V, offset int) {
		bs, as := f.Vs(t.vecs), f.Vs(t.rows)
		for j := 0; j < t.vecs; j += 2 {
			f.LoadPair(bs[j], bs[j+1], b, offset*stepBytes+j*asm.Width)
		}
		load := func(i int) {
			if i < t.rows {
				f.Load4(as[i], rows[i], offset*4)
			}
		}
		for i := range aheadA {
			load(i)
		}
		for i := range rows {
			for j, v := range bs {
				f.FMLAFirst(sums[i][j], v, as[i])
			}
			load(i + aheadA)
		}
	}
	move := func(steps int) {
		for _, p := range rows {
			f.AddImm(p, steps*4)
		}
		f.AddImm(b, steps*stepBytes)
	}
	odd := acc
	if t.vecs == 2 {
		odd = make([][]asm.V, t.rows)
		for i := range odd {
			odd[i] = f.Vs(t.vecs)
			for _, v := range odd[i] {
				f.ZERO(v)
			}
		}
	}
	f.SubsImm(k, unroll)
	f.Jump("BLT", "rest")
	f.Label("steps")
	f.Prefetch(next)
	f.Add(next, next, fetch)
	for offset := range unroll {
		step([][][]asm.V{acc, odd}[offset%2], offset)
	}
	move(unroll)
	f.SubsImm(k, unroll)
	f.Jump("BGE", "steps")
	f.Label("rest")
	f.AddImm(k, unroll)
	f.JumpZero(k, "sum")
	f.Label("step")
	step(acc, 0)
	move(1)
	f.SubsImm(k, 1)
	f.Jump("BNE", "step")
	f.Label("sum")
	if t.vecs == 2 {
		for i := range acc {
			for j, v := range acc[i] {
				f.FADD(v, v, odd[i][j])
			}
		}
	}
}
