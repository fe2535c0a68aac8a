package preview

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
)

// The providers of this file are fakes: they prove the plumbing between services, not that a service has a song.

const address = "https://cdn.example/a.mp3?hdnea=exp=1~hmac=canary"

var (
	wanted      = catalog.Song{Title: "Halo", Artist: "Beyoncé"}
	notFound    = &source.NotFoundError{Service: "fake"}
	unavailable = &source.UnavailableError{Service: "fake", Reason: "HTTP 503", Cause: errors.New("canary")}
)

// scripted answers as its function says and counts.
type scripted struct {
	calls atomic.Int64
	find  func(ctx context.Context, ask Ask) (Playable, error)
}

func (s *scripted) Find(ctx context.Context, ask Ask) (Playable, error) {
	s.calls.Add(1)
	return s.find(ctx, ask)
}

func finds(url string) *scripted {
	return &scripted{find: func(context.Context, Ask) (Playable, error) { return Playable{URL: url}, nil }}
}

func fails(err error) *scripted {
	return &scripted{find: func(context.Context, Ask) (Playable, error) { return Playable{}, err }}
}

func hangs() *scripted {
	return &scripted{find: func(ctx context.Context, _ Ask) (Playable, error) {
		<-ctx.Done()
		return Playable{}, ctx.Err()
	}}
}

func resolver(t *testing.T, deezer, itunes Provider, opts ...Option) *Resolver {
	t.Helper()
	r, err := New(append([]Option{WithProvider("deezer", deezer), WithProvider("itunes", itunes)}, opts...)...)
	require.NoError(t, err)
	return r
}

