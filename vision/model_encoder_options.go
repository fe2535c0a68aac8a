package vision

import (
	"fmt"
	"runtime"
)

// Option changes a [ModelEncoder], a [ModelTextEncoder], or both in a [JointEncoder].
type Option interface{ applyEncoder(*encoderConfig) error }

type optionFunc func(*encoderConfig) error

func (f optionFunc) applyEncoder(c *encoderConfig) error { return f(c) }

type encoderConfig struct {
	batch       int
	concurrency int
	session     SessionOptions
}

func newEncoderConfig(opts []Option) (encoderConfig, error) {
	c := encoderConfig{batch: 8, concurrency: runtime.GOMAXPROCS(0)}
	for _, o := range opts {
		if err := o.applyEncoder(&c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// WithBatchSize caps the pictures or texts in one run of the network. n must be in [1, 1024]; the default is 8. A graph with a
// fixed batch size keeps its own.
func WithBatchSize(n int) Option {
	return optionFunc(func(c *encoderConfig) error {
		if n < 1 || n > 1024 {
			return fmt.Errorf("vision: WithBatchSize(%d): want 1 to 1024", n)
		}
		c.batch = n
		return nil
	})
}

// WithConcurrency caps the runs of one network at the same time, each with its preprocessing; further calls wait. n must be in
// [1, 1024]; the default is GOMAXPROCS at the time of opening, which with one thread a run uses every core once.
func WithConcurrency(n int) Option {
	return optionFunc(func(c *encoderConfig) error {
		if n < 1 || n > 1024 {
			return fmt.Errorf("vision: WithConcurrency(%d): want 1 to 1024", n)
		}
		c.concurrency = n
		return nil
	})
}

// WithSessionOptions passes options to the backend. The default is the zero value: one thread a run. Threads must not be
// negative.
func WithSessionOptions(s SessionOptions) Option {
	return optionFunc(func(c *encoderConfig) error {
		if s.Threads < 0 {
			return fmt.Errorf("vision: WithSessionOptions: Threads is %d: want 0 or more", s.Threads)
		}
		c.session = s
		return nil
	})
}
