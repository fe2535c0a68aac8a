package modelhub

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func TestDownloadSurvives(t *testing.T) {
	t.Parallel()
	data := model(3 << 20)
	other := model(3<<20 + 1)[:3<<20]
	rows := []struct {
		name     string
		handle   func(n int, w http.ResponseWriter, r *http.Request)
		requests int
	}{
		{"a cut", func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 0 {
				cut(w, data, 1<<20+77)
			}
			content(w, r, data)
		}, 2},
		{"a cut before each megabyte", func(n int, w http.ResponseWriter, r *http.Request) {
			// More cuts than retries: what counts is progress.
			var start int
			if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &start); err != nil {
				start = 0
			}
			if start+1<<18 >= len(data) {
				content(w, r, data)
				return
			}
			w.Header().Set("ETag", `"`+digestOf(data)+`"`)
			w.Header().Set("Content-Length", itoa(len(data)-start))
			if start > 0 {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, len(data)-1, len(data)))
				w.WriteHeader(http.StatusPartialContent)
			}
			_, _ = w.Write(data[start : start+1<<18])
			panic(http.ErrAbortHandler)
		}, 12},
		{"a server without ranges", func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 0 {
				cut(w, data, 1<<20)
			}
			_, _ = w.Write(data)
		}, 2},
		{"another version after a cut", func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 0 {
				cut(w, other, 1<<20)
			}
			content(w, r, data) // If-Range does not match: all of it
		}, 2},
		{"halves that do not fit", func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 0 {
				w.Header().Set("Content-Length", itoa(len(data)))
				_, _ = w.Write(other[:1<<20]) // no validator
				panic(http.ErrAbortHandler)
			}
			content(w, r, data) // a part of the right file, behind one of the wrong file; then the right file from the start
		}, 3},
		{"503 and 429", func(n int, w http.ResponseWriter, r *http.Request) {
			if n < 2 {
				w.WriteHeader([]int{503, 429}[n])
				return
			}
			content(w, r, data)
		}, 3},
		{"416", func(n int, w http.ResponseWriter, r *http.Request) {
			switch n {
			case 0:
				cut(w, data, 1<<20)
			case 1:
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			default:
				content(w, r, data)
			}
		}, 3},
		{"an early end without length", func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 0 {
				w.Header().Set("ETag", `"`+digestOf(data)+`"`)
				_ = http.NewResponseController(w).Flush() // chunked from here on
				_, _ = w.Write(data[:1000])
				return
			}
			content(w, r, data)
		}, 2},
		{"silence", func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 0 {
				w.Header().Set("ETag", `"`+digestOf(data)+`"`)
				w.Header().Set("Content-Length", itoa(len(data)))
				_, _ = w.Write(data[:1000])
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
				return
			}
			content(w, r, data)
		}, 2},
		{"a redirect", func(n int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/start" {
				http.Redirect(w, r, "/storage", http.StatusFound)
				return
			}
			content(w, r, data)
		}, 2},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, row.handle)
			hub := newHub(t, optionFunc(func(c *config) error {
				c.silence = 2 * time.Second
				return nil
			}))
			requireFetched(t, hub, fileOf(data, server.URL+"/start"), data)
			require.Equal(t, row.requests, server.count())
		})
	}
}

// A server may take longer than the time after which silence counts as broken, as long as it says something.
func TestSlowServerIsNotSilent(t *testing.T) {
	t.Parallel()
	data := model(10_000)
	server := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", itoa(len(data)))
		for i := 0; i < len(data); i += 1000 {
			_, _ = w.Write(data[i : i+1000])
			_ = http.NewResponseController(w).Flush()
			time.Sleep(100 * time.Millisecond)
		}
	})
	hub := newHub(t, optionFunc(func(c *config) error {
		c.silence = 700 * time.Millisecond
		return nil
	}))
	requireFetched(t, hub, fileOf(data, server.URL), data)
	require.Equal(t, 1, server.count())
}

