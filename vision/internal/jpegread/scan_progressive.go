package jpegread

// dcFirst reads the first, rough value of a block's mean.
func (d *decoder) dcFirst(c *component, block *[64]int16, low int) {
	b := &d.bits
	b.refill()
	size := int(b.symbol(c.dc) & 15)
	c.dcPred += extend(b.take(size), size)
	block[0] = int16(c.dcPred << low)
}

// acFirst reads the first values of a band of coefficients (T.81, figure G.3).
func (d *decoder) acFirst(c *component, block *[64]int16, h *scanHeader) {
	if d.eobRun > 0 {
		d.eobRun--
		return
	}
	b := &d.bits
	for k := h.start; k <= h.end; {
		b.refill()
		symbol := b.symbol(c.ac)
		run, size := int(symbol>>4), int(symbol&15)
		if size == 0 {
			if run < 15 {
				d.eobRun = 1<<run - 1 + int(b.take(run))
				return
			}
			k += 16
			continue
		}
		k += run
		if k > h.end {
			b.padding = 1 << 20 // beyond the band: the scan is damaged
			return
		}
		block[zigzag[k]] = int16(extend(b.take(size), size) << h.low)
		k++
	}
}

// acRefine adds one bit of precision to a band: a bit for every coefficient that is not zero already, and new ones of ±1
// in between (T.81, figure G.7).
func (d *decoder) acRefine(c *component, block *[64]int16, h *scanHeader) {
	b := &d.bits
	one := int16(1) << h.low
	k := h.start
	if d.eobRun == 0 {
		for k <= h.end {
			b.refill()
			symbol := b.symbol(c.ac)
			run, size := int(symbol>>4), int(symbol&15)
			var fresh int16
			switch {
			case size == 1:
				fresh = -one
				if b.take(1) == 1 {
					fresh = one
				}
			case size != 0:
				b.padding = 1 << 20 // no other size is allowed
				return
			case run < 15:
				d.eobRun = 1<<run + int(b.take(run))
			}
			if d.eobRun > 0 {
				break
			}
			// Step over run zeros; coefficients on the way are refined.
			for k <= h.end {
				p := &block[zigzag[k]]
				if *p != 0 {
					d.refine(p, one)
				} else {
					if run == 0 {
						if fresh != 0 {
							*p = fresh
						}
						k++
						break
					}
					run--
				}
				k++
			}
		}
	}
	if d.eobRun > 0 {
		d.eobRun--
		for ; k <= h.end; k++ {
			if p := &block[zigzag[k]]; *p != 0 {
				d.refine(p, one)
			}
		}
	}
}

// refine reads one more bit of a coefficient that is not zero.
func (d *decoder) refine(p *int16, one int16) {
	if d.bits.bit() && *p&one == 0 {
		if *p > 0 {
			*p += one
		} else {
			*p -= one
		}
	}
}

// reconstruct transforms all blocks of a progressive file.
func (d *decoder) reconstruct() error {
	for i := range d.comps {
		c := &d.comps[i]
		if !c.seen {
			continue
		}
		if !d.quantSeen[c.quant] {
			return ErrFormat
		}
		c.plane = c.newPlane()
		for by := range c.blocksY {
			if err := d.check(); err != nil {
				return err
			}
			for bx := range c.blocksX {
				at := 64 * (by*c.blocksX + bx)
				d.transform(c, bx, by, (*[64]int16)(c.coeffs[at:at+64]), 63)
			}
		}
		c.coeffs = nil
	}
	return nil
}
