package synth

import "math"

// Rate is the sampling rate in hertz.
const Rate = 44100

// mul is a product that no compiler fuses into a sum around it.
func mul(a, b float64) float64 { return float64(a * b) }

// lerp goes from a at t = 0 to b at t = 1.
func lerp(a, b, t float64) float64 { return a + float64(t*(b-a)) }

// inverse holds 1/k and pairs holds 1/(2k(2k+1)), the steps of the series below.
var inverse, pairs = func() (a, b [14]float64) {
	for k := 1.0; k < 14; k++ {
		a[int(k)], b[int(k)] = 1/k, 1/float64(2*k*(2*k+1))
	}
	return a, b
}()

// exp2 is 2^x by splitting off the nearest whole number; the rest, f, is the Taylor series of e^(f·ln 2) with |f| ≤ ½,
// which errs by 1e-16.
func exp2(x float64) float64 {
	whole := math.Floor(x + .5)
	y := float64((x - whole) * math.Ln2)
	sum := 1.0
	for k := 13; k >= 1; k-- {
		sum = 1 + float64(y*sum*inverse[k])
	}
	return math.Ldexp(sum, int(whole))
}

// hertz is the frequency of a MIDI pitch: 440 · 2^((pitch−69)/12).
func hertz(pitch float64) float64 { return float64(440 * exp2((pitch-69)/12)) }

// decibels turns a level into a factor: 10^(dB/20).
func decibels(db float64) float64 { return exp2(db * (math.Log2E * math.Ln10 / 20)) }

// fade60 is the factor per sample that takes a level down by 60 dB in the given seconds.
func fade60(seconds float64) float64 {
	return exp2(-9.965784284662087 / (max(seconds, 1e-4) * Rate)) // log2(1000)
}

// pole is the coefficient k of y += k·(x−y) with the given corner frequency: 1 − e^(−2πf/Rate).
func pole(corner float64) float64 {
	return 1 - exp2(-2*math.Pi*math.Log2E*min(corner, .45*Rate)/Rate)
}

// approach is the coefficient k of y += k·(x−y) that covers 63 % of the way in the given seconds.
func approach(seconds float64) float64 {
	return 1 - exp2(-math.Log2E/(max(seconds, 1e-5)*Rate))
}

// sinTurn is sin(2πx) by its Taylor series after folding x into an eighth of the circle's symmetry, exact to 1e-15.
func sinTurn(x float64) float64 {
	x -= math.Floor(x)
	sign := 1.0
	if x >= .5 {
		x, sign = x-.5, -1
	}
	if x > .25 {
		x = .5 - x
	}
	y := float64(x * (2 * math.Pi))
	square := float64(y * y)
	sum := 1.0
	for k := 10; k >= 1; k-- {
		sum = 1 - float64(square*sum*pairs[k])
	}
	return float64(sign * y * sum)
}

// tanTurn is tan(2πx) for x in [0, ¼).
func tanTurn(x float64) float64 { return sinTurn(x) / sinTurn(x+.25) }

// sineSize is the length of the sine table. Linear interpolation in it errs by 3e-7, below 16 bits.
const sineSize = 4096

// sineTable holds one period and one value more; it is written once, here.
var sineTable = func() (table [sineSize + 1]float64) {
	for i := range table {
		table[i] = sinTurn(float64(i) / sineSize)
	}
	return table
}()

// sine reads the table at a phase of 2^32 to the turn.
func sine(phase uint32) float64 {
	i := phase >> 20
	a := sineTable[i]
	return a + float64(float64(phase&0xfffff)*(1.0/(1<<20))*(sineTable[i+1]-a))
}

// step is the phase that a frequency advances in a sample.
func step(hz float64) uint32 { return uint32(math.Floor(float64(hz*(1<<32/float64(Rate))) + .5)) }

// turns converts a phase modulation in turns to a phase; it may exceed a turn.
func turns(x float64) uint32 { return uint32(int64(x * (1 << 32))) }

// soft is a smooth limiter: nearly x below ½, never beyond ±1. It is tanh's Padé approximant, cut where it reaches 1.
func soft(x float64) float64 {
	x = max(-3, min(3, x))
	square := float64(x * x)
	return x * (27 + square) / (27 + float64(9*square))
}
