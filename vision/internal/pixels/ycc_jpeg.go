package pixels

import "image"

// chroma is what upsampling needs of the chroma planes for one row of a picture whose chroma has half the width.
type chroma struct {
	cb0, cr0 []byte // the nearest chroma row
	cb1, cr1 []byte // the next nearest, above or below; the nearest again at the border
	minX     int    // left edge of the picture
}

// scratch holds the upsampled chroma of a piece of a row.
type scratch struct{ cb, cr [2 * pieceColumns]byte }

const pieceColumns = 128

// chromaNeighbours returns the chroma row that row y of a picture with half as many of them lies in, and the next nearest,
// which is the same one at the border.
func chromaNeighbours(m *image.YCbCr, y int) (near, far int) {
	rows := (m.Rect.Max.Y+1)/2 - m.Rect.Min.Y/2
	near = y/2 - m.Rect.Min.Y/2
	far = near + 1
	if y&1 == 0 {
		far = near - 1
	}
	if far < 0 || far >= rows {
		far = near
	}
	return near, far
}

// chromaRows finds the chroma rows for row y of a 4:2:0 picture.
func chromaRows(m *image.YCbCr, y int) chroma {
	near, far := chromaNeighbours(m, y)
	g := chromaRow(m, near)
	other := chromaRow(m, far)
	g.cb1, g.cr1 = other.cb0, other.cr0
	return g
}

// chromaRow slices chroma row i of a picture whose chroma has half the width.
func chromaRow(m *image.YCbCr, i int) chroma {
	width := (m.Rect.Max.X+1)/2 - m.Rect.Min.X/2
	o := i * m.CStride
	cb, cr := m.Cb[o:o+width], m.Cr[o:o+width]
	return chroma{cb0: cb, cr0: cr, cb1: cb, cr1: cr, minX: m.Rect.Min.X}
}

// columns returns the nearest and the next nearest chroma column of x; at the border both are the same.
func (g *chroma) columns(x int) (near, far int) {
	near = x/2 - g.minX/2
	far = near + 1
	if x&1 == 0 {
		far = near - 1
	}
	if far < 0 || far >= len(g.cb0) {
		far = near
	}
	return near, far
}

// jpegConverter picks libjpeg's upsampler for the picture's chroma ratio (jdsample.c): the triangle filter for 4:2:0,
// 4:2:2 and 4:4:0, plain repetition for everything else and for pictures whose chroma is at most two samples wide.
func jpegConverter(m *image.YCbCr, k *kernels) rowFunc {
	width := (m.Rect.Max.X+1)/2 - m.Rect.Min.X/2
	switch r := m.SubsampleRatio; {
	case r == image.YCbCrSubsampleRatio444:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			n, at, c := x1-x0, m.YOffset(x0, y), m.COffset(x0, y)
			k.ycc(dst, m.Y[at:at+n], m.Cb[c:c+n], m.Cr[c:c+n])
		}
	case r == image.YCbCrSubsampleRatio422 && width > 2:
		u := upsampler{row: upsampleRow, point: pointH2V1, ycc: k.ycc}
		return func(dst Row, y, x0, x1 int, s *scratch) {
			g := chromaRow(m, y-m.Rect.Min.Y)
			u.convert(dst, m.Y[m.YOffset(x0, y):], &g, x0, x1, s)
		}
	case r == image.YCbCrSubsampleRatio420 && width > 2:
		u := upsampler{row: k.h2v2, point: pointH2V2, ycc: k.ycc}
		return func(dst Row, y, x0, x1 int, s *scratch) {
			g := chromaRows(m, y)
			u.convert(dst, m.Y[m.YOffset(x0, y):], &g, x0, x1, s)
		}
	case r == image.YCbCrSubsampleRatio440:
		return func(dst Row, y, x0, x1 int, _ *scratch) { jpegRowH1V2(m, dst, y, x0, x1) }
	default:
		return func(dst Row, y, x0, x1 int, _ *scratch) {
			luma := m.Y[m.YOffset(x0, y):]
			for x := x0; x < x1; x++ {
				c := m.COffset(x, y)
				putYCC(dst, x-x0, luma[x-x0], m.Cb[c], m.Cr[c])
			}
		}
	}
}

// putYCC converts one pixel.
func putYCC(dst Row, i int, luma, cb, cr byte) {
	v := jpegYCC.cb[cb] + jpegYCC.cr[cr] + uint64(luma)*yccLuma
	dst.set(i, jpegYCC.clamp[v&1023], jpegYCC.clamp[v>>yccGreen&1023], jpegYCC.clamp[v>>yccBlue&1023])
}

// yccGeneric converts a row of equally many samples of each plane.
func yccGeneric(dst Row, luma, cb, cr []byte) {
	t := jpegYCC
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	r, g, b := dst.R[:len(luma)], dst.G[:len(luma)], dst.B[:len(luma)]
	for i, l := range luma {
		v := t.cb[cb[i]] + t.cr[cr[i]] + uint64(l)*yccLuma
		r[i], g[i], b[i] = t.clamp[v&1023], t.clamp[v>>yccGreen&1023], t.clamp[v>>yccBlue&1023]
	}
}

