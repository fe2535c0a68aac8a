package pixels

import "image"

// chroma is what upsampling needs of the chroma planes for one row of a picture whose chroma has half the width.
type chroma struct {
	cb0, cr0 []byte // the nearest chroma row
	cb1, cr1 []byte // the next nearest, above or below; the nearest again at the border
	minX     int    // left edge of the picture
}

// chromaRows finds the chroma rows for row y of a 4:2:0 picture.
func chromaRows(m *image.YCbCr, y int) chroma {
	rows := (m.Rect.Max.Y+1)/2 - m.Rect.Min.Y/2
	near := y/2 - m.Rect.Min.Y/2
	far := near + 1
	if y&1 == 0 {
		far = near - 1
	}
	if far < 0 || far >= rows {
		far = near
	}
	g := chromaRow(m, near)
	other := chromaRow(m, far)
	g.cb1, g.cr1 = other.cb0, other.cr0
	return g
}

// chromaRow slices chroma row i of a picture whose chroma has half the width.
func chromaRow(m *image.YCbCr, i int) chroma {
	width := (m.Rect.Max.X+1)/2 - m.Rect.Min.X/2
	o := i * m.CStride
	return chroma{cb0: m.Cb[o : o+width], cr0: m.Cr[o : o+width], minX: m.Rect.Min.X}
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

// putYCC writes one pixel.
func putYCC(p []byte, luma, cb, cr byte) {
	v := jpegYCC.cb[cb] + jpegYCC.cr[cr] + uint64(luma)*yccLuma
	p[0], p[1], p[2] = jpegYCC.clamp[v&1023], jpegYCC.clamp[v>>yccGreen&1023], jpegYCC.clamp[v>>yccBlue&1023]
}

// jpegConverter picks libjpeg's upsampler for the picture's chroma ratio (jdsample.c): the triangle filter for 4:2:0,
// 4:2:2 and 4:4:0, plain repetition for everything else and for pictures whose chroma is at most two samples wide.
func jpegConverter(m *image.YCbCr) func(dst []byte, y, x0, x1 int) {
	width := (m.Rect.Max.X+1)/2 - m.Rect.Min.X/2
	switch r := m.SubsampleRatio; {
	case r == image.YCbCrSubsampleRatio444:
		return func(dst []byte, y, x0, x1 int) { jpegRow444(m, dst, y, x0, x1) }
	case r == image.YCbCrSubsampleRatio422 && width > 2:
		return func(dst []byte, y, x0, x1 int) {
			g := chromaRow(m, y-m.Rect.Min.Y)
			jpegRowH2V1(m, &g, dst, y, x0, x1)
		}
	case r == image.YCbCrSubsampleRatio420 && width > 2:
		return func(dst []byte, y, x0, x1 int) {
			g := chromaRows(m, y)
			jpegRowH2V2(m, &g, dst, y, x0, x1)
		}
	case r == image.YCbCrSubsampleRatio440:
		return func(dst []byte, y, x0, x1 int) { jpegRowH1V2(m, dst, y, x0, x1) }
	default:
		return func(dst []byte, y, x0, x1 int) {
			luma := m.Y[m.YOffset(x0, y):]
			for x := x0; x < x1; x++ {
				c := m.COffset(x, y)
				putYCC(dst[3*(x-x0):], luma[x-x0], m.Cb[c], m.Cr[c])
			}
		}
	}
}

func jpegRow444(m *image.YCbCr, dst []byte, y, x0, x1 int) {
	n := x1 - x0
	o, c := m.YOffset(x0, y), m.COffset(x0, y)
	rowYCC(dst, m.Y[o:o+n], m.Cb[c:c+n], m.Cr[c:c+n])
}

// rowYCC converts a row of equally many samples of each plane.
func rowYCC(dst, luma, cb, cr []byte) {
	t := jpegYCC
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for i, l := range luma {
		if len(dst) < 3 {
			return
		}
		v := t.cb[cb[i]] + t.cr[cr[i]] + uint64(l)*yccLuma
		dst[0], dst[1], dst[2] = t.clamp[v&1023], t.clamp[v>>yccGreen&1023], t.clamp[v>>yccBlue&1023]
		dst = dst[3:]
	}
}

// jpegRowH2V1 is h2v1_fancy_upsample: ¾ of the nearer sample and ¼ of the further one, rounded down for the left and up
// for the right pixel of a pair; the outermost pixels copy their sample.
func jpegRowH2V1(m *image.YCbCr, g *chroma, dst []byte, y, x0, x1 int) {
	luma := m.Y[m.YOffset(x0, y):]
	for x := x0; x < x1; x++ {
		near, far := g.columns(x)
		round := int32(1 + x&1)
		cb := (3*int32(g.cb0[near]) + int32(g.cb0[far]) + round) >> 2
		cr := (3*int32(g.cr0[near]) + int32(g.cr0[far]) + round) >> 2
		putYCC(dst[3*(x-x0):], luma[x-x0], byte(cb), byte(cr))
	}
}

// jpegRowH1V2 is h1v2_fancy_upsample: the same between rows, rounded down for the upper and up for the lower row of a
// pair. Unlike the others it treats border rows with the common formula on a repeated row.
func jpegRowH1V2(m *image.YCbCr, dst []byte, y, x0, x1 int) {
	rows := (m.Rect.Max.Y+1)/2 - m.Rect.Min.Y/2
	near := y/2 - m.Rect.Min.Y/2
	far := near + 1
	if y&1 == 0 {
		far = near - 1
	}
	if far < 0 || far >= rows {
		far = near
	}
	round := int32(1 + y&1)
	n, left := x1-x0, x0-m.Rect.Min.X
	o := m.YOffset(x0, y)
	luma := m.Y[o : o+n]
	cb0, cr0 := m.Cb[near*m.CStride+left:][:n], m.Cr[near*m.CStride+left:][:n]
	cb1, cr1 := m.Cb[far*m.CStride+left:][:n], m.Cr[far*m.CStride+left:][:n]
	for i, l := range luma {
		cb := (3*int32(cb0[i]) + int32(cb1[i]) + round) >> 2
		cr := (3*int32(cr0[i]) + int32(cr1[i]) + round) >> 2
		putYCC(dst[3*i:], l, byte(cb), byte(cr))
	}
}

// jpegRowH2V2 is h2v2_fancy_upsample: column sums 3·nearest row + other row, then
//
//	left pixel  (3·this + previous + 8) >> 4     right pixel (3·this + next + 7) >> 4
//
// with the column itself in place of a missing neighbour.
func jpegRowH2V2(m *image.YCbCr, g *chroma, dst []byte, y, x0, x1 int) {
	luma := m.Y[m.YOffset(x0, y):][:x1-x0]
	x := x0
	// Single pixels up to an even column that has both neighbours, pairs from there, single pixels at the end.
	for ; x < x1 && (x&1 == 1 || x/2-g.minX/2 == 0); x++ {
		putH2V2(g, dst[3*(x-x0):], luma[x-x0], x)
	}
	if x+1 < x1 {
		c := x/2 - g.minX/2
		pairs := min((x1-x)/2, len(g.cb0)-1-c)
		if pairs > 0 {
			pairsH2V2(dst[3*(x-x0):], luma[x-x0:], g.cb0[c-1:], g.cb1[c-1:], g.cr0[c-1:], g.cr1[c-1:], pairs)
			x += 2 * pairs
		}
	}
	for ; x < x1; x++ {
		putH2V2(g, dst[3*(x-x0):], luma[x-x0], x)
	}
}

// putH2V2 converts one pixel of a 4:2:0 row.
func putH2V2(g *chroma, p []byte, luma byte, x int) {
	near, far := g.columns(x)
	round := int32(8 - x&1)
	cb := (3*(3*int32(g.cb0[near])+int32(g.cb1[near])) + 3*int32(g.cb0[far]) + int32(g.cb1[far]) + round) >> 4
	cr := (3*(3*int32(g.cr0[near])+int32(g.cr1[near])) + 3*int32(g.cr0[far]) + int32(g.cr1[far]) + round) >> 4
	putYCC(p, luma, byte(cb), byte(cr))
}

// pairsH2V2 converts n pixel pairs. The chroma slices start one column before the first pair and hold n+2 columns.
// It works in blocks: column sums first, Cb in the low and Cr in the high half of a word, where no sum leaves its half;
// then pixels. Fewer slices are alive in each loop than in one for all, and that is what decides its speed.
func pairsH2V2(dst, luma, cb0, cb1, cr0, cr1 []byte, n int) {
	const block = 128
	var sums [block + 2]uint32
	for n > 0 {
		m := min(n, block)
		columnSums(sums[:m+2], cb0, cb1, cr0, cr1)
		blockH2V2(dst[:6*m], luma[:2*m], sums[:m+2])
		dst, luma = dst[6*m:], luma[2*m:]
		cb0, cb1, cr0, cr1 = cb0[m:], cb1[m:], cr0[m:], cr1[m:]
		n -= m
	}
}

// columnSums writes 3·nearest + other of both chroma planes.
func columnSums(sums []uint32, cb0, cb1, cr0, cr1 []byte) {
	cb0, cb1, cr0, cr1 = cb0[:len(sums)], cb1[:len(sums)], cr0[:len(sums)], cr1[:len(sums)]
	for i := range sums {
		sums[i] = 3*(uint32(cb0[i])|uint32(cr0[i])<<16) + (uint32(cb1[i]) | uint32(cr1[i])<<16)
	}
}

// blockH2V2 converts the pixel pairs of the columns sums[1:len(sums)-1].
func blockH2V2(dst, luma []byte, sums []uint32) {
	const (
		roundLeft  = 8 | 8<<16
		roundRight = 7 | 7<<16
	)
	t := jpegYCC
	last, this := sums[0], sums[1]
	for _, next := range sums[2:] {
		if len(luma) < 2 || len(dst) < 6 {
			return
		}
		left, right := 3*this+last+roundLeft, 3*this+next+roundRight
		last, this = this, next

		v := t.cb[uint8(left>>4)] + t.cr[uint8(left>>20)] + uint64(luma[0])*yccLuma
		w := t.cb[uint8(right>>4)] + t.cr[uint8(right>>20)] + uint64(luma[1])*yccLuma
		dst[0], dst[1], dst[2] = t.clamp[v&1023], t.clamp[v>>yccGreen&1023], t.clamp[v>>yccBlue&1023]
		dst[3], dst[4], dst[5] = t.clamp[w&1023], t.clamp[w>>yccGreen&1023], t.clamp[w>>yccBlue&1023]
		dst, luma = dst[6:], luma[2:]
	}
}
