package synth

// Kick is a bass drum: a sine that falls in pitch, and the click of the beater.
type Kick struct {
	Hz    float64 // where it settles
	Drop  float64 // how many times higher it starts
	Fall  float64 // seconds of the fall
	Ring  float64 // seconds of fading by 60 dB
	Click float64 // 0 to 1
	Drive float64 // 1 clean … 4 fat
}

// Play implements [Voice].
func (k Kick) Play(out Stereo, h Hit, noise *Rand) {
	fall, fade, clickFade := fade60(k.Fall), fade60(k.Ring), fade60(.012)
	bend, level, click := mul(k.Hz, k.Drop-1), 1.0, k.Click*h.Velocity
	thud := newStateVariable(2200, .8)
	left, right := panGains(h.Pan)
	phase := uint32(0)
	drive := max(1, k.Drive)
	rise := 0.0
	for i := range out.L {
		level = mul(level, fade)
		if level < silence {
			return
		}
		rise = min(1, rise+1.0/40)
		x := float64(soft(drive*level*sine(phase)) * rise * .8)
		phase += step(k.Hz + bend)
		bend = mul(bend, fall)
		if click > silence {
			x += float64(click * .5 * thud.low(noise.Noise()))
			click = mul(click, clickFade)
		}
		x = float64(x * h.Velocity)
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
	}
}

// Skin is a drum with a pitch: toms, congas, frame drums, timpani. Its modes are those of a membrane.
type Skin struct {
	Ring  float64 // seconds
	Bend  float64 // semitones that a hard stroke starts too high
	Slap  float64 // level of the hand or stick, 0 to 1
	Tone  float64 // hertz of the slap's band
	Plain float64 // 0 all modes … 1 only the fundamental
}

// Play implements [Voice].
func (s Skin) Play(out Stereo, h Hit, noise *Rand) {
	hz := hertz(h.Pitch)
	modes := [...]struct{ ratio, level, ring float64 }{{1, 1, 1}, {1.594, .45, .55}, {2.136, .30, .4}, {2.653, .18, .3}, {3.156, .10, .22}}
	var phase [len(modes)]uint32
	var level, fade [len(modes)]float64
	for i, m := range modes {
		level[i] = m.level
		if i > 0 {
			level[i] *= 1 - s.Plain
		}
		fade[i] = fade60(s.Ring * m.ring)
	}
	bend, bendFade := exp2(s.Bend*h.Velocity/12)-1, fade60(.12)
	slap, slapFade := s.Slap*h.Velocity, fade60(.05)
	hand := newStateVariable(max(100, s.Tone), .9)
	left, right := panGains(h.Pan)
	rise := 0.0
	for i := range out.L {
		if level[0] < silence {
			return
		}
		rise = min(1, rise+1.0/60)
		x := 0.0
		for m := range modes {
			x += float64(level[m] * sine(phase[m]))
			level[m] = mul(level[m], fade[m])
			phase[m] += step(mul(hz*modes[m].ratio, 1+bend))
		}
		bend = mul(bend, bendFade)
		x = float64(x * rise * .35)
		if slap > silence {
			x += float64(slap * hand.band(noise.Noise()))
			slap = mul(slap, slapFade)
		}
		x = float64(x * h.Velocity)
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
	}
}

// Snare is a shell with wires under it.
type Snare struct {
	Hz    float64 // of the shell
	Shell float64 // its level, 0 to 1
	Ring  float64 // seconds of the wires
	Tone  float64 // hertz round which the wires rattle
	Swish float64 // seconds of rise: 0 for a stick, .03 for a brush
}

// Play implements [Voice].
func (s Snare) Play(out Stereo, h Hit, noise *Rand) {
	wires := newStateVariable(s.Tone, .6)
	cut := newHighpass(900)
	level, fade := 1.0, fade60(s.Ring)
	shell, shellFade := s.Shell, fade60(.13)
	a, b := uint32(0), uint32(0)
	rise, up := 0.0, 1/max(20, s.Swish*Rate)
	left, right := panGains(h.Pan)
	tone := newLowpass(3000 + mul(8000, h.Velocity))
	for i := range out.L {
		if level < silence && shell < silence {
			return
		}
		rise = min(1, rise+up)
		x := float64(level * .8 * rise * cut.next(wires.band(noise.Noise())))
		x += float64(shell * .4 * (sine(a) + float64(.5*sine(b))))
		a, b = a+step(mul(s.Hz, 1+float64(.25*shell))), b+step(s.Hz*1.78)
		shell = mul(shell, shellFade)
		if rise >= 1 {
			level = mul(level, fade)
		}
		x = float64(tone.next(x) * h.Velocity)
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
	}
}
