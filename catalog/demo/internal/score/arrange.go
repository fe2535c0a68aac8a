package score

import (
	"cmp"
	"fmt"
	"slices"
)

// Song is a piece of music.
type Song struct {
	Tempo    float64 // beats a minute
	Beats    float64 // in a bar
	Swing    float64 // how late every second half of a beat is, as a share of the beat: 0 straight … .167 triplets
	Shuffle  float64 // the same for the quarters of a beat, as a share of half a beat
	Loose    float64 // seconds by which players stray from the beat; 0 means .005
	Sections []Section
}

// Section is a part of the form: intro, A, B, outro.
type Section struct {
	Name   string
	Chords string
	Level  float64 // factor of all velocities; 0 means 1
	Lines  []Line
}

// Note is a note in time.
type Note struct {
	Start, Length float64 // seconds
	Pitch         int
	Velocity      float64 // 0 to 1
}

// note is a note in the score.
type note struct {
	beat, length float64
	pitch        int
	velocity     float64
	late         float64 // seconds
}

// passage is a section that is being written.
type passage struct {
	start, beats float64 // beats since the beginning; beats in a bar
	bars         int
	chords       []span
	level        float64
	last         map[string][]int // the voices that each instrument played last
	notes        map[string][]note
}

func (p *passage) add(instrument string, n note) {
	n.velocity = float64(n.velocity * p.level)
	p.notes[instrument] = append(p.notes[instrument], n)
}

// addAll adds notes in the order of their pitch, since maps have none.
func (p *passage) addAll(instrument string, notes map[int]note) {
	pitches := make([]int, 0, len(notes))
	for pitch := range notes {
		pitches = append(pitches, pitch)
	}
	slices.Sort(pitches)
	for _, pitch := range pitches {
		p.add(instrument, notes[pitch])
	}
}

// voices lays out every chord of the passage for an instrument, led from what it played before.
func (p *passage) voices(instrument string, v Voicing) [][]int {
	all := make([][]int, len(p.chords))
	before := p.last[instrument]
	for i, c := range p.chords {
		all[i] = v.lead(c.Chord, before)
		before = all[i]
	}
	p.last[instrument] = before
	return all
}

// Jitter is a source of numbers from (-1, 1) for one instrument.
type Jitter func() float64

// Arrange writes out the song: the notes of each instrument in the order of their start, and the length in seconds
// from the first beat to the last. Players stray from the beat and from each other in loudness by what jitter says.
func (s Song) Arrange(jitter func(instrument string) Jitter) (notes map[string][]Note, seconds float64, err error) {
	p := &passage{beats: s.Beats, last: map[string][]int{}, notes: map[string][]note{}}
	for _, section := range s.Sections {
		if p.chords, p.bars, err = parseChords(section.Chords, p.start, s.Beats); err != nil {
			return nil, 0, err
		}
		p.level = section.Level
		if p.level == 0 {
			p.level = 1
		}
		for _, line := range section.Lines {
			if err := line.write(p); err != nil {
				return nil, 0, fmt.Errorf("%s, %s: %w", section.Name, line.Instrument, err)
			}
		}
		p.start += float64(float64(p.bars) * s.Beats)
	}
	notes = make(map[string][]Note, len(p.notes))
	for instrument, written := range p.notes {
		slices.SortStableFunc(written, func(a, b note) int {
			return cmp.Or(cmp.Compare(a.beat, b.beat), cmp.Compare(a.pitch, b.pitch))
		})
		notes[instrument] = s.perform(written, jitter(instrument))
	}
	return notes, s.seconds(p.start), nil
}

// perform gives notes their time and their human touch.
func (s Song) perform(written []note, jitter Jitter) []Note {
	loose := s.Loose
	if loose == 0 {
		loose = .005
	}
	played := make([]Note, len(written))
	var stray, touch float64
	for i, n := range written {
		if i == 0 || n.beat != written[i-1].beat { // the notes of a chord stray together
			stray, touch = float64(loose*jitter()), 1+float64(.08*jitter())
		}
		start := s.seconds(s.swung(n.beat)) + n.late + stray
		played[i] = Note{
			Start:    max(0, start),
			Length:   s.seconds(s.swung(n.beat+n.length)) - s.seconds(s.swung(n.beat)),
			Pitch:    n.pitch,
			Velocity: min(1, float64(n.velocity*touch*s.accent(n.beat))),
		}
	}
	return played
}

// accent makes the strong beats of a bar a little louder than what lies between.
func (s Song) accent(beat float64) float64 {
	whole := float64(int(beat + 1e-6))
	switch {
	case beat-whole > .01:
		return .93
	case int(whole)%int(s.Beats) == 0:
		return 1.06
	}
	return 1
}

func (s Song) seconds(beats float64) float64 { return float64(beats*60) / s.Tempo }

// swung moves a beat by the song's swing and shuffle.
func (s Song) swung(beat float64) float64 {
	return lean(lean(beat, 1, s.Swing), .5, s.Shuffle)
}

// lean moves the middle of every period by a share of it and stretches what lies around.
func lean(beat, period, share float64) float64 {
	if share == 0 {
		return beat
	}
	whole := float64(float64(int(beat/period+1e-9)) * period)
	rest := float64((beat - whole) / period)
	middle := .5 + share
	if rest < .5 {
		rest = float64(float64(rest*middle) / .5)
	} else {
		rest = middle + float64(float64((rest-.5)*(1-middle))/.5)
	}
	return whole + float64(rest*period)
}

// Length is the song's length in seconds, as Arrange returns it, without writing it out.
func (s Song) Length() (float64, error) {
	start := 0.0
	for _, section := range s.Sections {
		_, bars, err := parseChords(section.Chords, start, s.Beats)
		if err != nil {
			return 0, err
		}
		start += float64(float64(bars) * s.Beats)
	}
	return s.seconds(start), nil
}
