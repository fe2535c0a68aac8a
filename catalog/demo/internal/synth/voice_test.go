package synth

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// voices are all instruments, with the pitches at which they are played.
func voices() map[string]struct {
	Voice
	low, high float64
	tuned     bool
} {
	type entry = struct {
		Voice
		low, high float64
		tuned     bool
	}
	long := Envelope{Attack: .02, Decay: .5, Sustain: .8, Release: .1}
	return map[string]entry{
		"electric piano": {ElectricPiano{Bark: .5, Tine: .5, Ring: 5, Mellow: 4000}, 40, 84, true},
		"piano":          {Piano{Bright: .5, Ring: 5, Knock: .3}, 36, 84, true},
		"pluck":          {Pluck{Bright: 3000, Ring: 4, Damp: .2, Position: .25, Finger: .3, Mute: .2}, 28, 81, true},
		"marimba":        {Marimba(), 40, 84, true}, "vibraphone": {Vibraphone(), 53, 89, true}, "kalimba": {Kalimba(), 55, 88, true},
		"celesta": {Celesta(), 60, 96, true}, "glockenspiel": {Glockenspiel(), 72, 100, true}, "steel pan": {SteelPan(), 55, 88, true},
		"synth": {Synth{Wave: Saw, Amp: long, Cutoff: 1500, Track: .5, Sweep: 1, Filter: long}, 28, 84, true},
		"pad":   {Synth{Wave: Glass, Unison: 3, Detune: 4, Amp: long}, 48, 84, true},
		"flute": {FluteVoice(), 60, 96, true}, "clarinet": {ClarinetVoice(), 50, 86, true},
		"trumpet": {MutedTrumpet(), 54, 82, true}, "whistle": {TinWhistle(), 69, 96, true},
		"kick": {SoftKick(), 36, 36, false}, "machine kick": {DeepKick(), 36, 36, false}, "snare": {StickSnare(), 60, 60, false},
		"dusty snare": {DustySnare(), 60, 60, false}, "tap": {BrushTap(), 60, 60, false}, "sweep": {BrushSweep(), 60, 60, false},
		"cross stick": {CrossStick(), 81, 81, false}, "closed hat": {ClosedHat(), 60, 60, false}, "open hat": {OpenHat(), 60, 60, false},
		"ride": {Ride(), 60, 60, false}, "crash": {Crash(), 60, 60, false}, "swell": {Swell(.5), 60, 60, false},
		"shaker": {Shaker(), 60, 60, false}, "tambourine": {Tambourine(), 60, 60, false}, "clap": {Clap(), 60, 60, false},
		"snap": {Snap(), 60, 60, false}, "tom": {Tom(), 43, 55, false}, "taiko": {Taiko(), 38, 43, false},
		"timpani": {Timpani(), 36, 48, false}, "hand drum": {HandDrum(), 48, 60, false}, "wood block": {WoodBlock(), 79, 84, false},
		"triangle": {SteelTriangle(), 96, 96, false},
	}
}

// Every voice is finite, not too loud, free of direct current, ends, repeats itself, and keeps within what it is given.
func TestVoicesBehave(t *testing.T) {
	t.Parallel()
	for name, v := range voices() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, pitch := range []float64{v.low, v.high} {
				hit := Hit{Frames: Rate / 2, Pitch: pitch, Velocity: .8}
				out := NewStereo(8 * Rate)
				v.Play(out, hit, NewRand(name))
				var peak, mean float64 // max keeps NaN, so a peak in range says that all is finite
				for i := range out.L {
					peak = max(peak, math.Abs(out.L[i]), math.Abs(out.R[i]))
					mean += out.L[i]
				}
				require.True(t, peak > .01 && peak < 1.5, "peak %.3f", peak)
				require.Less(t, math.Abs(mean)/Rate, .02*peak, "direct current")
				require.Less(t, math.Abs(out.L[len(out.L)-1]), 1e-3, "does not end")

				again := NewStereo(8 * Rate)
				v.Play(again, hit, NewRand(name))
				require.True(t, slices.Equal(out.L, again.L) && slices.Equal(out.R, again.R), "plays differently")

				short := NewStereo(1000)
				v.Play(short.slice(100, 900), hit, NewRand(name))
				require.Equal(t, make([]float64, 100), short.L[900:])
				require.Equal(t, out.L[:800], short.L[100:900], "cutting changes nothing before the cut")
				v.Play(Stereo{}, hit, NewRand(name))
			}
		})
	}
}

// Tuned voices hit their pitch within 6 cents across their range; the strings within 2.
func TestVoicesAreInTune(t *testing.T) {
	t.Parallel()
	for name, v := range voices() {
		if !v.tuned {
			continue
		}
		for _, pitch := range []float64{v.low, math.Round((v.low + v.high) / 2), v.high} {
			t.Run(fmt.Sprintf("%s/%v", name, pitch), func(t *testing.T) {
				t.Parallel()
				out := NewStereo(27_000)
				v.Play(out, Hit{Frames: Rate, Pitch: pitch, Velocity: .7}, NewRand(name))
				tolerance := 6.0
				if name == "pluck" {
					tolerance = 2
				}
				cents, best := 0.0, 0.0
				for c := -20.0; c <= 20; c++ {
					if m := magnitude(out.L[3000:27000], 440*math.Exp2((pitch-69+c/100)/12)); m > best {
						cents, best = c, m
					}
				}
				require.InDelta(t, 0, cents, tolerance)
			})
		}
	}
}

// magnitude is that of one frequency under a Hann window.
func magnitude(x []float64, hz float64) float64 {
	var re, im float64
	for i, v := range x {
		v *= .5 - .5*math.Cos(2*math.Pi*float64(i)/float64(len(x)))
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / Rate)
		re += v * cos
		im += v * sin
	}
	return math.Hypot(re, im) * 4 / float64(len(x))
}

// A wave never has harmonics above the limit of hearing, so it cannot alias.
func TestWavesDoNotAlias(t *testing.T) {
	t.Parallel()
	for _, hz := range []float64{40, 220, 1000, 3000, 8000, 12000} {
		table := Saw().at(hz)
		require.Len(t, table, waveSize+1)
		require.Equal(t, table[0], table[waveSize])
		for n := 1; n <= 600; n++ {
			var sum float64
			for i := range waveSize {
				sum += table[i] * math.Sin(2*math.Pi*float64(i*n)/waveSize) * 2 / waveSize
			}
			if float64(n)*hz >= 18_000 && n > 1 {
				require.InDelta(t, 0, sum, 1e-9, "harmonic %d of %v Hz", n, hz)
			}
		}
	}
}
