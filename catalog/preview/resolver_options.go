package preview

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
)

// Option changes a [Resolver]. Options apply in the order in which they are given.
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

// config is what options add up to.
type config struct {
	logger    *slog.Logger
	offline   bool
	timeout   time.Duration
	cacheSize int
	providers []*service
}

// service is a provider with its name and its breaker.
type service struct {
	name     string
	provider Provider
	breaker  breaker
}

const (
	defaultTimeout   = 4 * time.Second
	defaultCacheSize = 2000
)

// WithLogger logs failures of services: at level debug if they have no such recording, else as warnings. Addresses are
// never logged. logger must not be nil; the default is silence.
func WithLogger(logger *slog.Logger) Option {
	return optionFunc(func(c *config) error {
		if logger == nil {
			return errors.New("preview: WithLogger: want a logger")
		}
		c.logger = logger
		return nil
	})
}

// WithOffline keeps the resolver off the network. Demo tracks and files still play; addresses are not handed out, since
// whoever plays them would need the network.
func WithOffline() Option {
	return optionFunc(func(c *config) error {
		c.offline = true
		return nil
	})
}

// WithTimeout bounds a look-up over all services. It must be in [100ms, 1m]; the default is 4 s.
func WithTimeout(timeout time.Duration) Option {
	return optionFunc(func(c *config) error {
		if timeout < 100*time.Millisecond || timeout > time.Minute {
			return fmt.Errorf("preview: WithTimeout(%s): want 100ms to 1m", timeout)
		}
		c.timeout = timeout
		return nil
	})
}

// WithCacheSize sets how many answers are kept in memory, about 1 kB each. n must be in [0, 100000]; 0 keeps none, the
// default is 2000.
func WithCacheSize(n int) Option {
	return optionFunc(func(c *config) error {
		if n < 0 || n > 100_000 {
			return fmt.Errorf("preview: WithCacheSize(%d): want 0 to 100000", n)
		}
		c.cacheSize = n
		return nil
	})
}

var providerName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// WithProvider adds a service, to be asked after those before it, or replaces the one of that name in its place. Deezer
// and iTunes are there from the start as "deezer" and "itunes". The name is that of the [catalog.PreviewKind] whose ids
// belong to the service: lower-case letters, digits and dashes, and none of "demo", "file" and "url". Stores refuse
// previews of kinds that package catalog does not know, so an added service is mostly asked to search.
func WithProvider(name string, provider Provider) Option {
	return optionFunc(func(c *config) error {
		taken := []catalog.PreviewKind{catalog.PreviewDemo, catalog.PreviewFile, catalog.PreviewURL}
		if !providerName.MatchString(name) || slices.Contains(taken, catalog.PreviewKind(name)) {
			return fmt.Errorf("preview: WithProvider(%.40q): want a name of lower-case letters that no other kind has", name)
		}
		if provider == nil {
			return fmt.Errorf("preview: WithProvider(%q): want a provider", name)
		}
		added := &service{name: name, provider: provider}
		if i := slices.IndexFunc(c.providers, func(s *service) bool { return s.name == name }); i >= 0 {
			c.providers[i] = added
		} else {
			c.providers = append(c.providers, added)
		}
		return nil
	})
}

// WithoutProviders forgets the services so far, Deezer and iTunes included.
func WithoutProviders() Option {
	return optionFunc(func(c *config) error {
		c.providers = nil
		return nil
	})
}
