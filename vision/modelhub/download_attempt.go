package modelhub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const userAgent = "soundtrack-modelhub"

var errSilence = errors.New("the server fell silent")

// attempt makes one request and appends what it brings to p.
func (h *Hub) attempt(ctx context.Context, t transfer, p *partFile) error {
	if p.out.n > 0 && p.meta.Validator == "" && t.want == "" { // neither server nor digest vouches for the rest
		if err := p.restart(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(h.silence, func() { cancel(errSilence) })
	defer watch.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.source.String(), nil)
	if err != nil {
		return errors.New("not a usable URL")
	}
	req.Header.Set("Accept-Encoding", "identity") // bytes as they are stored: ranges and digests are about those
	req.Header.Set("User-Agent", userAgent)
	if p.out.n > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", p.out.n))
		if p.meta.Validator != "" {
			req.Header.Set("If-Range", p.meta.Validator)
		}
	}
	res, err := h.client.Do(req)
	if err != nil {
		return &brokenError{cause: cleanError(ctx, err)}
	}
	defer closeRead(res.Body)
	total, err := h.accept(res, t, p)
	if err != nil {
		return err
	}
	return h.receive(ctx, res.Body, t, p, total, watch)
}

// accept judges an answer before its body is read, and brings p to where the body begins. total is -1 if unknown.
func (h *Hub) accept(res *http.Response, t transfer, p *partFile) (total int64, err error) {
	switch res.StatusCode {
	case http.StatusOK:
		if p.out.n > 0 { // the server has another version, or no ranges
			if err := p.restart(); err != nil {
				return 0, err
			}
		}
		total = res.ContentLength
	case http.StatusPartialContent:
		var start int64
		start, total = contentRange(res.Header.Get("Content-Range"))
		if p.out.n == 0 || start != p.out.n {
			return 0, errors.New("the server sent a part that nobody asked for")
		}
		p.joined = true
	case http.StatusRequestedRangeNotSatisfiable:
		if err := p.restart(); err != nil {
			return 0, err
		}
		return 0, &statusError{code: res.StatusCode}
	default:
		return 0, &statusError{code: res.StatusCode, after: retryAfter(res.Header.Get("Retry-After"))}
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch encoding := res.Header.Get("Content-Encoding"); {
	case kind == "text/html":
		return 0, errors.New("the server answered with a web page in place of the file: a log-in or an error page")
	case encoding != "" && encoding != "identity":
		return 0, fmt.Errorf("the server compressed the file (%.20q) though asked not to", encoding)
	}
	if limit := h.limit(t.size); total > limit || (t.size > 0 && total >= 0 && total != t.size) {
		return 0, &SizeError{File: t.name, Got: total, Want: limit, Limit: t.size == 0}
	}
	return total, p.remember(res)
}

// receive appends the body to p.
func (h *Hub) receive(ctx context.Context, body io.Reader, t transfer, p *partFile, total int64, watch *time.Timer) error {
	buf := make([]byte, 256<<10)
	told := time.Now()
	for {
		n, err := body.Read(buf)
		watch.Reset(h.silence)
		if n > 0 {
			if _, err := p.out.Write(buf[:n]); err != nil {
				return err
			}
		}
		if now := time.Now(); err == io.EOF || now.Sub(told) >= 100*time.Millisecond {
			h.progress(Progress{File: t.name, Done: p.out.n, Total: total})
			told = now
		}
		switch {
		case err == io.EOF && ((total >= 0 && p.out.n < total) || (t.size > 0 && p.out.n < t.size)):
			return &brokenError{cause: io.ErrUnexpectedEOF}
		case err == io.EOF:
			return nil
		case err != nil:
			return &brokenError{cause: cleanError(ctx, err)}
		}
	}
}

// cleanError takes the URL, which may hold secrets, out of an error of net/http, and names silence.
func cleanError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errSilence) {
		return cause
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// contentRange parses "bytes 100-199/200". start is -1 if it cannot be parsed, total -1 if it is unknown.
func contentRange(text string) (start, total int64) {
	rest, ok := strings.CutPrefix(text, "bytes ")
	span, size, ok2 := strings.Cut(rest, "/")
	first, _, ok3 := strings.Cut(span, "-")
	start, err := strconv.ParseInt(first, 10, 64)
	if !ok || !ok2 || !ok3 || err != nil {
		return -1, -1
	}
	if total, err = strconv.ParseInt(size, 10, 64); err != nil || total < 0 {
		total = -1
	}
	return start, total
}

// retryAfter parses seconds or a date (RFC 9110, 10.2.3). What cannot be parsed, or lies in the past, is 0.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 && seconds < 1<<20 {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(date))
	}
	return 0
}
