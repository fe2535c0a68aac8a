package zeroshot

import (
	"errors"
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// Option changes a [Classifier].
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

type config struct {
	templates    []string
	templatesSet bool
	score        vision.Score
	cacheDir     string
}

func newConfig(opts []Option) (config, error) {
	c := config{
		templates: []string{DefaultTemplate},
		score:     vision.Score{Kind: vision.ScoreSoftmax, Scale: 100},
	}
	for _, o := range opts {
		if err := o.apply(&c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// WithTemplates sets what a label is written into, each with [Placeholder] once; the mean of the templates counts. They must
// be different. The default is [DefaultTemplate].
func WithTemplates(templates ...string) Option {
	return optionFunc(func(c *config) error {
		if err := checkTemplates(templates); err != nil {
			return err
		}
		c.templates, c.templatesSet = slices.Clone(templates), true
		return nil
	})
}

// WithScore sets how cosines become probabilities, as the model's manifest says it. nil is the default: softmax with scale
// 100, as OpenAI's CLIP.
func WithScore(s *vision.Score) Option {
	return optionFunc(func(c *config) error {
		if s == nil {
			return nil
		}
		if err := s.Validate(); err != nil {
			return fmt.Errorf("zeroshot: WithScore: %w", err)
		}
		c.score = *s
		return nil
	})
}

// WithCacheDir keeps the labels' vectors in a folder, which is made if need be: the next classifier of the same model, labels
// and templates embeds nothing. The encoder must say what it is, by a method Info as [vision.Encoder] has it. Files that are
// damaged, of another version or somebody else's are ignored and written anew. Many processes may share a folder. The
// default is no cache.
func WithCacheDir(dir string) Option {
	return optionFunc(func(c *config) error {
		if dir == "" {
			return errors.New("zeroshot: WithCacheDir: want a folder")
		}
		c.cacheDir = dir
		return nil
	})
}
