//go:build (amd64 || arm64) && !purego

package simd

// assembly is the kernels of one instruction set, as they are generated. Those that say so take multiples of 8 only:
// the generic kernels do the rest.
type assembly struct {
	name string
	// wide and narrow compute tiles of one to six rows, of 16 and of 8 columns.
	wide, narrow [TileRows]tileKernel
	// packRows and packTransposed fill eight columns of a panel, the second with a multiple of packBlock rows.
	packRows, packTransposed packKernel
	packBlock                int
	// window and groups compute multiples of 8 channels; see depthwise.go.
	window windowKernel
	groups map[windowSize]groupKernel
	// The next take multiples of 8.
	addClip       func(dst, a, b *float32, n int, lo, hi float32)
	clip          func(dst, a *float32, n int, lo, hi float32)
	mul, sub, div func(dst, a, b *float32, n int)
	affine        func(dst, a *float32, n int, scale, offset float32)
	// The rest take any length but zero.
	exp, tanh, erf, sigmoid, gelu, geluTanh func(dst, a *float32, n int)
	quickGELU, softmax                      func(dst, a *float32, n int, v float32)
	layerNorm                               func(dst, a, gain, bias *float32, n int, epsilon float32)
}

// kernels brings slices of any length to the assembly.
func (a *assembly) kernels() *Kernels {
	return &Kernels{
		name:      a.name,
		gemmPanel: a.gemmPanel,
		fill8:     a.fill8,
		window:    a.windowOfAny,
		group:     a.groupOfAny(),
		addClip: func(dst, x, y []float32, bounds Bounds) {
			n := len(dst) &^ 7
			if n > 0 {
				a.addClip(&dst[0], &x[0], &y[0], n, bounds.Lo, bounds.Hi)
			}
			addClipGeneric(dst[n:], x[n:], y[n:], bounds)
		},
		clip: func(dst, x []float32, bounds Bounds) {
			n := len(dst) &^ 7
			if n > 0 {
				a.clip(&dst[0], &x[0], n, bounds.Lo, bounds.Hi)
			}
			clipGeneric(dst[n:], x[n:], bounds)
		},
		mul: pairs(a.mul, mulGeneric),
		sub: pairs(a.sub, subGeneric),
		div: pairs(a.div, divGeneric),
		affine: func(dst, x []float32, scale, offset float32) {
			n := len(dst) &^ 7
			if n > 0 {
				a.affine(&dst[0], &x[0], n, scale, offset)
			}
			affineGeneric(dst[n:], x[n:], scale, offset)
		},
		exp:       numbers(a.exp),
		tanh:      numbers(a.tanh),
		erf:       numbers(a.erf),
		sigmoid:   numbers(a.sigmoid),
		gelu:      numbers(a.gelu),
		geluTanh:  numbers(a.geluTanh),
		quickGELU: numbersWith(a.quickGELU),
		softmax:   numbersWith(a.softmax),
		layerNorm: func(dst, x, gain, bias []float32, epsilon float32) {
			if len(dst) > 0 {
				a.layerNorm(&dst[0], &x[0], &gain[0], &bias[0], len(dst), epsilon)
			}
		},
	}
}

// numbers makes a kernel of assembly that takes any length but zero.
func numbers(run func(dst, a *float32, n int)) func(dst, a []float32) {
	return func(dst, a []float32) {
		if len(dst) > 0 {
			run(&dst[0], &a[0], len(dst))
		}
	}
}

// numbersWith is numbers with one more number.
func numbersWith(run func(dst, a *float32, n int, v float32)) func(dst, a []float32, v float32) {
	return func(dst, a []float32, v float32) {
		if len(dst) > 0 {
			run(&dst[0], &a[0], len(dst), v)
		}
	}
}

// pairs makes a kernel of assembly that takes multiples of eight, and of rest.
func pairs(run func(dst, a, b *float32, n int), rest func(dst, a, b []float32)) func(dst, a, b []float32) {
	return func(dst, a, b []float32) {
		n := len(dst) &^ 7
		if n > 0 {
			run(&dst[0], &a[0], &b[0], n)
		}
		rest(dst[n:], a[n:], b[n:])
	}
}
