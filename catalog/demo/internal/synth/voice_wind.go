package synth

// Wind is a blown instrument: a wave that grows brighter as it swells, breath beside it, and a vibrato that comes late.
type Wind struct {
	Wave    func() *Wave
	Attack  float64 // seconds
	Release float64
	Bright  float64 // hertz of the low-pass at full breath
	Breath  float64 // level of the noise, 0 to 1
	Vibrato float64 // cents
	Scoop   float64 // cents below the pitch at which a note begins
	Nasal   float64 // hertz of a formant, for a mute; 0 means none
}

// Play implements [Voice].
func (w Wind) Play(out Stereo, h Hit, noise *Rand) {
	hz := hertz(h.Pitch)
	table := w.Wave().at(hz)
	amp := Envelope{Attack: w.Attack * (1.3 - mul(.5, h.Velocity)), Decay: .6, Sustain: .82, Release: w.Release}.start(h.Frames)
	left, right := panGains(h.Pan)
	level := mul(h.Velocity, .42)
	var tone stateVariable
	air := newStateVariable(min(6000, hz*2.2), 1.1)
	formant := newStateVariable(max(200, w.Nasal), 1.6)
	chiff, chiffFade := 1.0, fade60(.12)
	scoop, scoopFade := w.Scoop, fade60(.16)
	tremble, trembleStep := uint32(0), step(4.9+mul(.4, noise.Bell()))*filterEvery
	depth, rise := 0.0, filterEvery*approach(.5)
	phase, each := uint32(0), step(hz)
	var bend, shake float64
	for i := range out.L {
		if i%filterEvery == 0 {
			depth += float64(rise * (1 - depth))
			shake = depth * depth * sine(tremble)
			tremble += trembleStep
			bend = (float64(w.Vibrato*shake) - scoop) * cent
			tone.tune(w.Bright*(.25+mul(.75, amp.level*h.Velocity)), .7)
		}
		scoop = mul(scoop, scoopFade)
		gain := float64(level * amp.next())
		if amp.over() {
			return
		}
		x := tone.low(read(table, phase))
		phase += each + uint32(int64(float64(each)*bend))
		if w.Nasal > 0 {
			x = mul(.35, x) + mul(1.1, formant.band(x))
		}
		chiff = mul(chiff, chiffFade)
		x += float64(w.Breath * (.10 + float64(.5*chiff)) * air.band(noise.Noise()))
		x = float64(x * gain * (1 + float64(.05*shake)))
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
	}
}

// FluteVoice is a concert flute.
func FluteVoice() Wind {
	return Wind{Wave: Flute, Attack: .07, Release: .12, Bright: 5200, Breath: .5, Vibrato: 11}
}

// ClarinetVoice is a clarinet, warm and almost without vibrato.
func ClarinetVoice() Wind {
	return Wind{Wave: Clarinet, Attack: .045, Release: .10, Bright: 4200, Breath: .12, Vibrato: 5, Scoop: 15}
}

// MutedTrumpet is a trumpet behind a cup mute.
func MutedTrumpet() Wind {
	return Wind{Wave: Trumpet, Attack: .04, Release: .10, Bright: 5500, Breath: .12, Vibrato: 12, Scoop: 30, Nasal: 1500}
}

// TinWhistle is a small whistle, or somebody whistling.
func TinWhistle() Wind {
	return Wind{Wave: Whistle, Attack: .045, Release: .09, Bright: 7000, Breath: .4, Vibrato: 14, Scoop: 40}
}
