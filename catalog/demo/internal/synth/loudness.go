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
// loudest: pauses do not make a part quiet. It is 0 for silence.
func (s Stereo) power(gate float64) float64 {
	const block = Rate / 10
	blocks := make([]float64, len(s.L)/block+1)
	for _, side := range [...][]float64{s.L, s.R} {
		w := newWeighting()
		for i, x := range side {
			y := w.cut.next(w.shelf.next(x))
			blocks[i/block] += float64(y * y)
		}
	}
	var loudest, sum float64
	for _, b := range blocks {
		loudest = max(loudest, b)
	}
	threshold := loudest * exp2(-gate*.33219280948873623)
	n := 0
	for _, b := range blocks {
		if b > 0 && b >= threshold {
			sum += b
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n*block)
}

// scaleTo returns the factor that brings a power to a loudness of the given LUFS: −0.691 + 10·log10(power).
func scaleTo(power, lufs float64) float64 {
	if power <= 0 {
		return 0
	}
	return sqrt(exp2((lufs+.691)*.33219280948873623) / power)
}
