// Package api asks JSON services over HTTP and is careful about it: bounded time, bounded bodies, bounded rate, no
// strangers' redirects, errors without addresses. The clients of package source are made of it.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog/source"
)

const (
	maxBody       = 1 << 20 // bytes of an answer, after decompression
	maxRedirects  = 3
	maxRetryAfter = 10 * time.Minute
)

// Config describes a service. Its methods check what options set.
type Config struct {
	Service string        // name in errors
	Base    string        // address in front of every path
	Agent   string        // User-Agent
	Timeout time.Duration // of a whole call, waiting for the limit included
	HTTP    *http.Client  // nil for one of our own
	Calls   int           // at most so many calls
	Window  time.Duration // in any time span of this length
	// Busy reports the statuses by which the service says "too many", beside 429.
	Busy func(status int) bool
}

// Client asks one service. Safe for concurrent use.
type Client struct {
	config Config
	http   *http.Client
	limit  *limiter
}

// New makes a client. The base address must be https, or http on this machine, as in tests.
func New(config Config) (*Client, error) {
	base, err := url.Parse(config.Base)
	local := err == nil && (base.Hostname() == "localhost" || base.Hostname() == "127.0.0.1" || base.Hostname() == "::1")
	switch {
	case err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "",
		base.Scheme != "https" && (base.Scheme != "http" || !local):
		return nil, fmt.Errorf("%s: base address: want https without credentials, or http on this machine", config.Service)
	case config.Timeout <= 0 || config.Timeout > time.Minute:
		return nil, fmt.Errorf("%s: timeout %s: want more than 0 and at most 1m", config.Service, config.Timeout)
	case strings.TrimSpace(config.Agent) == "" || strings.ContainsAny(config.Agent, "\r\n"):
		return nil, fmt.Errorf("%s: user agent: want one line that is not empty", config.Service)
	case config.Calls < 1 || config.Window <= 0:
		return nil, fmt.Errorf("%s: limit: want at least one call in a time above 0", config.Service)
	}
	config.Base = strings.TrimRight(config.Base, "/")
	client := http.Client{}
	if config.HTTP != nil {
		client = *config.HTTP // a copy: the caller's keeps its own redirect rule
	} else if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		client.Transport = standard.Clone() // its own connections; a proxy of the environment is used, as usual
	}
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || req.URL.Scheme != base.Scheme || req.URL.Host != base.Host {
			return errRedirect
		}
		return nil
	}
	return &Client{config: config, http: &client, limit: newLimiter(config.Service, config.Calls, config.Window)}, nil
}

var errRedirect = errors.New("redirected to another host, or too often")

// Get asks for path with query and decodes the answer into the value that into points to. Its errors are those of
// package source, or wrap the error of ctx.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) error {
	limited, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	if err := c.limit.wait(limited); err != nil {
		return c.explain(ctx, err)
	}
	address := c.config.Base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(limited, http.MethodGet, address, nil)
	if err != nil {
		return c.unavailable("the question cannot be put", err)
	}
	req.Header.Set("User-Agent", c.config.Agent)
	req.Header.Set("Accept", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return c.explain(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := c.status(res); err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil {
		return c.explain(ctx, err)
	}
	if len(body) > maxBody {
		return c.unavailable("the answer is longer than 1 MiB", nil)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return c.unavailable("the answer is not the JSON that was expected", err)
	}
	return nil
}

// Busy makes the error for a service that asks to wait, and holds further calls back for that time.
func (c *Client) Busy(wait time.Duration) error {
	wait = min(max(wait, time.Second), maxRetryAfter)
	c.limit.hold(wait)
	return &source.BusyError{Service: c.config.Service, RetryAfter: wait}
}

// NotFound makes the error for what the service does not have.
func (c *Client) NotFound(format string, args ...any) error {
	return &source.NotFoundError{Service: c.config.Service, Wanted: fmt.Sprintf(format, args...)}
}

// Refused makes the error for an answer in which the service reports a failure of its own.
func (c *Client) Refused(code int) error {
	return c.unavailable(fmt.Sprintf("the service reports its error %d", code), nil)
}

func (c *Client) status(res *http.Response) error {
	switch status := res.StatusCode; {
	case status == http.StatusOK:
		return nil
	case status == http.StatusTooManyRequests, c.config.Busy != nil && c.config.Busy(status):
		return c.Busy(c.retryAfter(res.Header.Get("Retry-After")))
	case status == http.StatusServiceUnavailable && res.Header.Get("Retry-After") != "":
		return c.Busy(c.retryAfter(res.Header.Get("Retry-After")))
	case status == http.StatusNotFound:
		return c.NotFound("what was asked for")
	default:
		return c.unavailable(fmt.Sprintf("HTTP %d", status), nil)
	}
}

// retryAfter reads the header's two forms, seconds and a date. Without a sensible one it is the limit's window.
func (c *Client) retryAfter(header string) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return time.Until(date)
	}
	return c.config.Window
}

// explain turns what went wrong on the way into an error without an address. The caller's own end comes first.
func (c *Client) explain(ctx context.Context, err error) error {
	busy := new(source.BusyError)
	timeout := new(interface{ Timeout() bool })
	switch {
	case errors.As(err, &busy):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", c.config.Service, ctx.Err())
	case errors.Is(err, errRedirect):
		return c.unavailable(errRedirect.Error(), nil)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, timeout) && (*timeout).Timeout():
		return c.unavailable("no answer in time", err)
	default:
		return c.unavailable("the connection failed", err)
	}
}

func (c *Client) unavailable(reason string, cause error) error {
	return &source.UnavailableError{Service: c.config.Service, Reason: reason, Cause: cause}
}
