package score

import "fmt"

// Line is what one instrument does in a section.
type Line struct {
	Instrument string
	write      func(p *passage) error
}

// Drum strikes at the steps of a pattern, always at the same pitch.
func Drum(instrument string, velocity float64, pitch int, pattern string) Line {
	return Line{instrument, func(p *passage) error {
		strokes, err := steps(pattern, p)
		for _, s := range strokes {
			p.add(instrument, note{beat: s.beat, length: s.length, pitch: pitch, velocity: float64(velocity * force(s.symbol))})
		}
		return err
	}}
}

// Comp plays the whole chord at the steps of a pattern.
func Comp(instrument string, velocity float64, v Voicing, pattern string) Line {
	return Line{instrument, func(p *passage) error {
		strokes, err := steps(pattern, p)
		voices := p.voices(instrument, v)
		for _, s := range strokes {
			for i, pitch := range voices[at(p.chords, s.beat)] {
				n := note{beat: s.beat, length: s.length, pitch: pitch, velocity: float64(velocity * force(s.symbol)), late: float64(.006 * float64(i))}
				p.add(instrument, n)
			}
		}
		return err
	}}
}

// Pad holds every chord for its whole time; a voice that the next chord shares is held on.
func Pad(instrument string, velocity float64, v Voicing) Line {
	return Line{instrument, func(p *passage) error {
		voices := p.voices(instrument, v)
		open := map[int]note{} // by pitch
		for i, c := range p.chords {
			next := map[int]note{}
			for _, pitch := range voices[i] {
				n, held := open[pitch]
				if !held {
					n = note{beat: c.start, pitch: pitch, velocity: velocity}
				}
				n.length = c.start + c.length - n.beat
				next[pitch] = n
				delete(open, pitch)
			}
			p.addAll(instrument, open)
			open = next
		}
		p.addAll(instrument, open)
		return nil
	}}
}

// Arpeggio plays single chord tones at the steps of a pattern: digits count the voices from below, and go on an octave
// higher where the voices end.
func Arpeggio(instrument string, velocity float64, v Voicing, pattern string) Line {
	return Line{instrument, func(p *passage) error {
		strokes, err := steps(pattern, p)
		voices := p.voices(instrument, v)
		for _, s := range strokes {
			if s.symbol < '0' || s.symbol > '9' {
				return fmt.Errorf("score: arpeggio %q: %q is no digit", pattern, s.symbol)
			}
			chord := voices[at(p.chords, s.beat)]
			i := int(s.symbol - '0')
			pitch := chord[i%len(chord)] + 12*(i/len(chord))
			p.add(instrument, note{beat: s.beat, length: s.length, pitch: pitch, velocity: velocity})
		}
		return err
	}}
}

// Strum plays the chord string by string: d downwards, u upwards and softer without the lowest voice, D and U harder.
func Strum(instrument string, velocity float64, v Voicing, pattern string) Line {
	return Line{instrument, func(p *passage) error {
		strokes, err := steps(pattern, p)
		voices := p.voices(instrument, v)
		for _, s := range strokes {
			chord := voices[at(p.chords, s.beat)]
			for i, pitch := range chord {
				n := note{beat: s.beat, length: s.length, pitch: pitch, velocity: float64(velocity * force(s.symbol))}
				switch s.symbol {
				case 'd', 'D':
					n.late = float64(.011 * float64(i))
				case 'u', 'U':
					if i == 0 {
						continue
					}
					n.late = float64(.009 * float64(len(chord)-1-i))
					n.velocity = float64(n.velocity * .78)
				default:
					return fmt.Errorf("score: strum %q: want d, u, D and U", pattern)
				}
				p.add(instrument, n)
			}
		}
		return err
	}}
}

// Bass plays chord tones in one octave from lowest up: R the bass note, 3, 5, 7 and 8 its third, fifth, seventh and
// octave, 6 the sixth, 4 the fourth, a and b a semitone below and above the bass note of the next chord, r a soft bass note.
func Bass(instrument string, velocity float64, lowest int, pattern string) Line {
	return Line{instrument, func(p *passage) error {
		strokes, err := steps(pattern, p)
		for _, s := range strokes {
			i := at(p.chords, s.beat)
			c := p.chords[i]
			next := p.chords[min(i+1, len(p.chords)-1)]
			if i+1 == len(p.chords) {
				next = p.chords[0]
			}
			bass := lowest + (c.Bass-lowest%12+12)%12
			ahead := lowest + (next.Bass-lowest%12+12)%12
			n := note{beat: s.beat, length: s.length, velocity: velocity}
			switch s.symbol {
			case 'R':
				n.pitch = bass
			case 'r':
				n.pitch, n.velocity = bass, float64(velocity*.7)
			case '8':
				n.pitch = bass + 12
			case 'a':
				n.pitch = ahead - 1
			case 'b':
				n.pitch = ahead + 1
			case '3', '4', '5', '6', '7':
				n.pitch = bass + c.above(int(s.symbol-'0'))
			default:
				return fmt.Errorf("score: bass %q: unknown step %q", pattern, s.symbol)
			}
			p.add(instrument, n)
		}
		return err
	}}
}

// above returns the semitones from the bass note up to a degree of the chord: the tone that the chord has there, or
// the plain one.
func (c Chord) above(degree int) int {
	choices := map[int][]int{3: {3, 4}, 4: {5}, 5: {6, 7, 8}, 6: {9, 8}, 7: {10, 11}}[degree]
	plain := map[int]int{3: 4, 4: 5, 5: 7, 6: 9, 7: 10}[degree]
	lift := (c.Root - c.Bass + 12) % 12
	for _, tone := range c.Tones {
		for _, choice := range choices {
			if tone%12 == choice {
				return (choice + lift) % 12
			}
		}
	}
	return (plain + lift) % 12
}
