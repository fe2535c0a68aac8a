package score

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// still is a player without a human touch.
func still(string) Jitter { return func() float64 { return 0 } }

// play arranges one section of one line at 60 beats a minute, so that seconds are beats.
func play(t *testing.T, chords string, line Line) []Note {
	t.Helper()
	notes, _, err := Song{Tempo: 60, Beats: 4, Sections: []Section{{Name: "A", Chords: chords, Lines: []Line{line}}}}.Arrange(still)
	require.NoError(t, err)
	return notes[line.Instrument]
}

func TestParsePitch(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"C4": 60, "A4": 69, "F#5": 78, "Bb3": 58, "B#3": 60, "Cb4": 59, "E0": 16, "Dbb4": 60} {
		got, err := ParsePitch(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "H4", "C", "C9", "C-1", "c4", "4"} {
		_, err := ParsePitch(text)
		require.Error(t, err, text)
	}
}

func TestParseChord(t *testing.T) {
	t.Parallel()
	c, err := ParseChord("Ebmaj7/G")
	require.NoError(t, err)
	require.Equal(t, Chord{Name: "Ebmaj7/G", Root: 3, Bass: 7, Tones: []int{0, 4, 7, 11}}, c)
	for _, text := range []string{"", "X", "Cmaj8", "C/", "C/Gm", "C/G/B"} {
		_, err := ParseChord(text)
		require.Error(t, err, text)
	}
}

func TestMelody(t *testing.T) {
	t.Parallel()
	notes := play(t, "C | G", Melody("flute", .5, "E5:1.5 G5:.5 _:1 C6! | D5:2/3 E5 F5 G5:2,"))
	require.Len(t, notes, 7)
	require.Equal(t, Note{Start: 0, Length: 1.5, Pitch: 76, Velocity: .53}, notes[0])
	require.InDelta(t, 3, notes[2].Start, 1e-9)
	require.InDelta(t, 4+2.0/3, notes[4].Start, 1e-9)
	require.Greater(t, notes[2].Velocity, notes[6].Velocity)
	for _, bad := range []string{"C5:4", "C5:4 | D5:3", "C5:4 | H5:4", "C5:0 | D5:4", "C5:4 | D5:x", "C5:4 | D5:4 | E5:4"} {
		_, _, err := Song{Tempo: 60, Beats: 4, Sections: []Section{{Chords: "C | G", Lines: []Line{Melody("x", 1, bad)}}}}.Arrange(still)
		require.Error(t, err, bad)
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	notes := play(t, "C | C | C", Drum("kick", .5, 36, "X--. o...|x..."))
	require.Len(t, notes, 5)
	require.InDelta(t, 1.5, notes[0].Length, 1e-9, "held for three of eight steps")
	require.InDelta(t, 4, notes[2].Start, 1e-9, "the second bar has its own steps")
	require.InDelta(t, 8, notes[3].Start, 1e-9, "the third bar begins again")
	require.Greater(t, notes[0].Velocity, notes[2].Velocity)
	require.Less(t, notes[1].Velocity, notes[2].Velocity)
}

// Voices move as little as they can, stay near the centre and hold what two chords share.
func TestVoiceLeading(t *testing.T) {
	t.Parallel()
	v := Voicing{Centre: 62, Voices: 4}
	var before []int
	for _, name := range []string{"Cmaj7", "Am7", "Dm7", "G7", "Em7", "A7", "Dm7", "G7", "Cmaj7", "Fmaj7", "Bm7b5", "E7", "Am7"} {
		c, err := ParseChord(name)
		require.NoError(t, err)
		voices := v.lead(c, before)
		require.Len(t, voices, 4)
		require.True(t, slices.IsSorted(voices))
		for i, p := range voices {
			require.Contains(t, c.Tones, ((p-c.Root)%12+12)%12, "%s: %d", name, p)
			require.InDelta(t, 62, p, 15)
			if before != nil {
				require.LessOrEqual(t, distance(p, before[i]), 4, "%s: voice %d leaps from %d to %d", name, i, before[i], p)
			}
		}
		before = voices
	}
	three, err := ParseChord("C9")
	require.NoError(t, err)
	require.Equal(t, []int{4, 10, 2}, Voicing{Voices: 3}.classes(three), "fifth and root go first")
	require.Equal(t, []int{0, 4, 10}, Voicing{Voices: 3, Root: true}.classes(three))
}

func TestPadHoldsCommonTones(t *testing.T) {
	t.Parallel()
	notes := play(t, "C | Am | F", Pad("strings", .5, Voicing{Centre: 62, Voices: 3}))
	held := 0
	for _, n := range notes {
		if n.Length > 4.5 {
			held++
		}
	}
	require.Positive(t, held)
	require.Less(t, len(notes), 9, "shared tones are not struck again")
}

func TestBass(t *testing.T) {
	t.Parallel()
	pitches := func(chords, pattern string) (all []int) {
		for _, n := range play(t, chords, Bass("bass", .5, 28, pattern)) {
			all = append(all, n.Pitch)
		}
		return all
	}
	require.Equal(t, []int{36, 43, 48, 28, 29, 36, 41, 35}, pitches("C | F", "R58a"), "a leads into the next chord, at the end into the first")
	require.Equal(t, []int{33, 36, 40, 43}, pitches("Am7", "R357"), "the tones of the chord")
	require.Equal(t, []int{28, 31}, pitches("C/E", "R-5-"), "an inversion")
}

func TestSwing(t *testing.T) {
	t.Parallel()
	s := Song{Tempo: 60, Beats: 4, Swing: 1.0 / 6}
	for beat, want := range map[float64]float64{0: 0, .5: 2.0 / 3, 1: 1, 1.25: 1 + 1.0/3, 1.5: 1 + 2.0/3, 3: 3} {
		require.InDelta(t, want, s.swung(beat), 1e-9)
	}
	before := -1.0
	for beat := 0.0; beat < 8; beat += .01 {
		now := Song{Swing: .15, Shuffle: .2}.swung(beat)
		require.Greater(t, now, before, "time runs forwards")
		before = now
	}
}

func TestLengthAgreesWithArrange(t *testing.T) {
	t.Parallel()
	s := Song{Tempo: 90, Beats: 3, Sections: []Section{{Chords: "C | G"}, {Chords: "Am F | % | G7 | C"}}}
	length, err := s.Length()
	require.NoError(t, err)
	_, seconds, err := s.Arrange(still)
	require.NoError(t, err)
	require.Equal(t, seconds, length)
	require.InDelta(t, 12, length, 1e-9)
	_, err = Song{Tempo: 60, Beats: 4, Sections: []Section{{Chords: "C | "}}}.Length()
	require.Error(t, err)
}

// FuzzMelody: whatever is written either plays within its bars or is refused.
func FuzzMelody(f *testing.F) {
	f.Add("C4 | Dm7", "E5:1.5 G5:.5 C5:2 | D5:4")
	f.Add("C | G", "_:4 | Bb3:2/3 C4 D4 E4:2!")
	f.Fuzz(func(t *testing.T, chords, tune string) {
		song := Song{Tempo: 120, Beats: 4, Swing: .1, Sections: []Section{{Chords: chords, Lines: []Line{Melody("x", .5, tune), Pad("y", .5, Voicing{})}}}}
		notes, seconds, err := song.Arrange(still)
		if err != nil {
			return
		}
		for _, n := range notes["x"] {
			if n.Start < 0 || n.Start+n.Length > seconds+1e-6 || math.IsNaN(n.Length) || n.Pitch < 0 || n.Pitch > 127 {
				t.Fatalf("%+v in %v s", n, seconds)
			}
		}
	})
}
