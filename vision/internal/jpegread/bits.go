package jpegread

import "encoding/binary"

// bitReader reads entropy-coded data. Bits sit at the top of acc. Where data ends or a marker begins, zeros follow, and
// padding counts them: who has read more than there was is found out by overrun.
type bitReader struct {
	data    []byte
	pos     int
	acc     uint64
	n       int
	padding int
}

// refill makes at least 32 bits available.
func (b *bitReader) refill() {
	if b.n >= 32 {
		return
	}
	if b.pos+4 <= len(b.data) {
		v := binary.BigEndian.Uint32(b.data[b.pos:])
		if hasNoFF(v) {
			b.acc |= uint64(v) << (32 - b.n)
			b.n += 32
			b.pos += 4
			return
		}
	}
	b.refillSlowly()
}

// hasNoFF says that none of the four bytes is 0xff.
func hasNoFF(v uint32) bool {
	v = ^v
	return (v-0x01010101)&^v&0x80808080 == 0
}

// refillSlowly goes byte by byte and looks for stuffed zeros and markers.
func (b *bitReader) refillSlowly() {
	for b.n <= 56 {
		if b.pos >= len(b.data) {
			b.pad()
			return
		}
		v := b.data[b.pos]
		if v == 0xff {
			if b.pos+1 >= len(b.data) || b.data[b.pos+1] != 0 {
				b.pad()
				return
			}
			b.pos++
		}
		b.pos++
		b.acc |= uint64(v) << (56 - b.n)
		b.n += 8
	}
}

func (b *bitReader) pad() {
	b.padding += 64 - b.n
	b.n = 64
}

// overrun says that bits have been read that were not there.
func (b *bitReader) overrun() bool { return b.n < b.padding }

// reset forgets the remaining bits and goes on at pos.
func (b *bitReader) reset(pos int) { b.pos, b.acc, b.n, b.padding = pos, 0, 0, 0 }

// take returns the next k bits, at most 16, of which refill must have made enough available.
func (b *bitReader) take(k int) uint32 {
	v := uint32(b.acc >> (64 - k) & (1<<k - 1))
	b.acc <<= k
	b.n -= k
	return v
}

// bit returns the next bit.
func (b *bitReader) bit() bool {
	if b.n < 1 {
		b.refill()
	}
	v := b.acc>>63 != 0
	b.acc <<= 1
	b.n--
	return v
}

// symbol decodes the next symbol; refill must have come before. Bits that are no code give 0, and an overrun sooner or
// later.
func (b *bitReader) symbol(h *huffman) uint8 {
	if entry := h.look[b.acc>>(64-lookBits)]; entry != 0 {
		n := int(entry & 255)
		b.acc <<= n
		b.n -= n
		return uint8(entry >> 8)
	}
	return b.longSymbol(h)
}

func (b *bitReader) longSymbol(h *huffman) uint8 {
	top := uint32(b.acc >> 48)
	for n := lookBits + 1; n <= 16; n++ {
		if top < h.limit[n] {
			index := int32(top>>(16-n)) + h.offset[n]
			b.acc <<= n
			b.n -= n
			return h.values[index&255]
		}
	}
	b.padding = 1 << 20 // no such code: the scan is damaged
	return 0
}
