package synth

import "math"

func sqrt(x float64) float64 { return math.Sqrt(x) } // exact by IEEE 754

func abs(x float64) float64 { return math.Abs(x) }

// resonators is a bank of fading sines. Each is the recurrence y = 2r·cos(ω)·y₁ − r²·y₂, two products a sample.
type resonators struct {
	gate    int     // frames until the damper falls; 0 means that there is none
	release float64 // seconds in which it then fades
	attack  float64 // seconds of softening at the start
	bank    []resonator
}

type resonator struct {
	c, d   float64 // 2r·cos ω and r²
	y1, y2 float64
	life   int // frames until −90 dB
}

// add brings in a sine of the given frequency, level and seconds of fading by 60 dB.
func (b *resonators) add(hz, level, seconds float64) {
	if hz >= .45*Rate || level < silence {
		return
	}
	r := fade60(seconds)
	sin, cos := sinTurn(hz/Rate), sinTurn(hz/Rate+.25)
	// The state of level·rⁿ·sin(ωn) at n = 0 and n = −1.
	b.bank = append(b.bank, resonator{
		c: 2 * r * cos, d: r * r, y1: 0, y2: -level * sin / r,
		life: frames(seconds * 1.5),
	})
}

// play adds the sum to out, four sines at a time so that their chains of products overlap.
func (b *resonators) play(out Stereo, left, right float64) {
	gate, longest := len(out.L), 0
	for _, r := range b.bank {
		longest = max(longest, r.life)
	}
	end := min(len(out.L), longest)
	if b.gate > 0 {
		gate = b.gate
		end = min(end, gate+frames(b.release*1.4))
	}
	for len(b.bank)%4 != 0 {
		b.bank = append(b.bank, resonator{})
	}
	mix := make([]float64, end)
	for i := 0; i < len(b.bank); i += 4 {
		b.add4(mix, b.bank[i:i+4])
	}
	level, rise, damper := 0.0, 1/max(1, b.attack*Rate), fade60(b.release)
	for i, x := range mix {
		if level < 1 && i < gate {
			level = min(1, level+rise)
		}
		if i >= gate {
			level = mul(level, damper)
		}
		x = float64(x * level)
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
	}
}

func (b *resonators) add4(mix []float64, bank []resonator) {
	p, q, r, s := bank[0], bank[1], bank[2], bank[3]
	for i := range min(len(mix), max(p.life, q.life, r.life, s.life)) {
		p.y1, p.y2 = float64(p.c*p.y1)-float64(p.d*p.y2), p.y1
		q.y1, q.y2 = float64(q.c*q.y1)-float64(q.d*q.y2), q.y1
		r.y1, r.y2 = float64(r.c*r.y1)-float64(r.d*r.y2), r.y1
		s.y1, s.y2 = float64(s.c*s.y1)-float64(s.d*s.y2), s.y1
		mix[i] += p.y1 + q.y1 + r.y1 + s.y1
	}
}
