package score

import (
	"fmt"
	"strings"
)

// stroke is one step of a pattern that sounds.
type stroke struct {
	symbol       byte
	beat, length float64
}

// steps spreads a pattern over the bars of a section: its bars are played in turn. A stroke lasts until the next
// symbol that is not "-".
func steps(pattern string, p *passage) ([]stroke, error) {
	patterns := strings.Split(strings.ReplaceAll(pattern, " ", ""), "|")
	var strokes []stroke
	for bar := range p.bars {
		row := patterns[bar%len(patterns)]
		if row == "" {
			return nil, fmt.Errorf("score: pattern %q has an empty bar", pattern)
		}
		each := p.beats / float64(len(row))
		held := false
		for i := range len(row) {
			beat := p.start + float64(float64(bar)*p.beats) + float64(float64(i)*each)
			switch symbol := row[i]; symbol {
			case '.':
				held = false
			case '-':
				if held {
					strokes[len(strokes)-1].length += each
				}
			default:
				strokes = append(strokes, stroke{symbol, beat, each})
				held = true
			}
		}
	}
	return strokes, nil
}

// force is the velocity of a stroke: upper case is hard, o is soft.
func force(symbol byte) float64 {
	switch {
	case symbol == 'o':
		return .55
	case symbol >= 'A' && symbol <= 'Z':
		return 1.15
	}
	return 1
}
