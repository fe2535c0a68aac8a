package simd

// panel is the work of one kernel call: m rows of a panel of cols (16 or 8) columns,
//
//	c[i][j] = clip((accumulate ? c[i][j] : bias[j]) + Σ a[i][p]·b[p][j] + r[i][j])
//
// with p < k. r may be nil, and may be c.
type panel struct {
	c          []float32
	ldc        int
	a          []float32
	lda        int
	b          []float32
	k, cols    int
	bias       []float32
	r          []float32
	ldr        int
	m          int
	bounds     Bounds
	accumulate bool
	next       []float32 // the panel that is needed after this one, to be brought into the cache; may be nil
}

// check panics if a slice is too short.
func (p *panel) check() {
	if p.m == 0 {
		return
	}
	last := p.m - 1
	_ = p.c[last*p.ldc : last*p.ldc+p.cols]
	_ = p.a[last*p.lda : last*p.lda+p.k]
	_, _ = p.b[:p.k*p.cols], p.bias[:p.cols]
	if p.r != nil {
		_ = p.r[last*p.ldr : last*p.ldr+p.cols]
	}
	if p.cols != PanelColumns && p.cols != halfPanel {
		panic("simd: panels have 16 or 8 columns")
	}
}

// gemmPanelGeneric takes two rows and four steps of depth at a time:
//
//	t[j] += a[p]·b[p][j] + … + a[p+3]·b[p+3][j]    for each column j, and the same for the other row
//
// so that a number of B is loaded for two products, and a sum is loaded and stored for four.
func gemmPanelGeneric(p panel) {
	p.check()
	var t0, t1 [PanelColumns]float32
	for i := 0; i < p.m; i += 2 {
		i1 := min(i+1, p.m-1) // an odd last row is computed twice
		s0, s1 := t0[:p.cols], t1[:p.cols]
		clear(s0)
		clear(s1)
		multiplyGeneric(s0, s1, p.a[i*p.lda:][:p.k], p.a[i1*p.lda:][:p.k], p.b)
		p.finish(i, s0)
		if i1 > i {
			p.finish(i1, s1)
		}
	}
}

// multiplyGeneric adds the products of two rows of A with a panel to the sums.
func multiplyGeneric(s0, s1, a0, a1, b []float32) {
	n := len(s0)
	s1 = s1[:n]
	for ; len(a0) >= 4 && len(a1) >= 4; a0, a1, b = a0[4:], a1[4:], b[4*n:] {
		x0, x1, x2, x3 := a0[0], a0[1], a0[2], a0[3]
		y0, y1, y2, y3 := a1[0], a1[1], a1[2], a1[3]
		q0, q1, q2, q3 := b[:n], b[n:][:n], b[2*n:][:n], b[3*n:][:n]
		for j := range s0 {
			b0, b1, b2, b3 := q0[j], q1[j], q2[j], q3[j]
			s0[j] += x0*b0 + x1*b1 + x2*b2 + x3*b3
			s1[j] += y0*b0 + y1*b1 + y2*b2 + y3*b3
		}
	}
	for p, x := range a0 {
		y, q := a1[p], b[p*n:][:n]
		for j := range s0 {
			s0[j] += x * q[j]
			s1[j] += y * q[j]
		}
	}
}

// finish completes row i.
func (p *panel) finish(i int, sums []float32) {
	c := p.c[i*p.ldc:][:len(sums)]
	for j, v := range sums {
		if p.accumulate {
			v += c[j]
		} else {
			v += p.bias[j]
		}
		if p.r != nil {
			v += p.r[i*p.ldr+j]
		}
		c[j] = p.bounds.apply(v)
	}
}
