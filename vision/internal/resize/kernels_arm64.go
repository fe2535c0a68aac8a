//go:build !purego

package resize

import "encoding/binary"

// native returns the NEON kernels: every CPU of this architecture runs them. They were tested under emulation only, and
// never timed.
func native() []*kernels {
	return []*kernels{{
		name:       "neon",
		prepare:    prepareNEON,
		horizontal: horizontalRowsNEON,
		vertical:   verticalRowNEON,
	}}
}

const (
	blockTaps  = 8             // taps that horizontalNEON takes at once
	blockBytes = 4 * blockTaps // of their weights
)

// prepareNEON fills the horizontal weights up to whole blocks with zeros.
func prepareNEON(r *Resizer) {
	h := &r.H
	blocks := (h.taps + blockTaps - 1) / blockTaps
	r.hWeights = grow(r.hWeights, h.Len()*blocks*blockBytes)
	clear(r.hWeights)
	for x := range h.Len() {
		row := r.hWeights[x*blocks*blockBytes:]
		for k, w := range h.weights[x*h.taps : (x+1)*h.taps] {
			binary.LittleEndian.PutUint32(row[4*k:], uint32(w))
		}
	}
}

func horizontalRowsNEON(r *Resizer, a, b []byte) {
	n := r.H.Len()
	blocks := (r.H.taps + blockTaps - 1) / blockTaps
	// The furthest window starts at the last tap less than a window before the end; see Resizer.inStride.
	if len(a) <= 3*n || len(b) <= 3*n || len(r.in) < 6*r.inStride || len(r.hWeights) < n*blocks*blockBytes ||
		r.H.hi-r.H.lo-r.H.taps+blocks*blockTaps > r.inStride {
		panic("resize: short buffer")
	}
	horizontalNEON(&a[0], &b[0], &r.in[0], r.inStride, &r.H.first[0], r.H.lo, &r.hWeights[0], blocks, n)
}

func verticalRowNEON(r *Resizer, out, window []byte, i int) {
	taps, n := r.V.taps, len(out)
	if n == 0 || n%align != 0 || len(window) < taps*n {
		panic("resize: short buffer")
	}
	verticalNEON(&out[0], &window[0], &r.V.weights[i*taps : (i+1)*taps][0], taps, n)
}
