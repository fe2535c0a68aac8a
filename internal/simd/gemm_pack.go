package simd

// Fill sets B[p][j] = scale · b[p·rowStride + j·colStride], so that a transposed matrix is one with exchanged strides.
// [Kernels.Fill] does the same faster.
func (p Packed) Fill(b []float32, rowStride, colStride int, scale float32) {
	p.fill(fill8Generic, b, rowStride, colStride, scale)
}

// Fill is [Packed.Fill] with vector instructions where one of the strides is 1.
func (k *Kernels) Fill(p Packed, b []float32, rowStride, colStride int, scale float32) {
	p.fill(k.fill8, b, rowStride, colStride, scale)
}

// fill8Func sets dst[p·cols+j] = scale · src[p·rowStride+j·colStride] for eight j and p < k, with k > 0.
type fill8Func func(dst []float32, cols int, src []float32, rowStride, colStride, k int, scale float32)

// fill goes through eight columns at a time, which never lie in two panels.
func (p Packed) fill(fill8 fill8Func, b []float32, rowStride, colStride int, scale float32) {
	if p.K == 0 {
		return
	}
	for from := 0; from < p.N; from += halfPanel {
		panel, cols := p.panel(from / PanelColumns * PanelColumns)
		dst, src := panel[from%PanelColumns:], b[from*colStride:]
		if n := p.N - from; n < halfPanel {
			fillGeneric(dst, cols, src, rowStride, colStride, p.K, n, scale)
			return
		}
		fill8(dst, cols, src, rowStride, colStride, p.K, scale)
	}
}

func fill8Generic(dst []float32, cols int, src []float32, rowStride, colStride, k int, scale float32) {
	fillGeneric(dst, cols, src, rowStride, colStride, k, halfPanel, scale)
}

// fillGeneric reads along whichever dimension lies in memory.
func fillGeneric(dst []float32, cols int, src []float32, rowStride, colStride, k, n int, scale float32) {
	if colStride == 1 {
		for p := range k {
			d := dst[p*cols:][:n]
			for j, v := range src[p*rowStride:][:n] {
				d[j] = scale * v
			}
		}
		return
	}
	for j := range n {
		s := src[j*colStride:]
		for p := range k {
			dst[p*cols+j] = scale * s[p*rowStride]
		}
	}
}
