package synth

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func tone(hz, level float64, seconds float64) Stereo {
	s := NewStereo(frames(seconds))
	for i := range s.L {
		s.L[i] = level * math.Sin(2*math.Pi*hz*float64(i)/Rate)
		s.R[i] = s.L[i]
	}
	return s
}

// BS.1770: a sine of 997 Hz at full scale on both sides measures 0 LUFS. The coefficients at 44.1 kHz are those that
// other implementations of the same design print.
func TestLoudnessFollowsTheRecommendation(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 1, scaleTo(tone(997, 1, 3).power(10, false), 0), .01)
	require.InDelta(t, 1, scaleTo(tone(997, .1, 3).power(10, false), -20), .01)
	require.InDelta(t, tone(997, 1, 3).power(10, false), tone(997, 1, 3).power(10, true), .03, "rough")
	w := newWeighting()
	for _, c := range []struct{ got, want float64 }{
		{w.shelf.b0, 1.5308412300503478}, {w.shelf.b1, -2.650979995154729}, {w.shelf.b2, 1.1690790799215869},
		{w.shelf.a1, -1.6636551132560204}, {w.shelf.a2, .7125954280732254},
		{w.cut.a1, -1.9891696736297957}, {w.cut.a2, .9891990357870394},
	} {
		require.InDelta(t, c.want, c.got, 1e-5)
	}
	require.Zero(t, scaleTo(NewStereo(Rate).power(10, false), -20), "silence stays silent")
}

func TestFiltersHaveTheirCorner(t *testing.T) {
	t.Parallel()
	level := func(effect Effect, hz float64) float64 {
		s := tone(hz, .5, 1)
		effect.Apply(s)
		return 20 * math.Log10(magnitude(s.L[Rate/2:], hz)/.5)
	}
	cut := Cut{Low: 200, High: 4000}
	require.InDelta(t, 0, level(cut, 900), .3)
	require.InDelta(t, -3, level(cut, 200), .4)
	require.InDelta(t, -3, level(cut, 4000), .4)
	require.Less(t, level(cut, 50), -22.0)
	require.Less(t, level(cut, 16000), -24.0)
	require.InDelta(t, 6, level(Peak{Hz: 1000, Quality: 1, Gain: 6}, 1000), .05)
	require.InDelta(t, 0, level(Peak{Hz: 1000, Quality: 1, Gain: 6}, 60), .2)
	require.InDelta(t, 0, level(Drive{Gain: 1}, 500), 1)
}

// The room fades by 60 dB in the time asked for, to a fifth, and does not grow.
func TestReverbFadesInTime(t *testing.T) {
	t.Parallel()
	for _, seconds := range []float64{.9, 1.6, 3.2} {
		send, out := NewStereo(5*Rate), NewStereo(5*Rate)
		send.L[0], send.R[0] = 1, 1
		Reverb{Seconds: seconds, Size: .9, Dark: 18_000, Before: .02}.Add(out, send)
		energy := func(from, to float64) (sum float64) {
			for _, x := range out.L[frames(from):frames(to)] {
				sum += x * x
			}
			return sum
		}
		early, late := energy(.2, .3), energy(.2+seconds/2, .3+seconds/2)
		require.InDelta(t, 30, 10*math.Log10(early/late), 6, "half the time is half the fade")
		require.Greater(t, early, 0.0)
		require.Less(t, energy(4.5, 5), early)
	}
}

func TestEchoArrivesInTime(t *testing.T) {
	t.Parallel()
	send, out := NewStereo(Rate), NewStereo(Rate)
	send.L[10], send.R[10] = 1, 1
	Echo{Seconds: .25, Feedback: .5, Tone: 15_000}.Add(out, send)
	require.Zero(t, slices.Max(out.L[:frames(.25)+9]))
	require.NotZero(t, out.L[frames(.25)+10])
}

// Whatever comes in, the master leaves at −1 dBFS: dense music, a lone click, silence.
func TestMasterKeepsTheCeiling(t *testing.T) {
	t.Parallel()
	click := tone(220, .05, 3)
	click.L[Rate] = 40
	for name, mix := range map[string]Stereo{"loud": tone(110, 7, 3), "soft": tone(440, .001, 3), "click": click} {
		Master(mix, -16, .01, .5)
		var peak float64
		for i := range mix.L {
			peak = max(peak, math.Abs(mix.L[i]), math.Abs(mix.R[i]))
		}
		require.InDelta(t, Ceiling, peak, 1e-9, name)
		require.Zero(t, mix.L[0], name)
		require.InDelta(t, 0, mix.L[len(mix.L)-1], 1e-6, name)
	}
	silent := NewStereo(Rate)
	Master(silent, -16, .01, .5)
	require.Equal(t, make([]byte, 4*Rate), PCM(silent, NewRand("x")), "silence stays digital silence")
}

func TestPCMRoundsWithDither(t *testing.T) {
	t.Parallel()
	s := NewStereo(Rate)
	for i := range s.L {
		s.L[i], s.R[i] = .3/32767, -2
	}
	pcm := PCM(s, NewRand("x"))
	var mean float64
	for i := 0; i < len(pcm); i += 4 {
		left := int16(binary.LittleEndian.Uint16(pcm[i:]))
		if right := int16(binary.LittleEndian.Uint16(pcm[i+2:])); left < -1 || left > 2 || right != -32768 {
			t.Fatalf("frame %d: %d %d; too loud a sample is clamped, not wrapped", i/4, left, right)
		}
		mean += float64(left) / Rate
	}
	require.InDelta(t, .3, mean, .02, "dither keeps what lies below one step")
}

func TestMixStopsWhenToldTo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	room := Room{Reverb: Reverb{Seconds: 1, Size: .5, Dark: 4000}}
	channels := []Channel{{Name: "a", Voice: Marimba(), Level: -20}}
	events := map[string][]Event{"a": {{Frame: 0, Hit: Hit{Frames: 100, Pitch: 60, Velocity: .5}}, {Frame: 1 << 30, Hit: Hit{Frames: 1}}}}
	_, err := Mix(ctx, "x", Rate, room, channels, events)
	require.ErrorIs(t, err, context.Canceled)
	mix, err := Mix(t.Context(), "x", Rate, room, channels, events)
	require.NoError(t, err)
	require.InDelta(t, -20, 10*math.Log10(mix.power(15, false))-.691, 1.5, "the channel's level")
}
