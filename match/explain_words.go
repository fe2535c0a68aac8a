package match

import (
	"fmt"
	"math"
	"strings"

	"github.com/soundtrack-go/sdk/tagging"
)

// feelings names the eight directions of the affect plane, counter-clockwise from pleasant; a little of a feeling is
// named by its first word.
var feelings = [8][2]string{
	{"pleasant", "warm"},
	{"joyful", "lively"},
	{"stirring", "restless"},
	{"tense", "fierce"},
	{"troubled", "sombre"},
	{"melancholic", "subdued"},
	{"quiet", "still"},
	{"calm", "pleasant"},
}

const (
	balancedRadius = 0.2  // within it a mood has no direction
	strongRadius   = 0.45 // from it on a mood gets both words
)

// direction returns the index into feelings, or false for a balanced mood.
func direction(a tagging.Affect) (int, bool) {
	if math.Hypot(a.Valence, a.Arousal) < balancedRadius {
		return 0, false
	}
	eighth := math.Round(math.Atan2(a.Arousal, a.Valence) / (math.Pi / 4))
	return (int(eighth) + 8) % 8, true
}

func strong(a tagging.Affect) bool { return math.Hypot(a.Valence, a.Arousal) >= strongRadius }

// feeling says how a point of the affect plane feels, to follow "feels".
func feeling(a tagging.Affect) string {
	i, ok := direction(a)
	switch {
	case !ok:
		return "balanced"
	case strong(a):
		return feelings[i][0] + " and " + feelings[i][1]
	default:
		return "a little " + feelings[i][0]
	}
}

// sharedFeeling says what both points feel like, if they do feel alike.
func sharedFeeling(a, b tagging.Affect) (string, bool) {
	i, okA := direction(a)
	j, okB := direction(b)
	switch {
	case okA != okB || i != j:
		return "", false
	case okA && strong(a) != strong(b):
		return feelings[i][0], true
	default:
		return feeling(a), true
	}
}

// nearness puts a distance on the affect plane into a word.
func nearness(d float64) string {
	switch {
	case d < .25:
		return "close"
	case d < .5:
		return "near"
	case d < apartDistance:
		return "some way apart"
	default:
		return "far apart"
	}
}

// apartDistance is from where on two moods are not alike any more: the fit of a sure picture has fallen to .29.
const apartDistance = 0.9

// point writes an affect as ".42/−.30".
func point(a tagging.Affect) string { return axis(a.Valence) + "/" + axis(a.Arousal) }

// axis writes a number with two decimals, without a leading zero and with a true minus.
func axis(v float64) string {
	text := fmt.Sprintf("%.2f", math.Abs(v))
	text = strings.TrimPrefix(text, "0")
	if v < 0 && text != ".00" {
		return "−" + text
	}
	return text
}

// enumerate joins words as people do: "a", "a and b", "a, b and c".
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// describe enumerates concepts so that they can follow a verb. Moods and eras, whose names are adjectives or decades, get
// the noun or article that they need.
func describe(concepts []tagging.Concept) string {
	var nouns, moods []string
	for _, c := range concepts {
		switch name := c.Name(); {
		case c.Kind.Mood():
			moods = append(moods, name)
		case c.Kind == tagging.KindEra && name[0] >= '0' && name[0] <= '9':
			nouns = append(nouns, "the "+name)
		case c.Kind == tagging.KindEra:
			nouns = append(nouns, name+" times")
		default:
			nouns = append(nouns, name)
		}
	}
	if len(moods) > 0 {
		article := "a "
		if strings.ContainsRune("aeiou", rune(moods[0][0])) {
			article = "an "
		}
		nouns = append(nouns, article+strings.Join(moods, ", ")+" mood")
	}
	return enumerate(nouns)
}
