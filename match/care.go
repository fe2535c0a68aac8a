package match

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/tagging"
)

// CareMode says how ready an answer is to hold cheerful songs back.
type CareMode string

// The modes. The zero value is CareUsual.
const (
	CareUsual  CareMode = ""       // where a picture is seen, or well may be, to be sad or violent
	CareStrict CareMode = "strict" // at lesser signs, and with quieter songs
	CareOff    CareMode = "off"    // never: the songs are chosen as for any picture, and may start by themselves
)

// Care is how careful an answer is with its picture.
type Care struct {
	// MaxValence bounds the valence of picks; 1 means no bound.
	MaxValence float64
	// Heavy says that the picture itself is sad or violent, whatever songs are wished for: nothing shall start to play by
	// itself.
	Heavy bool
	// Topics are those of the picture's tags that count for the mode, the surest first.
	Topics []tagging.Care
	// Reason says in one sentence for people why there is care and what it does; empty where there is none.
	Reason string
}

// Guards reports whether songs are held back.
func (c Care) Guards() bool { return c.MaxValence < 1 }

// careRule is what a mode asks for. The numbers were chosen on 359 photographs that people have rated, tagged by what had not
// seen their themes, so that few sad ones get a cheerful song: none of 55 did, and 10 of 100 songs were cheerful without care.
// The price is that more than half of the pleasant ones are unsure and lose .07 of their songs' valence on average. See
// evaluate.FalseCheer.
type careRule struct {
	topicFrom  float64 // confidence from which a topic makes a picture heavy
	heavyFrom  float64 // probability of being sad from which it is heavy
	unsureFrom float64 // probability of being sad from which a picture is unsure
	gentle     float64 // largest valence of a song for a heavy picture: consoling
	mild       float64 // largest valence of a song for an unsure one: below what is called cheerful, .3
}

var careRules = map[CareMode]careRule{
	CareUsual:  {topicFrom: .4, heavyFrom: .2, unsureFrom: .018, gentle: .25, mild: .29},
	CareStrict: {topicFrom: .25, heavyFrom: .1, unsureFrom: .01, gentle: .1, mild: .2},
}

const (
	// careBelow is the valence below which a picture is sad. On the scale of 1 to 7 on which people rate it is 2.95.
	careBelow = -0.35
	// ignorance is the spread from which an estimate knows next to nothing, such as that of colours alone: its mean says nothing
	// of sadness, and its tails would make every picture a sad one.
	ignorance = 0.55
	// surelyPleasant is the valence from which a picture is not unsure, whatever its spread.
	surelyPleasant = 0.42
	// careGap is how much happier than the wanted mood a song for a sad mood may be.
	careGap = 0.7
)

// planCare bounds the valence of songs, as the package comment says.
func planCare(q Query, m *mood) Care {
	care := Care{MaxValence: 1}
	rule, on := careRules[q.Care]
	if !on {
		return care
	}
	care.Topics = heavyTopics(q.Tags, rule)
	why, sad := names(care.Topics), probablyBelow(m.picture, careBelow)
	if why == "" && sad >= rule.heavyFrom {
		why = "something sad"
	}
	care.Heavy = why != ""
	if !m.wished {
		highest := 1.
		switch {
		case care.Heavy:
			highest = rule.gentle
		case sad >= rule.unsureFrom && m.picture.Valence < surelyPleasant:
			highest = rule.mild
		}
		care.MaxValence = min(1, highest+2*m.contrast*(1-highest))
	}
	if m.wanted.Known && m.wanted.Valence < careBelow {
		care.MaxValence = min(care.MaxValence, m.wanted.Valence+careGap)
	}
	care.Reason = careSentence(care, why, m)
	return care
}

func heavyTopics(tags tagging.Tags, rule careRule) []tagging.Care {
	return slices.DeleteFunc(slices.Clone(tags.Care), func(c tagging.Care) bool { return c.Confidence < rule.topicFrom })
}

// names enumerates topics as a sentence needs them.
func names(topics []tagging.Care) string {
	var list []string
	for _, t := range topics {
		switch t.Topic {
		case tagging.CareMedical:
			list = append(list, "illness or injury")
		case tagging.CareDisaster:
			list = append(list, "a disaster")
		default:
			list = append(list, string(t.Topic))
		}
	}
	return strings.Join(list, " and ")
}

// probablyBelow is the probability that people put an estimate's valence below v, by Student's distribution with three
// degrees of freedom around it:
//
//	F(t) = ½ − (u/(1+u²) + arctan u)/π,  u = (valence − v) / (√3 · spread)
//
// It has longer tails than the normal one, as the mistakes of taggers have: most are small, and at times a grave is taken for
// a garden. Where nobody judged, or by what knows next to nothing, it is 0: a picture is not sad for being unknown.
func probablyBelow(e tagging.Estimate, v float64) float64 {
	if !e.Known || e.Spread >= ignorance {
		return 0
	}
	u := (e.Valence - v) / (math.Sqrt(3) * max(e.Spread, .05))
	return .5 - (u/(1+u*u)+math.Atan(u))/math.Pi
}

func careSentence(c Care, why string, m *mood) string {
	switch {
	case c.Heavy && m.wished && !c.Guards():
		return fmt.Sprintf("The picture seems to show %s; another mood was asked for, so no song is held back.", why)
	case c.Heavy && !c.Guards():
		return fmt.Sprintf("The picture seems to show %s; contrast was asked for, so no song is held back.", why)
	case c.Heavy:
		return fmt.Sprintf("The picture seems to show %s, so songs with a valence above %s are held back.", why, axis(c.MaxValence))
	case c.Guards() && m.wanted.Valence >= careBelow:
		return fmt.Sprintf("Songs with a valence above %s are held back, since it is not sure that the picture is that pleasant.", axis(c.MaxValence))
	case c.Guards():
		return fmt.Sprintf("A sad mood is wanted, so songs with a valence above %s are held back.", axis(c.MaxValence))
	}
	return ""
}

// PictureCare is the care that a picture asks for by itself, without wishes or dials.
func PictureCare(tags tagging.Tags, mode CareMode) Care {
	return planCare(Query{Tags: tags, Care: mode}, &mood{picture: tags.Affect, wanted: tags.Affect})
}
