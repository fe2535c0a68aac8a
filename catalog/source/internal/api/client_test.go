package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog/source"
)

// The fakes of this file prove plumbing only: what a client does with an answer, not what services answer.

func newClient(t *testing.T, handler http.HandlerFunc, change ...func(*Config)) *Client {
	t.Helper()
	fake := httptest.NewServer(handler)
	t.Cleanup(fake.Close)
	config := Config{
		Service: "fake", Base: fake.URL, Agent: "test/1", Timeout: 10 * time.Second, HTTP: fake.Client(),
		Calls: 100, Window: 5 * time.Second,
	}
	for _, c := range change {
		c(&config)
	}
	client, err := New(config)
	require.NoError(t, err)
	return client
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const canary = "canary-signature"
	reply := func(status int, headers map[string]string, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for name, value := range headers {
				w.Header().Set(name, value)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		want    error // nil for success
		says    string
	}{
		{"fine", reply(200, nil, `{"value":7}`), nil, ""},
		{"204", reply(204, nil, ""), source.ErrUnavailable, "HTTP 204"},
		{"400", reply(400, nil, canary), source.ErrUnavailable, "HTTP 400"},
		{"401", reply(401, nil, canary), source.ErrUnavailable, "HTTP 401"},
		{"403", reply(403, nil, canary), source.ErrUnavailable, "HTTP 403"},
		{"404", reply(404, nil, canary), source.ErrNotFound, "nothing found"},
		{"429", reply(429, nil, ""), source.ErrBusy, "wait 5s"},
		{"429 with seconds", reply(429, map[string]string{"Retry-After": "17"}, ""), source.ErrBusy, "wait 17s"},
		{"429 for a day", reply(429, map[string]string{"Retry-After": "86400"}, ""), source.ErrBusy, "wait 10m0s"},
		{"429 for no time", reply(429, map[string]string{"Retry-After": "0"}, ""), source.ErrBusy, "wait 1s"},
		{"429 until a past date", reply(429, map[string]string{"Retry-After": "Mon, 02 Jan 2006 15:04:05 GMT"}, ""), source.ErrBusy, "wait 1s"},
		{"429 with nonsense", reply(429, map[string]string{"Retry-After": "soon"}, ""), source.ErrBusy, "wait 5s"},
		{"503", reply(503, nil, canary), source.ErrUnavailable, "HTTP 503"},
		{"503 with seconds", reply(503, map[string]string{"Retry-After": "9"}, ""), source.ErrBusy, "wait 9s"},
		{"500", reply(500, nil, canary), source.ErrUnavailable, "HTTP 500"},
		{"empty", reply(200, nil, ""), source.ErrUnavailable, "not the JSON"},
		{"page", reply(200, nil, "<html>"+canary), source.ErrUnavailable, "not the JSON"},
		{"wrong shape", reply(200, nil, `{"value":{"deep":"`+canary+`"}}`), source.ErrUnavailable, "not the JSON"},
		{"deep", reply(200, nil, strings.Repeat("[", 900_000)), source.ErrUnavailable, "not the JSON"},
		{"huge", reply(200, nil, `{"value":7,"pad":"`+strings.Repeat("x", maxBody)+`"}`), source.ErrUnavailable, "longer than 1 MiB"},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"value":`)
		}, source.ErrUnavailable, "connection failed"},
		{"hung up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, source.ErrUnavailable, "connection failed"},
		{"redirect to a stranger", reply(302, map[string]string{"Location": "https://stranger.example/?" + canary}, ""), source.ErrUnavailable, "redirected"},
		{"redirect in a circle", reply(302, map[string]string{"Location": "/again"}, ""), source.ErrUnavailable, "redirected"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, tt.handler)
			var into struct{ Value int }
			err := client.Get(t.Context(), "/thing", url.Values{"q": {canary}}, &into)
			if tt.want == nil {
				require.NoError(t, err)
				require.Equal(t, 7, into.Value)
				return
			}
			require.ErrorIs(t, err, tt.want)
			require.ErrorContains(t, err, tt.says)
			require.NotContains(t, err.Error(), canary)
			require.NotContains(t, err.Error(), "http://")
		})
	}
}

func TestRetryAfterDate(t *testing.T) {
	t.Parallel()
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", time.Now().Add(2*time.Minute).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusTooManyRequests)
	})
	busy := new(source.BusyError)
	require.ErrorAs(t, client.Get(t.Context(), "/", nil, new(any)), &busy)
	require.InDelta(t, 120, busy.RetryAfter.Seconds(), 10)
}

// After a service has asked to wait, calls that could not wait that long do not reach it.
func TestBusyServiceIsLeftAlone(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	for range 3 {
		require.ErrorIs(t, client.Get(t.Context(), "/", nil, new(any)), source.ErrBusy)
	}
	require.Len(t, asked, 1)
}

func TestSlowService(t *testing.T) {
	t.Parallel()
	stuck := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"val`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	t.Run("own timeout", func(t *testing.T) {
		t.Parallel()
		client := newClient(t, stuck, func(c *Config) { c.Timeout = 50 * time.Millisecond })
		err := client.Get(t.Context(), "/", nil, new(any))
		require.ErrorIs(t, err, source.ErrUnavailable)
		require.ErrorContains(t, err, "in time")
		require.False(t, errors.Is(err, context.DeadlineExceeded), "it is not the caller's deadline")
	})
	t.Run("caller's deadline", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, newClient(t, stuck).Get(ctx, "/", nil, new(any)), context.DeadlineExceeded)
	})
	t.Run("caller gone", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, newClient(t, stuck).Get(ctx, "/", nil, new(any)), context.Canceled)
	})
}

func TestRequestNamesTheProgram(t *testing.T) {
	t.Parallel()
	client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != "test/1" || r.URL.Query().Get("q") != "a&b" {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, `{}`)
	})
	require.NoError(t, client.Get(t.Context(), "/", url.Values{"q": {"a&b"}}, new(any)))
}

func TestConfigChecksItself(t *testing.T) {
	t.Parallel()
	good := Config{Service: "fake", Base: "https://api.example", Agent: "a", Timeout: time.Second, Calls: 1, Window: time.Second}
	_, err := New(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*Config){
		"no address":       func(c *Config) { c.Base = "" },
		"plain http":       func(c *Config) { c.Base = "http://api.example" },
		"file":             func(c *Config) { c.Base = "file:///etc" },
		"credentials":      func(c *Config) { c.Base = "https://a:b@api.example" },
		"query":            func(c *Config) { c.Base = "https://api.example?x=1" },
		"no timeout":       func(c *Config) { c.Timeout = 0 },
		"endless timeout":  func(c *Config) { c.Timeout = time.Hour },
		"no agent":         func(c *Config) { c.Agent = " " },
		"agent of 2 lines": func(c *Config) { c.Agent = "a\r\nX: b" },
		"no calls":         func(c *Config) { c.Calls = 0 },
	} {
		bad := good
		change(&bad)
		_, err := New(bad)
		require.Error(t, err, name)
	}
}
