package jpegread

// fastBits is how many bits decide a code together with the value behind it.
const fastBits = 10

// endOfBlock is the skip of the code that ends a block: beyond every place that a damaged file can reach.
const endOfBlock = 100

// coefficient is a Huffman code of a sequential scan together with the value that follows it. The zero value is a code
// of more than fastBits bits, or none.
//
//	bits 0–5    how many bits code and value take
//	bits 8–14   how many places further the block goes on: the run of zeros and the coefficient itself, or endOfBlock
//	bit  15     the value's bits are not in the table
//	bits 16–31  the value; if it is not in the table, how many of the bits are its own
type coefficient uint32

const valueFollows coefficient = 1 << 15

// makeCoefficient packs what a code of length bits means. rest holds the bits behind it, known of them in number.
func makeCoefficient(symbol uint8, ac bool, length int, rest uint32, known int) coefficient {
	size, skip := int(symbol&15), 1
	if ac {
		skip += int(symbol >> 4)
		if size == 0 && symbol != 0xf0 {
			skip = endOfBlock
		}
	}
	c := coefficient(length+size) | coefficient(skip)<<8
	if size > known {
		return c | valueFollows | coefficient(size)<<16
	}
	v := extend(rest>>(known-size), size)
	return c | coefficient(uint16(v))<<16
}

// fillFast writes the entries that begin with a code of n bits.
func (h *huffman) fillFast(code uint32, n int, symbol uint8, ac bool) {
	known := fastBits - n
	for rest := range uint32(1) << known {
		h.fast[code<<known|rest] = makeCoefficient(symbol, ac, n, rest, known)
	}
}

func (c coefficient) bits() int { return int(c & 63) }
func (c coefficient) skip() int { return int(c >> 8 & 127) }

// value returns the value, which is among the bits at the top of acc if the table does not have it.
func (c coefficient) value(acc uint64) int32 {
	if c&valueFollows == 0 {
		return int32(c) >> 16
	}
	size := int(c >> 16 & 15)
	return extend(uint32(acc<<((c.bits()-size)&63)>>((64-size)&63)), size)
}

// longCoefficient decodes a code that the table does not have. The bits of acc are left alone.
func (h *huffman) longCoefficient(b *bitReader, acc uint64, ac bool) coefficient {
	symbol, n := h.long(acc)
	if n == 0 {
		b.padding = 1 << 20 // no such code: the scan is damaged
	}
	return makeCoefficient(symbol, ac, n, 0, 0)
}

// sequential decodes the next block of a baseline or extended file into d.block and returns the last place, in zigzag order,
// that may hold anything but zero. It is where most of the time goes: the bits live in registers.
func (d *decoder) sequential(c *component) (last int) {
	block, b := &d.block, &d.bits
	*block = [64]int16{}
	acc, n := b.acc, b.n
	if n < 32 {
		acc, n = b.refilled(acc, n)
	}
	e := c.dc.fast[acc>>(64-fastBits)]
	if e == 0 {
		e = c.dc.longCoefficient(b, acc, false)
	}
	c.dcPred += e.value(acc)
	block[0] = int16(c.dcPred)
	acc <<= e.bits()
	n -= e.bits()

	ac := c.ac
	k := 1
	for k < 64 {
		if n < 32 {
			acc, n = b.refilled(acc, n)
		}
		e := ac.fast[acc>>(64-fastBits)]
		if e == 0 {
			e = ac.longCoefficient(b, acc, true)
		}
		v := e.value(acc)
		acc <<= e.bits()
		n -= e.bits()
		next := uint(k + e.skip())
		if next >= endOfBlock {
			break
		}
		k = int(next)
		block[zigzag[next-1]&63] = int16(v)
	}
	b.acc, b.n = acc, n
	return min(k-1, 63)
}
