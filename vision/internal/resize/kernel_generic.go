package resize

import "encoding/binary"

// The generic kernels do two multiplications in one: two 8-bit samples sit in the halves of a 64-bit word, and
//
//	(a + b·2³²) · w = a·w + b·w·2³²
//
// Sums of either half stay within int32 (255 · Σ|w| · 2²² < 2³¹), so the low half reads back as int32 and the high
// half after taking the low one away. The result is what two separate int32 sums give.

const halves = half | half<<32 // ½ in both halves

// pack puts the samples of a into the low and those of b into the high halves of dst.
func pack(dst []uint64, a, b []byte) {
	for len(dst) >= 4 && len(a) >= 4 && len(b) >= 4 {
		p, q := binary.LittleEndian.Uint32(a), binary.LittleEndian.Uint32(b)
		dst[0] = uint64(p&0xff) | uint64(q&0xff)<<32
		dst[1] = uint64(p>>8&0xff) | uint64(q>>8&0xff)<<32
		dst[2] = uint64(p>>16&0xff) | uint64(q>>16&0xff)<<32
		dst[3] = uint64(p>>24) | uint64(q>>24)<<32
		dst, a, b = dst[4:], a[4:], b[4:]
	}
	for i := range dst {
		dst[i] = uint64(a[i]) | uint64(b[i])<<32
	}
}

// unpack rounds a word of two sums to two samples.
func unpack(sum uint64) (low, high uint8) {
	l := int32(sum)
	h := int32((sum - uint64(int64(l))) >> 32)
	return clamp(l >> precision), clamp(h >> precision)
}

func clamp(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	return uint8(^(v >> 31)) // below: 0, above: 255
}

// horizontalRows resizes two packed RGB rows into a and b:
//
//	for each output x and channel c: out[3x+c] = clamp((½ + Σₖ w[x][k] · in[3(first[x]+k)+c]) >> 22)
func horizontalRows(a, b []byte, in []uint64, axis *Axis) {
	taps := axis.taps
	for x, first := range axis.first {
		window := in[3*(int(first)-axis.lo):]
		s0, s1, s2 := dotRGB(window[:3*taps], axis.weights[x*taps:(x+1)*taps])
		p, q := a[3*x:3*x+3], b[3*x:3*x+3]
		p[0], q[0] = unpack(s0)
		p[1], q[1] = unpack(s1)
		p[2], q[2] = unpack(s2)
	}
}

// dotRGB sums weights times packed pixels, starting at ½. Four taps a round halve the cost of the loop itself.
func dotRGB(window []uint64, weights []int32) (s0, s1, s2 uint64) {
	s0, s1, s2 = halves, halves, halves
	for len(weights) >= 4 && len(window) >= 12 {
		w0, w1 := uint64(int64(weights[0])), uint64(int64(weights[1]))
		w2, w3 := uint64(int64(weights[2])), uint64(int64(weights[3]))
		s0 += window[0]*w0 + window[3]*w1 + window[6]*w2 + window[9]*w3
		s1 += window[1]*w0 + window[4]*w1 + window[7]*w2 + window[10]*w3
		s2 += window[2]*w0 + window[5]*w1 + window[8]*w2 + window[11]*w3
		window, weights = window[12:], weights[4:]
	}
	for len(weights) >= 1 && len(window) >= 3 {
		w := uint64(int64(weights[0]))
		s0 += window[0] * w
		s1 += window[1] * w
		s2 += window[2] * w
		window, weights = window[3:], weights[1:]
	}
	return s0, s1, s2
}

// verticalRow computes one output row from rows of stride bytes, one for each weight:
//
//	out[i] = clamp((½ + Σₖ w[k] · rows[k·stride+i]) >> 22)
//
// Eight samples are loaded at once and spread over four words. Up to seven bytes beyond the last row are read.
func verticalRow(out, rows []byte, stride int, weights []int32) {
	i := 0
	for ; i+8 <= len(out); i += 8 {
		binary.LittleEndian.PutUint64(out[i:], eightColumns(rows[i:], stride, weights))
	}
	if i < len(out) {
		var block [8]byte
		binary.LittleEndian.PutUint64(block[:], eightColumns(rows[i:], stride, weights))
		copy(out[i:], block[:])
	}
}

// eightColumns is verticalRow for eight samples, the first in the lowest byte.
func eightColumns(rows []byte, stride int, weights []int32) uint64 {
	const mask = 0xff | 0xff<<32
	var s0, s1, s2, s3 uint64 = halves, halves, halves, halves
	at := 0
	for _, weight := range weights {
		w := uint64(int64(weight))
		v := binary.LittleEndian.Uint64(rows[at:])
		s0 += (v & mask) * w
		s1 += (v >> 8 & mask) * w
		s2 += (v >> 16 & mask) * w
		s3 += (v >> 24 & mask) * w
		at += stride
	}
	b0, b4 := unpack(s0)
	b1, b5 := unpack(s1)
	b2, b6 := unpack(s2)
	b3, b7 := unpack(s3)
	return uint64(b0) | uint64(b1)<<8 | uint64(b2)<<16 | uint64(b3)<<24 |
		uint64(b4)<<32 | uint64(b5)<<40 | uint64(b6)<<48 | uint64(b7)<<56
}
