package synth

import "math/bits"

// Echo is a delay that bounces between the sides and grows duller.
type Echo struct {
	Seconds  float64
	Feedback float64 // 0 to .8
	Tone     float64 // hertz of the low-pass in the loop
}

// Add reads the send and adds the echoes to out.
func (e Echo) Add(out, send Stereo) {
	n := max(1, frames(e.Seconds))
	a, b := make([]float64, n), make([]float64, n)
	toneA, toneB := newLowpass(e.Tone), newLowpass(e.Tone)
	for i := range out.L {
		at := i % n
		x, y := toneA.next(a[at]), toneB.next(b[at])
		a[at] = float64(.5*(send.L[i]+send.R[i])) + float64(e.Feedback*y)
		b[at] = x
		out.L[i] += x
		out.R[i] += float64(.9 * y)
	}
}

// Reverb is a room: diffusers, then eight delay lines that feed each other through a Hadamard matrix and lose their
// highs (Jot and Chaigne 1991).
type Reverb struct {
	Seconds float64 // until −60 dB
	Size    float64 // 1 for a hall, .5 for a room
	Dark    float64 // hertz above which it fades faster
	Before  float64 // seconds until it starts
}

// lineLengths are primes, so that the echoes do not coincide.
var (
	lineLengths    = [8]int{1187, 1361, 1543, 1699, 1907, 2083, 2297, 2503}
	diffuseLengths = [2][4]int{{149, 211, 331, 523}, {163, 223, 353, 499}}
)

// ring is a delay line whose length is a power of two, read at any distance.
type ring struct {
	data []float64
	at   int
}

func newRing(delay int) ring { return ring{data: make([]float64, 1<<bits.Len(uint(delay+2)))} }

func (r *ring) push(x float64) {
	r.at = (r.at + 1) & (len(r.data) - 1)
	r.data[r.at] = x
}

func (r *ring) tap(delay int) float64 { return r.data[(r.at-delay)&(len(r.data)-1)] }

// diffuser is an all-pass: it smears without colouring.
type diffuser struct {
	line  ring
	delay int
}

func (d *diffuser) next(x float64) float64 {
	const g = .62
	late := d.line.tap(d.delay - 1)
	in := x - float64(g*late)
	d.line.push(in)
	return late + float64(g*in)
}

// Add reads the send and adds the room to out.
func (r Reverb) Add(out, send Stereo) {
	var lines [8]ring
	var length [8]int
	var keep [8]float64
	var dark [8]lowpass
	for i := range lines {
		length[i] = int(float64(float64(lineLengths[i])*r.Size) + .5)
		lines[i] = newRing(length[i] + 16)
		keep[i] = exp2(-9.965784284662087 * float64(length[i]) / (r.Seconds * Rate))
		dark[i] = newLowpass(r.Dark)
	}
	var smear [2][4]diffuser
	for side := range smear {
		for i := range smear[side] {
			n := max(8, int(float64(diffuseLengths[side][i])*(.4+mul(.6, r.Size))))
			smear[side][i] = diffuser{newRing(n), n}
		}
	}
	before := max(1, frames(r.Before))
	waitL, waitR := newRing(before), newRing(before)
	cutL, cutR := newHighpass(170), newHighpass(170)
	wander, slow := [2]uint32{0, 1 << 31}, step(.61)
	for i := range out.L {
		waitL.push(cutL.next(send.L[i]))
		waitR.push(cutR.next(send.R[i]))
		x, y := waitL.tap(before-1), waitR.tap(before-1)
		for k := range smear[0] {
			x, y = smear[0][k].next(x), smear[1][k].next(y)
		}
		var v [8]float64
		for k := range lines {
			v[k] = dark[k].next(lines[k].tap(length[k]-1)) * keep[k]
		}
		// Two lines waver by a few samples, which keeps the tail from ringing.
		for w := range wander {
			k := w * 5
			shift := 8 + float64(7*sine(wander[w]))
			whole := int(shift)
			late := lerp(lines[k].tap(length[k]-1+whole), lines[k].tap(length[k]+whole), shift-float64(whole))
			v[k] = dark[k].next(late) * keep[k]
			wander[w] += slow
		}
		out.L[i] += v[0] - v[2] + v[4] - v[6]
		out.R[i] += v[1] - v[3] + v[5] - v[7]
		hadamard(&v)
		for k := range lines {
			in := x
			if k%2 == 1 {
				in = y
			}
			lines[k].push(v[k] + float64(.35*in))
		}
	}
}

// hadamard multiplies by the orthogonal 8 × 8 matrix of ±1/√8.
func hadamard(v *[8]float64) {
	for half := 1; half < 8; half *= 2 {
		for i := range v {
			if i&half == 0 {
				a, b := v[i], v[i|half]
				v[i], v[i|half] = a+b, a-b
			}
		}
	}
	for i := range v {
		v[i] = float64(v[i] * .35355339059327373)
	}
}
