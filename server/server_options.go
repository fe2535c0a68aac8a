package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/soundtrack-go/sdk/catalog/preview"
	"github.com/soundtrack-go/sdk/vision"
)

// Option changes a [Server].
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

const (
	defaultWait       = 300 * time.Millisecond
	defaultMemory     = 512 << 20
	defaultBodies     = 512 << 20
	defaultTimeout    = 15 * time.Second
	defaultReadTime   = 10 * time.Second
	defaultDelay      = 2 * time.Second
	defaultGrace      = 20 * time.Second
	defaultConns      = 1024
	defaultPicture    = 16 << 20
	queuePerSlot      = 4  // pictures that wait, for each slot
	lightQueuePerSlot = 32 // re-ranks and look-ups that wait, for each slot: they take milliseconds
	remoteSlots       = 32 // previews that are being resolved: they wait for others, not for this machine
)

// config is what options add up to.
type config struct {
	log      *slog.Logger
	metrics  *Metrics
	page     http.Handler
	previews PreviewResolver
	lookups  bool
	demos    DemoOpener
	roots    []string
	origins  []string
	limits   vision.Limits

	slots    int
	queue    int // -1 for the default
	wait     time.Duration
	memory   int64
	bodies   int64
	timeout  time.Duration
	readTime time.Duration
	delay    time.Duration
	grace    time.Duration
	conns    int
}

// newConfig applies options to the defaults.
func newConfig(opts []Option) (*config, error) {
	c := &config{
		log:   slog.New(slog.DiscardHandler),
		slots: runtime.GOMAXPROCS(0), queue: -1, wait: defaultWait,
		memory: defaultMemory, bodies: defaultBodies, timeout: defaultTimeout, readTime: defaultReadTime,
		delay: defaultDelay, grace: defaultGrace, conns: defaultConns,
	}
	for _, opt := range opts {
		if err := opt.apply(c); err != nil {
			return nil, err
		}
	}
	if c.limits.Bytes == 0 {
		c.limits.Bytes = defaultPicture
	}
	if c.queue < 0 {
		c.queue = queuePerSlot * c.slots
	}
	if c.metrics == nil {
		c.metrics = NewMetrics()
	}
	if c.previews == nil {
		own, err := preview.New(preview.WithoutProviders())
		if err != nil {
			return nil, err
		}
		c.previews = own
	}
	return c, nil
}

// WithLogger sets where requests and internal errors are logged. Pictures, words of requests and addresses of clients
// never are. The default is silence.
func WithLogger(log *slog.Logger) Option {
	return optionFunc(func(c *config) error {
		if log == nil {
			return errors.New("server: WithLogger(nil): want a logger")
		}
		c.log = log
		return nil
	})
}

// WithMetrics sets where the server counts. The default is a [Metrics] of its own.
func WithMetrics(m *Metrics) Option {
	return optionFunc(func(c *config) error {
		if m == nil {
			return errors.New("server: WithMetrics(nil): want metrics")
		}
		c.metrics = m
		return nil
	})
}

// WithPage serves everything that is nothing else from page, with GET and HEAD only, under the content security policy
// [page.Policy] unless the page sets another. The default is no page: other addresses are not found.
func WithPage(page http.Handler) Option {
	return optionFunc(func(c *config) error {
		if page == nil {
			return errors.New("server: WithPage(nil): want a handler")
		}
		c.page = page
		return nil
	})
}

// WithPreviews sets how previews are found when somebody presses play. The default is to offer only what a song itself
// has and needs no look-up: demo tracks, files and fixed addresses.
func WithPreviews(r PreviewResolver) Option {
	return optionFunc(func(c *config) error {
		if r == nil {
			return errors.New("server: WithPreviews(nil): want a resolver")
		}
		c.previews, c.lookups = r, true
		return nil
	})
}

// WithDemos serves demo tracks. The default is none: songs whose only preview is one count as having nothing to play.
func WithDemos(d DemoOpener) Option {
	return optionFunc(func(c *config) error {
		if d == nil {
			return errors.New("server: WithDemos(nil): want demo tracks")
		}
		c.demos = d
		return nil
	})
}

// WithMediaRoots serves audio files of songs only from these folders and what is below them, whatever the store says;
// links that lead out of them are not followed. The default is to serve every audio file that a song of the store names.
// At least one folder is required.
func WithMediaRoots(dirs ...string) Option {
	return optionFunc(func(c *config) error {
		roots, err := absoluteRoots(dirs)
		if err != nil {
			return fmt.Errorf("server: WithMediaRoots: %w", err)
		}
		c.roots = roots
		return nil
	})
}

// WithAllowedOrigins lets web pages of other origins use the API. Each is "scheme://host[:port]"; there are no patterns,
// and no credentials are ever allowed. The default is none: only the server's own page may.
func WithAllowedOrigins(origins ...string) Option {
	return optionFunc(func(c *config) error {
		for _, origin := range origins {
			if err := new(http.CrossOriginProtection).AddTrustedOrigin(origin); err != nil {
				return fmt.Errorf("server: WithAllowedOrigins(%q): want scheme://host[:port]", origin)
			}
		}
		c.origins = append(c.origins, origins...)
		return nil
	})
}

// WithLimits sets the limits of pictures; they should be those of the engine. They serve to refuse a picture early and to
// weigh what decoding it takes. The zero value of a field is its default in package vision; negative values are refused.
func WithLimits(l vision.Limits) Option {
	return optionFunc(func(c *config) error {
		if err := checkLimits(l); err != nil {
			return fmt.Errorf("server: WithLimits: %w", err)
		}
		if l.Bytes > 1<<30 {
			return fmt.Errorf("server: WithLimits: pictures of %d bytes: want at most 1 GiB", l.Bytes)
		}
		c.limits = l
		return nil
	})
}
