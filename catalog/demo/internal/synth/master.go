package synth

import "math"

// Ceiling is the highest level of a mastered track: −1 dBFS.
const Ceiling = 0.8912509381337456

// Master finishes a mix in place: no rumble, the wanted loudness, peaks limited to [Ceiling] and brought up to it, and
// a fade at both ends. Fades are in seconds.
func Master(mix Stereo, lufs, fadeIn, fadeOut float64) {
	Cut{Low: 27}.Apply(mix)
	gain := scaleTo(mix.power(18, false), lufs)
	for i := range mix.L {
		mix.L[i] = float64(mix.L[i] * gain)
		mix.R[i] = float64(mix.R[i] * gain)
	}
	limit(mix)
	in, out := frames(fadeIn), frames(fadeOut)
	n := len(mix.L)
	peak := 1e-9
	for i := range mix.L {
		fade := 1.0
		if i < in {
			fade = ease(float64(i) / float64(in))
		}
		if n-1-i < out {
			fade = float64(fade * ease(float64(n-1-i)/float64(out)))
		}
		mix.L[i] = float64(mix.L[i] * fade)
		mix.R[i] = float64(mix.R[i] * fade)
		peak = max(peak, abs(mix.L[i]), abs(mix.R[i]))
	}
	gain = Ceiling / peak
	for i := range mix.L {
		mix.L[i] = float64(mix.L[i] * gain)
		mix.R[i] = float64(mix.R[i] * gain)
	}
}

// ease is half a cosine from 0 to 1.
func ease(x float64) float64 { return .5 - mul(.5, sinTurn(float64(x/2)+.25)) }

// limit keeps both sides below the ceiling with a gain that looks 5 ms ahead: the least gain within that time, which
// recovers slowly, averaged over that time so that it has no corners. The average of gains that are each low enough
// is low enough.
func limit(mix Stereo) {
	const ahead = 220
	recover := approach(.12)
	n := len(mix.L)
	need := make([]float64, n+ahead)
	for i := range need {
		need[i] = 1
		if i < n {
			if peak := max(abs(mix.L[i]), abs(mix.R[i])); peak > Ceiling {
				need[i] = Ceiling / peak
			}
		}
	}
	least := make([]float64, n) // least[i] is the minimum of need[i … i+ahead]
	queue := make([]int, 0, ahead+2)
	for i := range need {
		for len(queue) > 0 && need[queue[len(queue)-1]] >= need[i] {
			queue = queue[:len(queue)-1]
		}
		queue = append(queue, i)
		if start := i - ahead; start >= 0 && start < n {
			if queue[0] < start {
				queue = queue[1:]
			}
			least[start] = need[queue[0]]
		}
	}
	gain, sum := 1.0, float64(ahead+1)
	var window [ahead + 1]float64
	for i := range window {
		window[i] = 1
	}
	for i := range mix.L {
		gain = min(least[i], gain+float64(recover*(least[i]-gain)))
		at := i % len(window)
		sum += gain - window[at]
		window[at] = gain
		smooth := sum / float64(len(window))
		mix.L[i] = float64(mix.L[i] * smooth)
		mix.R[i] = float64(mix.R[i] * smooth)
	}
}

// PCM turns a mastered track into interleaved 16-bit little-endian samples with triangular dither of one step.
func PCM(mix Stereo, dither *Rand) []byte {
	pcm := make([]byte, 0, 4*len(mix.L))
	quantise := func(x float64, noise uint32) int16 {
		if x == 0 {
			return 0 // digital silence stays silent
		}
		triangle := float64(float64(int(noise>>16)-int(noise&0xffff)) / (1 << 16))
		y := math.Floor(float64(x*32767) + triangle + .5)
		return int16(max(-32768, min(32767, y)))
	}
	for i := range mix.L {
		noise := dither.source.Uint64()
		l, r := quantise(mix.L[i], uint32(noise>>32)), quantise(mix.R[i], uint32(noise))
		pcm = append(pcm, byte(l), byte(uint16(l)>>8), byte(r), byte(uint16(r)>>8))
	}
	return pcm
}
