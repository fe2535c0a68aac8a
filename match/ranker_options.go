package match

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/soundtrack-go/sdk/tagging"
)

// Option changes a [Ranker].
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

// Defaults of the options.
const (
	DefaultArtistCap = 1
	DefaultDiversity = 0.85 // λ: the share of the score against likeness to earlier picks
	// DefaultJointLow and [DefaultJointHigh] bound what CLIP ViT-B/32 gives for a picture and a text: this is unrelated.
	DefaultJointLow = 0.12
	// DefaultJointHigh is well described.
	DefaultJointHigh = 0.34
)

// config is what the options add up to.
type config struct {
	vocabulary          *tagging.Vocabulary
	weights             [partCount]float64
	artistCap           int
	diversity           float64
	jointLow, jointHigh float64
	today               int
}

func newConfig(opts []Option) (config, error) {
	c := config{
		weights: defaultWeights, artistCap: DefaultArtistCap, diversity: DefaultDiversity,
		jointLow: DefaultJointLow, jointHigh: DefaultJointHigh,
	}
	for _, o := range opts {
		if o == nil {
			return config{}, errors.New("match: New: nil option")
		}
		if err := o.apply(&c); err != nil {
			return config{}, err
		}
	}
	// Both defaults cost something or depend on when they are asked: only if they are wanted.
	if c.vocabulary == nil {
		c.vocabulary = tagging.DefaultVocabulary()
	}
	if c.today == 0 {
		c.today = time.Now().Year()
	}
	return c, nil
}

// WithVocabulary sets the vocabulary that pictures and songs are described in. The default is
// [tagging.DefaultVocabulary]. v must not be nil.
func WithVocabulary(v *tagging.Vocabulary) Option {
	return optionFunc(func(c *config) error {
		if v == nil {
			return errors.New("match: WithVocabulary(nil): want a vocabulary")
		}
		c.vocabulary = v
		return nil
	})
}

// WithWeights replaces the table of [DefaultWeights]. Weights are relative: they must be finite, not negative and not all
// zero, and are scaled to sum to 1. A part that is not listed, or has weight 0, is off, and so is a dial that moves only it.
// The map is copied.
func WithWeights(weights map[PartName]float64) Option {
	return optionFunc(func(c *config) error {
		var table [partCount]float64
		var sum float64
		for name, w := range weights {
			i := slices.Index(partOrder[:], name)
			if i < 0 {
				return fmt.Errorf("match: WithWeights: unknown part %q", name)
			}
			if !(w >= 0) || w > maxWeight {
				return fmt.Errorf("match: WithWeights: %s %v: want 0 to %g", name, w, float64(maxWeight))
			}
			table[i] = w
			sum += w
		}
		if !(sum > 0) {
			return errors.New("match: WithWeights: want at least one weight above 0")
		}
		for i := range table {
			table[i] /= sum
		}
		c.weights = table
		return nil
	})
}

// maxWeight keeps the sum of weights finite.
const maxWeight = 1e6

// WithArtistCap sets how many songs of one artist an answer may hold. n must be in [1, MaxCount]; the default is 1.
func WithArtistCap(n int) Option {
	return optionFunc(func(c *config) error {
		if n < 1 || n > MaxCount {
			return fmt.Errorf("match: WithArtistCap(%d): want 1 to %d", n, MaxCount)
		}
		c.artistCap = n
		return nil
	})
}

// WithDiversity sets λ, the share that a song's score has against its likeness to earlier picks when [Dials.Surprise]
// is 0. lambda must be in (0, 1]; 1 is pure score; the default is .85.
func WithDiversity(lambda float64) Option {
	return optionFunc(func(c *config) error {
		if !(lambda > 0 && lambda <= 1) {
			return fmt.Errorf("match: WithDiversity(%v): want a number in (0, 1]", lambda)
		}
		c.diversity = lambda
		return nil
	})
}

// WithJointRange says which similarities in the encoder's space count as 0 and as 1; between them the joint part is
// linear. Spaces differ: measure low on unrelated pairs and high on well matched ones. Both must be in [-1, 1] and low below high;
// the default is .12 to .34.
func WithJointRange(low, high float64) Option {
	return optionFunc(func(c *config) error {
		if !(low >= -1 && high <= 1 && low < high) {
			return fmt.Errorf("match: WithJointRange(%v, %v): want -1 ≤ low < high ≤ 1", low, high)
		}
		if math.IsInf(1/(high-low), 0) {
			return fmt.Errorf("match: WithJointRange(%v, %v): too narrow", low, high)
		}
		c.jointLow, c.jointHigh = low, high
		return nil
	})
}

// WithToday sets the year that [Dials.Era] means by today. year must be in [1900, 2100]; the default is the year in
// which the ranker is made.
func WithToday(year int) Option {
	return optionFunc(func(c *config) error {
		if year < 1900 || year > 2100 {
			return fmt.Errorf("match: WithToday(%d): want 1900 to 2100", year)
		}
		c.today = year
		return nil
	})
}
