package server

import (
	"context"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
	"github.com/soundtrack-go/sdk/soundtrack"
)

// TestSlowLoris: connections that drip headers and bodies neither keep good requests out nor stay.
func TestSlowLoris(t *testing.T) {
	t.Parallel()
	const each = 50
	r := start(t, newFake(t), WithSlots(1), WithQueue(1, 10*time.Second), WithTimeouts(5*time.Second, 2*time.Second))
	begun := time.Now()
	var closed sync.WaitGroup
	for _, opening := range []string{
		"", // says nothing at all
		"POST /v1/recommend HTTP/1.1\r\nHost: x\r\nX-Slow: ",                       // never ends its header
		"POST /v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", // never sends its body
		"POST " + soundtrackv1connect.SoundtrackServiceRecommendProcedure + " HTTP/1.1\r\nHost: x\r\n" +
			"Content-Type: application/proto\r\nContent-Length: 100000\r\n\r\n",
		"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", // net/http reads what handlers leave
		"POST /grpc.health.v1.Health/Check HTTP/1.1\r\nHost: x\r\nContent-Type: application/proto\r\nContent-Length: 100000\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM", // never ends its preface
	} {
		for range each {
			conn := r.dial(t)
			_, err := io.WriteString(conn, opening)
			require.NoError(t, err)
			closed.Go(func() {
				_, _ = io.Copy(io.Discard, conn) // until the server closes it
			})
		}
	}
	good := 0
	for time.Since(begun) < time.Second {
		_, err := r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
		require.NoError(t, err)
		good++
	}
	require.Greater(t, good, 5)
	closed.Wait()
	require.Less(t, time.Since(begun), 3*long, "the server has closed all of them")
}

// TestSlowUpload: a body has less time than the request.
func TestSlowUpload(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t), WithTimeouts(long, shortly))
	t.Run("plain", func(t *testing.T) {
		body, w := io.Pipe()
		defer w.Close()
		go func() { _, _ = w.Write([]byte("\xff\xd8\xff")) }()
		res := r.do(t, http.MethodPost, "/v1/recommend", body)
		require.Equal(t, http.StatusRequestTimeout, res.status)
		require.Equal(t, reasonTimeout, res.error(t).Reason)
	})
	for _, row := range []struct {
		name, contentType string
		client            *http.Client
	}{
		{"connect", "application/proto", r.http}, {"connect, HTTP/2", "application/proto", r.h2},
		{"grpc-web", "application/grpc-web+proto", r.h2},
	} {
		t.Run(row.name, func(t *testing.T) {
			body, w := io.Pipe()
			defer w.Close()
			go func() { _, _ = w.Write([]byte("\x00\x00")) }()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+soundtrackv1connect.SoundtrackServiceAnalyzeProcedure, body)
			require.NoError(t, err)
			req.Header.Set("Content-Type", row.contentType)
			res, err := row.client.Do(req)
			require.NoError(t, err)
			defer res.Body.Close()
			data, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.Contains(t, string(data)+res.Header.Get("Grpc-Message"), "did not arrive in time")
		})
	}
}

// TestReadDeadlineEndsWithBody: the time for the body must not end the work on it.
func TestReadDeadlineEndsWithBody(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	engine.hook = func(ctx context.Context, _ soundtrack.Request) error {
		select {
		case <-time.After(3 * shortly):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r := start(t, engine, WithTimeouts(long, shortly))
	require.Equal(t, http.StatusOK, r.post(t, "/v1/recommend", testPicture(t, 16, 16)).status)
	for _, client := range []soundtrackv1connect.SoundtrackServiceClient{
		r.client(), r.client(connect.WithGRPC()), soundtrackv1connect.NewSoundtrackServiceClient(r.http, r.url),
	} {
		_, err := client.Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
		require.NoError(t, err)
	}
}

// TestDeadlines: the server's own time and the client's, whichever is shorter.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	for _, stubborn := range []bool{false, true} {
		t.Run(map[bool]string{false: "engine obeys", true: "engine does not"}[stubborn], func(t *testing.T) {
			t.Parallel()
			engine := newFake(t)
			open := make(gate)
			engine.hook = waitFor
			if stubborn {
				engine.hook = func(context.Context, soundtrack.Request) error {
					<-open
					return nil
				}
			}
			r := start(t, engine, WithTimeouts(2*shortly, shortly), WithSlots(64))
			t.Run("of the server", func(t *testing.T) {
				res := r.post(t, "/v1/recommend", testPicture(t, 16, 16))
				require.Equal(t, http.StatusGatewayTimeout, res.status)
				require.Equal(t, reasonTimeout, res.error(t).Reason)
				_, err := r.client(connect.WithGRPC()).Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
				require.Equal(t, connect.CodeDeadlineExceeded, connect.CodeOf(err))
				require.Equal(t, reasonTimeout, detail(t, err).Reason)
			})
			for _, row := range []struct {
				header, value string
				status        int
			}{
				{"Connect-Timeout-Ms", "1", http.StatusGatewayTimeout},
				{"Connect-Timeout-Ms", "0", http.StatusGatewayTimeout},
				{"Connect-Timeout-Ms", "9999999999", http.StatusGatewayTimeout}, // capped
				{"Connect-Timeout-Ms", "99999999999", http.StatusBadRequest},
				{"Connect-Timeout-Ms", "-1", http.StatusBadRequest},
				{"Connect-Timeout-Ms", "soon", http.StatusBadRequest},
			} {
				t.Run(row.value, func(t *testing.T) {
					res := r.post(t, soundtrackv1connect.SoundtrackServiceAnalyzeProcedure, []byte(`{"image":"`+base64Picture(t)+`"}`),
						header("Content-Type", "application/json"), header(row.header, row.value))
					require.Equal(t, row.status, res.status, "%s", res.body)
				})
			}
			close(open)
		})
	}
}

// TestPanic: a panic is one request's trouble.
func TestPanic(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	engine.hook = func(context.Context, soundtrack.Request) error { panic("CANARY") }
	r := start(t, engine, WithSlots(1))
	for range 3 {
		_, err := r.client().Analyze(t.Context(), &v1.AnalyzeRequest{Image: testPicture(t, 16, 16)})
		require.Equal(t, connect.CodeInternal, connect.CodeOf(err))
		require.Equal(t, reasonInternal, detail(t, err).Reason)
		require.NotContains(t, err.Error(), "CANARY")
	}
	engine.hook = nil
	_, err := r.client().Analyze(t.Context(), &v1.AnalyzeRequest{Image: testPicture(t, 16, 16)})
	require.NoError(t, err, "the slot is free again")
}
