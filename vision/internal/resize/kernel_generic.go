package resize

import "encoding/binary"

// The generic kernels do two multiplications in one: two 8-bit samples sit in the halves of a 64-bit word, and
//
//	(a + b·2³²) · w = a·w + b·w·2³²
//
// Sums of either half stay within int32 (255 · Σ|w| · 2²² < 2³¹), so the low half reads back as int32 and the high
// half after taking the low one away. The result is what two separate int32 sums give.

const halves = half | half<<32 // ½ in both halves

// pack puts the first row of r.in into the low and the second into the high halves of r.packed, three words a pixel.
func (r *Resizer) pack() {
	red, green, blue := r.plane(0), r.plane(1), r.plane(2)
	red2, green2, blue2 := r.plane(3)[:len(red)], r.plane(4)[:len(red)], r.plane(5)[:len(red)]
	green, blue = green[:len(red)], blue[:len(red)]
	r.packed = grow(r.packed, 3*len(red))
	dst := r.packed
	for i := range red {
		if len(dst) < 3 {
			return
		}
		dst[0] = uint64(red[i]) | uint64(red2[i])<<32
		dst[1] = uint64(green[i]) | uint64(green2[i])<<32
		dst[2] = uint64(blue[i]) | uint64(blue2[i])<<32
		dst = dst[3:]
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

// horizontalGeneric is the horizontal pass for both rows:
//
//	for each output x and channel c: out[3x+c] = clamp((½ + Σₖ w[x][k] · in[c][first[x]+k]) >> 22)
func horizontalGeneric(r *Resizer, a, b []byte) {
	r.pack()
	taps := r.H.taps
	for x, first := range r.H.first {
		window := r.packed[3*(int(first)-r.H.lo):]
		s0, s1, s2 := dotRGB(window[:3*taps], r.H.weights[x*taps:(x+1)*taps])
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

// verticalGeneric is the vertical pass:
//
//	out[x] = clamp((½ + Σₖ w[k] · window[k·len(out)+x]) >> 22)
//
// Eight samples are loaded at once and spread over four words.
func verticalGeneric(r *Resizer, out, window []byte, i int) {
	weights := r.V.weights[i*r.V.taps : (i+1)*r.V.taps]
	for x := 0; x < len(out); x += 8 {
		binary.LittleEndian.PutUint64(out[x:], eightColumns(window[x:], len(out), weights))
	}
}

// eightColumns is verticalGeneric for eight samples, the first in the lowest byte.
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