// upsampler converts rows of pictures whose chroma has half the width. It upsamples in two ways, which agree.
type upsampler struct {
	// row makes pixel pairs of columns 1 to len(near)−2 of the nearest and the next nearest chroma row.
	row func(dst, near, far []byte)
	// point makes the single pixel x, whose nearest column is this one and whose next nearest is next.
	point func(near, far []byte, this, next, x int) byte
	ycc   func(dst Row, luma, cb, cr []byte)
}

// convert takes single pixels up to an even column that has chroma on both sides, pieces of pixel pairs from there, and
// single pixels at the end.
func (u *upsampler) convert(dst Row, luma []byte, g *chroma, x0, x1 int, s *scratch) {
	single := func(x int) {
		this, next := g.columns(x)
		putYCC(dst, x-x0, luma[x-x0], u.point(g.cb0, g.cb1, this, next, x), u.point(g.cr0, g.cr1, this, next, x))
	}
	x := x0
	for ; x < x1 && (x&1 == 1 || x/2-g.minX/2 == 0); x++ {
		single(x)
	}
	for {
		c := x/2 - g.minX/2
		n := min((x1-x)/2, len(g.cb0)-1-c, pieceColumns)
		if n <= 0 {
			break
		}
		u.row(s.cb[:2*n], g.cb0[c-1:c+n+1], g.cb1[c-1:c+n+1])
		u.row(s.cr[:2*n], g.cr0[c-1:c+n+1], g.cr1[c-1:c+n+1])
		i := x - x0
		u.ycc(dst.part(i, i+2*n), luma[i:i+2*n], s.cb[:2*n], s.cr[:2*n])
		x += 2 * n
	}
	for ; x < x1; x++ {
		single(x)
	}
}

// upsampleGeneric is h2v2_fancy_upsample for 4:2:0: column sums 3·nearest row + other row, then
//
//	left pixel  (3·this + previous + 8) >> 4     right pixel (3·this + next + 7) >> 4
//
// with the column itself in place of a missing neighbour.
func upsampleGeneric(dst, near, far []byte) {
	if len(near) < 2 {
		return
	}
	far = far[:len(near)]
	last, this := 3*uint32(near[0])+uint32(far[0]), 3*uint32(near[1])+uint32(far[1])
	far = far[2:]
	for i, v := range near[2:] {
		next := 3*uint32(v) + uint32(far[i])
		if len(dst) < 2 {
			return
		}
		dst[0], dst[1] = uint8((3*this+last+8)>>4), uint8((3*this+next+7)>>4)
		dst = dst[2:]
		last, this = this, next
	}
}

// pointH2V2 is upsampleGeneric for one pixel.
func pointH2V2(near, far []byte, this, next, x int) byte {
	sum := func(c int) uint32 { return 3*uint32(near[c]) + uint32(far[c]) }
	return uint8((3*sum(this) + sum(next) + uint32(8-x&1)) >> 4)
}

// upsampleRow is h2v1_fancy_upsample for 4:2:2: ¾ of the nearer sample and ¼ of the further one, rounded down for the left
// and up for the right pixel of a pair; the outermost pixels copy their sample.
func upsampleRow(dst, row, _ []byte) {
	for i := 1; i+1 < len(row); i++ {
		this := 3 * uint32(row[i])
		dst[0], dst[1] = uint8((this+uint32(row[i-1])+1)>>2), uint8((this+uint32(row[i+1])+2)>>2)
		dst = dst[2:]
	}
}

// pointH2V1 is upsampleRow for one pixel.
func pointH2V1(row, _ []byte, this, next, x int) byte {
	return uint8((3*uint32(row[this]) + uint32(row[next]) + uint32(1+x&1)) >> 2)
}

// jpegRowH1V2 is h1v2_fancy_upsample: the same between rows, rounded down for the upper and up for the lower row of a
// pair. Unlike the others it treats border rows with the common formula on a repeated row.
func jpegRowH1V2(m *image.YCbCr, dst Row, y, x0, x1 int) {
	near, far := chromaNeighbours(m, y)
	round := int32(1 + y&1)
	n, left := x1-x0, x0-m.Rect.Min.X
	at := m.YOffset(x0, y)
	luma := m.Y[at : at+n]
	cb0, cr0 := m.Cb[near*m.CStride+left:][:n], m.Cr[near*m.CStride+left:][:n]
	cb1, cr1 := m.Cb[far*m.CStride+left:][:n], m.Cr[far*m.CStride+left:][:n]
	for i, l := range luma {
		cb := (3*int32(cb0[i]) + int32(cb1[i]) + round) >> 2
		cr := (3*int32(cr0[i]) + int32(cr1[i]) + round) >> 2
		putYCC(dst, i, l, byte(cb), byte(cr))
	}
}
