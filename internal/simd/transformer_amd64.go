//go:build !purego

package simd

// useTransformerAVX2 sets the kernels of transformer layers.
func (k *Kernels) useTransformerAVX2() {
	k.exp, k.tanh, k.erf, k.sigmoid = each8(expAVX2), each8(tanhAVX2), each8(erfAVX2), each8(sigmoidAVX2)
	k.gelu, k.geluTanh = each8(geluAVX2), each8(geluTanhAVX2)
	k.quickGELU, k.softmax = each8With(quickGELUAVX2), each8With(softmaxAVX2)
	k.layerNorm = layerNormRowAVX2
	k.mul, k.sub, k.div = pairs8(mulAVX2, mulGeneric), pairs8(subAVX2, subGeneric), pairs8(divAVX2, divGeneric)
	k.affine = affineSliceAVX2
}

// each8 makes a kernel of assembly that takes any length but zero.
func each8(run func(dst, a *float32, n int)) func(dst, a []float32) {
	return func(dst, a []float32) {
		if len(dst) > 0 {
			run(&dst[0], &a[0], len(dst))
		}
	}
}

// each8With is each8 with one more number.
func each8With(run func(dst, a *float32, n int, v float32)) func(dst, a []float32, v float32) {
	return func(dst, a []float32, v float32) {
		if len(dst) > 0 {
			run(&dst[0], &a[0], len(dst), v)
		}
	}
}

// pairs8 makes a kernel of assembly that takes multiples of eight, and of rest.
func pairs8(run func(dst, a, b *float32, n int), rest func(dst, a, b []float32)) func(dst, a, b []float32) {
	return func(dst, a, b []float32) {
		n := len(dst) &^ 7
		if n > 0 {
			run(&dst[0], &a[0], &b[0], n)
		}
		rest(dst[n:], a[n:], b[n:])
	}
}

func layerNormRowAVX2(dst, a, gain, bias []float32, epsilon float32) {
	if len(dst) > 0 {
		layerNormAVX2(&dst[0], &a[0], &gain[0], &bias[0], len(dst), epsilon)
	}
}

func affineSliceAVX2(dst, a []float32, scale, offset float32) {
	n := len(dst) &^ 7
	if n > 0 {
		affineAVX2(&dst[0], &a[0], n, scale, offset)
	}
	affineGeneric(dst[n:], a[n:], scale, offset)
}
