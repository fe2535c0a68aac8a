package preview

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
)

// step is one question to one service.
type step struct {
	service *service
	id      string // empty for a search
}

func (s step) way() string {
	if s.id != "" {
		return "id"
	}
	return "search"
}

// steps lists the questions in their order: all stored ids, then searches.
func (r *Resolver) steps(song catalog.Song) []step {
	var ids, searches []step
	for _, s := range r.config.providers {
		for _, p := range song.Previews {
			if p.Kind == catalog.PreviewKind(s.name) && p.Ref != "" {
				ids = append(ids, step{s, p.Ref})
			}
		}
		if song.Title != "" && song.Artist != "" {
			searches = append(searches, step{s, ""})
		}
	}
	return append(ids, searches...)
}

// lookUp asks the services in turn. One that fails is passed over from then on; one that has no such id is still
// searched. Each gets an even share of the time that is left.
func (r *Resolver) lookUp(ctx context.Context, song catalog.Song) (Playable, error) {
	none := &NoPreviewError{Title: song.Title, Artist: song.Artist}
	steps := r.steps(song)
	failed := map[*service]bool{}
	for i, s := range steps {
		if failed[s.service] {
			continue
		}
		attempt := Attempt{Provider: s.service.name, Way: s.way()}
		left := map[*service]bool{}
		for _, later := range steps[i:] {
			left[later.service] = left[later.service] || !failed[later.service]
		}
		if wait, ok := s.service.breaker.allow(time.Now()); !ok {
			failed[s.service] = true
			attempt.Reason = "rests after failures, for " + wait.Round(time.Second).String()
			none.Attempts = append(none.Attempts, attempt)
			continue
		}
		found, err := r.ask(ctx, song, s, count(left))
		if err == nil {
			return found, nil
		}
		failed[s.service] = !errors.Is(err, source.ErrNotFound)
		attempt.Err, attempt.Reason = err, reason(err)
		if errors.Is(err, errNoTime) {
			attempt.Reason = reasonNoTime
		}
		none.Attempts = append(none.Attempts, attempt)
		level := slog.LevelDebug
		if failed[s.service] {
			level = slog.LevelWarn
		}
		r.config.logger.Log(ctx, level, "preview not found", "provider", attempt.Provider, "by", attempt.Way,
			"song", string(song.ID), "reason", attempt.Reason)
	}
	return Playable{}, none
}

func count(services map[*service]bool) int {
	n := 0
	for _, present := range services {
		if present {
			n++
		}
	}
	return n
}

var errNoTime = errors.New("preview: no time left")

// ask puts one question, within one of shares even parts of the time that is left, and tells the breaker.
func (r *Resolver) ask(ctx context.Context, song catalog.Song, s step, shares int) (_ Playable, err error) {
	deadline, _ := ctx.Deadline() // lookUp's context always has one
	share := time.Until(deadline) / time.Duration(max(shares, 1))
	if share <= 0 {
		s.service.breaker.report(time.Now(), untold, 0)
		return Playable{}, errNoTime
	}
	limited, cancel := context.WithTimeout(ctx, share)
	defer cancel()
	outcome, wait := failure, time.Duration(0)
	defer func() {
		if recover() != nil { // in a goroutine of our own it would end the process; its value may hold an address
			r.config.logger.ErrorContext(ctx, "preview provider panicked", "provider", s.service.name, "stack", string(debug.Stack()))
			err = &source.UnavailableError{Service: s.service.name, Reason: "its client panicked"}
		}
		s.service.breaker.report(time.Now(), outcome, wait)
	}()
	// The provider may keep the song, which calls at the same time share.
	found, err := s.service.provider.Find(limited, Ask{Song: song.Clone(), ID: s.id})
	busy := new(source.BusyError)
	switch {
	case err == nil && source.WebAddress(found.URL) == "":
		return Playable{}, &source.UnavailableError{Service: s.service.name, Reason: "its address is not https"}
	case err == nil:
		outcome = success
		return Playable{
			Kind: catalog.PreviewKind(s.service.name), Provider: s.service.name, URL: found.URL,
			Link: source.WebAddress(found.Link), Duration: found.Duration, Expires: found.Expires,
		}, nil
	case errors.As(err, &busy):
		outcome, wait = asked, busy.RetryAfter
	case errors.Is(err, source.ErrNotFound):
		outcome = success
	}
	return Playable{}, err
}
