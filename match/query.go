package match

import (
	"errors"
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// Query is what songs are ranked for. Only Tags is required.
type Query struct {
	Tags tagging.Tags
	// Palette adds the colour part; the zero value leaves it out.
	Palette vision.Palette
	// Embedding adds the joint-space part for songs that have a vector of the same Space: a unit vector of the picture,
	// and what [vision.ModelInfo.Space] says of its encoder. Empty leaves the part out.
	Embedding []float32
	Space     string
	Dials     Dials
	// Mood replaces the picture's mood as what the songs shall feel like; nil keeps the picture's.
	Mood *tagging.Affect
	// Include and Exclude are words or concept ids that move the query; see [tagging.Vocabulary] for which are known.
	Include, Exclude []string
	// Like are songs whose neighbourhood is wanted: their affect and concepts are blended into the target.
	Like []catalog.Song
	// Care says how ready the answer is to hold cheerful songs back; the zero value is the usual care.
	Care CareMode
	// Filter passes to the store unchanged.
	Filter catalog.Filter
	// Count is the number of picks; 0 means 5, at most 100.
	Count int
}

// Dials steer a ranking. Each is 0 by default; values outside the range are refused.
type Dials struct {
	// Contrast runs from 0, songs that match the picture's mood, to 1, songs of the opposite mood.
	Contrast float64 `json:"contrast"`
	// Atmosphere runs from -1, literal: imagery decides, to 1, atmospheric: mood decides.
	Atmosphere float64 `json:"atmosphere"`
	// Era runs from -1, songs of long ago, to 1, songs of today; 0 follows the picture where its age is known.
	Era float64 `json:"era"`
	// Surprise runs from -1, the closest songs even if they are alike, to 1, songs that differ much from each other.
	Surprise float64 `json:"surprise"`
}

// ErrInvalid reports a query or option that is refused.
var ErrInvalid = errors.New("match: invalid query")

// InvalidError names what was refused. It matches [ErrInvalid].
type InvalidError struct {
	Field  string
	Reason string
}

func (e *InvalidError) Error() string { return fmt.Sprintf("match: %s: %s", e.Field, e.Reason) }

// Is reports whether target is [ErrInvalid].
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// Validate reports the first dial that is out of range.
func (d Dials) Validate() error {
	for _, dial := range []struct {
		name       string
		value, low float64
	}{
		{"dials.contrast", d.Contrast, 0},
		{"dials.atmosphere", d.Atmosphere, -1},
		{"dials.era", d.Era, -1},
		{"dials.surprise", d.Surprise, -1},
	} {
		if math.IsNaN(dial.value) || dial.value < dial.low || dial.value > 1 {
			return &InvalidError{Field: dial.name, Reason: fmt.Sprintf("%v: want %v to 1", dial.value, dial.low)}
		}
	}
	return nil
}

// DefaultCount and MaxCount bound [Query.Count].
const (
	DefaultCount = 5
	MaxCount     = 100
)
