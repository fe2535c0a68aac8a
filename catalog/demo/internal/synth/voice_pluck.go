package synth

// Pluck is a plucked string: a delay line of one period that loses its highs at each turn (Karplus and Strong 1983),
// tuned by an all-pass and excited at a point of the string (Jaffe and Smith 1983).
type Pluck struct {
	Bright   float64 // hertz up to which a full stroke excites
	Ring     float64 // seconds in which the A below middle C dies away; deeper strings ring longer
	Damp     float64 // loss of highs at each turn, 0 steel … 0.5 gut
	Position float64 // where it is plucked, 0 bridge … 0.5 middle
	Finger   float64 // noise of the finger or pick, 0 to 1
	Mute     float64 // seconds in which it is silent once let go; 0 lets it ring
}

// Play implements [Voice].
func (p Pluck) Play(out Stereo, h Hit, noise *Rand) {
	hz := hertz(h.Pitch)
	damp := max(.02, min(.5, float64(p.Damp*220/hz))) // the same loss in a second at any pitch
	ring := mul(p.Ring, exp2((57-h.Pitch)/24))
	turn := func(seconds float64) float64 { return exp2(-9.965784 / float64(hz*seconds)) }
	keep, mute := turn(ring), turn(max(.02, p.Mute))

	period := Rate/hz - damp // the averaging below delays by damp
	length := int(period - .2)
	rest := period - float64(length)
	tune := (1 - rest) / (1 + rest)
	line := p.excite(length, h.Velocity, noise)

	left, right := panGains(h.Pan)
	var last, in, y float64
	at, quiet := 0, 0
	for i := range out.L {
		if i == h.Frames && p.Mute > 0 {
			keep = mute
		}
		x := line[at]
		lost := float64(keep * (x + float64(damp*(last-x))))
		last = x
		y = in + float64(tune*(lost-y))
		in = lost
		line[at] = y
		if at++; at == length {
			at = 0
		}
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
		if x < silence && x > -silence {
			if quiet++; quiet > 2*length+64 {
				return
			}
		} else {
			quiet = 0
		}
	}
}

// excite fills the string with a click and a burst of noise, duller for soft strokes, and cancels the harmonics that
// have a node where it is plucked.
func (p Pluck) excite(length int, velocity float64, noise *Rand) []float64 {
	corner := mul(p.Bright, .25+mul(.75, velocity))
	first, second := newLowpass(corner), newLowpass(corner*1.5)
	fade := fade60(.004)
	raw := make([]float64, length)
	click := 1.0
	for i := range raw {
		x := click + float64(p.Finger*.35*noise.Noise())
		click = mul(click, fade)
		raw[i] = second.next(first.next(x))
	}
	offset := max(1, int(float64(p.Position*float64(length))))
	line := make([]float64, length)
	var power float64
	for i := range line {
		line[i] = raw[i] - raw[(i+length-offset)%length]
		power += mul(line[i], line[i])
	}
	gain := mul(velocity, .22) / max(1e-6, sqrt(power/float64(length)))
	for i := range line {
		line[i] = float64(line[i] * gain)
	}
	return line
}
