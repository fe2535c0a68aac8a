package synth

import "math"

// weighting is the K filter of ITU-R BS.1770: how loud the ear takes a sound to be.
type weighting struct{ shelf, cut biquad }

// newWeighting designs the filter for 44.1 kHz from the analogue prototype, as in De Man's "Evaluation of
// implementations of the EBU R128 loudness measurement" (2018).
func newWeighting() weighting {
	k := tanTurn(1681.974450955533 / (2 * Rate))
	vh := decibels(3.999843853973347)
	vb := exp2(math.Log2E * math.Ln10 * 3.999843853973347 / 20 * .4996667741545416)
	const q1, q2 = 0.7071752369554196, 0.5003270373238773
	square := mul(k, k)
	norm := 1 / (1 + k/q1 + square)
	side := mul(vb, k) / q1
	shelf := biquad{
		b0: (vh + side + square) * norm, b1: 2 * (square - vh) * norm, b2: (vh - side + square) * norm,
		a1: 2 * (square - 1) * norm, a2: (1 - k/q1 + square) * norm,
	}
	k = tanTurn(38.13547087602444 / (2 * Rate))
	square = mul(k, k)
	norm = 1 / (1 + k/q2 + square)
	cut := biquad{b0: 1, b1: -2, b2: 1, a1: 2 * (square - 1) * norm, a2: (1 - k/q2 + square) * norm}
	return weighting{shelf, cut}
}

// power is the mean weighted power of both sides, over those tenths of a second that lie within gate decibels of the
// loudest, so that pauses do not make a part quiet. It is 0 for silence. A rough measure looks only at the middle
// between the sides, which is half the work and enough to compare channels.
func (s Stereo) power(gate float64, rough bool) float64 {
	const block = Rate / 10
	left, right := newWeighting(), newWeighting()
	blocks := make([]float64, len(s.L)/block+1)
	var buffer [block]float64
	for b := range blocks {
		end := min(len(s.L), (b+1)*block)
		l, r := s.L[b*block:end], s.R[b*block:end]
		if rough {
			for i, x := range l {
				buffer[i] = x + r[i]
			}
			blocks[b] = left.energy(buffer[:len(l)]) / 2
			continue
		}
		blocks[b] = left.energy(l) + right.energy(r)
	}
	return gated(blocks, gate) / block
}

// energy is the sum of the weighted squares of a block. Both filters run in one loop, so that their chains overlap.
func (w *weighting) energy(block []float64) (sum float64) {
	f, g := w.shelf, w.cut
	f1, f2, g1, g2 := f.s1, f.s2, g.s1, g.s2
	for _, x := range block {
		y := float64(f.b0*x) + f1
		f1 = float64(f.b1*x) - float64(f.a1*y) + f2
		f2 = float64(f.b2*x) - float64(f.a2*y)
		z := y + g1
		g1 = g2 - y - y - float64(g.a1*z)
		g2 = y - float64(g.a2*z)
		sum += float64(z * z)
	}
	w.shelf.s1, w.shelf.s2, w.cut.s1, w.cut.s2 = f1, f2, g1, g2
	return sum
}

// gated is the mean of the values that lie within gate decibels of the largest.
func gated(values []float64, gate float64) float64 {
	var loudest, sum float64
	for _, v := range values {
		loudest = max(loudest, v)
	}
	threshold := loudest * exp2(-gate*.33219280948873623) // log2(10)/10
	n := 0
	for _, v := range values {
		if v > 0 && v >= threshold {
			sum += v
			n++
		}
	}
	return sum / float64(max(1, n))
}

// scaleTo returns the factor that brings a power to a loudness of the given LUFS: −0.691 + 10·log10(power).
func scaleTo(power, lufs float64) float64 {
	if power <= 0 {
		return 0
	}
	return sqrt(exp2((lufs+.691)*.33219280948873623) / power)
}