func TestDownloadIsContinuedByTheNextProcess(t *testing.T) {
	t.Parallel()
	data := model(1 << 20)
	server := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 0 {
			cut(w, data, 300_000)
		}
		content(w, r, data)
	})
	dir := t.TempDir()
	f := fileOf(data, server.URL)
	_, err := newHub(t, WithCacheDir(dir), WithRetries(0)).FetchFile(t.Context(), f)
	require.ErrorIs(t, err, ErrUnavailable)
	requireFetched(t, newHub(t, WithCacheDir(dir)), f, data)
	require.Equal(t, 2, server.count())
	second := server.request(1)
	require.Regexp(t, `^bytes=[1-9]\d*-$`, second.Header.Get("Range"))
	require.Equal(t, `"`+digestOf(data)+`"`, second.Header.Get("If-Range"))

	t.Run("complete part", func(t *testing.T) {
		t.Parallel()
		hub := newHub(t)
		e := hub.entry(f)
		require.NoError(t, os.MkdirAll(e.dir, 0o755))
		require.NoError(t, os.WriteFile(e.part(f.SHA256), data, 0o644))
		before := server.count()
		requireFetched(t, hub, f, data)
		require.Equal(t, before, server.count(), "nothing was missing")
	})
	t.Run("another mirror", func(t *testing.T) {
		t.Parallel()
		bad := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { cut(w, data, 500_000) })
		good := serveData(t, data)
		requireFetched(t, newHub(t, WithRetries(0)), fileOf(data, bad.URL, good.URL), data)
		require.Regexp(t, `^bytes=[1-9]\d*-$`, good.request(0).Header.Get("Range"))
	})
}

func TestDownloadRefuses(t *testing.T) {
	t.Parallel()
	data := model(50_000)
	rows := []struct {
		name   string
		handle func(w http.ResponseWriter, r *http.Request)
		edit   func(*vision.File)
		digest bool // the error matches ErrDigest
		tries  int
	}{
		{name: "wrong digest", handle: func(w http.ResponseWriter, r *http.Request) { content(w, r, model(50_001)[:50_000]) },
			digest: true, tries: 1},
		{name: "wrong size", handle: func(w http.ResponseWriter, r *http.Request) { content(w, r, data[:49_999]) },
			digest: true, tries: 1},
		{name: "too long without length", handle: func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush()
			for range 100 {
				if _, err := w.Write(data); err != nil {
					return
				}
			}
		}, digest: true, tries: 1},
		{name: "over the limit", handle: func(w http.ResponseWriter, r *http.Request) { content(w, r, model(200_000)) },
			edit: func(f *vision.File) { f.Size = 0 }, digest: true, tries: 1},
		{name: "web page", handle: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<html>please log in</html>"))
		}, tries: 1},
		{name: "web page without type", handle: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write([]byte("<html>please log in</html>"))
		}, edit: func(f *vision.File) { f.Size = 0 }, digest: true, tries: 1},
		{name: "404", handle: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotFound) }, tries: 1},
		{name: "401", handle: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, tries: 1},
		{name: "always truncated", handle: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "50000")
			_, _ = w.Write(data[:100])
			panic(http.ErrAbortHandler)
		}, tries: 3},
		{name: "always 503", handle: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, tries: 3},
		{name: "compressed", handle: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(data)
		}, tries: 1},
		{name: "unasked part", handle: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-49999/50000")
			w.WriteHeader(http.StatusPartialContent)
		}, tries: 1},
		{name: "endless redirect", handle: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again", http.StatusFound)
		}, tries: 30},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { row.handle(w, r) })
			hub := newHub(t, WithRetries(2), WithMaxBytes(100_000))
			kept := fileOf(model(10), serveData(t, model(10)).URL)
			requireFetched(t, hub, kept, model(10))
			before := snapshot(t, hub)
			f := fileOf(data, server.URL+"/model?token=secret")
			if row.edit != nil {
				row.edit(&f)
			}
			_, err := hub.FetchFile(t.Context(), f)
			require.ErrorIs(t, err, ErrUnavailable)
			require.Equal(t, row.digest, isDigestError(err), "%v", err)
			require.NotContains(t, err.Error(), "secret")
			require.Equal(t, row.tries, server.count())
			require.Equal(t, before, snapshot(t, hub), "the cache is as it was")

			good := serveData(t, data) // and the next source still works
			f.URLs = append(f.URLs, good.URL)
			requireFetched(t, hub, f, data)
		})
	}
}

func isDigestError(err error) bool { return errors.Is(err, ErrDigest) }
