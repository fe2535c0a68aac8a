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
	if b.n < 32 {
		b.acc, b.n = b.refilled(b.acc, b.n)
	}
}

// refilled adds at least 32 bits to the n < 32 bits of acc, and returns both. It leaves b.acc and b.n alone, so that a loop
// may have them in registers. Behind the bits that count, acc may hold the first ones of the next byte: they come again.
func (b *bitReader) refilled(acc uint64, n int) (uint64, int) {
	if p := b.data[b.pos:]; len(p) >= 8 {
		if v := binary.BigEndian.Uint64(p); hasNoFF(v) {
			b.pos += (63 - n) >> 3
			return acc | v>>(n&63), n | 56
		}
	}
	return b.refilledSlowly(acc, n)
}

// hasNoFF says that none of the eight bytes is 0xff.
func hasNoFF(v uint64) bool {
	return (^v-0x0101010101010101)&v&0x8080808080808080 == 0
}

// refilledSlowly goes byte by byte and looks for stuffed zeros and markers.
func (b *bitReader) refilledSlowly(acc uint64, n int) (uint64, int) {
	for n <= 56 {
		end := b.pos >= len(b.data)
		if !end && b.data[b.pos] == 0xff {
			end = b.pos+1 >= len(b.data) || b.data[b.pos+1] != 0
		}
		if end {
			b.padding += 64 - n
			return acc, 64
		}
		v := b.data[b.pos]
		b.pos++
		if v == 0xff {
			b.pos++
		}
		acc |= uint64(v) << (56 - n)
		n += 8
	}
	return acc, n
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
	symbol, n := h.long(b.acc)
	if n == 0 {
		b.padding = 1 << 20 // no such code: the scan is damaged
	}
	b.acc <<= n
	b.n -= n
	return symbol
}
