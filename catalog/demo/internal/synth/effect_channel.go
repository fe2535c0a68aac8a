package synth

import (
	"math"
	"slices"
)

// Effect changes a channel in place.
type Effect interface{ Apply(s Stereo) }

// Chorus adds a copy whose delay wavers, out of step on the two sides: an ensemble out of one player.
type Chorus struct {
	Rate  float64 // hertz
	Depth float64 // milliseconds
	Mix   float64 // 0 to 1
}

// Apply implements [Effect].
func (c Chorus) Apply(s Stereo) {
	const size = 2048
	base, depth := .011*Rate, c.Depth*(Rate/1000.0)
	wander := step(c.Rate)
	dry := 1 - mul(.4, c.Mix)
	for side, x := range [...][]float64{s.L, s.R} {
		var line [size]float64
		phase := uint32(side) << 30 // a quarter turn apart
		for i := range x {
			line[i&(size-1)] = x[i]
			delay := base + float64(depth*sine(phase))
			whole := int(delay)
			late := lerp(line[(i-whole)&(size-1)], line[(i-whole-1)&(size-1)], delay-float64(whole))
			x[i] = float64(x[i]*dry) + float64(c.Mix*late)
			phase += wander
		}
	}
}

// Tremolo moves the level up and down; with Pan it swings between the sides instead.
type Tremolo struct {
	Rate  float64 // hertz
	Depth float64 // 0 to 1
	Pan   bool
}

// Apply implements [Effect].
func (t Tremolo) Apply(s Stereo) {
	phase, each := uint32(0), step(t.Rate)
	middle := 1 - mul(.5, t.Depth)
	for i := range s.L {
		x := float64(t.Depth * .5 * sine(phase))
		phase += each
		left, right := middle+x, middle+x
		if t.Pan {
			right = middle - x
		}
		s.L[i] = float64(s.L[i] * left)
		s.R[i] = float64(s.R[i] * right)
	}
}

// Drive saturates gently, which thickens a sound and tames its peaks.
type Drive struct{ Gain float64 } // 1 hardly anything … 6 a small amplifier

// Apply implements [Effect].
func (d Drive) Apply(s Stereo) {
	for _, x := range [...][]float64{s.L, s.R} {
		for i := range x {
			x[i] = soft(x[i]*d.Gain) / d.Gain
		}
	}
}

// Cut removes what lies below Low and above High hertz, 12 dB an octave; 0 leaves that side open.
type Cut struct{ Low, High float64 }

// Apply implements [Effect].
func (c Cut) Apply(s Stereo) {
	for _, x := range [...][]float64{s.L, s.R} {
		low, high := newStateVariable(max(10, c.Low), .7), newStateVariable(max(100, c.High), .7)
		for block := range slices.Chunk(x, 4096) { // a block at a time stays in the cache
			if c.Low > 0 {
				low.highs(block)
			}
			if c.High > 0 {
				high.lows(block)
			}
		}
	}
}

// Peak lifts or cuts a band: the body of an instrument.
type Peak struct{ Hz, Quality, Gain float64 } // gain in decibels

// Apply implements [Effect].
func (p Peak) Apply(s Stereo) {
	for _, x := range [...][]float64{s.L, s.R} {
		f := newPeak(p.Hz, p.Quality, p.Gain)
		f.run(x)
	}
}

// Wah is a band-pass that follows the level, for clavinets and funky guitars.
type Wah struct{ Low, High, Quality float64 } // hertz when soft and when loud

// Apply implements [Effect].
func (w Wah) Apply(s Stereo) {
	a, b := newStateVariable(w.Low, w.Quality), newStateVariable(w.Low, w.Quality)
	rise, fall := approach(.008), approach(.12)
	var level float64
	for i := range s.L {
		now := max(abs(s.L[i]), abs(s.R[i]))
		if now > level {
			level += float64(rise * (now - level))
		} else {
			level += float64(fall * (now - level))
		}
		if i%filterEvery == 0 {
			hz := lerp(w.Low, w.High, min(1, level*4))
			a.tune(hz, w.Quality)
			b.tune(hz, w.Quality)
		}
		s.L[i] = float64(.35*s.L[i]) + a.band(s.L[i])
		s.R[i] = float64(.35*s.R[i]) + b.band(s.R[i])
	}
}

// Pump ducks the channel at regular times and lets it swell back.
type Pump struct {
	Seconds, Start float64 // between two ducks; of the first
	Depth          float64 // 0 to 1
}

// Apply implements [Effect].
func (p Pump) Apply(s Stereo) {
	period, start := mul(p.Seconds, Rate), mul(p.Start, Rate)
	for i := range s.L {
		x := (float64(i) - start) / period
		x -= math.Floor(x)
		back := 1 - min(1, float64(x*1.5))
		gain := 1 - mul(p.Depth, mul(back, back))
		if x < .02 { // no click on the way down
			gain = lerp(1, gain, float64(x*50))
		}
		s.L[i] = float64(s.L[i] * gain)
		s.R[i] = float64(s.R[i] * gain)
	}
}
