package modelhub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/stretchr/testify/require"
)

func TestMirrorsAreTriedInOrder(t *testing.T) {
	t.Parallel()
	data := model(100)
	var order []string
	mirror := func(name string, ok bool) string {
		return serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			order = append(order, name)
			if !ok {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			content(w, r, data)
		}).URL
	}
	f := fileOf(data, mirror("a", false), "ftp://example.invalid/x", mirror("b", false), mirror("c", true), mirror("d", true))
	requireFetched(t, newHub(t), f, data)
	require.Equal(t, []string{"a", "b", "c"}, order)
}

func TestHFEndpointReplacesTheHost(t *testing.T) {
	t.Parallel()
	data := model(100)
	server := serveData(t, data)
	f := fileOf(data, "https://huggingface.co/owner/name/resolve/0123/visual/model.onnx")
	hub := newHub(t, WithEnv(envOf("HF_ENDPOINT", server.URL+"/mirror/")))
	requireFetched(t, hub, f, data)
	require.Equal(t, "/mirror/owner/name/resolve/0123/visual/model.onnx", server.request(0).URL.Path)
}

func TestCancelledDownloadStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write(model(10))
		_ = http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
	})
	_, err := newHub(t).FetchFile(ctx, fileOf(model(1000), server.URL, server.URL))
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrUnavailable)
	require.Equal(t, 1, server.count())
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	rows := map[string]time.Duration{"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0, "99999999999": 0,
		"Wed, 21 Oct 2015 07:28:00 GMT": 0}
	for text, want := range rows {
		require.Equal(t, want, retryAfter(text), text)
	}
	date := time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
	require.InDelta(t, time.Minute, retryAfter(date), float64(2*time.Second))
	err := error(&statusError{code: 429, after: time.Hour})
	require.ErrorContains(t, fmt.Errorf("%w", err), "429")
	require.True(t, retryable(err))
	pause, ok := errors.AsType[*backoff.RetryAfterError](err)
	require.True(t, ok)
	require.Equal(t, maxPause, pause.Duration, "capped")
}

func TestContentRange(t *testing.T) {
	t.Parallel()
	rows := map[string][2]int64{
		"bytes 100-199/200": {100, 200}, "bytes 100-199/*": {100, -1}, "bytes */200": {-1, -1}, "": {-1, -1},
		"items 1-2/3": {-1, -1}, "bytes 1": {-1, -1}, "bytes 1-2/-7": {1, -1}, "bytes -7-2/3": {-1, -1},
	}
	for text, want := range rows {
		start, total := contentRange(text)
		require.Equal(t, want, [2]int64{start, total}, text)
	}
}
