package server

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
	"github.com/soundtrack-go/sdk/soundtrack"
)

// TestShutdownLetsCallsFinish: readiness goes first, calls that run end well, and then nothing is left.
func TestShutdownLetsCallsFinish(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	open := make(gate)
	engine.hook = open.hold
	srv, err := New(engine, WithSlots(8), WithShutdown(2*time.Second, 20*time.Second))
	require.NoError(t, err)
	r := serve(t, srv)
	calls := make(chan error, 4)
	for _, options := range [][]connect.ClientOption{nil, {connect.WithGRPC()}, {connect.WithGRPCWeb()}, {connect.WithProtoJSON()}} {
		go func() {
			_, err := r.client(options...).Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
			calls <- err
		}()
	}
	require.Eventually(t, func() bool { return engine.running.Load() == 4 }, long, time.Millisecond)
	ended := make(chan error, 1)
	go func() { ended <- r.stop() }()

	// During the delay the server answers, and says that it is going.
	require.Eventually(t, func() bool {
		return r.do(t, http.MethodGet, "/readyz", nil).status == http.StatusServiceUnavailable
	}, long, time.Millisecond)
	require.Contains(t, string(r.do(t, http.MethodGet, "/readyz", nil).body), shutdownReason)
	require.Equal(t, http.StatusOK, r.do(t, http.MethodGet, "/livez", nil).status)
	_, err = r.client().GetSong(t.Context(), &v1.GetSongRequest{Id: idOf("Demo", "Ours")})
	require.NoError(t, err)

	close(open)
	for range cap(calls) {
		require.NoError(t, <-calls)
	}
	require.NoError(t, <-ended)
	_, err = new(net.Dialer).DialContext(t.Context(), "tcp", r.addr)
	require.Error(t, err, "nobody listens any more")
}

// TestShutdownUnderLoad: clients that stop when readiness goes, as load balancers make them, lose no call.
func TestShutdownUnderLoad(t *testing.T) {
	t.Parallel()
	srv, err := New(newFake(t), WithSlots(4), WithQueue(64, 15*time.Second), WithShutdown(3*time.Second, 20*time.Second))
	require.NoError(t, err)
	r := serve(t, srv)
	picture := testPicture(t, 16, 16)
	var calls sync.WaitGroup
	var answered atomic.Int64
	h1 := soundtrackv1connect.NewSoundtrackServiceClient(r.http, r.url)
	for _, client := range []soundtrackv1connect.SoundtrackServiceClient{h1, h1, r.client(), r.client(connect.WithGRPC()), r.client(connect.WithGRPCWeb())} {
		calls.Go(func() {
			for len(srv.unready()) == 0 {
				if _, err := client.Recommend(t.Context(), imageRequest(picture)); err != nil {
					t.Error(err)
				}
				answered.Add(1)
			}
			for range 3 { // and some that are late
				if _, err := client.Recommend(t.Context(), imageRequest(picture)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	require.Eventually(t, func() bool { return answered.Load() > 100 }, long, time.Millisecond)
	ended := make(chan error, 1)
	go func() { ended <- r.stop() }()
	calls.Wait()
	require.NoError(t, <-ended)
}

// TestShutdownCancelsWhatStays: calls that outlast the grace are cancelled, and Serve says so.
func TestShutdownCancelsWhatStays(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	engine.hook = waitFor
	r := start(t, engine, WithShutdown(0, shortly))
	call := make(chan error, 1)
	go func() {
		_, err := r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
		call <- err
	}()
	require.Eventually(t, func() bool { return engine.running.Load() == 1 }, long, time.Millisecond)
	require.ErrorContains(t, r.stop(), "calls were cancelled")
	require.Error(t, <-call)
	require.Zero(t, engine.running.Load(), "Serve returns when no work is left")
}

// TestShutdownWaitsForAbandonedWork: nobody waits for the answer any more, but the engine must not be closed yet.
func TestShutdownWaitsForAbandonedWork(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	open := make(gate)
	engine.hook = func(context.Context, soundtrack.Request) error {
		<-open
		return nil
	}
	r := start(t, engine)
	ctx, cancel := context.WithCancel(t.Context())
	call := make(chan error, 1)
	go func() {
		_, err := r.client().Recommend(ctx, imageRequest(testPicture(t, 16, 16)))
		call <- err
	}()
	require.Eventually(t, func() bool { return engine.running.Load() == 1 }, long, time.Millisecond)
	cancel()
	require.Error(t, <-call)
	ended := make(chan error, 1)
	go func() { ended <- r.stop() }()
	select {
	case <-ended:
		t.Fatal("Serve has returned while the engine works")
	case <-time.After(shortly):
	}
	close(open)
	require.NoError(t, <-ended)
	require.Zero(t, engine.running.Load())
}

func TestServeReportsItsListener(t *testing.T) {
	t.Parallel()
	srv, err := New(newFake(t))
	require.NoError(t, err)
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	require.ErrorContains(t, srv.Serve(t.Context(), ln), "server: listener")
}

// TestDeferredEngine: alive at once, ready when the engine is there, without a restart (THREATS L6).
func TestDeferredEngine(t *testing.T) {
	t.Parallel()
	deferred := new(Deferred)
	r := start(t, deferred)
	require.Equal(t, http.StatusOK, r.do(t, http.MethodGet, "/livez", nil).status)
	unready := r.do(t, http.MethodGet, "/readyz", nil)
	require.Equal(t, http.StatusServiceUnavailable, unready.status)
	require.JSONEq(t, `{"ready":false,"reasons":[{"condition":"engine","reason":"it is still starting"}]}`, string(unready.body))

	_, err := r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
	require.Equal(t, connect.CodeUnavailable, connect.CodeOf(err))
	require.InDelta(t, 5, detail(t, err).RetryAfter, 0)
	_, err = r.client().GetSong(t.Context(), &v1.GetSongRequest{Id: "s1"})
	require.Equal(t, connect.CodeUnavailable, connect.CodeOf(err))

	deferred.Set(newFake(t))
	require.JSONEq(t, `{"ready":true}`, string(r.do(t, http.MethodGet, "/readyz", nil).body))
	_, err = r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
	require.NoError(t, err)
	deferred.Set(nil)
	require.Equal(t, http.StatusServiceUnavailable, r.do(t, http.MethodGet, "/readyz", nil).status)
}

// TestReadinessIsNotOneCallersFault: bad requests change nothing for others.
func TestReadinessIsNotOneCallersFault(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	for range 20 {
		require.NotEqual(t, http.StatusOK, r.post(t, "/v1/recommend", []byte("no picture")).status)
	}
	require.Equal(t, http.StatusOK, r.do(t, http.MethodGet, "/readyz", nil).status)
	r.SetReady("catalogue", false, "it is empty")
	r.SetReady("model", false, "it is being fetched")
	require.JSONEq(t, `{"ready":false,"reasons":[{"condition":"catalogue","reason":"it is empty"},`+
		`{"condition":"model","reason":"it is being fetched"}]}`, string(r.do(t, http.MethodGet, "/readyz", nil).body))
	r.SetReady("catalogue", true, "")
	r.SetReady("model", true, "")
	require.Equal(t, http.StatusOK, r.do(t, http.MethodGet, "/readyz", nil).status)
}
