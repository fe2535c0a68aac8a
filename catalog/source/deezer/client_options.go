package deezer

import (
	"errors"
	"net/http"
	"time"

	"github.com/soundtrack-go/sdk/catalog/source/internal/api"
)

// Option changes a [Client].
type Option interface{ apply(*api.Config) error }

type optionFunc func(*api.Config) error

func (f optionFunc) apply(c *api.Config) error { return f(c) }

// WithUserAgent names the program to Deezer: one line such as "my-app/1.0 (me@example.org)". The default is the SDK's.
func WithUserAgent(agent string) Option {
	return optionFunc(func(c *api.Config) error {
		c.Agent = agent
		return nil
	})
}

// WithBaseURL replaces https://api.deezer.com, for tests: an https address, or an http one on this machine.
func WithBaseURL(address string) Option {
	return optionFunc(func(c *api.Config) error {
		c.Base = address
		return nil
	})
}

// WithTimeout bounds a call, waiting for the rate limit included. It must be in (0, 1m]; the default is 5 s.
func WithTimeout(timeout time.Duration) Option {
	return optionFunc(func(c *api.Config) error {
		c.Timeout = timeout
		return nil
	})
}

// WithHTTPClient makes calls through client, which must not be nil and is not changed. Its CheckRedirect is not used:
// redirects to other hosts are refused. The default is a client with connections of its own.
func WithHTTPClient(client *http.Client) Option {
	return optionFunc(func(c *api.Config) error {
		if client == nil {
			return errors.New("deezer: WithHTTPClient: want a client")
		}
		c.HTTP = client
		return nil
	})
}
