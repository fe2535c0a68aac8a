package synth

// ElectricPiano is a tine piano by frequency modulation: one pair of operators at 1:1 for the bar, whose overtones
// fade as it rings, and one at a high whole ratio for the tine (Chowning 1973; the layout of the classic patches).
type ElectricPiano struct {
	Bark   float64 // overtones of a hard stroke, 0 round … 1 growling
	Tine   float64 // level of the bell in the attack, 0 to 1
	Ring   float64 // seconds in which middle C dies away
	Mellow float64 // hertz of a gentle low-pass; 0 means none
}

// Play implements [Voice].
func (p ElectricPiano) Play(out Stereo, h Hit, _ *Rand) {
	hz := hertz(h.Pitch)
	ratio := 14.0
	for ratio > 2 && ratio*hz > 7000 {
		ratio--
	}
	ring := mul(p.Ring, exp2((60-h.Pitch)/22))
	fade, release := fade60(ring), fade60(.3)
	barkFade, tineFade := fade60(ring*.8), fade60(.6)
	force := mul(h.Velocity, h.Velocity)
	bark := mul(p.Bark, .09+mul(.30, force))
	tine := mul(p.Tine, .025+mul(.075, force))
	body, bell, overtone := step(hz), step(hz*1.0012), step(hz*ratio)
	var a, b, c uint32
	level, rise := h.Velocity*.45, 1/float64(.002*Rate)
	attack := 0.0
	tone := newLowpass(max(200, p.Mellow))
	left, right := panGains(h.Pan)
	for i := range out.L {
		if i >= h.Frames {
			level = mul(level, release)
		}
		level = mul(level, fade)
		if level < silence {
			return
		}
		attack = min(1, attack+rise)
		bark, tine = mul(bark, barkFade), mul(tine, tineFade)
		x := mul(.7, sine(a+turns(bark*sine(a)))) + mul(.3, sine(b+turns(tine*sine(c))))
		x = float64(x * level * attack)
		if p.Mellow > 0 {
			x = tone.next(x)
		}
		a, b, c = a+body, b+bell, c+overtone
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
	}
}

// Piano is a soft upright: stretched partials, each with its own decay, the lowest doubled a little out of tune as by
// a second string, and the knock of the hammer.
type Piano struct {
	Bright float64 // 0 soft … 1 open lid; below 0 felt
	Ring   float64 // seconds in which middle C dies away
	Knock  float64 // level of the hammer, 0 to 1
}

// Play implements [Voice].
func (p Piano) Play(out Stereo, h Hit, noise *Rand) {
	hz := hertz(h.Pitch)
	stretch := mul(.00025, exp2((h.Pitch-60)/12))
	ring := mul(p.Ring, exp2((60-h.Pitch)/20))
	slope := mul(.72, 1-mul(.42, p.Bright)) - mul(.22, h.Velocity) // steepness of the overtones, per harmonic
	slope = max(.12, slope)
	left, right := panGains(h.Pan + (h.Pitch-64)/80) // deep to the left, as the player hears it
	bank := resonators{gate: h.Frames, release: .22, attack: .003}
	for n := 1.0; n <= 14; n++ {
		partial := mul(mul(hz, n), sqrt(1+mul(stretch, mul(n, n))))
		if partial > 9000 {
			break
		}
		hammer := .35 + mul(.65, abs(sinTurn(float64(n/16)+.02))) // it damps what has a node where it strikes
		level := h.Velocity * .4 * exp2(-slope*(n-1)*1.4427) * hammer
		decay := ring / (1 + mul(.32, n-1))
		if n <= 3 {
			bank.add(partial*1.0004, level*.55, decay)
			bank.add(partial*.9997, level*.45, decay*1.6)
		} else {
			bank.add(partial, level, decay)
		}
	}
	bank.play(out, left, right)
	if p.Knock > 0 {
		thump := newStateVariable(300, .9)
		level, fade := p.Knock*h.Velocity*.25, fade60(.05)
		for i := range min(len(out.L), frames(.08)) {
			x := float64(level * thump.low(noise.Noise()))
			level = mul(level, fade)
			out.L[i] += float64(left * x)
			out.R[i] += float64(right * x)
		}
	}
}
