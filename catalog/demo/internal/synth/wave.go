package synth

import "sync"

// waveSize is the length of a wavetable; its richest level holds 512 harmonics.
const (
	waveSize   = 2048
	waveLevels = 10 // 1, 2, 4 … 512 harmonics
)

// Wave is a periodic wave form without aliasing: tables of the same wave with fewer and fewer harmonics, of which a
// note takes the richest whose harmonics stay below the limit of hearing. Waves are immutable.
type Wave struct {
	levels [waveLevels][]float64
}

// NewWave builds a wave from the level of each harmonic, counted from 1; at most 512 are asked for.
func NewWave(harmonic func(n int) float64) *Wave {
	w := &Wave{}
	sum := make([]float64, waveSize)
	n := 1
	for level := range waveLevels {
		for ; n <= 1<<level; n++ {
			if a := harmonic(n); a != 0 {
				for i := range sum {
					sum[i] += float64(a * sineTable[i*n*(sineSize/waveSize)%sineSize])
				}
			}
		}
		w.levels[level] = append(append(make([]float64, 0, waveSize+1), sum...), sum[0])
	}
	return w
}

// at returns the table for a frequency.
func (w *Wave) at(hz float64) []float64 {
	level := 0
	for level+1 < waveLevels && float64(int(2)<<level)*hz < 18_000 {
		level++
	}
	return w.levels[level]
}

// read interpolates a table at a phase of 2^32 to the turn.
func read(table []float64, phase uint32) float64 {
	table = table[:waveSize+1]
	i := phase >> 21
	a := table[i]
	return a + float64(float64(phase&0x1fffff)*(1.0/(1<<21))*(table[i+1]-a))
}

// Waves that several voices use. Each is built once, when it is first asked for.
var (
	// Saw has all harmonics, 1/n: strings, brass, rich pads.
	Saw = sync.OnceValue(func() *Wave { return NewWave(func(n int) float64 { return .6 / float64(n) }) })
	// Square has the odd harmonics, 1/n: hollow leads.
	Square = sync.OnceValue(func() *Wave { return NewWave(func(n int) float64 { return float64(n%2) * .9 / float64(n) }) })
	// Triangle has the odd harmonics, ±1/n²: soft leads and basses.
	Triangle = sync.OnceValue(func() *Wave {
		return NewWave(func(n int) float64 {
			return float64(n%2) * float64(2-n%4) * .8 / float64(n*n)
		})
	})
	// Glass is a sine with a breath of upper octaves: pads without an edge.
	Glass = recipe(.8, .12, .06, .10, 0, .03, 0, .05, 0, 0, 0, 0, 0, 0, 0, .02)
	// Drawbars is an organ registration: 8', 4', 2⅔', 2' and a little 16' is left to the bass.
	Drawbars = recipe(.6, .42, .25, .18, 0, .08, 0, .10)
	// Flute has a strong fundamental and octave.
	Flute = recipe(.78, .30, .16, .05, .03, .012, .006)
	// Clarinet has mostly odd harmonics.
	Clarinet = recipe(.62, .02, .34, .04, .20, .06, .10, .05, .06, .03, .03, .02, .02)
	// Trumpet has a bright middle, for a muted horn behind a band-pass.
	Trumpet = recipe(.34, .36, .38, .32, .26, .20, .15, .11, .08, .06, .045, .035, .025, .02, .015, .01)
	// Whistle is almost a sine.
	Whistle = recipe(.85, .06, .03, .01)
)

func recipe(levels ...float64) func() *Wave {
	return sync.OnceValue(func() *Wave {
		return NewWave(func(n int) float64 {
			if n > len(levels) {
				return 0
			}
			return levels[n-1]
		})
	})
}
