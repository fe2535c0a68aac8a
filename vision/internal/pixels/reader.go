package pixels

import (
	"encoding/binary"
	"math/bits"
)

// Reader reads rows of a view. It keeps scratch memory from one use to the next; it is not safe for concurrent use.
// Its zero value must be Reset first.
type Reader struct {
	v      *View
	x0, x1 int // upright columns to read

	scratch scratch
	band    band
}

// Reset makes r read the upright columns [x0, x1) of v.
func (r *Reader) Reset(v *View, x0, x1 int) {
	r.v, r.x0, r.x1 = v, x0, x1
	r.band.lo, r.band.hi = 0, 0
}

// Row writes upright row y into three planes of x1−x0 bytes each. Rows may come in any order; ascending is fastest.
func (r *Reader) Row(red, green, blue []byte, y int) {
	v := r.v
	width := r.x1 - r.x0
	dst := Row{red[:width], green[:width], blue[:width]}
	if v.transposed() {
		r.bandRow(dst, y)
		return
	}
	_, sy := v.storedAt(0, y)
	if v.orientation == 2 || v.orientation == 3 { // mirrored: read the mirrored columns and reverse them
		w := v.canvas.Dx()
		v.stored(dst, sy, w-r.x1, w-r.x0, &r.scratch)
		reverse(dst.R)
		reverse(dst.G)
		reverse(dst.B)
		return
	}
	v.stored(dst, sy, r.x0, r.x1, &r.scratch)
}

// reverse turns p round, eight bytes at a time from both ends.
func reverse(p []byte) {
	for len(p) >= 16 {
		head, tail := p[:8], p[len(p)-8:]
		h, t := binary.LittleEndian.Uint64(head), binary.LittleEndian.Uint64(tail)
		binary.LittleEndian.PutUint64(head, bits.ReverseBytes64(t))
		binary.LittleEndian.PutUint64(tail, bits.ReverseBytes64(h))
		p = p[8 : len(p)-8]
	}
	for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
		p[i], p[j] = p[j], p[i]
	}
}
