//go:build !purego

package simd

func fill8AVX2(dst []float32, cols int, src []float32, rowStride, colStride, k int, scale float32) {
	if rowStride < 0 || colStride < 0 {
		panic("simd: negative stride")
	}
	_, _ = dst[(k-1)*cols+halfPanel-1], src[(k-1)*rowStride+(halfPanel-1)*colStride]
	n := 0 // rows that are done
	switch {
	case colStride == 1:
		n = k
		packRowsAVX2(&dst[0], cols, &src[0], rowStride, n, scale)
	case rowStride == 1 && k >= 8:
		n = k &^ 7
		packTransposedAVX2(&dst[0], cols, &src[0], colStride, n, scale)
	}
	if n < k {
		fill8Generic(dst[n*cols:], cols, src[n*rowStride:], rowStride, colStride, k-n, scale)
	}
}
