package simd

// groupPixels is the number of output pixels that a group kernel computes.
const groupPixels = 4

// Depthwise is the geometry of a convolution in which each channel has its own window:
//
//	out[y][x][c] = clip(bias[c] + Σ in[y·StrideH − PadTop + i][x·StrideW − PadLeft + j][c] · w[i][j][c])
//
// over window rows i < KernelH and columns j < KernelW that lie inside the picture.
type Depthwise struct {
	Channels         int
	InH, InW         int
	OutH, OutW       int
	KernelH, KernelW int
	StrideH, StrideW int // at least 1
	PadTop, PadLeft  int // what lies right and below follows from the output's size
}

// DepthwiseRows computes output rows from to to of one picture. dst is [OutH][OutW][Channels], src
// [InH][InW][Channels], w [KernelH][KernelW][Channels], bias [Channels]. dst must not overlap the others.
func (k *Kernels) DepthwiseRows(d Depthwise, dst, src, w, bias []float32, from, to int, bounds Bounds) {
	var group func(window)
	if d.KernelH == d.KernelW && d.StrideH == d.StrideW {
		group = k.group(d.KernelW, d.StrideW)
	}
	// Output columns inner to end have their windows inside the picture.
	inner := min(d.OutW, (d.PadLeft+d.StrideW-1)/d.StrideW)
	end := inner
	if room := d.InW + d.PadLeft - d.KernelW; room >= 0 {
		end = max(inner, min(d.OutW, room/d.StrideW+1))
	}
	for y := from; y < to; y++ {
		top := y*d.StrideH - d.PadTop
		row := window{
			inRow: d.InW * d.Channels, wRow: d.KernelW * d.Channels, step: d.Channels, n: d.Channels,
			bias: bias, bounds: bounds,
		}
		skip := min(d.KernelH, max(0, -top))
		row.ny = max(0, min(d.KernelH, d.InH-top)-skip)
		if row.ny > 0 {
			row.in, row.w = src[(top+skip)*row.inRow:], w[skip*row.wRow:]
		}
		for x := 0; x < d.OutW; x++ {
			p := row
			p.out = dst[(y*d.OutW+x)*d.Channels:]
			left := x*d.StrideW - d.PadLeft
			if x >= inner && x+groupPixels <= end && group != nil && row.ny > 0 {
				p.in = row.in[left*d.Channels:]
				group(p)
				x += groupPixels - 1
				continue
			}
			cut := min(d.KernelW, max(0, -left))
			p.nx = max(0, min(d.KernelW, d.InW-left)-cut)
			if p.nx > 0 && p.ny > 0 {
				p.in, p.w = row.in[(left+cut)*d.Channels:], row.w[cut*d.Channels:]
			}
			k.window(p)
		}
	}
}

// window is one output pixel of n channels, or the first pixel of a group:
//
//	out[c] = clip(bias[c] + Σ in[y·inRow + x·step + c] · w[y·wRow + x·step + c])    for y < ny, x < nx
type window struct {
	out    []float32
	in     []float32
	inRow  int
	w      []float32
	wRow   int
	ny, nx int
	step   int // numbers from one pixel to the next, and from one weight to the next
	n      int
	bias   []float32
	bounds Bounds
}

// check panics if a slice is too short for that many output pixels and input columns.
func (p *window) check(pixels, columns int) {
	if p.n == 0 {
		return
	}
	_, _ = p.out[:(pixels-1)*p.step+p.n], p.bias[:p.n]
	if p.ny > 0 && p.nx > 0 {
		_ = p.in[:(p.ny-1)*p.inRow+(columns-1)*p.step+p.n]
		_ = p.w[:(p.ny-1)*p.wRow+(p.nx-1)*p.step+p.n]
	}
}

// from returns the same window without its first n channels.
func (p window) from(n int) window {
	p.out, p.bias, p.n = p.out[n:], p.bias[n:], p.n-n
	if p.ny > 0 && p.nx > 0 {
		p.in, p.w = p.in[n:], p.w[n:]
	}
	return p
}

// windowGeneric adds up to three neighbouring taps of a window row to all channels at a time.
func windowGeneric(p window) {
	p.check(1, p.nx)
	out := p.out[:p.n]
	copy(out, p.bias)
	for y := range p.ny {
		for x := 0; x < p.nx; {
			in, w := p.in[y*p.inRow+x*p.step:], p.w[y*p.wRow+x*p.step:]
			x += addTaps(out, in, w, p.step, p.nx-x)
		}
	}
	for c, v := range out {
		out[c] = p.bounds.apply(v)
	}
}

// addTaps adds in[x·step + c]·w[x·step + c] to out[c] for as many of n taps x as it returns.
func addTaps(out, in, w []float32, step, n int) int {
	size := len(out)
	i0, w0 := in[:size], w[:size]
	if n == 1 {
		for c := range out {
			out[c] += i0[c] * w0[c]
		}
		return 1
	}
	i1, w1 := in[step:][:size], w[step:][:size]
	if n == 2 || n == 4 {
		for c := range out {
			out[c] += i0[c]*w0[c] + i1[c]*w1[c]
		}
		return 2
	}
	i2, w2 := in[2*step:][:size], w[2*step:][:size]
	for c := range out {
		out[c] += i0[c]*w0[c] + i1[c]*w1[c] + i2[c]*w2[c]
	}
	return 3
}
