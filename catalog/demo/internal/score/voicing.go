package score

import "slices"

// Voicing says how an instrument lays out chords.
type Voicing struct {
	Centre int  // MIDI pitch round which the voices lie; 0 means 62
	Voices int  // how many; 0 means 4
	Open   bool // spread: the second voice from the top goes down an octave
	Root   bool // keep the root among the voices even if the bass has it and voices are short
}

func (v Voicing) defaults() Voicing {
	if v.Centre == 0 {
		v.Centre = 62
	}
	if v.Voices == 0 {
		v.Voices = 4
	}
	return v
}

// classes picks the pitch classes to play: all tones if there is room; without room the fifth goes first, then the
// root, which the bass has; with room to spare the root and the fifth are doubled.
func (v Voicing) classes(c Chord) []int {
	tones := slices.Clone(c.Tones)
	drop := func(tone int) {
		if i := slices.Index(tones, tone); i >= 0 && len(tones) > v.Voices {
			tones = slices.Delete(tones, i, i+1)
		}
	}
	drop(7)
	if !v.Root {
		drop(0)
	}
	for len(tones) > v.Voices {
		tones = tones[:len(tones)-1]
	}
	var classes []int
	for _, t := range tones {
		classes = append(classes, (c.Root+t)%12)
	}
	return classes
}

// lead returns the voices of c, rising, that lie nearest to those of the chord before (nil for none) and to the centre.
// It looks at every inversion in every octave near the centre and takes the cheapest: the sum of the distances moved,
// half the distance of the middle from the centre, and a fine for semitones, which sound muddy at the bottom and harsh
// at the top.
func (v Voicing) lead(c Chord, before []int) []int {
	v = v.defaults()
	classes := v.classes(c)
	var best []int
	bestCost := 1 << 30
	for low := v.Centre - 16; low <= v.Centre+6; low++ {
		first := slices.Index(classes, low%12)
		if first < 0 {
			continue
		}
		voices := v.stack(classes, low)
		cost := v.cost(voices, before)
		if cost < bestCost {
			best, bestCost = voices, cost
		}
	}
	return best
}

// stack builds a close position upwards from low, doubling classes if there are more voices.
func (v Voicing) stack(classes []int, low int) []int {
	voices := []int{low}
	for pitch := low + 1; len(voices) < v.Voices && pitch < low+36; pitch++ {
		if slices.Contains(classes, pitch%12) {
			voices = append(voices, pitch)
		}
	}
	if n := len(voices); v.Open && n >= 3 {
		voices[n-2] -= 12
		slices.Sort(voices)
	}
	return voices
}

func (v Voicing) cost(voices, before []int) int {
	cost, sum := 0, 0
	for i, p := range voices {
		sum += p
		if i > 0 && p-voices[i-1] == 1 {
			cost += 3
			if i == len(voices)-1 || p < 52 {
				cost += 6
			}
		}
		if len(before) == len(voices) {
			cost += 2 * distance(p, before[i])
		}
	}
	return cost + distance(2*sum/len(voices), 2*v.Centre)
}

func distance(a, b int) int { return max(a-b, b-a) }
