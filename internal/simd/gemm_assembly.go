//go:build (amd64 || arm64) && !purego

package simd

// tileKernel computes n tiles of a fixed height; see gen/gemm.go.
type tileKernel func(c *float32, ldc int, a *float32, lda int, b *float32, k int, bias, r *float32, ldr, n int,
	lo, hi float32, accumulate bool, next *float32)

// packKernel does what fill8Func does for the layout that is its own.
type packKernel func(dst *float32, cols int, src *float32, stride, k int, scale float32)

// cutRows says how many tiles of six and five rows cover m rows, and how many rows are left. Tiles of fewer rows
// cannot keep the multipliers busy, so that 50 rows are 5·6 + 4·5 and nothing is left.
func cutRows(m int) (sixes, fives, rest int) {
	if fives = (TileRows - m%TileRows) % TileRows; 5*fives <= m {
		return (m - 5*fives) / TileRows, fives, 0
	}
	return m / TileRows, 0, m % TileRows
}

func (a *assembly) gemmPanel(p panel) {
	p.check()
	kernels := &a.wide
	if p.cols == halfPanel {
		kernels = &a.narrow
	}
	sixes, fives, rest := cutRows(p.m)
	run := func(rows, n int) {
		if n == 0 {
			return
		}
		kernels[rows-1](&p.c[0], p.ldc, first(p.a), p.lda, first(p.b), p.k, first(p.bias), first(p.r), p.ldr, n,
			p.bounds.Lo, p.bounds.Hi, p.accumulate, first(p.next))
		if p.m -= n * rows; p.m > 0 {
			p.c, p.a, p.next = p.c[n*rows*p.ldc:], p.a[n*rows*p.lda:], nil
			if p.r != nil {
				p.r = p.r[n*rows*p.ldr:]
			}
		}
	}
	run(6, sixes)
	run(5, fives)
	if rest > 0 {
		run(rest, 1)
	}
}

// first returns a pointer to the first number, or nil for none.
func first(s []float32) *float32 {
	if len(s) == 0 {
		return nil
	}
	return &s[0]
}

func (a *assembly) fill8(dst []float32, cols int, src []float32, rowStride, colStride, k int, scale float32) {
	if rowStride < 0 || colStride < 0 {
		panic("simd: negative stride")
	}
	_, _ = dst[(k-1)*cols+halfPanel-1], src[(k-1)*rowStride+(halfPanel-1)*colStride]
	n := 0 // rows that are done
	switch {
	case colStride == 1:
		n = k
		a.packRows(&dst[0], cols, &src[0], rowStride, n, scale)
	case rowStride == 1 && k >= a.packBlock:
		n = k - k%a.packBlock
		a.packTransposed(&dst[0], cols, &src[0], colStride, n, scale)
	}
	if n < k {
		fill8Generic(dst[n*cols:], cols, src[n*rowStride:], rowStride, colStride, k-n, scale)
	}
}
