package jpegread

import "image"

// newPlane makes room for the samples of a component.
func (c *component) newPlane() []byte { return make([]byte, c.size*c.size*c.blocksX*c.blocksY) }

// image wraps the planes. Components that no scan had stay grey.
func (d *decoder) image() image.Image {
	for i := range d.comps {
		if c := &d.comps[i]; c.plane == nil {
			c.plane = c.newPlane()
			for k := range c.plane {
				c.plane[k] = 128
			}
		}
	}
	y := &d.comps[0]
	bounds := image.Rect(0, 0, d.outWidth, d.outHeight)
	switch len(d.comps) {
	case 1:
		return &image.Gray{Pix: y.plane, Stride: y.size * y.blocksX, Rect: bounds}
	case 4:
		return d.cmyk(bounds)
	}
	cb, cr := &d.comps[1], &d.comps[2]
	h, v := y.h*y.size/(cb.h*cb.size), y.v*y.size/(cb.v*cb.size)
	if y.size == 1 && h*v == 2 {
		cb.widen(y)
		cr.widen(y)
		h, v = 1, 1
	}
	ratio, _ := ratio(h, v)
	return &image.YCbCr{
		Y: y.plane, Cb: cb.plane, Cr: cr.plane,
		YStride: y.size * y.blocksX, CStride: cb.size * cb.blocksX,
		SubsampleRatio: ratio, Rect: bounds,
	}
}

// cmyk interleaves four planes. Adobe writes paper where CMYK has ink.
func (d *decoder) cmyk(bounds image.Rectangle) *image.CMYK {
	m := image.NewCMYK(bounds)
	for i := range d.comps {
		c := &d.comps[i]
		for y := range d.outHeight {
			row := m.Pix[y*m.Stride+i:]
			for x, v := range c.plane[c.size*c.blocksX*y:][:d.outWidth] {
				row[4*x] = 255 - v
			}
		}
	}
	return m
}
