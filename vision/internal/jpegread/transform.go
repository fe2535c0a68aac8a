package jpegread

import "encoding/binary"

// transform makes samples of a block's coefficients, of which those behind last, in zigzag order, are zero.
func (d *decoder) transform(c *component, bx, by int, block *[64]int16, last int) {
	stride := c.size * c.blocksX
	dst := c.plane[c.size*(by*stride+bx):]
	quant := &d.quant[c.quant]
	if last == 0 || c.size == 1 {
		fill(dst, stride, c.size, clamp((int32(block[0])*quant[0]+4)>>3+128))
		return
	}
	c.idct(dst, stride, block, quant, last)
}

// fill writes size × size equal samples, which is what every transform gives for a block that has nothing but its mean.
func fill(dst []byte, stride, size int, v byte) {
	if size == 8 {
		row := uint64(v) * 0x0101010101010101
		for y := range 8 {
			binary.LittleEndian.PutUint64(dst[y*stride:], row)
		}
		return
	}
	for y := range size {
		for x := range size {
			dst[y*stride+x] = v
		}
	}
}

// setSizes decides, as libjpeg does, at what size the blocks of each component are written: the luma's at 8/denominator,
// those of a subsampled component at twice that as often as it makes up for the subsampling.
func (d *decoder) setSizes(denominator int) {
	least := 8 / denominator
	for i := range d.comps {
		c := &d.comps[i]
		c.size = least
		for c.size < 8 && d.hMax*least%(c.h*c.size*2) == 0 && d.vMax*least%(c.v*c.size*2) == 0 {
			c.size *= 2
		}
		c.idct = fastestIDCT(c.size)
	}
	d.outWidth = (d.width + denominator - 1) / denominator
	d.outHeight = (d.height + denominator - 1) / denominator
}

// widen repeats the samples of a chroma plane to the width and height of the luma. libjpeg has no smoother upsampling
// where blocks are single samples, and whoever sees an image.YCbCr cannot know that.
func (c *component) widen(y *component) {
	width, height := y.size*y.blocksX, y.size*y.blocksY
	own := c.size * c.blocksX
	h, v := width/own, height/(c.size*c.blocksY)
	plane := make([]byte, width*height)
	for row := range height {
		for x := range width {
			plane[row*width+x] = c.plane[row/v*own+x/h]
		}
	}
	c.plane, c.size, c.blocksX, c.blocksY = plane, y.size, y.blocksX, y.blocksY
}
