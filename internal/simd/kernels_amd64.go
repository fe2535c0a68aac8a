//go:build !purego

package simd

import "golang.org/x/sys/cpu"

// native is the one place that asks what the CPU can do.
func native() []*Kernels {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	k := Generic()
	k.name = "avx2"
	k.gemmPanel = gemmPanelAVX2
	k.fill8 = fill8AVX2
	k.window = windowAVX2
	k.group = groupAVX2
	k.addClip = addClipSliceAVX2
	k.clip = clipSliceAVX2
	k.useTransformerAVX2()
	return []*Kernels{k}
}

// first returns a pointer to the first number, or nil for none.
func first(s []float32) *float32 {
	if len(s) == 0 {
		return nil
	}
	return &s[0]
}

func windowAVX2(p window) {
	p.check(1, p.nx)
	if n := p.n &^ 7; n > 0 && p.nx > 0 && p.ny > 0 {
		depthwiseWindowAVX2(&p.out[0], &p.in[0], p.inRow, &p.w[0], p.wRow, p.ny, p.nx, p.step, n, &p.bias[0],
			p.bounds.Lo, p.bounds.Hi)
		if p = p.from(n); p.n == 0 {
			return
		}
	}
	windowGeneric(p)
}

func groupAVX2(kernel, stride int) func(p window) {
	switch [2]int{kernel, stride} {
	case [2]int{3, 1}:
		return func(p window) { runGroup(p, 3, 1, depthwise3x3s1AVX2) }
	case [2]int{3, 2}:
		return func(p window) { runGroup(p, 3, 2, depthwise3x3s2AVX2) }
	case [2]int{5, 1}:
		return func(p window) { runGroup(p, 5, 1, depthwise5x5s1AVX2) }
	case [2]int{5, 2}:
		return func(p window) { runGroup(p, 5, 2, depthwise5x5s2AVX2) }
	}
	return nil
}

func runGroup(p window, kernel, stride int,
	run func(out, in *float32, inRow int, w *float32, ny, step, n int, bias *float32, lo, hi float32)) {
	p.nx, p.wRow = kernel, kernel*p.step
	p.check(groupPixels, (groupPixels-1)*stride+kernel)
	if n := p.n &^ 7; n > 0 && p.ny > 0 {
		run(&p.out[0], &p.in[0], p.inRow, &p.w[0], p.ny, p.step, n, &p.bias[0], p.bounds.Lo, p.bounds.Hi)
		if p = p.from(n); p.n == 0 {
			return
		}
	}
	for i := range groupPixels {
		q := p
		q.out, q.in = p.out[i*p.step:], p.in[i*stride*p.step:]
		windowGeneric(q)
	}
}

func addClipSliceAVX2(dst, a, b []float32, bounds Bounds) {
	n := len(dst) &^ 7
	if n > 0 {
		addClipAVX2(&dst[0], &a[0], &b[0], n, bounds.Lo, bounds.Hi)
	}
	addClipGeneric(dst[n:], a[n:], b[n:], bounds)
}

func clipSliceAVX2(dst, a []float32, bounds Bounds) {
	n := len(dst) &^ 7
	if n > 0 {
		clipAVX2(&dst[0], &a[0], n, bounds.Lo, bounds.Hi)
	}
	clipGeneric(dst[n:], a[n:], bounds)
}
