//go:build !purego

package resize

import (
	"encoding/binary"

	"golang.org/x/sys/cpu"
)

// native is the one place that asks what the CPU can do.
func native() []*kernels {
	if !cpu.X86.HasAVX2 {
		return nil
	}
	return []*kernels{{
		name:       "avx2",
		prepare:    prepareAVX2,
		horizontal: horizontalRowsAVX2,
		vertical:   verticalRowAVX2,
	}}
}

const (
	blockTaps  = 32            // taps that horizontalAVX2 takes at once
	blockBytes = 3 * blockTaps // of their weights
	pairBytes  = 8             // of the weights of two rows
)

// prepareAVX2 splits weights as gen/resize.go explains.
func prepareAVX2(r *Resizer) {
	h := &r.H
	blocks := (h.taps + blockTaps - 1) / blockTaps
	r.hWeights = grow(r.hWeights, h.Len()*blocks*blockBytes)
	clear(r.hWeights)
	for x := range h.Len() {
		row := r.hWeights[x*blocks*blockBytes:]
		for k, w := range h.weights[x*h.taps : (x+1)*h.taps] {
			block, i := row[k/blockTaps*blockBytes:], k%blockTaps
			hi, lo := split(w)
			block[i] = hi
			binary.LittleEndian.PutUint16(block[blockTaps*(1+i%2)+i&^1:], lo)
		}
	}

	v := &r.V
	pairs := (v.taps + 1) / 2
	r.vWeights = grow(r.vWeights, v.Len()*pairs*pairBytes)
	clear(r.vWeights)
	for y := range v.Len() {
		row := r.vWeights[y*pairs*pairBytes:]
		for k, w := range v.weights[y*v.taps : (y+1)*v.taps] {
			pair, i := row[k/2*pairBytes:], k%2
			hi, lo := split(w)
			pair[i], pair[2+i] = hi, hi
			binary.LittleEndian.PutUint16(pair[4+2*i:], lo)
		}
	}
}

// split returns hi and lo, to be read as signed, with w = hi·2¹⁶ + lo.
func split(w int32) (hi uint8, lo uint16) {
	low := int16(w)
	return uint8((w - int32(low)) >> 16), uint16(low)
}

func horizontalRowsAVX2(r *Resizer, a, b []byte) {
	n := r.H.Len()
	blocks := (r.H.taps + blockTaps - 1) / blockTaps
	// The furthest window starts at the last tap less than a window before the end; see Resizer.inStride.
	if len(a) <= 3*n || len(b) <= 3*n || len(r.in) < 6*r.inStride || len(r.hWeights) < n*blocks*blockBytes ||
		r.H.hi-r.H.lo-r.H.taps+blocks*blockTaps > r.inStride {
		panic("resize: short buffer")
	}
	horizontalAVX2(&a[0], &b[0], &r.in[0], r.inStride, &r.H.first[0], r.H.lo, &r.hWeights[0], blocks, n)
}

func verticalRowAVX2(r *Resizer, out, window []byte, i int) {
	pairs, n := (r.V.taps+1)/2, len(out)
	if n == 0 || n%align != 0 || len(window) < 2*pairs*n {
		panic("resize: short buffer")
	}
	verticalAVX2(&out[0], &window[0], n, &r.vWeights[i*pairs*pairBytes], pairs, n)
}
