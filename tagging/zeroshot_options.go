package tagging

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/zeroshot"
)

// ZeroShotOption changes a [ZeroShotTagger].
type ZeroShotOption interface{ apply(*zeroShotConfig) error }

type zeroShotOptionFunc func(*zeroShotConfig) error

func (f zeroShotOptionFunc) apply(c *zeroShotConfig) error { return f(c) }

type zeroShotConfig struct {
	vocabulary  *Vocabulary
	score       vision.Score
	cacheDir    string
	calibration map[Kind]Calibration
	progress    func(done, total int)
}

func newZeroShotConfig(opts []ZeroShotOption) (zeroShotConfig, error) {
	c := zeroShotConfig{
		score: vision.Score{Kind: vision.ScoreSoftmax, Scale: 100}, calibration: map[Kind]Calibration{}, progress: func(int, int) {},
	}
	for _, o := range opts {
		if err := o.apply(&c); err != nil {
			return c, err
		}
	}
	if c.vocabulary == nil {
		c.vocabulary = DefaultVocabulary()
	}
	return c, nil
}

// classifying are the options of a kind's classifier.
func (c zeroShotConfig) classifying(g promptGroup) []zeroshot.Option {
	opts := []zeroshot.Option{zeroshot.WithTemplates(g.templates()...), zeroshot.WithScore(&c.score)}
	if c.cacheDir != "" {
		opts = append(opts, zeroshot.WithCacheDir(c.cacheDir))
	}
	return opts
}

func (c zeroShotConfig) calibrationOf(k Kind) Calibration {
	if own, ok := c.calibration[k]; ok {
		return own
	}
	return DefaultCalibration
}

// WithZeroShotVocabulary recognises the concepts of another vocabulary. The default is [DefaultVocabulary].
func WithZeroShotVocabulary(v *Vocabulary) ZeroShotOption {
	return zeroShotOptionFunc(func(c *zeroShotConfig) error {
		if v == nil {
			return errors.New("tagging: WithZeroShotVocabulary(nil): want a vocabulary")
		}
		c.vocabulary = v
		return nil
	})
}

// WithScore says how cosines become logits, as the model's manifest has it. nil is the default: softmax with scale 100.
func WithScore(s *vision.Score) ZeroShotOption {
	return zeroShotOptionFunc(func(c *zeroShotConfig) error {
		if s == nil {
			return nil
		}
		if err := s.Validate(); err != nil {
			return fmt.Errorf("tagging: WithScore: %w", err)
		}
		c.score = *s
		return nil
	})
}

// WithZeroShotCache keeps the vectors of the prompts in a folder, as [zeroshot.WithCacheDir] does. The default is no cache.
func WithZeroShotCache(dir string) ZeroShotOption {
	return zeroShotOptionFunc(func(c *zeroShotConfig) error {
		if dir == "" {
			return errors.New("tagging: WithZeroShotCache: want a folder")
		}
		c.cacheDir = dir
		return nil
	})
}

// checkKinds refuses calibrations of kinds that no picture is tagged by.
func (c zeroShotConfig) checkKinds(groups []promptGroup) error {
	for k := range c.calibration {
		if !slices.ContainsFunc(groups, func(g promptGroup) bool { return g.kind == k }) {
			return fmt.Errorf("tagging: WithCalibration: no picture is tagged by kind %q", k)
		}
	}
	return nil
}

// WithCalibration sets the calibrations of kinds; the others keep [DefaultCalibration]. A kind that no picture is tagged by, such
// as [KindGenre], is an error of [NewZeroShot]. The map is copied.
func WithCalibration(calibrations map[Kind]Calibration) ZeroShotOption {
	return zeroShotOptionFunc(func(c *zeroShotConfig) error {
		for k, own := range calibrations {
			if err := own.Validate(); err != nil {
				return fmt.Errorf("tagging: WithCalibration: kind %q: %w", k, err)
			}
		}
		maps.Copy(c.calibration, calibrations)
		return nil
	})
}

// WithZeroShotProgress is told how many of how many prompts are ready: after every few hundred that were embedded, and at the
// end of each kind of concepts. It is called from the goroutine of NewZeroShot.
func WithZeroShotProgress(f func(done, total int)) ZeroShotOption {
	return zeroShotOptionFunc(func(c *zeroShotConfig) error {
		if f == nil {
			return errors.New("tagging: WithZeroShotProgress(nil)")
		}
		c.progress = f
		return nil
	})
}
