package tagging

import (
	"fmt"
	"math"
)

// Affect is a point on Russell's circumplex (1980): how pleasant and how stirring something feels.
// Both axes run from -1 to 1 and 0 is neutral, so the zero value is "no particular feeling".
type Affect struct {
	Valence float64 `json:"valence"` // -1 unpleasant … 1 pleasant
	Arousal float64 `json:"arousal"` // -1 calm … 1 stirring
}

// Distance is the Euclidean distance on the plane, 0 to 2√2.
func (a Affect) Distance(b Affect) float64 {
	return math.Hypot(a.Valence-b.Valence, a.Arousal-b.Arousal)
}

// Clamp returns a with both axes forced into [-1, 1]; NaN becomes 0.
func (a Affect) Clamp() Affect {
	return Affect{Valence: clampAxis(a.Valence), Arousal: clampAxis(a.Arousal)}
}

// Validate reports an axis that is not finite or outside [-1, 1].
func (a Affect) Validate() error {
	for _, axis := range []struct {
		name  string
		value float64
	}{{"valence", a.Valence}, {"arousal", a.Arousal}} {
		if !(math.Abs(axis.value) <= 1) {
			return fmt.Errorf("tagging: %s %v: want -1 to 1", axis.name, axis.value)
		}
	}
	return nil
}

func clampAxis(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return max(-1, min(1, v))
}

// Quadrant is one of the four corners of the affect plane.
type Quadrant string

// The quadrants, named as on the page.
const (
	Joyful      Quadrant = "joyful"      // pleasant, stirring
	Tense       Quadrant = "tense"       // unpleasant, stirring
	Melancholic Quadrant = "melancholic" // unpleasant, calm
	Serene      Quadrant = "serene"      // pleasant, calm
)

// Quadrant returns the corner that a lies in. An axis of exactly 0 counts as pleasant, or as calm.
func (a Affect) Quadrant() Quadrant {
	switch {
	case a.Valence >= 0 && a.Arousal > 0:
		return Joyful
	case a.Valence < 0 && a.Arousal > 0:
		return Tense
	case a.Valence < 0:
		return Melancholic
	default:
		return Serene
	}
}

// Estimate is an affect with its uncertainty.
type Estimate struct {
	Affect
	// Spread is the standard deviation, in the units of the axes, of where a person's own judgement would lie:
	// about .2 when sure, .6 when nothing is known. A zero Spread with Known false means that nobody judged.
	Spread float64 `json:"spread"`
	// Known is false where no tagger had anything to say; Affect is then neutral by default, not by judgement.
	Known bool `json:"-"`
}

// UnknownSpread is the spread of an estimate that rests on nothing: that of photographs in general.
const UnknownSpread = 0.6
