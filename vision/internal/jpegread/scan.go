package jpegread

// scanHeader is what a scan says about itself.
type scanHeader struct {
	comps      []*component
	start, end int // spectral selection
	high, low  int // successive approximation
}

// scan reads a scan header and the data behind it.
func (d *decoder) scan(s []byte) error {
	if !d.frame || len(s) < 1 {
		return ErrFormat
	}
	n := int(s[0])
	if n < 1 || n > len(d.comps) || len(s) != 4+2*n {
		return ErrFormat
	}
	var h scanHeader
	for i := range n {
		c := d.component(s[1+2*i])
		if c == nil {
			return ErrFormat
		}
		for _, o := range h.comps {
			if o == c {
				return ErrFormat
			}
		}
		if s[2+2*i]>>4 > 3 || s[2+2*i]&15 > 3 {
			return ErrFormat
		}
		c.dc, c.ac = d.dc[s[2+2*i]>>4], d.ac[s[2+2*i]&15]
		c.dcPred = 0
		h.comps = append(h.comps, c)
	}
	h.start, h.end, h.high, h.low = 0, 63, 0, 0
	if d.progressive {
		h.start, h.end = int(s[1+2*n]), int(s[2+2*n])
		h.high, h.low = int(s[3+2*n]>>4), int(s[3+2*n]&15)
	}
	if !h.valid(d.progressive) {
		return ErrFormat
	}
	for _, c := range h.comps {
		if err := d.prepare(c); err != nil {
			return err
		}
	}
	d.bits = bitReader{data: d.data}
	d.bits.reset(d.pos)
	d.eobRun = 0
	d.scanned = true
	if err := d.mcus(&h); err != nil {
		return err
	}
	d.pos = d.bits.pos // markers are never consumed as bits
	return nil
}

// valid checks a scan's parameters and that its tables exist.
func (h *scanHeader) valid(progressive bool) bool {
	if h.start > h.end || h.end > 63 || progressive && h.start == 0 && h.end != 0 || h.low > 13 {
		return false
	}
	if h.start > 0 && len(h.comps) > 1 || h.high != 0 && h.high != h.low+1 {
		return false
	}
	for _, c := range h.comps {
		if h.start == 0 && h.high == 0 && c.dc == nil || h.end > 0 && c.ac == nil {
			return false
		}
	}
	return true
}

func (d *decoder) component(id byte) *component {
	for i := range d.comps {
		if d.comps[i].id == id {
			return &d.comps[i]
		}
	}
	return nil
}

// prepare allocates what a component needs when its first scan comes.
func (d *decoder) prepare(c *component) error {
	if c.seen {
		return nil
	}
	c.seen = true
	if d.progressive {
		c.coeffs = make([]int16, 64*c.blocksX*c.blocksY)
		return nil
	}
	if !d.quantSeen[c.quant] {
		return ErrFormat
	}
	c.plane = c.newPlane()
	return nil
}

// mcus walks the MCUs of a scan. A scan of one component has blocks instead, and none of those that only fill an MCU up.
func (d *decoder) mcus(h *scanHeader) error {
	across, down := d.mcusX, d.mcusY
	single := len(h.comps) == 1
	if single {
		across, down = h.comps[0].ownX, h.comps[0].ownY
	}
	left := d.restart
	for my := range down {
		if err := d.check(); err != nil {
			return err
		}
		for mx := range across {
			if d.restart > 0 && left == 0 {
				if err := d.restartScan(h); err != nil {
					return err
				}
				left = d.restart
			}
			left--
			if single {
				d.decodeBlock(h, h.comps[0], mx, my)
				continue
			}
			for _, c := range h.comps {
				for v := range c.v {
					for u := range c.h {
						d.decodeBlock(h, c, mx*c.h+u, my*c.v+v)
					}
				}
			}
		}
		if d.bits.overrun() {
			return ErrFormat
		}
	}
	return nil
}

// restartScan expects a restart marker and forgets what came before it.
func (d *decoder) restartScan(h *scanHeader) error {
	if d.bits.overrun() {
		return ErrFormat
	}
	d.pos = d.bits.pos
	marker, ok := d.nextMarker()
	if !ok || marker < markerRST0 || marker > markerRST7 {
		return ErrFormat
	}
	d.bits.reset(d.pos)
	d.eobRun = 0
	for _, c := range h.comps {
		c.dcPred = 0
	}
	return nil
}

// decodeBlock decodes one block of a scan.
func (d *decoder) decodeBlock(h *scanHeader, c *component, bx, by int) {
	if !d.progressive {
		last := d.sequential(c)
		d.transform(c, bx, by, &d.block, last)
		return
	}
	at := 64 * (by*c.blocksX + bx)
	b := (*[64]int16)(c.coeffs[at : at+64])
	switch {
	case h.start == 0 && h.high == 0:
		d.dcFirst(c, b, h.low)
	case h.start == 0:
		if d.bits.bit() {
			b[0] |= 1 << h.low
		}
	case h.high == 0:
		d.acFirst(c, b, h)
	default:
		d.acRefine(c, b, h)
	}
}
