//go:build !purego

package simd

// tileKernel computes n tiles of a fixed height; see gen/gemm.go.
type tileKernel func(c *float32, ldc int, a *float32, lda int, b *float32, k int, bias, r *float32, ldr, n int,
	lo, hi float32, accumulate bool, next *float32)

// tileKernels returns the kernels for one to six rows, for panels of 16 or 8 columns.
func tileKernels(cols int) [TileRows]tileKernel {
	if cols == halfPanel {
		return [...]tileKernel{gemm1x8AVX2, gemm2x8AVX2, gemm3x8AVX2, gemm4x8AVX2, gemm5x8AVX2, gemm6x8AVX2}
	}
	return [...]tileKernel{gemm1x16AVX2, gemm2x16AVX2, gemm3x16AVX2, gemm4x16AVX2, gemm5x16AVX2, gemm6x16AVX2}
}

// cutRows says how many tiles of six and five rows cover m rows, and how many rows are left. Tiles of fewer rows
// cannot keep the multipliers busy, so that 50 rows are 5·6 + 4·5 and nothing is left.
func cutRows(m int) (sixes, fives, rest int) {
	if fives = (TileRows - m%TileRows) % TileRows; 5*fives <= m {
		return (m - 5*fives) / TileRows, fives, 0
	}
	return m / TileRows, 0, m % TileRows
}

func gemmPanelAVX2(p panel) {
	p.check()
	kernels := tileKernels(p.cols)
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
