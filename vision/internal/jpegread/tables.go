package jpegread

// zigzag maps the order of coefficients in a file to rows of a block. It has room for indices beyond 63, which damaged
// files ask for.
var zigzag = [128]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
}

// lookBits is how many bits a table look-up decides.
const lookBits = 9

// huffman is a code with two look-up tables and the canonical limits for what they do not hold.
type huffman struct {
	// look holds, for each beginning of lookBits bits, symbol<<8 | length; 0 if the code is longer.
	look [1 << lookBits]uint16
	// fast holds, for each beginning of fastBits bits, what the code and the value behind it mean together.
	fast [1 << fastBits]coefficient
	// limit[n] is one more than the largest code of n bits, moved up to 16 bits; a code is shorter than or of n bits if it
	// is below.
	limit  [18]uint32
	offset [17]int32 // index of the first symbol of n bits minus its code
	values [256]uint8
}

// defineHuffman reads one or more tables.
func (d *decoder) defineHuffman(s []byte) error {
	for len(s) > 0 {
		if len(s) < 17 {
			return ErrFormat
		}
		class, slot := s[0]>>4, s[0]&15
		total := 0
		for _, n := range s[1:17] {
			total += int(n)
		}
		if class > 1 || slot > 3 || total < 1 || total > 256 || len(s) < 17+total {
			return ErrFormat
		}
		h, ok := newHuffman(s[1:17], s[17:17+total], class == 1)
		if !ok {
			return ErrFormat
		}
		if class == 0 {
			d.dc[slot] = h
		} else {
			d.ac[slot] = h
		}
		s = s[17+total:]
	}
	return nil
}

// newHuffman builds the tables of the canonical code with counts[i] codes of i+1 bits (T.81, annex C).
func newHuffman(counts, values []byte, ac bool) (*huffman, bool) {
	h := new(huffman)
	copy(h.values[:], values)
	code, index := uint32(0), int32(0)
	for n := 1; n <= 16; n++ {
		h.offset[n] = index - int32(code)
		for range counts[n-1] {
			if code >= 1<<n {
				return nil, false // more codes than there is room for
			}
			if n <= lookBits {
				first := code << (lookBits - n)
				for i := range uint32(1) << (lookBits - n) {
					h.look[first+i] = uint16(values[index])<<8 | uint16(n)
				}
			}
			if n <= fastBits {
				h.fillFast(code, n, values[index], ac)
			}
			code++
			index++
		}
		h.limit[n] = code << (16 - n)
		code <<= 1
	}
	h.limit[17] = 1 << 31
	return h, true
}

// long decodes the code at the top of acc without the tables. Bits that are no code give 0 bits.
func (h *huffman) long(acc uint64) (symbol uint8, bits int) {
	top := uint32(acc >> 48)
	for n := 1; n <= 16; n++ {
		if top < h.limit[n] {
			return h.values[uint8(int32(top>>(16-n))+h.offset[n])], n
		}
	}
	return 0, 0
}

// extend makes a signed number of size magnitude bits (T.81, figure F.12).
func extend(bits uint32, size int) int32 {
	if size == 0 {
		return 0
	}
	v := int32(bits)
	if v < 1<<(size-1) {
		v += -1<<size + 1
	}
	return v
}

// defineQuant reads one or more quantisation tables.
func (d *decoder) defineQuant(s []byte) error {
	for len(s) > 0 {
		precision, slot := s[0]>>4, s[0]&15
		size := 64 * (1 + int(precision))
		if precision > 1 || slot > 3 || len(s) < 1+size {
			return ErrFormat
		}
		for i := range 64 {
			v := int32(s[1+i])
			if precision == 1 {
				v = int32(s[1+2*i])<<8 | int32(s[2+2*i])
			}
			d.quant[slot][zigzag[i]] = v
		}
		d.quantSeen[slot] = true
		s = s[1+size:]
	}
	return nil
}
