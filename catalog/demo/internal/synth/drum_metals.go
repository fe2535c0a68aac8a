package synth

// Metal is a cymbal: a cluster of square waves that are no multiples of each other, and noise, both behind a
// high-pass. Hats, rides and crashes differ in ring and colour.
type Metal struct {
	Ring   float64 // seconds of fading by 60 dB
	Corner float64 // hertz of the high-pass
	Noise  float64 // share of noise, 0 to 1
	Ping   float64 // level of the stick's tone, 0 to 1
	Swell  float64 // seconds of rise; 0 for a stroke
	Top    float64 // hertz of the low-pass that keeps it from hissing; 0 means 12000
}

// metalRatios are the partials of the cluster relative to the first: a classic drum machine's.
var metalRatios = [...]float64{1, 1.4827, 1.8003, 2.5459, 2.6303, 3.8967}

// Play implements [Voice].
func (m Metal) Play(out Stereo, h Hit, noise *Rand) {
	const base = 317.0
	var phase, each [len(metalRatios)]uint32
	for i, r := range metalRatios {
		each[i] = step(base * r * 2.1)
		phase[i] = uint32(noise.source.Uint64())
	}
	top := m.Top
	if top == 0 {
		top = 12_000
	}
	first, second, ceiling := newStateVariable(m.Corner, .7), newHighpass(m.Corner*.8), newLowpass(top)
	level, fade := 1.0, fade60(m.Ring)
	ping, pingFade, pingPhase, pingStep := m.Ping, fade60(max(.05, m.Ring*.35)), uint32(0), step(3150)
	rise, up := 0.0, 1/max(12, m.Swell*Rate)
	left, right := panGains(h.Pan)
	for i := range out.L {
		if level < silence {
			return
		}
		var cluster float64
		for p := range phase {
			cluster += mul(float64(int32(phase[p])>>31|1), .16)
			phase[p] += each[p]
		}
		x := lerp(cluster, noise.Noise(), m.Noise)
		x = float64(second.next(first.high(x)) * level * rise)
		if ping > silence {
			x += float64(ping * .12 * rise * sine(pingPhase+turns(.15*cluster)))
			ping = mul(ping, pingFade)
			pingPhase += pingStep
		}
		if rise = min(1, rise+up); rise >= 1 {
			level = mul(level, fade)
		}
		x = float64(ceiling.next(x) * h.Velocity * .7)
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
	}
}

// Burst is shaped noise: shakers, claps, snaps, tambourines, brushes, waves on a beach.
type Burst struct {
	Hz      float64 // middle of the band
	Quality float64 // its narrowness
	Rise    float64 // seconds
	Ring    float64 // seconds of fading by 60 dB
	Repeats int     // strokes in quick succession before the last, as in a clap
	Gap     float64 // seconds between them
}

// Play implements [Voice].
func (b Burst) Play(out Stereo, h Hit, noise *Rand) {
	band := newStateVariable(b.Hz, b.Quality)
	left, right := panGains(h.Pan)
	fade, up := fade60(b.Ring), 1/max(8, b.Rise*Rate)
	quick := fade60(max(.004, b.Gap*1.6))
	level, rise, repeats, next := 1.0, 0.0, b.Repeats, frames(b.Gap)
	for i := range out.L {
		if repeats > 0 && i == next {
			level, rise = 1, 0
			repeats--
			next += frames(b.Gap)
		}
		x := float64(band.band(noise.Noise()) * level * rise * h.Velocity)
		if rise = min(1, rise+up); rise >= 1 {
			if repeats > 0 {
				level = mul(level, quick)
			} else {
				level = mul(level, fade)
			}
		}
		if level < silence && repeats == 0 {
			return
		}
		out.L[i] += float64(left * x)
		out.R[i] += float64(right * x)
	}
}
