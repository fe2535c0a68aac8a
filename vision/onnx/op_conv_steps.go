package onnx

import "github.com/soundtrack-go/sdk/internal/simd"

func (c *conv) fuses(*planBuilder, *node) abilities { return abilities{residual: c.way != depthwise} }

func (c *conv) emit(b *planBuilder, n *node) error {
	return c.emitFrom(b, n, b.operand(n.inputs[0], channelsLast))
}

// emitFrom adds the steps of a convolution of x, which has the shape of the first input.
func (c *conv) emitFrom(b *planBuilder, n *node, x *storage) error {
	f := b.fusion(n)
	job := convJob{
		conv: c, kernels: b.kernels, bounds: f.bounds, x: x,
		d: c.geometry(b.typeOf(n.inputs[0]).shape), pictures: b.typeOf(n.inputs[0]).shape[0],
	}
	s := step{name: n.name, reads: []*storage{job.x}}
	if f.residual != nil {
		job.residual = b.operand(f.residual, channelsLast)
		s.reads = append(s.reads, job.residual)
		if job.residual != job.x {
			s.inPlace = []*storage{job.residual}
		}
	}
	job.y = b.result(f.result, channelsLast)
	s.writes = []*storage{job.y}
	switch c.way {
	case depthwise:
		job.depthwise(&s)
	case pointwise:
		job.cut = b.cutProduct(job.pictures*job.d.OutH*job.d.OutW, c.in, c.out)
		b.needScratch(simd.TileScratch)
		s.parts, s.run = job.cut.parts(), job.multiply
	case gathered:
		job.gather(b, &s)
	}
	b.add(s)
	return nil
}

// convJob is one convolution of a plan. Positions count over all pictures and their output rows and columns.
type convJob struct {
	*conv
	kernels        *simd.Kernels
	x, y, residual *storage
	bounds         simd.Bounds
	d              simd.Depthwise
	pictures       int
	cut            cut
}

// product is the product that computes columns from col on of positions from row on.
func (j *convJob) product(st *state, row, col, rows int, b simd.Packed) simd.Product {
	p := simd.Product{C: st.data(j.y)[row*j.out+col:], LDC: j.out, M: rows, B: b, Bounds: j.bounds}
	if j.residual != nil {
		p.Residual, p.LDR = st.data(j.residual)[row*j.out+col:], j.out
	}
	return p
}

// multiply computes a part of a pointwise convolution.
func (j *convJob) multiply(st *state, worker, part int) {
	row, rowEnd, col, colEnd := j.cut.part(part)
	p := j.product(st, row, col, rowEnd-row, j.packed[0].Columns(col, colEnd))
	p.A, p.LDA, p.Scratch = st.data(j.x)[row*j.in:], j.in, st.scratch(worker, simd.TileScratch)
	j.kernels.Gemm(p)
}

// depthwise cuts the work into rows of pictures.
func (j *convJob) depthwise(s *step) {
	const maxWork = 2 << 20 // multiply-adds of a part
	rows := max(1, min(j.d.OutH, maxWork/max(1, j.d.OutW*j.in*j.kernelH*j.kernelW)))
	across := ceilDiv(j.d.OutH, rows)
	inSize, outSize := j.d.InH*j.d.InW*j.in, j.d.OutH*j.d.OutW*j.in
	s.parts = j.pictures * across
	s.run = func(st *state, _, part int) {
		picture, from := part/across, part%across*rows
		j.kernels.DepthwiseRows(j.d, st.data(j.y)[picture*outSize:][:outSize], st.data(j.x)[picture*inSize:][:inSize],
			j.weights, j.bias, from, min(j.d.OutH, from+rows), j.bounds)
	}
}

// gather cuts the work into blocks of positions, whose windows fit into cache.
func (j *convJob) gather(b *planBuilder, s *step) {
	depth := j.packed[0].K
	total := j.pictures * j.d.OutH * j.d.OutW
	rows := min(total, simd.BlockRows(depth))
	if depth > b.maxFloats/rows { // an arena of that size is refused
		rows = 1
	}
	b.needScratch(rows*depth + simd.TileScratch)
	s.parts = ceilDiv(total, rows)
	s.run = func(st *state, worker, part int) {
		scratch := st.scratch(worker, rows*depth+simd.TileScratch)
		windows, tile := scratch[:rows*depth], scratch[rows*depth:]
		from, to := part*rows, min(total, (part+1)*rows)
		for g := range j.group {
			for at := from; at < to; at++ {
				j.window(windows[(at-from)*depth:][:depth], st.data(j.x), at, g)
			}
			p := j.product(st, from, g*j.packed[g].N, to-from, j.packed[g])
			p.A, p.LDA, p.Scratch = windows, depth, tile
			j.kernels.Gemm(p)
		}
	}
}

// window copies the channels of group g in the window of a position: [kernelH][kernelW][channels]. What lies outside
// the picture is zero.
func (j *convJob) window(dst, src []float32, position, g int) {
	x, y := position%j.d.OutW, position/j.d.OutW%j.d.OutH
	picture := src[position/j.d.OutW/j.d.OutH*j.d.InH*j.d.InW*j.in:]
	channels := j.in / j.group
	top, left := y*j.strideH-j.d.PadTop, x*j.strideW-j.d.PadLeft
	first := min(j.kernelW, max(0, -left))          // columns before the picture
	end := max(first, min(j.kernelW, j.d.InW-left)) // first column after it
	inside := top >= 0 && top+j.kernelH <= j.d.InH && end-first == j.kernelW
	if !inside {
		clear(dst)
	}
	width := j.kernelW * channels
	for i := range j.kernelH {
		if top+i < 0 || top+i >= j.d.InH || first == end {
			continue
		}
		line := picture[((top+i)*j.d.InW+left+first)*j.in+g*channels:]
		if j.group == 1 { // neighbours in the window are neighbours in memory
			copy(dst[i*width+first*channels:i*width+end*channels], line)
			continue
		}
		for c := first; c < end; c++ {
			copy(dst[i*width+c*channels:][:channels], line[(c-first)*j.in:])
		}
	}
}
