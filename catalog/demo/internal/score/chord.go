package score

import (
	"fmt"
	"strconv"
	"strings"
)

// Chord is a chord symbol in numbers.
type Chord struct {
	Name  string
	Root  int   // pitch class, 0 is C
	Bass  int   // pitch class of the lowest note
	Tones []int // semitones above the root, rising; the first is 0
}

// qualities maps what follows the root to the tones of the chord.
var qualities = map[string][]int{
	"": {0, 4, 7}, "m": {0, 3, 7}, "5": {0, 7}, "dim": {0, 3, 6}, "aug": {0, 4, 8}, "sus2": {0, 2, 7}, "sus4": {0, 5, 7},
	"6": {0, 4, 7, 9}, "m6": {0, 3, 7, 9}, "69": {0, 4, 7, 9, 14}, "m69": {0, 3, 7, 9, 14},
	"7": {0, 4, 7, 10}, "maj7": {0, 4, 7, 11}, "m7": {0, 3, 7, 10}, "mmaj7": {0, 3, 7, 11}, "m7b5": {0, 3, 6, 10},
	"dim7": {0, 3, 6, 9}, "7sus4": {0, 5, 7, 10}, "add9": {0, 4, 7, 14}, "madd9": {0, 3, 7, 14},
	"9": {0, 4, 7, 10, 14}, "maj9": {0, 4, 7, 11, 14}, "m9": {0, 3, 7, 10, 14}, "9sus4": {0, 5, 7, 10, 14},
	"7b9": {0, 4, 7, 10, 13}, "7#9": {0, 4, 7, 10, 15}, "13": {0, 4, 7, 10, 14, 21}, "m11": {0, 3, 7, 10, 14, 17},
	"maj7#11": {0, 4, 7, 11, 18}, "7alt": {0, 4, 10, 13, 20},
}

// letters are the pitch classes of the natural notes.
var letters = map[byte]int{'C': 0, 'D': 2, 'E': 4, 'F': 5, 'G': 7, 'A': 9, 'B': 11}

// pitchClass reads a note name from the front of text and returns the rest.
func pitchClass(text string) (class int, rest string, err error) {
	if text == "" {
		return 0, "", fmt.Errorf("score: a note name is missing")
	}
	class, ok := letters[text[0]]
	if !ok {
		return 0, "", fmt.Errorf("score: %q: want a note from A to G", text)
	}
	rest = text[1:]
	for rest != "" && (rest[0] == '#' || rest[0] == 'b') {
		if rest[0] == '#' {
			class++
		} else {
			class--
		}
		rest = rest[1:]
	}
	return (class + 12) % 12, rest, nil
}

// ParsePitch reads a note such as "F#4" as a MIDI number; C4 is middle C, 60.
func ParsePitch(text string) (int, error) {
	class, rest, err := pitchClass(text)
	if err != nil {
		return 0, err
	}
	octave, err := strconv.Atoi(rest)
	if err != nil || octave < 0 || octave > 8 {
		return 0, fmt.Errorf("score: %q: want a note with an octave from 0 to 8", text)
	}
	// B# and Cb belong to the octave that their letter names.
	pitch := 12*(octave+1) + class
	switch {
	case text[0] == 'B' && class < 6:
		pitch += 12
	case text[0] == 'C' && class > 6:
		pitch -= 12
	}
	return pitch, nil
}

// ParseChord reads a chord symbol such as "Ebmaj7/G".
func ParseChord(name string) (Chord, error) {
	root, rest, err := pitchClass(name)
	if err != nil {
		return Chord{}, err
	}
	quality, bassName, slash := strings.Cut(rest, "/")
	tones, ok := qualities[quality]
	if !ok {
		return Chord{}, fmt.Errorf("score: chord %q: unknown quality %q", name, quality)
	}
	c := Chord{Name: name, Root: root, Bass: root, Tones: tones}
	if slash {
		bass, rest, err := pitchClass(bassName)
		if err != nil || rest != "" {
			return Chord{}, fmt.Errorf("score: chord %q: bad bass note", name)
		}
		c.Bass = bass
	}
	return c, nil
}

// span is a chord with its place.
type span struct {
	Chord
	start, length float64 // beats
}

// parseChords lays out the chords of a section.
func parseChords(text string, start, beats float64) (spans []span, bars int, err error) {
	var before []string
	for bar := range strings.SplitSeq(text, "|") {
		names := strings.Fields(bar)
		if len(names) == 1 && names[0] == "%" {
			names = before
		}
		if len(names) == 0 {
			return nil, 0, fmt.Errorf("score: bar %d of %q has no chord", bars+1, text)
		}
		before = names
		each := beats / float64(len(names))
		for i, name := range names {
			c, err := ParseChord(name)
			if err != nil {
				return nil, 0, err
			}
			spans = append(spans, span{c, start + float64(float64(bars)*beats) + float64(float64(i)*each), each})
		}
		bars++
	}
	return spans, bars, nil
}

// at returns the index of the chord that sounds at a beat.
func at(spans []span, beat float64) int {
	for i := len(spans) - 1; i > 0; i-- {
		if spans[i].start <= beat+1e-6 {
			return i
		}
	}
	return 0
}
