//go:build (amd64 || arm64) && !purego

package simd

type (
	// windowKernel computes one output pixel of n channels.
	windowKernel func(out, in *float32, inRow int, w *float32, wRow, ny, nx, step, n int, bias *float32, lo, hi float32)
	// groupKernel computes groupPixels of them, in windows of a fixed size.
	groupKernel func(out, in *float32, inRow int, w *float32, ny, step, n int, bias *float32, lo, hi float32)
	// windowSize is what a groupKernel is made for.
	windowSize struct{ kernel, stride int }
)

func (a *assembly) windowOfAny(p window) {
	p.check(1, p.nx)
	if n := p.n &^ 7; n > 0 && p.nx > 0 && p.ny > 0 {
		a.window(&p.out[0], &p.in[0], p.inRow, &p.w[0], p.wRow, p.ny, p.nx, p.step, n, &p.bias[0],
			p.bounds.Lo, p.bounds.Hi)
		if p = p.from(n); p.n == 0 {
			return
		}
	}
	windowGeneric(p)
}

// groupOfAny returns the function that looks a group kernel up; see Kernels.group.
func (a *assembly) groupOfAny() func(kernel, stride int) func(window) {
	groups := map[windowSize]func(window){}
	for size, run := range a.groups {
		groups[size] = func(p window) { runGroup(p, size.kernel, size.stride, run) }
	}
	return func(kernel, stride int) func(window) { return groups[windowSize{kernel, stride}] }
}

func runGroup(p window, kernel, stride int, run groupKernel) {
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
