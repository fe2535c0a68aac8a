package llm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrUnavailable reports that the service did not answer, not in time, or not with a chat completion.
	ErrUnavailable = errors.New("llm: service unavailable")
	// ErrBudget reports that a limit of our own is reached: calls per minute, calls per day, or a run's cost.
	ErrBudget = errors.New("llm: budget used up")
	// ErrRefused reports that the model or the service's filter will not answer.
	ErrRefused = errors.New("llm: refused")
	// ErrReply reports that the model's reply is outside the schema, even after the repair.
	ErrReply = errors.New("llm: unusable reply")
	// ErrKey reports that there is no key, that the service does not accept it, or that its account has nothing left.
	ErrKey = errors.New("llm: no valid key")
	// ErrRequest reports that the service does not accept the request itself, such as an unknown model.
	ErrRequest = errors.New("llm: request not accepted")
	// ErrSong reports a song that may not, or cannot, be judged. See [Song].
	ErrSong = errors.New("llm: song cannot be judged")
)

// Error says what went wrong and what to do next. It matches its Kind. Its text holds nothing that a service or a model
// wrote, no address and no key, so that it may be shown to strangers.
type Error struct {
	Kind    error  // one of the errors of this package
	Service string // name of the preset, or "custom"
	Reason  string // such as "HTTP 503"
	Next    string // the next step, as an imperative
	// RetryAfter is how long to wait before asking again; 0 if unknown or pointless.
	RetryAfter time.Duration
	// Detail is what the network or the service said, for logs only: at most 300 printable characters, keys removed.
	// It may name addresses.
	Detail string

	retry bool // a status of the list that is worth another attempt
	hasty bool // a caller with more time would have waited
	asked bool // the service asks to wait, which is no failure
	late  bool // no answer within the time of a call: less to do may help
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "llm: %s: %s", e.Service, e.Reason)
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, "; wait %s", e.RetryAfter.Round(time.Second))
	}
	if e.Next != "" {
		b.WriteString("; " + e.Next)
	}
	return b.String()
}

// Is reports whether target is the error's Kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

// isContext reports that err is the end of a context, which is always the caller's doing: our own time limits end in
// an [Error].
func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isHasty reports an error that is due to the caller's time: one with more of it may fare better.
func isHasty(err error) bool {
	e := new(Error)
	return isContext(err) || errors.As(err, &e) && e.hasty
}

const (
	maxDetail = 300
	maxWord   = 100
)

// printable makes foreign text fit for a log: one line of at most maxDetail characters, without words so long that they
// may be a part of a picture.
func printable(text string) string {
	words := strings.Fields(strings.Map(visible, text))
	for i, word := range words {
		if len(word) > maxWord {
			words[i] = "…"
		}
	}
	clean := strings.Join(words, " ")
	if runes := []rune(clean); len(runes) > maxDetail {
		return string(runes[:maxDetail]) + "…"
	}
	return clean
}
