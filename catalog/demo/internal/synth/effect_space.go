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

// reverbBlock is how many frames the reverb works through at a time: fewer than its shortest delay, so that what a
// block reads was written before it.
const reverbBlock = 64

// delayLine is a ring of a power of two that is read and written by blocks.
type delayLine struct {
	data []float64
	at   int // where the next block is written
}

func newDelayLine(delay int) delayLine {
	return delayLine{data: make([]float64, 1<<bits.Len(uint(delay+reverbBlock+32)))}
}

// read copies the block that was written delay frames ago.
func (d *delayLine) read(block []float64, delay int) {
	from := (d.at - delay) & (len(d.data) - 1)
	n := copy(block, d.data[from:])
	copy(block[n:], d.data)
}

func (d *delayLine) write(block []float64) {
	n := copy(d.data[d.at:], block)
	copy(d.data, block[n:])
	d.at = (d.at + len(block)) & (len(d.data) - 1)
}

// diffuser is an all-pass: it smears without colouring.
type diffuser struct {
	line  delayLine
	delay int
}

func (d *diffuser) apply(block []float64) {
	const g = .62
	var late [reverbBlock]float64
	d.line.read(late[:len(block)], d.delay)
	var in [reverbBlock]float64
	for i, x := range block {
		in[i] = x - float64(g*late[i])
		block[i] = late[i] + float64(g*in[i])
	}
	d.line.write(in[:len(block)])
}

// tank is the reverb at work.
type tank struct {
	lines  [8]delayLine
	delay  [8]int
	keep   [8]float64
	dark   float64    // coefficient of the low-pass in each line
	dull   [8]float64 // and its states
	smear  [2][4]diffuser
	before [2]delayLine
	cut    [2]highpass
	wander [2]uint32
	blocks [8][reverbBlock]float64
}

func (r Reverb) build() *tank {
	t := &tank{wander: [2]uint32{0, 1 << 31}, dark: pole(r.Dark)}
	for i, n := range lineLengths {
		t.delay[i] = int(float64(float64(n)*r.Size) + .5)
		t.lines[i] = newDelayLine(t.delay[i] + 16)
		t.keep[i] = exp2(-9.965784284662087 * float64(t.delay[i]) / (r.Seconds * Rate))
	}
	for side := range t.smear {
		for i, n := range diffuseLengths[side] {
			n = max(reverbBlock, int(float64(n)*(.4+mul(.6, r.Size))))
			t.smear[side][i] = diffuser{newDelayLine(n), n}
		}
		t.before[side] = newDelayLine(frames(r.Before) + reverbBlock)
		t.cut[side] = newHighpass(170)
	}
	return t
}

// Add reads the send and adds the room to out.
func (r Reverb) Add(out, send Stereo) {
	t := r.build()
	before := max(reverbBlock, frames(r.Before))
	var in [2][reverbBlock]float64
	for start := 0; start < len(out.L); start += reverbBlock {
		end := min(len(out.L), start+reverbBlock)
		for side, x := range [...][]float64{send.L[start:end], send.R[start:end]} {
			block := in[side][:len(x)]
			for i := range x {
				block[i] = t.cut[side].next(x[i])
			}
			t.before[side].write(block)
			t.before[side].read(block, before+len(block))
			for k := range t.smear[side] {
				t.smear[side][k].apply(block)
			}
		}
		t.turn(out.L[start:end], out.R[start:end], &in)
	}
}

// turn lets a block pass through the lines once: out come the lines, in goes their mixture with the new sound.
func (t *tank) turn(left, right []float64, in *[2][reverbBlock]float64) {
	n := len(left)
	for k := range t.lines {
		block := t.blocks[k][:n]
		if k%5 == 0 { // two lines waver by a few samples, which keeps the tail from ringing
			t.waver(block, k)
		} else {
			t.lines[k].read(block, t.delay[k])
		}
	}
	for i := range left {
		t.mingle(i, &left[i], &right[i], float64(.35*in[0][i]), float64(.35*in[1][i]))
	}
	for k := range t.lines {
		t.lines[k].write(t.blocks[k][:n])
	}
}

// waver reads a line at a distance that changes slowly.
func (t *tank) waver(block []float64, k int) {
	line, mask := &t.lines[k], len(t.lines[k].data)-1
	phase := t.wander[k/5]
	slow := step(.61)
	for i := range block {
		shift := 8 + float64(7*sine(phase))
		phase += slow
		whole := int(shift)
		at := line.at + i - t.delay[k] - whole
		block[i] = lerp(line.data[at&mask], line.data[(at-1)&mask], shift-float64(whole))
	}
	t.wander[k/5] = phase
}

// mingle dulls and weakens frame i of the eight lines, adds them to the output, multiplies them by the orthogonal
// Hadamard matrix, ±1/√8, and adds the new sound.
func (t *tank) mingle(i int, left, right *float64, x, y float64) {
	const root = .35355339059327373
	b := &t.blocks
	var v [8]float64
	for k := range v {
		t.dull[k] += float64(t.dark * (b[k][i] - t.dull[k]))
		v[k] = float64(t.dull[k] * t.keep[k])
	}
	*left += v[0] - v[2] + v[4] - v[6]
	*right += v[1] - v[3] + v[5] - v[7]
	a0, a1, a2, a3 := v[0]+v[1], v[0]-v[1], v[2]+v[3], v[2]-v[3]
	a4, a5, a6, a7 := v[4]+v[5], v[4]-v[5], v[6]+v[7], v[6]-v[7]
	c0, c1, c2, c3 := a0+a2, a1+a3, a0-a2, a1-a3
	c4, c5, c6, c7 := a4+a6, a5+a7, a4-a6, a5-a7
	b[0][i], b[1][i] = float64((c0+c4)*root)+x, float64((c1+c5)*root)+y
	b[2][i], b[3][i] = float64((c2+c6)*root)+x, float64((c3+c7)*root)+y
	b[4][i], b[5][i] = float64((c0-c4)*root)+x, float64((c1-c5)*root)+y
	b[6][i], b[7][i] = float64((c2-c6)*root)+x, float64((c3-c7)*root)+y
}
