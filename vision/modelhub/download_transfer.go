package modelhub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// transfer is one file to download.
type transfer struct {
	source *url.URL
	name   string // the manifest's name of the file, for messages and progress
	want   string // SHA-256, or "" if it is unknown
	size   int64  // or 0 if it is unknown
}

// enough is the progress in bytes after which the count of retries starts anew: a bad line may break many times.
const enough = 1 << 20

// maxPause caps what Retry-After may ask for.
const maxPause = time.Minute

// download fetches t into the entry's part file, continuing what is there, and verifies the digest if one is known.
// Its errors match ErrDigest, ErrNoSpace, ctx's error, or say what the server did.
func (h *Hub) download(ctx context.Context, e entry, t transfer) (item, error) {
	p, err := h.openPart(ctx, e, t)
	if err != nil {
		return item{}, err
	}
	defer p.close()
	if t.want != "" && p.out.n > 0 && hexDigest(p.out.sum) == t.want {
		return p.keep() // complete, but somebody was interrupted before using it
	}
	for {
		err := h.transferAll(ctx, t, p)
		if got := hexDigest(p.out.sum); err == nil && t.want != "" && got != t.want {
			err = &DigestError{File: t.name, Got: got, Want: t.want}
		}
		switch joined := p.joined; {
		case err == nil:
			return p.keep()
		case !errors.Is(err, ErrDigest):
			return item{}, err // the part stays, for next time
		default:
			p.drop()
			if !joined {
				return item{}, err
			} // else its halves may be of two versions, whatever the servers said: once more from the start
		}
	}
}

// transferAll requests t until the last byte is there. Every stretch that brings enough progress has its own retries.
func (h *Hub) transferAll(ctx context.Context, t transfer, p *partFile) error {
	for {
		start := p.out.n
		done, err := retry(ctx, h, func() (bool, error) {
			err := h.attempt(ctx, t, p)
			if err != nil && retryable(err) && p.out.n-start >= enough {
				return false, nil
			}
			return err == nil, err
		})
		if done || err != nil {
			return err
		}
	}
}

// retry repeats f with growing pauses while its error is retryable.
func retry[T any](ctx context.Context, h *Hub, f func() (T, error)) (T, error) {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = h.firstPause
	got, err := backoff.Retry(ctx, func() (T, error) {
		got, err := f()
		switch {
		case err == nil:
			return got, nil
		case ctx.Err() != nil:
			return got, backoff.Permanent(ctx.Err())
		case !retryable(err):
			return got, backoff.Permanent(err)
		}
		return got, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(uint(h.retries)+1), backoff.WithMaxElapsedTime(0))
	if permanent, ok := errors.AsType[*backoff.PermanentError](err); ok { // left on by the last try
		err = permanent.Err
	}
	return got, err
}

// brokenError is a connection that failed, or broke before the end.
type brokenError struct{ cause error }

func (e *brokenError) Error() string { return "connection: " + e.cause.Error() }
func (e *brokenError) Unwrap() error { return e.cause }

// statusError is an answer other than the file.
type statusError struct {
	code  int
	after time.Duration // of Retry-After, or 0
}

func (e *statusError) Error() string { return fmt.Sprintf("the server answered %d", e.code) }

// Unwrap tells backoff how long to wait.
func (e *statusError) Unwrap() error {
	if e.after > 0 {
		return &backoff.RetryAfterError{Duration: min(e.after, maxPause)}
	}
	return nil
}

// retryable reports whether the same request may succeed a little later.
func retryable(err error) bool {
	if status, ok := errors.AsType[*statusError](err); ok {
		switch status.code {
		case 408, 416, 425, 429, 500, 502, 503, 504:
			return true
		}
		return false
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return false
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	_, broken := errors.AsType[*brokenError](err)
	return broken
}
