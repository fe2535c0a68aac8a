package preview

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
)

// Sharing, keeping, waiting and resting, on a clock that the tests turn.

// A service that hangs costs its share of the time, and the next one still answers.
func TestSlowServiceLeavesTimeForTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		song := wanted
		song.Previews = []catalog.Preview{{Kind: catalog.PreviewDeezer, Ref: "1"}}
		deezer := hangs()
		start := time.Now()
		got, err := resolver(t, deezer, finds(address)).Resolve(t.Context(), song)
		require.NoError(t, err)
		require.Equal(t, "itunes", got.Provider)
		require.Equal(t, 2*time.Second, time.Since(start))
		require.EqualValues(t, 1, deezer.calls.Load(), "not asked a second way")
	})
}

func TestTotalTimeIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		deaf := &scripted{find: func(context.Context, Ask) (Playable, error) {
			time.Sleep(5 * time.Second) // it does not even listen to its context
			return Playable{}, unavailable
		}}
		start := time.Now()
		_, err := resolver(t, hangs(), hangs(), WithProvider("third", hangs())).Resolve(t.Context(), wanted)
		require.ErrorIs(t, err, ErrNoPreview)
		require.Equal(t, 4*time.Second, time.Since(start))

		itunes := finds(address)
		_, err = resolver(t, deaf, itunes).Resolve(t.Context(), wanted)
		require.ErrorContains(t, err, "itunes (by search) was not asked: no time was left")
		require.Zero(t, itunes.calls.Load())
	})
}

func TestCallersShareALookUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		deezer := &scripted{find: func(ctx context.Context, _ Ask) (Playable, error) {
			select {
			case <-time.After(time.Second):
				return Playable{URL: address}, nil
			case <-ctx.Done():
				return Playable{}, ctx.Err()
			}
		}}
		r := resolver(t, deezer, fails(notFound))
		first, cancel := context.WithCancel(t.Context())
		errs := make(chan error, 100)
		go func() {
			_, err := r.Resolve(first, wanted)
			errs <- err
		}()
		synctest.Wait()
		for range 99 {
			go func() {
				got, err := r.Resolve(t.Context(), wanted)
				if err == nil && got.URL != address {
					err = errors.New("another address")
				}
				errs <- err
			}()
		}
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-errs, context.Canceled, "the first caller gave up")
		for range 99 {
			require.NoError(t, <-errs)
		}
		require.EqualValues(t, 1, deezer.calls.Load())
	})
}

func TestAnswersAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			name    string
			expires time.Duration // from now; 0 for never said
			err     error
			kept    time.Duration
		}{
			{"no end", 0, nil, 10 * time.Minute},
			{"ends late", time.Hour, nil, 10 * time.Minute},
			{"ends soon", 5 * time.Minute, nil, 4 * time.Minute},
			{"ends within the margin", 30 * time.Second, nil, 0},
			{"ended, or our clock is wrong", -time.Hour, nil, 0},
			{"nowhere", 0, notFound, 5 * time.Minute},
			{"failure", 0, unavailable, 0},
		} {
			deezer := &scripted{find: func(context.Context, Ask) (Playable, error) {
				p := Playable{URL: address}
				if tt.expires != 0 {
					p.Expires = time.Now().Add(tt.expires)
				}
				return p, tt.err
			}}
			r := resolver(t, deezer, fails(notFound))
			ask := func() int64 {
				_, err := r.Resolve(t.Context(), wanted)
				require.Equal(t, tt.err != nil, err != nil, tt.name)
				return deezer.calls.Load()
			}
			require.EqualValues(t, 1, ask(), tt.name)
			if tt.kept > 0 {
				time.Sleep(tt.kept - time.Nanosecond)
				require.EqualValues(t, 1, ask(), tt.name)
				time.Sleep(time.Nanosecond)
			}
			require.EqualValues(t, 2, ask(), tt.name)
		}
	})
}

func TestCorrectedSongIsLookedUpAnew(t *testing.T) {
	t.Parallel()
	deezer := finds(address)
	r := resolver(t, deezer, fails(notFound))
	song := wanted
	for _, previews := range [][]catalog.Preview{nil, {{Kind: catalog.PreviewDeezer, Ref: "1"}}, {{Kind: catalog.PreviewDeezer, Ref: "2"}}} {
		song.Previews = previews
		for range 2 {
			_, err := r.Resolve(t.Context(), song)
			require.NoError(t, err)
		}
	}
	require.EqualValues(t, 3, deezer.calls.Load())
}

// An outage of one service costs five calls, then one each 30 s; after it the service is used again.
func TestOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		down.Store(true)
		deezer := &scripted{find: func(context.Context, Ask) (Playable, error) {
			if down.Load() {
				return Playable{}, unavailable
			}
			return Playable{URL: address}, nil
		}}
		r := resolver(t, deezer, fails(notFound), WithCacheSize(0))
		for range 60 { // one a second
			_, err := r.Resolve(t.Context(), wanted)
			require.ErrorIs(t, err, ErrNoPreview)
			time.Sleep(time.Second)
		}
		require.EqualValues(t, maxFailures+1, deezer.calls.Load())
		_, err := r.Resolve(t.Context(), wanted)
		require.ErrorContains(t, err, "deezer (by search) rests after failures, for ")
		down.Store(false)
		time.Sleep(rest)
		for range 3 {
			_, err = r.Resolve(t.Context(), wanted)
			require.NoError(t, err)
		}
	})
}

func TestBusyServiceIsNotAskedBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		deezer, itunes := fails(&source.BusyError{RetryAfter: time.Minute}), finds(address)
		r := resolver(t, deezer, itunes, WithCacheSize(0))
		for range 59 {
			_, err := r.Resolve(t.Context(), wanted)
			require.NoError(t, err)
			time.Sleep(time.Second)
		}
		require.EqualValues(t, 1, deezer.calls.Load())
		time.Sleep(time.Second)
		_, err := r.Resolve(t.Context(), wanted)
		require.NoError(t, err)
		require.EqualValues(t, 2, deezer.calls.Load())
	})
}
