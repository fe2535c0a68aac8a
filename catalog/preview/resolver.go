package preview

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source/deezer"
	"github.com/soundtrack-go/sdk/catalog/source/itunes"
)

// Resolver finds something to play for a song. Safe for concurrent use. It has nothing to close: a look-up that is
// under way ends by itself within the timeout.
type Resolver struct {
	config  config
	cache   *cache
	flights singleflight.Group
}

// New makes a resolver. It does not touch the network.
func New(opts ...Option) (*Resolver, error) {
	d, err := deezer.New()
	if err != nil {
		return nil, fmt.Errorf("preview: %w", err)
	}
	i, err := itunes.New()
	if err != nil {
		return nil, fmt.Errorf("preview: %w", err)
	}
	c := config{
		logger: slog.New(slog.DiscardHandler), timeout: defaultTimeout, cacheSize: defaultCacheSize,
		providers: []*service{
			{name: string(catalog.PreviewDeezer), provider: Deezer(d)},
			{name: string(catalog.PreviewITunes), provider: ITunes(i)},
		},
	}
	for _, opt := range opts {
		if err := opt.apply(&c); err != nil {
			return nil, err
		}
	}
	return &Resolver{config: c, cache: newCache(c.cacheSize)}, nil
}

// Resolve returns what to play for a song now; see the package for the order. The song needs title, artist, or previews
// of its own; ISRC, Duration and Album make a search surer. If there is nothing, the error is a [NoPreviewError]. If ctx
// ends first, the error wraps ctx's, and the look-up goes on for whoever asks next.
func (r *Resolver) Resolve(ctx context.Context, song catalog.Song) (Playable, error) {
	if err := ctx.Err(); err != nil {
		return Playable{}, fmt.Errorf("preview: %w", err)
	}
	p, ok, withheld := own(song, r.config.offline)
	if ok {
		return p, nil
	}
	if r.config.offline {
		return Playable{}, r.offline(song, withheld)
	}
	key := r.key(song)
	if found, ok := r.cache.get(key, time.Now()); ok {
		return found.playable, fresh(found.err)
	}
	// The song is the caller's; the look-up may outlive the call.
	song = song.Clone()
	flight := r.flights.DoChan(key, func() (any, error) {
		free, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.config.timeout)
		defer cancel()
		found, err := r.lookUp(free, song)
		r.keep(key, found, err)
		return found, err
	})
	select {
	case res := <-flight:
		found, _ := res.Val.(Playable)
		return found, fresh(res.Err)
	case <-ctx.Done():
		return Playable{}, fmt.Errorf("preview: %w", ctx.Err())
	}
}

// fresh copies an error that several callers get.
func fresh(err error) error {
	none := new(NoPreviewError)
	if !errors.As(err, &none) {
		return err
	}
	c := *none
	c.Attempts = slices.Clone(none.Attempts)
	return &c
}

// How long answers are kept.
const (
	maxKept     = 10 * time.Minute
	keptNowhere = 5 * time.Minute
	margin      = time.Minute // before a signed address expires: time to press play and to listen
)

// keep puts an answer into the cache for as long as it is good.
func (r *Resolver) keep(key string, found Playable, err error) {
	now := time.Now()
	none := new(NoPreviewError)
	switch {
	case err == nil:
		until := now.Add(maxKept)
		if end := found.Expires.Add(-margin); !found.Expires.IsZero() && end.Before(until) {
			until = end
		}
		r.cache.put(key, entry{playable: found, until: until}, now)
	case errors.As(err, &none) && none.nowhere():
		r.cache.put(key, entry{err: err, until: now.Add(keptNowhere)}, now)
	}
}

// key holds everything that a look-up depends on, so that a song whose id was corrected is looked up anew.
func (r *Resolver) key(song catalog.Song) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q %q %.0f", song.Title, song.Artist, song.Album, song.ISRC, song.Duration)
	for _, p := range song.Previews {
		fmt.Fprintf(&b, " %q %q", p.Kind, p.Ref)
	}
	return b.String()
}

// offline says what would have been tried.
func (r *Resolver) offline(song catalog.Song, withheld bool) error {
	e := &NoPreviewError{Title: song.Title, Artist: song.Artist}
	if withheld {
		e.Attempts = append(e.Attempts, Attempt{Way: "address", Reason: "was not tried: the network is switched off"})
	}
	for _, s := range r.steps(song) {
		e.Attempts = append(e.Attempts, Attempt{Provider: s.service.name, Way: s.way(), Reason: reasonOffline})
	}
	return e
}
