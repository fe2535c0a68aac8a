package score

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Melody plays a tune written by note names. It must fill the section exactly.
func Melody(instrument string, velocity float64, tune string) Line {
	return Line{instrument, func(p *passage) error {
		beat, length := p.start, 1.0
		bars := strings.Split(tune, "|")
		if len(bars) != p.bars {
			return fmt.Errorf("score: melody of %d bars in a section of %d: %q", len(bars), p.bars, tune)
		}
		for i, bar := range bars {
			for token := range strings.FieldsSeq(bar) {
				n, rest, err := parseNote(token, &length)
				if err != nil {
					return err
				}
				if !rest {
					n.beat, n.velocity = beat, float64(n.velocity*velocity)
					p.add(instrument, n)
				}
				beat += length
			}
			if end := p.start + float64(float64(i+1)*p.beats); math.Abs(beat-end) > 1e-6 {
				return fmt.Errorf("score: bar %d has %.3f beats, want %v: %q", i+1, beat-end+p.beats, p.beats, bar)
			}
		}
		return nil
	}}
}

// parseNote reads "F#5:1.5!". The length is remembered from note to note.
func parseNote(token string, length *float64) (n note, rest bool, err error) {
	n.velocity = 1
	if head, ok := strings.CutSuffix(token, "!"); ok {
		token, n.velocity = head, 1.2
	} else if head, ok := strings.CutSuffix(token, ","); ok {
		token, n.velocity = head, .75
	}
	name, beats, ok := strings.Cut(token, ":")
	if ok {
		if *length, err = parseBeats(beats); err != nil {
			return note{}, false, err
		}
	}
	n.length = *length
	if name == "_" {
		return n, true, nil
	}
	n.pitch, err = ParsePitch(name)
	return n, false, err
}

// parseBeats reads "1.5" or "2/3".
func parseBeats(text string) (float64, error) {
	over, under, fraction := strings.Cut(text, "/")
	x, err := strconv.ParseFloat(over, 64)
	if err == nil && fraction {
		var y float64
		y, err = strconv.ParseFloat(under, 64)
		x /= y
	}
	if err != nil || !(x > 0 && x <= 32) {
		return 0, fmt.Errorf("score: %q: want a number of beats", text)
	}
	return x, nil
}
