package resize

// Source yields rows of RGB.
type Source interface {
	// Row writes row y into three planes: the columns that [Axis.Range] of the horizontal axis names.
	Row(red, green, blue []byte, y int)
}

// Resizer holds the buffers of one resize at a time. Its zero value is ready; it is not safe for concurrent use.
type Resizer struct {
	H, V Axis // horizontal and vertical: Reset both, then call Run

	kernels *kernels // nil until the first Run picks the best

	in       []byte // two rows for the horizontal pass: red, green, blue of the first, then of the second
	inStride int    // bytes of a plane, with room for kernels that read up to a block of 32 beyond its samples
	rows     []byte // rows for the vertical pass
	out      []byte // two rows of output

	packed             []uint64 // of the generic kernels: the two rows in one
	hWeights, vWeights []byte   // of other kernels: weights in their own order
}

const align = 32 // bytes of a vector, which lengths of rows are multiples of

func roundUp(n int) int { return (n + align - 1) &^ (align - 1) }

// Run resizes src and hands over one output row after the other: 3·H.Len() bytes, three a pixel, valid until yield
// returns.
func (r *Resizer) Run(src Source, yield func(y int, row []byte)) {
	if r.kernels == nil {
		r.kernels = available()[0]
	}
	x0, x1 := r.H.Range()
	r.inStride = roundUp(x1 - x0 + align)
	r.in = grow(r.in, 6*r.inStride)
	r.kernels.prepare(r)
	if r.V.loss > max(2*r.H.loss, 0) {
		r.verticalFirst(src, yield)
	} else {
		r.horizontalFirst(src, yield)
	}
}

// horizontalFirst keeps all source rows after the horizontal pass, three bytes a pixel.
func (r *Resizer) horizontalFirst(src Source, yield func(y int, row []byte)) {
	width := 3 * r.H.Len()
	length := roundUp(width + 1)
	lo, hi := r.V.Range()
	r.rows = grow(r.rows, (hi-lo+1)*length)
	r.out = grow(r.out, length)
	row := func(y int) []byte { return r.rows[(y-lo)*length:][:length] }
	for y := lo; y < hi; y += 2 {
		src.Row(r.plane(0), r.plane(1), r.plane(2), y)
		if y+1 == hi {
			r.single(row(y))
			break
		}
		src.Row(r.plane(3), r.plane(4), r.plane(5), y+1)
		r.kernels.horizontal(r, row(y), row(y+1))
	}
	for i, first := range r.V.first {
		r.kernels.vertical(r, r.out, r.rows[(int(first)-lo)*length:], i)
		yield(i, r.out[:width])
	}
}

// verticalFirst keeps the source rows of one window and as many again, three planes each. When they are full, the part
// that is still needed moves to the front.
func (r *Resizer) verticalFirst(src Source, yield func(y int, row []byte)) {
	x0, x1 := r.H.Range()
	width, taps := 3*r.H.Len(), r.V.taps
	length := 3 * r.inStride
	r.rows = grow(r.rows, (2*taps+1)*length)
	r.out = grow(r.out, 2*roundUp(width+1))
	a, b := r.out[:len(r.out)/2], r.out[len(r.out)/2:]
	base := int(r.V.first[0]) // the source row at the front
	next := base              // the first that has not been read
	for i, first := range r.V.first {
		first := int(first)
		if first+taps-base > 2*taps {
			copy(r.rows, r.rows[(first-base)*length:(next-base)*length])
			base = first
		}
		for ; next < first+taps; next++ {
			p := r.rows[(next-base)*length:]
			src.Row(p[:x1-x0], p[r.inStride:][:x1-x0], p[2*r.inStride:][:x1-x0], next)
		}
		second := i % 2
		r.kernels.vertical(r, r.in[second*length:][:length], r.rows[(first-base)*length:], i)
		switch {
		case second == 1:
			r.kernels.horizontal(r, a, b)
			yield(i-1, a[:width])
			yield(i, b[:width])
		case i+1 == len(r.V.first):
			r.single(a)
			yield(i, a[:width])
		}
	}
}

// single is the horizontal pass for the first row in r.in alone.
func (r *Resizer) single(out []byte) {
	copy(r.in[3*r.inStride:], r.in[:3*r.inStride])
	r.kernels.horizontal(r, out, out)
}

// plane returns plane i of the rows for the horizontal pass.
func (r *Resizer) plane(i int) []byte {
	x0, x1 := r.H.Range()
	return r.in[i*r.inStride:][: x1-x0 : x1-x0]
}
