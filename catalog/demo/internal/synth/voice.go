package synth

// Hit is one note or stroke.
type Hit struct {
	Frames   int     // how long the key is held
	Pitch    float64 // MIDI number: 69 is the A of 440 Hz, 12 to the octave
	Velocity float64 // 0 to 1
	Pan      float64 // −1 left … 1 right
}

// Stereo is two channels of equal length.
type Stereo struct{ L, R []float64 }

// NewStereo returns silence.
func NewStereo(frames int) Stereo {
	return Stereo{L: make([]float64, frames), R: make([]float64, frames)}
}

// slice returns the frames from start up to end, sharing their memory.
func (s Stereo) slice(start, end int) Stereo { return Stereo{L: s.L[start:end], R: s.R[start:end]} }

// Clear silences s.
func (s Stereo) Clear() {
	clear(s.L)
	clear(s.R)
}

// Voice is an instrument. Play adds the hit to out, which begins where the hit begins; what does not fit is cut.
// A Voice has no state of its own, so one serves all notes.
type Voice interface {
	Play(out Stereo, h Hit, noise *Rand)
}

// Tuned is a Voice at a fixed pitch, for drums that are tuned by hand.
type Tuned struct {
	Voice
	Pitch float64
}

// Play implements [Voice].
func (t Tuned) Play(out Stereo, h Hit, noise *Rand) {
	h.Pitch = t.Pitch
	t.Voice.Play(out, h, noise)
}

// panGains spreads a mono voice with constant power: −3 dB each in the middle.
func panGains(pan float64) (left, right float64) {
	x := .125 + mul(.125, max(-1, min(1, pan))) // an eighth of a turn either way
	return sinTurn(.25 - x), sinTurn(x)
}

// frames converts seconds.
func frames(seconds float64) int { return int(float64(seconds*Rate) + .5) }

// silence is the level, −90 dB, at which a voice that fades out may stop.
const silence = 3.2e-5