func TestOrder(t *testing.T) {
	t.Parallel()
	all := []catalog.Preview{
		{Kind: catalog.PreviewITunes, Ref: "2"}, {Kind: catalog.PreviewDeezer, Ref: "1"},
		{Kind: catalog.PreviewURL, Ref: "https://a.example/a.mp3"}, {Kind: catalog.PreviewFile, Ref: "/music/a.mp3"},
		{Kind: catalog.PreviewDemo, Ref: "calm-sea"},
	}
	found := func(id string) func(context.Context, Ask) (Playable, error) {
		return func(_ context.Context, ask Ask) (Playable, error) {
			if ask.ID != id {
				return Playable{}, notFound
			}
			return Playable{URL: address, Link: "javascript:alert(1)", Kind: "x", Provider: "x", Path: "x", Demo: "x"}, nil
		}
	}
	for _, tt := range []struct {
		name           string
		previews       []catalog.Preview
		deezer, itunes string // the id that each knows; "" for what a search finds
		want           Playable
	}{
		{"demo", all, "1", "2", Playable{Kind: catalog.PreviewDemo, Demo: "calm-sea"}},
		{"file", all[:4], "1", "2", Playable{Kind: catalog.PreviewFile, Path: "/music/a.mp3"}},
		{"address", all[:3], "1", "2", Playable{Kind: catalog.PreviewURL, URL: "https://a.example/a.mp3"}},
		{"Deezer's id", all[:2], "1", "2", Playable{Kind: "deezer", Provider: "deezer", URL: address}},
		{"iTunes' id before a search on Deezer", all[:1], "", "2", Playable{Kind: "itunes", Provider: "itunes", URL: address}},
		{"search on Deezer", nil, "", "", Playable{Kind: "deezer", Provider: "deezer", URL: address}},
		{"search on iTunes", nil, "-", "", Playable{Kind: "itunes", Provider: "itunes", URL: address}},
		{"search where the id is gone", all[:2], "", "-", Playable{Kind: "deezer", Provider: "deezer", URL: address}},
		{"address that is not https", []catalog.Preview{{Kind: catalog.PreviewURL, Ref: "file:///etc/passwd"}}, "", "", Playable{Kind: "deezer", Provider: "deezer", URL: address}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			song := wanted
			song.Previews = tt.previews
			got, err := resolver(t, ProviderFunc(found(tt.deezer)), ProviderFunc(found(tt.itunes))).Resolve(t.Context(), song)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestNoPreviewSaysWhatWasTried(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		deezer Provider
		says   string
	}{
		{"not found", fails(notFound), "deezer (by search) has no recording that agrees"},
		{"busy", fails(&source.BusyError{RetryAfter: 17 * time.Second}), "deezer (by search) asks to wait 17s"},
		{"unavailable", fails(unavailable), "deezer (by search) gave no usable answer: HTTP 503"},
		{"unknown", fails(errors.New("Get https://cdn.example/?hmac=canary")), "deezer (by search) failed"},
		{"late", fails(context.DeadlineExceeded), "deezer (by search) did not answer in time"},
		{"plain http", finds("http://cdn.example/canary"), "gave no usable answer: its address is not https"},
		{"panic", &scripted{find: func(context.Context, Ask) (Playable, error) { panic("canary") }}, "its client panicked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			_, err := resolver(t, tt.deezer, fails(notFound), WithLogger(logger)).Resolve(t.Context(), wanted)
			require.ErrorIs(t, err, ErrNoPreview)
			require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's deadline has not passed")
			require.NotErrorIs(t, err, source.ErrNotFound)
			require.ErrorContains(t, err, tt.says)
			require.ErrorContains(t, err, "; itunes (by search) has no recording that agrees")
			require.NotContains(t, err.Error(), "canary")
			require.NotContains(t, log.String(), "canary")
			require.Contains(t, log.String(), "provider=deezer")
			none := new(NoPreviewError)
			require.ErrorAs(t, err, &none)
			require.Len(t, none.Attempts, 2)
		})
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	deezer := finds(address)
	r := resolver(t, deezer, deezer, WithOffline())
	song := wanted
	song.Previews = []catalog.Preview{{Kind: catalog.PreviewURL, Ref: "https://a.example/"}, {Kind: catalog.PreviewITunes, Ref: "2"}}
	_, err := r.Resolve(t.Context(), song)
	require.EqualError(t, err, `preview: nothing to play for "Halo" by "Beyoncé": `+
		"its address was not tried: the network is switched off; "+
		"itunes (by id) was not asked: the network is switched off; "+
		"deezer (by search) was not asked: the network is switched off; "+
		"itunes (by search) was not asked: the network is switched off")
	require.ErrorIs(t, err, ErrNoPreview)
	require.Zero(t, deezer.calls.Load())

	song.Previews = append(song.Previews, catalog.Preview{Kind: catalog.PreviewDemo, Ref: "calm-sea"})
	got, err := r.Resolve(t.Context(), song)
	require.NoError(t, err)
	require.Equal(t, "calm-sea", got.Demo)
}

func TestNothingToAskFor(t *testing.T) {
	t.Parallel()
	deezer := finds(address)
	_, err := resolver(t, deezer, deezer).Resolve(t.Context(), catalog.Song{Title: "Halo"})
	require.ErrorIs(t, err, ErrNoPreview)
	r, err := New(WithoutProviders())
	require.NoError(t, err)
	_, err = r.Resolve(t.Context(), wanted)
	require.ErrorIs(t, err, ErrNoPreview)
	require.Zero(t, deezer.calls.Load())
}

// Callers own what they get: changing an error must not change the next caller's.
func TestErrorsAreTheCallers(t *testing.T) {
	t.Parallel()
	r := resolver(t, fails(notFound), fails(notFound))
	none := new(NoPreviewError)
	for range 3 {
		_, err := r.Resolve(t.Context(), wanted)
		require.ErrorAs(t, err, &none)
		require.Equal(t, "deezer", none.Attempts[0].Provider)
		none.Attempts[0].Provider = "changed"
	}
}

func TestCallerWhoIsGone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := resolver(t, finds(address), finds(address)).Resolve(ctx, wanted)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrNoPreview)
}

func TestOptionsCheckThemselves(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]Option{
		"WithLogger": WithLogger(nil), "WithTimeout(": WithTimeout(time.Duration(math.MaxInt64)),
		"WithTimeout(1ms": WithTimeout(time.Millisecond), "WithCacheSize(-1": WithCacheSize(-1),
		"WithCacheSize": WithCacheSize(1 << 30), `WithProvider("demo`: WithProvider("demo", finds(address)),
		`WithProvider("x"`: WithProvider("x", nil), "WithProvider": WithProvider(strings.Repeat("x", 99), finds(address)),
	} {
		_, err := New(opt)
		require.ErrorContains(t, err, "preview: "+name)
	}
	_, err := New()
	require.NoError(t, err)
}
