package synth

// Partial is one mode of a bar, bell or membrane.
type Partial struct {
	Ratio float64 // to the pitch
	Level float64
	Ring  float64 // seconds of fading by 60 dB at middle C
}

// Mallet is something struck that rings in a few modes: marimba, vibraphone, kalimba, celesta, bells.
type Mallet struct {
	Partials []Partial
	Soft     float64 // 0 hard beater … 1 yarn: takes the high modes from soft strokes
	Click    float64 // level of the beater's noise, 0 to 1
	Damp     float64 // seconds in which it is silent once let go; 0 lets it ring
}

// Play implements [Voice].
func (m Mallet) Play(out Stereo, h Hit, noise *Rand) {
	hz := hertz(h.Pitch)
	scale := exp2((60 - h.Pitch) / 24)
	bank := resonators{attack: .0015}
	if m.Damp > 0 {
		bank.gate, bank.release = h.Frames, m.Damp
	}
	for i, p := range m.Partials {
		level := h.Velocity * .5 * p.Level
		if i > 0 {
			level *= 1 - mul(m.Soft, 1-h.Velocity)
		}
		bank.add(hz*p.Ratio, level, p.Ring*scale)
	}
	left, right := panGains(h.Pan)
	bank.play(out, left, right)
	if m.Click > 0 {
		knock := newStateVariable(min(3500, hz*3), 1.2)
		level, fade := m.Click*h.Velocity*.3, fade60(.02)
		for i := range min(len(out.L), frames(.03)) {
			x := float64(level * knock.band(noise.Noise()))
			level = mul(level, fade)
			out.L[i] += float64(left * x)
			out.R[i] += float64(right * x)
		}
	}
}

// Marimba is a wooden bar over a resonator, tuned to 1 : 4 : 9.2.
func Marimba() Mallet {
	return Mallet{Partials: []Partial{{1, 1, 1.1}, {3.93, .28, .32}, {9.2, .10, .10}, {16.2, .03, .05}}, Soft: .6, Click: .12}
}

// Vibraphone is a metal bar tuned to 1 : 4 : 10 with a pedal; its motor is a tremolo of the channel.
func Vibraphone() Mallet {
	return Mallet{Partials: []Partial{{1, 1, 4.5}, {1.0007, .25, 5}, {4, .20, 1.6}, {10.1, .05, .4}}, Soft: .7, Click: .05, Damp: .5}
}

// Kalimba is a metal tongue on a wooden box.
func Kalimba() Mallet {
	return Mallet{Partials: []Partial{{1, 1, 1.9}, {2.01, .10, .9}, {5.4, .16, .22}, {10.9, .05, .08}}, Soft: .5, Click: .30}
}

// Celesta is a small steel plate over a box: a music box when played high.
func Celesta() Mallet {
	return Mallet{Partials: []Partial{{1, 1, 2.6}, {2.0, .16, 1.4}, {4.02, .22, .8}, {9.6, .04, .2}}, Soft: .4, Click: .05}
}

// Glockenspiel is a free steel bar: 1 : 2.76 : 5.40 : 8.93.
func Glockenspiel() Mallet {
	return Mallet{Partials: []Partial{{1, 1, 3}, {2.756, .30, 1.1}, {5.404, .16, .5}, {8.933, .06, .2}}, Soft: .5, Click: .04}
}

// SteelPan has strong octave and twelfth that bloom after the stroke.
func SteelPan() Mallet {
	return Mallet{Partials: []Partial{{1, 1, 1.5}, {1.004, .3, 1.2}, {2.003, .55, 1.0}, {2.99, .22, .6}, {4.02, .12, .35}}, Soft: .5, Click: .10, Damp: .35}
}
