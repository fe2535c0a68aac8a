package resize

// Source yields rows of RGB, three bytes a pixel.
type Source interface {
	// Row writes row y into dst: the columns that [Axis.Range] of the horizontal axis names.
	Row(dst []byte, y int)
}

// Resizer holds the buffers of one resize at a time. Its zero value is ready; it is not safe for concurrent use.
type Resizer struct {
	H, V Axis // horizontal and vertical: Reset both, then call Run

	rows   []byte   // source rows after the horizontal pass
	in     []byte   // two source rows
	packed []uint64 // the same two rows, sample by sample: the first in the low half, the second in the high half
}

// Run resizes src and hands over one output row after the other: 3·H.Len() bytes, valid until yield returns.
func (r *Resizer) Run(src Source, yield func(y int, row []byte)) {
	width := 3 * r.H.Len()
	lo, hi := r.V.Range()
	// The vertical kernel reads eight samples at a time and may look up to seven beyond the last row.
	r.rows = grow(r.rows, width*(hi-lo)+8)
	r.horizontal(src, lo, hi)

	out := grow(r.in, width)
	r.in = out
	for i := range r.V.Len() {
		first := int(r.V.first[i]) - lo
		weights := r.V.weights[i*r.V.taps : (i+1)*r.V.taps]
		verticalRow(out, r.rows[first*width:], width, weights)
		yield(i, out)
	}
}

// horizontal fills r.rows, two source rows at a time.
func (r *Resizer) horizontal(src Source, lo, hi int) {
	x0, x1 := r.H.Range()
	samples, width := 3*(x1-x0), 3*r.H.Len()
	r.in = grow(r.in, 2*samples)
	r.packed = grow(r.packed, samples)
	one, two := r.in[:samples], r.in[samples:2*samples]
	for y := lo; y < hi; y += 2 {
		src.Row(one, y)
		second := y + 1
		if second == hi {
			second = y // the odd row out is computed twice, and kept once
		} else {
			src.Row(two, second)
		}
		if second == y {
			copy(two, one)
		}
		pack(r.packed, one, two)
		a := r.rows[(y-lo)*width:][:width]
		b := r.rows[(second-lo)*width:][:width]
		horizontalRows(a, b, r.packed, &r.H)
	}
}
