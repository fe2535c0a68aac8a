package llm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

// Client asks one service. It holds the limits that all its users share, so a process makes one per service: budgets, the
// retry budget, the circuit breaker. Safe for concurrent use. Make one with [New].
type Client struct {
	preset  Preset
	http    *http.Client
	logger  *slog.Logger
	timeout time.Duration
	key     func() string // a closure, so that no formatting verb finds the key
	clock   func() time.Time
	budget  *budget
	retries retryBudget
	breaker *gobreaker.CircuitBreaker[completion]
	usage   usageCount
	served  atomic.Value // string: the model that answered last, by the service's word
}

const (
	breakerFailures = 5                // running, before the service rests
	breakerRest     = 30 * time.Second // how long it rests; then a single call tries
	maxAttempts     = 3
	maxWait         = 20 * time.Second // between two attempts
	firstWait       = 500 * time.Millisecond
)

// New makes a client of a service. It reads the key but does not call the service. Errors match [ErrKey] if a key is
// missing or unusable; others are of options that cannot apply.
func New(preset Preset, options ...Option) (*Client, error) {
	c := config{
		preset: preset, home: strings.TrimRight(preset.Base, "/"),
		timeout: defaultTimeout, perMinute: defaultPerMinute, perDay: defaultPerDay,
		clock: time.Now, logger: slog.New(slog.DiscardHandler),
	}
	if c.preset.Name == "" {
		c.preset.Name = "custom"
	}
	if c.preset.Format == "" {
		c.preset.Format = FormatNone
	}
	for _, o := range append([]Option{WithBaseURL(preset.Base), WithModel(preset.Model)}, options...) {
		if err := o.apply(&c); err != nil {
			return nil, err
		}
	}
	if !strings.HasPrefix(c.preset.Model, preset.Model) {
		c.preset.ReasoningEffort = ""
	}
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	client := http.Client{}
	if c.http != nil {
		client = *c.http
	} else if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		client.Transport = standard.Clone()
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		preset: c.preset, http: &client, logger: c.logger, timeout: c.timeout, clock: c.clock,
		key:    func() string { return key },
		budget: newBudget(c.preset.Name, c.perMinute, c.perDay), breaker: newBreaker(),
		retries: retryBudget{tenths: 10 * retryStart},
	}, nil
}

// newBreaker opens after failures of the service itself. gobreaker rather than failsafe-go: it is one state machine
// without dependencies, it can leave results out of the count, and the retry rules here would not fit a general policy.
func newBreaker() *gobreaker.CircuitBreaker[completion] {
	return gobreaker.NewCircuitBreaker[completion](gobreaker.Settings{
		Timeout:     breakerRest,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= breakerFailures },
		// A service that explains what is wrong with the request is alive.
		IsSuccessful: func(err error) bool {
			return err == nil || errors.Is(err, ErrRequest) || errors.Is(err, ErrKey)
		},
		// Neither health nor failure: the caller's time ended, which may be as short as a stranger likes, the service asks
		// to wait, or no call was made. A service that hangs is found by the calls that have our own time.
		IsExcluded: func(err error) bool {
			e, none := new(Error), new(notMadeError)
			return isContext(err) || errors.As(err, &none) || errors.As(err, &e) && e.asked
		},
	})
}

// Model returns the name of the model that the client asks.
func (c *Client) Model() string { return c.preset.Model }

// Service returns the name of the preset.
func (c *Client) Service() string { return c.preset.Name }

// serves reports whether the model that the service called served still answers, as far as it has said.
func (c *Client) serves(served string) bool {
	now, ok := c.served.Load().(string)
	if !ok {
		return !c.preset.AnyName
	}
	return now == served
}

// Local reports whether what is sent stays on this machine, as far as names can tell: the address is this machine's, and
// the model is none of Ollama's cloud models (named "…:cloud" or "…-cloud"), which a local Ollama forwards to ollama.com.
// A proxy at a local address cannot be told from a model.
func (c *Client) Local() bool {
	base, err := url.Parse(c.preset.Base)
	model := strings.ToLower(c.preset.Model)
	return err == nil && isLocal(base.Hostname()) && !strings.HasSuffix(model, ":cloud") && !strings.HasSuffix(model, "-cloud")
}

// String names service and model.
func (c *Client) String() string { return c.preset.Name + "/" + c.preset.Model }

// notMadeError says why a call was not made.
type notMadeError struct{ error }

func (e *notMadeError) Unwrap() error { return e.error }

// complete posts a request and returns the completion, after up to maxAttempts attempts. If it is lasting, the end of ctx
// ends the waits before and between calls, but no call that has begun.
func (c *Client) complete(ctx context.Context, body []byte, lasting bool) (completion, error) {
	for attempt := 1; ; attempt++ {
		done, err := c.breaker.Execute(func() (completion, error) {
			if err := c.budget.wait(ctx, c.clock); err != nil {
				return completion{}, &notMadeError{err}
			}
			if attempt == 1 {
				c.retries.earn()
			}
			if lasting {
				return c.send(context.WithoutCancel(ctx), body)
			}
			return c.send(ctx, body)
		})
		if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
			return done, c.fail(&Error{Kind: ErrUnavailable, Reason: "rests after running failures", RetryAfter: breakerRest})
		}
		if err == nil {
			return done, nil
		}
		if none := new(notMadeError); errors.As(err, &none) {
			return done, none.error
		}
		wait, again := c.again(ctx, err, attempt)
		c.log(ctx, err, attempt, again)
		if !again {
			return done, err
		}
		if err := sleep(ctx, wait); err != nil {
			return done, err
		}
	}
}

// again decides whether a failed attempt is followed by another, and when. Without a Retry-After the wait is drawn from
// 0 to an exponentially growing bound ("full jitter"). What would need more than maxWait, or more than half of the time
// that is left, fails at once.
func (c *Client) again(ctx context.Context, err error, attempt int) (time.Duration, bool) {
	e := new(Error)
	if !errors.As(err, &e) || !e.retry || attempt >= maxAttempts {
		return 0, false
	}
	wait := e.RetryAfter
	if wait == 0 {
		wait = rand.N(min(firstWait<<attempt, maxWait))
	}
	if wait > maxWait || !fits(ctx, wait) || !c.retries.spend() {
		return 0, false
	}
	return wait, true
}

func (c *Client) log(ctx context.Context, err error, attempt int, again bool) {
	e := new(Error)
	if errors.As(err, &e) {
		c.logger.WarnContext(ctx, "llm call failed", "service", c.preset.Name, "model", c.preset.Model,
			"reason", e.Reason, "attempt", attempt, "again", again, "detail", e.Detail)
	}
}

// fail completes an error: service, next step, and no key in what others wrote.
func (c *Client) fail(e *Error) *Error {
	e.Service = c.preset.Name
	if e.Next == "" && errors.Is(e.Kind, ErrUnavailable) {
		e.Next = "try again later"
	}
	if key := c.key(); key != "" {
		e.Detail = strings.ReplaceAll(e.Detail, key, "[key]")
	}
	e.Detail = printable(e.Detail)
	return e
}

func (c *Client) failf(kind error, next, format string, args ...any) *Error {
	return c.fail(&Error{Kind: kind, Reason: fmt.Sprintf(format, args...), Next: next})
}

// fits reports whether waiting leaves at least half of the time until ctx's deadline for the call itself.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || wait <= time.Until(deadline)/2
}

func sleep(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
