package llm

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxBody   = 1 << 20 // bytes of an answer, after decompression
	userAgent = "soundtrack-sdk"
)

// send makes one HTTP call. Its errors are [*Error]s, or ctx's own if that has ended.
func (c *Client) send(ctx context.Context, body []byte) (completion, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodPost, c.preset.Base+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return completion{}, c.failf(ErrRequest, "check the base address", "the question cannot be put")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	if key := c.key(); key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	c.usage.add(Usage{Calls: 1})
	res, err := c.http.Do(req)
	if err != nil {
		return completion{}, c.broken(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if res.StatusCode != http.StatusOK {
		return completion{}, c.status(res, answer)
	}
	if err != nil {
		return completion{}, c.broken(ctx, err)
	}
	if len(answer) > maxBody {
		return completion{}, c.failf(ErrUnavailable, "", "the answer is longer than 1 MiB")
	}
	done, ok := parseCompletion(answer)
	if !ok {
		return completion{}, c.failf(ErrUnavailable, "check that the address speaks chat completions",
			"the answer is not a chat completion")
	}
	c.usage.add(done.usage)
	c.served.Store(done.model)
	return done, nil
}

// broken explains a call without an answer. The end of the caller's context comes first.
func (c *Client) broken(ctx context.Context, err error) error {
	timeout := new(interface{ Timeout() bool })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, timeout) && (*timeout).Timeout():
		return c.fail(&Error{
			Kind: ErrUnavailable, Reason: "no answer within " + c.timeout.String(), Next: "raise WithTimeout, or choose a faster model",
			Detail: err.Error(), late: true,
		})
	default:
		return c.fail(&Error{
			Kind: ErrUnavailable, Reason: "the connection failed", Next: "check that the service runs and can be reached",
			Detail: err.Error(),
		})
	}
}

// status explains an answer that is not 200.
func (c *Client) status(res *http.Response, answer []byte) error {
	e := &Error{Kind: ErrUnavailable, Reason: "HTTP " + strconv.Itoa(res.StatusCode), Detail: serviceMessage(answer)}
	switch code := res.StatusCode; {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		e.Kind, e.Next = ErrKey, "check the key and what it may do"
		e.Detail = "" // services quote the key here, or a part of it
	case code == http.StatusPaymentRequired, quotaUsed(answer):
		e.Kind, e.Next = ErrKey, "top up the account of the key"
	case strings.Contains(e.Detail, "image input is not supported"): // llama-server calls it a failure of its own, HTTP 500
		e.Kind, e.Next = ErrRequest, "take a model that sees; llama-server also needs its --mmproj"
	case code >= 300 && code < 400:
		e.Next = "give the final address with WithBaseURL: redirects are refused"
	case code == http.StatusTooManyRequests:
		e.retry, e.asked = true, true
		e.RetryAfter = c.retryAfter(res.Header)
	case code == http.StatusInternalServerError, code == http.StatusBadGateway,
		code == http.StatusServiceUnavailable, code == http.StatusGatewayTimeout:
		e.retry = true
		e.RetryAfter = c.retryAfter(res.Header)
	case code >= 400 && code < 500:
		e.Kind, e.Next = ErrRequest, "check the model ("+c.preset.Model+"), that it sees pictures, and WithFormat"
	}
	if e.RetryAfter > 0 {
		c.budget.hold(c.clock().Add(e.RetryAfter))
	}
	return c.fail(e)
}

// retryAfter reads the header's two forms, seconds (of which some services send fractions) and a date; 0 if it has neither.
func (c *Client) retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, _ := strconv.ParseFloat(value, 64); seconds > 0 { // +Inf beyond the range
		return time.Duration(min(seconds, maxHold.Seconds()) * float64(time.Second))
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(c.clock()), 0), maxHold)
	}
	return 0
}

// Usage counts what a client has asked for.
type Usage struct {
	Calls        int `json:"calls"`         // HTTP calls
	PromptTokens int `json:"prompt_tokens"` // as the service counts them; 0 if it does not
	ReplyTokens  int `json:"reply_tokens"`
}

type usageCount struct {
	mu    sync.Mutex
	total Usage
}

func (u *usageCount) add(more Usage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.total.Calls += more.Calls
	u.total.PromptTokens += more.PromptTokens
	u.total.ReplyTokens += more.ReplyTokens
}

// Usage returns what the client has asked for since it was made.
func (c *Client) Usage() Usage {
	c.usage.mu.Lock()
	defer c.usage.mu.Unlock()
	return c.usage.total
}
