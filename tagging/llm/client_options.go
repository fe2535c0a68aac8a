package llm

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Option changes a [Client]. Options apply in the order in which they are given.
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

// config is what options add up to.
type config struct {
	preset    Preset
	home      string // the preset's own base address
	keyEnv    string
	keyFile   string
	http      *http.Client
	logger    *slog.Logger
	clock     func() time.Time
	timeout   time.Duration
	perMinute int
	perDay    int
}

const (
	defaultTimeout   = 30 * time.Second
	defaultPerMinute = 60
	defaultPerDay    = 5000
)

// WithBaseURL sends calls to another address that speaks the same protocol, such as "https://gateway.example/v1". It must
// be https, or http: then without a key, or on this machine. The preset's environment variable is not read for another
// address, lest its key reach a stranger: name one with [WithKeyEnv] or [WithKeyFile].
func WithBaseURL(base string) Option {
	return optionFunc(func(c *config) error {
		u, err := url.Parse(base)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
			u.Scheme != "https" && u.Scheme != "http" {
			return errors.New("llm: WithBaseURL: want http or https, a host, and neither credentials nor a query")
		}
		c.preset.Base = strings.TrimRight(base, "/")
		return nil
	})
}

// WithModel chooses the model. name must be of 1 to 200 printable characters; the default is the preset's.
func WithModel(name string) Option {
	return optionFunc(func(c *config) error {
		if name == "" || len(name) > 200 || name != wordsOnly(name) {
			return errors.New("llm: WithModel: want 1 to 200 printable characters")
		}
		c.preset.Model = name
		return nil
	})
}

// WithFormat chooses how the service is told to reply in JSON. The default is the preset's.
func WithFormat(f Format) Option {
	return optionFunc(func(c *config) error {
		switch f {
		case FormatSchema, FormatObject, FormatNone:
			c.preset.Format = f
			return nil
		}
		return fmt.Errorf("llm: WithFormat(%.40q): want %q, %q or %q", f, FormatSchema, FormatObject, FormatNone)
	})
}

// WithKeyEnv reads the key from another environment variable than the preset's, once, when the client is made.
func WithKeyEnv(name string) Option {
	return optionFunc(func(c *config) error {
		if name == "" || strings.ContainsAny(name, "=\x00") {
			return errors.New("llm: WithKeyEnv: want the name of an environment variable")
		}
		c.keyEnv = name
		return nil
	})
}

// WithKeyFile reads the key from a file, once, when the client is made; blanks around it are ignored. It goes before any
// environment variable.
func WithKeyFile(path string) Option {
	return optionFunc(func(c *config) error {
		if path == "" {
			return errors.New("llm: WithKeyFile: want a path")
		}
		c.keyFile = path
		return nil
	})
}

// WithHTTPClient uses another HTTP client, for instance with a proxy. It is copied; redirects are refused whatever it
// says. The default has connections of its own and uses the environment's proxy.
func WithHTTPClient(client *http.Client) Option {
	return optionFunc(func(c *config) error {
		if client == nil {
			return errors.New("llm: WithHTTPClient: want a client")
		}
		c.http = client
		return nil
	})
}

// WithLogger logs each failed attempt as a warning: service, reason, attempt and [Error.Detail]; never keys, prompts,
// pictures or replies. The default is silence.
func WithLogger(logger *slog.Logger) Option {
	return optionFunc(func(c *config) error {
		if logger == nil {
			return errors.New("llm: WithLogger: want a logger")
		}
		c.logger = logger
		return nil
	})
}

// WithClock sets the clock by which budgets count, readings age and dates in Retry-After are read. The default is time.Now.
// Waiting uses the machine's timers in any case.
func WithClock(now func() time.Time) Option {
	return optionFunc(func(c *config) error {
		if now == nil {
			return errors.New("llm: WithClock: want a clock")
		}
		c.clock = now
		return nil
	})
}

// WithTimeout bounds a single HTTP call, the reading of its answer included. It must be in [100ms, 10m]; the default is
// 30 s. A question takes up to six calls: three attempts, and as many for the repair.
func WithTimeout(timeout time.Duration) Option {
	return optionFunc(func(c *config) error {
		if timeout < 100*time.Millisecond || timeout > 10*time.Minute {
			return fmt.Errorf("llm: WithTimeout(%s): want 100ms to 10m", timeout)
		}
		c.timeout = timeout
		return nil
	})
}

// WithBudget caps the HTTP calls in any 60 seconds and in any 24 hours, attempts and repairs included. Both must be in
// [1, 1000000]; the default is 60 and 5000. A call over the minute's budget waits, if its deadline leaves time for that;
// one over the day's fails at once with [ErrBudget]. The counts live as long as the client: a program that is started for
// each picture, or again after each crash, counts anew.
func WithBudget(perMinute, perDay int) Option {
	return optionFunc(func(c *config) error {
		const most = 1_000_000
		if perMinute < 1 || perMinute > most || perDay < 1 || perDay > most {
			return fmt.Errorf("llm: WithBudget(%d, %d): want 1 to %d each", perMinute, perDay, most)
		}
		c.perMinute, c.perDay = perMinute, perDay
		return nil
	})
}

const maxKeyFile = 4096

// key finds the key. An empty one means that the service gets none.
func (c *config) key() (string, error) {
	if c.keyFile != "" {
		content, err := readCapped(c.keyFile, maxKeyFile)
		if err != nil {
			return "", c.keyError("the key file cannot be read", "check its path and rights", err)
		}
		return c.checkKey(strings.TrimSpace(string(content)), "the key file")
	}
	env := c.keyEnv
	if env == "" && c.preset.Base == c.home {
		env = c.preset.KeyEnv
	}
	if env == "" {
		return "", nil
	}
	key := strings.TrimSpace(os.Getenv(env))
	if key == "" && !c.preset.NeedsKey && c.keyEnv == "" {
		return "", nil
	}
	return c.checkKey(key, env)
}

// checkKey refuses what cannot be a bearer token, without quoting it.
func (c *config) checkKey(key, from string) (string, error) {
	bad := strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
	if key == "" || bad {
		return "", c.keyError("no usable key in "+from, "put one there, or use WithKeyFile", nil)
	}
	if base, err := url.Parse(c.preset.Base); err != nil || base.Scheme != "https" && !isLocal(base.Hostname()) {
		return "", c.keyError("a key would travel unencrypted", "use an https address", nil)
	}
	return key, nil
}

func (c *config) keyError(reason, next string, cause error) error {
	e := &Error{Kind: ErrKey, Service: c.preset.Name, Reason: reason, Next: next}
	if cause != nil {
		e.Detail = printable(cause.Error())
	}
	return e
}

func isLocal(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
