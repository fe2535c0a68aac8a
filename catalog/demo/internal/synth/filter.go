package synth

// lowpass is the one-pole filter y += k·(x−y), 6 dB an octave.
type lowpass struct{ k, y float64 }

func newLowpass(corner float64) lowpass { return lowpass{k: pole(corner)} }

func (f *lowpass) next(x float64) float64 {
	f.y += float64(f.k * (x - f.y))
	return f.y
}

// highpass is what a lowpass leaves over.
type highpass struct{ low lowpass }

func newHighpass(corner float64) highpass { return highpass{newLowpass(corner)} }

func (f *highpass) next(x float64) float64 { return x - f.low.next(x) }

// stateVariable is Zavalishin's topology-preserving filter (The Art of VA Filter Design, 2012), 12 dB an octave:
// stable while its corner moves.
type stateVariable struct {
	a1, a2, a3, damping float64
	s1, s2              float64
}

// tune sets the corner and the resonance; quality ½ is overdamped, 0.7 flat, 5 whistles.
func (f *stateVariable) tune(corner, quality float64) {
	g := tanTurn(min(corner, .45*Rate) / (2 * Rate))
	f.damping = 1 / quality
	f.a1 = 1 / (1 + float64(g*(g+f.damping)))
	f.a2 = g * f.a1
	f.a3 = g * f.a2
}

func newStateVariable(corner, quality float64) stateVariable {
	var f stateVariable
	f.tune(corner, quality)
	return f
}

// next returns the low-passed and the band-passed signal.
func (f *stateVariable) next(x float64) (low, band float64) {
	v3 := x - f.s2
	v1 := float64(f.a1*f.s1) + float64(f.a2*v3)
	v2 := f.s2 + float64(f.a2*f.s1) + float64(f.a3*v3)
	f.s1 = v1 + v1 - f.s1
	f.s2 = v2 + v2 - f.s2
	return v2, v1
}

func (f *stateVariable) low(x float64) float64 {
	y, _ := f.next(x)
	return y
}

// band has a gain of 1 at the corner.
func (f *stateVariable) band(x float64) float64 {
	_, y := f.next(x)
	return float64(y * f.damping)
}

func (f *stateVariable) high(x float64) float64 {
	low, band := f.next(x)
	return x - float64(f.damping*band) - low
}

// lows and highs filter a block in place. They keep the filter's state in registers, which makes them twice as fast as
// going sample by sample.
func (f *stateVariable) lows(block []float64) {
	a1, a2, a3, s1, s2 := f.a1, f.a2, f.a3, f.s1, f.s2
	for i, x := range block {
		v3 := x - s2
		v1 := float64(a1*s1) + float64(a2*v3)
		v2 := s2 + float64(a2*s1) + float64(a3*v3)
		s1, s2 = v1+v1-s1, v2+v2-s2
		block[i] = v2
	}
	f.s1, f.s2 = s1, s2
}

func (f *stateVariable) highs(block []float64) {
	a1, a2, a3, s1, s2, damping := f.a1, f.a2, f.a3, f.s1, f.s2, f.damping
	for i, x := range block {
		v3 := x - s2
		v1 := float64(a1*s1) + float64(a2*v3)
		v2 := s2 + float64(a2*s1) + float64(a3*v3)
		s1, s2 = v1+v1-s1, v2+v2-s2
		block[i] = x - float64(damping*v1) - v2
	}
	f.s1, f.s2 = s1, s2
}

// biquad is the direct form y = b0·x + b1·x₁ + b2·x₂ − a1·y₁ − a2·y₂, transposed.
type biquad struct {
	b0, b1, b2, a1, a2 float64
	s1, s2             float64
}

// run filters a block in place.
func (f *biquad) run(block []float64) {
	b0, b1, b2, a1, a2, s1, s2 := f.b0, f.b1, f.b2, f.a1, f.a2, f.s1, f.s2
	for i, x := range block {
		y := float64(b0*x) + s1
		s1 = float64(b1*x) - float64(a1*y) + s2
		s2 = float64(b2*x) - float64(a2*y)
		block[i] = y
	}
	f.s1, f.s2 = s1, s2
}

// newPeak lifts or cuts by gain decibels round a frequency (Bristow-Johnson's Audio EQ Cookbook).
func newPeak(hz, quality, gain float64) biquad {
	a := decibels(gain / 2)
	sin, cos := sinTurn(hz/Rate), sinTurn(hz/Rate+.25)
	alpha := sin / (2 * quality)
	norm := 1 / (1 + alpha/a)
	return biquad{
		b0: (1 + float64(alpha*a)) * norm, b1: -2 * cos * norm, b2: (1 - float64(alpha*a)) * norm,
		a1: -2 * cos * norm, a2: (1 - alpha/a) * norm,
	}
}
