package pixels

// bandRows is how many upright rows a transposed picture is read at a time: that many stored columns, so that each
// visit of a stored row uses a whole cache line or two.
const bandRows = 32

// Reader reads rows of a view. It keeps scratch memory from one use to the next; it is not safe for concurrent use.
// Its zero value must be Reset first.
type Reader struct {
	v      *View
	x0, x1 int // upright columns to read

	// For transposed views: band holds upright rows [bandLo, bandHi), each 3·(x1−x0) bytes.
	band           []byte
	bandLo, bandHi int
	column         [3 * bandRows]byte
}

// Reset makes r read the upright columns [x0, x1) of v.
func (r *Reader) Reset(v *View, x0, x1 int) {
	r.v, r.x0, r.x1 = v, x0, x1
	r.bandLo, r.bandHi = 0, 0
	if v != nil && v.transposed() {
		if n := 3 * bandRows * (x1 - x0); cap(r.band) < n {
			r.band = make([]byte, n)
		} else {
			r.band = r.band[:n]
		}
	}
}

// Row writes upright row y as RGB into dst, 3·(x1−x0) bytes. Rows may come in any order; ascending is fastest.
func (r *Reader) Row(dst []byte, y int) {
	v := r.v
	width := 3 * (r.x1 - r.x0)
	dst = dst[:width]
	if v.transposed() {
		if y < r.bandLo || y >= r.bandHi {
			r.fillBand(y)
		}
		copy(dst, r.band[(y-r.bandLo)*width:])
		return
	}
	switch v.orientation {
	case 2, 3: // mirrored: read the mirrored columns and reverse them
		w := v.canvas.Dx()
		_, sy := v.storedAt(0, y)
		v.stored(dst, sy, w-r.x1, w-r.x0)
		reversePixels(dst)
	default:
		_, sy := v.storedAt(0, y)
		v.stored(dst, sy, r.x0, r.x1)
	}
}

// fillBand reads upright rows [y, y+bandRows) by visiting each stored row once.
func (r *Reader) fillBand(y int) {
	v := r.v
	_, h := v.Size()
	r.bandLo, r.bandHi = y, min(y+bandRows, h)
	n := r.bandHi - r.bandLo
	width := 3 * (r.x1 - r.x0)
	first, _ := v.storedAt(0, r.bandLo)
	last, _ := v.storedAt(0, r.bandHi-1)
	lo, hi := min(first, last), max(first, last)+1
	for x := r.x0; x < r.x1; x++ {
		_, sy := v.storedAt(x, y)
		column := r.column[:3*n]
		v.stored(column, sy, lo, hi)
		out := 3 * (x - r.x0)
		if first <= last {
			for i := 0; i < len(column); i += 3 {
				copy(r.band[out:out+3], column[i:i+3])
				out += width
			}
		} else {
			for i := len(column) - 3; i >= 0; i -= 3 {
				copy(r.band[out:out+3], column[i:i+3])
				out += width
			}
		}
	}
}

func reversePixels(p []byte) {
	for i, j := 0, len(p)-3; i < j; i, j = i+3, j-3 {
		p[i], p[j] = p[j], p[i]
		p[i+1], p[j+1] = p[j+1], p[i+1]
		p[i+2], p[j+2] = p[j+2], p[i+2]
	}
}
