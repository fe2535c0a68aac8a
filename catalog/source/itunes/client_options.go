package itunes

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog/source/internal/api"
)

// config is what options add up to.
type config struct {
	api.Config
	country string
}

// Option changes a [Client].
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

// WithUserAgent names the program to Apple: one line such as "my-app/1.0 (me@example.org)". The default is the SDK's.
func WithUserAgent(agent string) Option {
	return optionFunc(func(c *config) error {
		c.Agent = agent
		return nil
	})
}

// WithBaseURL replaces https://itunes.apple.com, for tests: an https address, or an http one on this machine.
func WithBaseURL(address string) Option {
	return optionFunc(func(c *config) error {
		c.Base = address
		return nil
	})
}

// WithTimeout bounds a call, waiting for the rate limit included. It must be in (0, 1m]; the default is 5 s.
func WithTimeout(timeout time.Duration) Option {
	return optionFunc(func(c *config) error {
		c.Timeout = timeout
		return nil
	})
}

// WithHTTPClient makes calls through client, which must not be nil and is not changed. Its CheckRedirect is not used:
// redirects to other hosts are refused. The default is a client with connections of its own.
func WithHTTPClient(client *http.Client) Option {
	return optionFunc(func(c *config) error {
		if client == nil {
			return errors.New("itunes: WithHTTPClient: want a client")
		}
		c.HTTP = client
		return nil
	})
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// WithCountry chooses the store by its ISO 3166 code of two letters, in either case. The default is US.
func WithCountry(code string) Option {
	return optionFunc(func(c *config) error {
		c.country = strings.ToUpper(code)
		if !country.MatchString(c.country) {
			return fmt.Errorf("itunes: WithCountry(%.20q): want two letters", code)
		}
		return nil
	})
}
