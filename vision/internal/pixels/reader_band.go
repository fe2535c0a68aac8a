package pixels

// band holds some upright rows of a picture that is stored on its side. Reading them one by one would visit every stored
// row for a single pixel; a band visits it for a piece of some cache lines.
type band struct {
	lo, hi int // upright rows
	// pix has the planes of the band's rows, in the order of stored columns: red of all rows, green, blue.
	pix      []byte
	reversed bool // upright rows run against stored columns
	tiles    [3]tile
}

// bandRow is Row for a view that is stored on its side.
func (r *Reader) bandRow(dst Row, y int) {
	b := &r.band
	if y < b.lo || y >= b.hi {
		r.fillBand(y)
	}
	i := y - b.lo
	if b.reversed {
		i = b.hi - 1 - y
	}
	width, rows := r.x1-r.x0, b.hi-b.lo
	for c, plane := range [...][]byte{dst.R, dst.G, dst.B} {
		copy(plane, b.pix[(c*rows+i)*width:])
	}
}

// fillBand reads a band that begins at row y, in tiles: pieces of sixteen stored rows, which become sixteen columns.
// It begins at an even row, because subsampled chroma is converted fastest in pairs.
func (r *Reader) fillBand(y int) {
	v, b := r.v, &r.band
	_, h := v.Size()
	b.lo = y &^ 1
	b.hi = min(b.lo+tileColumns, h)
	first, _ := v.storedAt(0, b.lo)
	last, _ := v.storedAt(0, b.hi-1)
	b.reversed = first > last
	rows, width := b.hi-b.lo, r.x1-r.x0
	if n := 3 * rows * width; cap(b.pix) < n {
		b.pix = make([]byte, n)
	} else {
		b.pix = b.pix[:n]
	}
	for next := r.x0; next < r.x1; next += tileRows {
		x := max(min(next, r.x1-tileRows), r.x0) // the last tile begins earlier, so that it is whole
		columns := min(tileRows, r.x1-x)
		for i := range columns {
			_, sy := v.storedAt(x+i, y)
			piece := Row{b.tiles[0][i][:rows], b.tiles[1][i][:rows], b.tiles[2][i][:rows]}
			v.stored(piece, sy, min(first, last), max(first, last)+1, &r.scratch)
		}
		for c := range b.tiles {
			dst := b.pix[c*rows*width+x-r.x0:]
			if columns == tileRows {
				v.kernels.transpose(dst, width, &b.tiles[c], rows)
				continue
			}
			for i := range rows * columns { // a picture narrower than a tile
				dst[i/columns*width+i%columns] = b.tiles[c][i%columns][i/columns]
			}
		}
	}
}
