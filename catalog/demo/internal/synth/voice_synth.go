package synth

// Synth is subtractive synthesis: waves, a low-pass that can be swept, an envelope. With Unison above 1 it plays that
// many detuned waves on each side, which is what makes string sections and pads wide.
type Synth struct {
	Wave   func() *Wave
	Unison int     // waves a side; 0 and 1 mean one wave in the middle
	Detune float64 // cents between the outermost of them
	Sub    float64 // level of a sine an octave below

	Amp Envelope

	Cutoff    float64  // hertz of the low-pass at middle C; 0 means none
	Track     float64  // how far the cutoff follows the pitch, 0 to 1
	Resonance float64  // quality; 0 means .7
	Sweep     float64  // octaves by which Filter opens the cutoff at full velocity
	Filter    Envelope // course of the sweep

	Vibrato float64 // cents, faded in
	Rate    float64 // hertz of the vibrato; 0 means 5.2
	Noise   float64 // breath or bow, 0 to 1
}

// cent is the share by which a cent raises a frequency: ln 2 / 1200.
const cent = 0.000577622650466621

// filterEvery is how many samples pass between two looks at the cutoff and the vibrato.
const filterEvery = 32

// unison is one side of a Synth: its waves and its filter.
type unison struct {
	phase, step, bent [8]uint32 // bent is the step with the vibrato
	n                 int
	filter            stateVariable
}

func (s Synth) side(hz, lean float64, noise *Rand) unison {
	u := unison{n: max(1, min(8, s.Unison))}
	for i := range u.n {
		cents := lean
		if u.n > 1 {
			cents += float64(s.Detune * (float64(i)/float64(u.n-1) - .5))
		}
		u.step[i] = step(hz * exp2(cents/1200))
		u.phase[i] = uint32(noise.source.Uint64())
	}
	if s.Unison <= 1 {
		u.phase[0] = 0
	}
	u.bent = u.step
	return u
}

// bend raises all waves by a share of their frequency.
func (u *unison) bend(share float64) {
	for i, each := range u.step {
		u.bent[i] = each + uint32(int64(float64(each)*share))
	}
}

// fill puts the sum of the waves into block.
func (u *unison) fill(block, table []float64) {
	clear(block)
	for k := range u.n {
		phase, each := u.phase[k], u.bent[k]
		for i := range block {
			block[i] += read(table, phase)
			phase += each
		}
		u.phase[k] = phase
	}
}

// Play implements [Voice].
func (s Synth) Play(out Stereo, h Hit, noise *Rand) {
	hz := hertz(h.Pitch)
	table := s.Wave().at(hz)
	wide := s.Unison > 1
	a := s.side(hz, -s.Detune*.07, noise)
	b := s.side(hz, s.Detune*.07, noise)
	level := mul(h.Velocity, .4) / sqrt(float64(a.n))
	left, right := panGains(h.Pan)
	if wide {
		left, right = float64(left*1.2), float64(right*1.2)
	}
	amp, sweep := s.Amp.start(h.Frames), s.Filter.start(h.Frames)
	cutoff := s.Cutoff * exp2(s.Track*(h.Pitch-60)/12) * (.6 + mul(.4, h.Velocity))
	open := s.Sweep * h.Velocity
	quality := s.Resonance
	if quality == 0 {
		quality = .7
	}
	rate := s.Rate
	if rate == 0 {
		rate = 5.2
	}
	vibrato, vibratoStep := uint32(0), step(rate)*filterEvery
	depth, depthRise := 0.0, filterEvery*approach(.45)
	sub, subStep := uint32(0), step(hz/2)
	var bufferA, bufferB [filterEvery]float64
	for start := 0; start < len(out.L); start += filterEvery {
		l := out.L[start:min(len(out.L), start+filterEvery)]
		r := out.R[start:][:len(l)]
		if s.Cutoff > 0 && (start == 0 || s.Sweep != 0) {
			hz := cutoff * exp2(open*sweep.level)
			a.filter.tune(hz, quality)
			b.filter.tune(hz, quality)
		}
		if s.Vibrato > 0 {
			depth += float64(depthRise * (1 - depth))
			bend := s.Vibrato * depth * depth * sine(vibrato) * cent
			a.bend(bend)
			b.bend(bend)
			vibrato += vibratoStep
		}
		x, y := bufferA[:len(l)], bufferA[:len(l)]
		a.fill(x, table)
		if s.Sub > 0 || s.Noise > 0 {
			for i := range x {
				x[i] += float64(s.Sub*sine(sub)) + float64(s.Noise*noise.Noise())
				sub += subStep
			}
		}
		if s.Cutoff > 0 {
			a.filter.lows(x)
		}
		if wide {
			y = bufferB[:len(l)]
			b.fill(y, table)
			if s.Cutoff > 0 {
				b.filter.lows(y)
			}
		}
		for i := range l {
			sweep.next()
			gain := float64(level * amp.next())
			l[i] += float64(left * gain * x[i])
			r[i] += float64(right * gain * y[i])
		}
		if amp.over() {
			return
		}
	}
}
