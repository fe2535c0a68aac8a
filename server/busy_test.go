package server

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
)

// gate holds calls until it is opened.
type gate chan struct{}

func (g gate) hold(ctx context.Context, _ soundtrack.Request) error {
	select {
	case <-g:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestSurplusIsBusy sends a hundred pictures where six find room. The others are refused while these still wait, with the
// time to try again, and nothing else goes wrong.
func TestSurplusIsBusy(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		options []connect.ClientOption
	}{{"connect", nil}, {"grpc", []connect.ClientOption{connect.WithGRPC()}}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			const all, slots, queue = 100, 2, 4
			engine := newFake(t)
			open := make(gate)
			engine.hook = open.hold
			r := start(t, engine, WithSlots(slots), WithQueue(queue, 15*time.Second))
			client := r.client(row.options...)
			picture := testPicture(t, 32, 32)
			errs := make(chan error, all)
			for range all {
				go func() {
					_, err := client.Recommend(t.Context(), imageRequest(picture))
					errs <- err
				}()
			}
			for range all - slots - queue {
				err := <-errs
				require.Equal(t, connect.CodeResourceExhausted, connect.CodeOf(err), "%v", err)
				d := detail(t, err)
				require.Equal(t, reasonBusy, d.Reason)
				require.Positive(t, d.RetryAfter)
				rpc := new(connect.Error)
				require.ErrorAs(t, err, &rpc)
				require.Equal(t, "1", rpc.Meta().Get("Retry-After"))
			}
			close(open)
			for range slots + queue {
				require.NoError(t, <-errs)
			}
			require.EqualValues(t, slots, engine.peak.Load())
			_, err := client.Recommend(t.Context(), imageRequest(picture))
			require.NoError(t, err, "it is idle again")
		})
	}
}

// fill takes all slots and places of the queue, and returns what frees them.
func fill(t *testing.T, r *running, open gate, n int) (empty func()) {
	t.Helper()
	var calls sync.WaitGroup
	for range n {
		calls.Go(func() {
			_, err := r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
			if err != nil {
				t.Error(err)
			}
		})
	}
	require.Eventually(t, r.service.pictures.full, long, time.Millisecond)
	return func() {
		close(open)
		calls.Wait()
	}
}

// TestBusyServer shows what a full server still does, and what it refuses before reading.
func TestBusyServer(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	open := make(gate)
	engine.hook = func(ctx context.Context, req soundtrack.Request) error {
		if req.Analysis != nil {
			return nil
		}
		return open.hold(ctx, req)
	}
	r := start(t, engine, WithSlots(1), WithQueue(1, 15*time.Second))
	state, err := fakeAnswer().Analysis.MarshalBinary()
	require.NoError(t, err)
	empty := fill(t, r, open, 2)

	t.Run("a picture is refused before it is read", func(t *testing.T) {
		sent := &countingReader{r: bytes.NewReader(make([]byte, 1<<20))}
		res := r.do(t, http.MethodPost, "/v1/recommend", sent, func(req *http.Request) {
			req.ContentLength = 1 << 20
			req.Header.Set("Expect", "100-continue")
		})
		require.Equal(t, http.StatusTooManyRequests, res.status)
		require.Equal(t, "1", res.header.Get("Retry-After"))
		require.Equal(t, reasonBusy, res.error(t).Reason)
		require.InDelta(t, 1, res.error(t).RetryAfter, 0)
		require.Zero(t, sent.n)
	})
	t.Run("so is one without a length", func(t *testing.T) {
		for _, options := range [][]connect.ClientOption{nil, {connect.WithGRPC()}, {connect.WithGRPCWeb()}} {
			_, err := r.client(options...).Analyze(t.Context(), &v1.AnalyzeRequest{Image: make([]byte, 1<<20)})
			require.Equal(t, reasonBusy, detail(t, err).Reason)
			_, err = r.client(options...).Recommend(t.Context(), imageRequest(make([]byte, 1<<20)))
			require.Equal(t, reasonBusy, detail(t, err).Reason)
		}
	})
	t.Run("dials are answered", func(t *testing.T) {
		for _, options := range [][]connect.ClientOption{nil, {connect.WithProtoJSON()}, {connect.WithGRPC()}, {connect.WithGRPCWeb()}} {
			_, err := r.client(options...).Recommend(t.Context(), &v1.RecommendRequest{Subject: &v1.RecommendRequest_State{State: state}})
			require.NoError(t, err)
		}
	})
	t.Run("so are songs and probes", func(t *testing.T) {
		_, err := r.client().GetSong(t.Context(), &v1.GetSongRequest{Id: idOf("Demo", "Ours")})
		require.NoError(t, err)
		for _, path := range []string{"/livez", "/readyz", "/metrics"} {
			require.Equal(t, http.StatusOK, r.do(t, http.MethodGet, path, nil).status)
		}
	})
	empty()
}

// TestQueueWait: who waits too long is refused as well.
func TestQueueWait(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	open := make(gate)
	engine.hook = open.hold
	r := start(t, engine, WithSlots(1), WithQueue(1, time.Millisecond))
	held := make(chan error, 1)
	go func() {
		_, err := r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
		held <- err
	}()
	require.Eventually(t, func() bool { return engine.running.Load() == 1 }, long, time.Millisecond)
	_, err := r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
	require.Equal(t, reasonBusy, detail(t, err).Reason)
	close(open)
	require.NoError(t, <-held)
}

// TestMemoryBudget: pictures that do not fit beside each other wait, and the one that fits nowhere goes alone.
func TestMemoryBudget(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	open := make(gate)
	engine.hook = open.hold
	r := start(t, engine, WithSlots(4), WithMemory(1<<20), WithQueue(4, shortly))
	large := testPicture(t, 1000, 1000) // more than 1 MiB when decoded
	header, err := vision.Probe(bytes.NewReader(large))
	require.NoError(t, err)
	require.Greater(t, header.DecodedBytes, int64(1<<20))
	held := make(chan error, 1)
	go func() {
		_, err := r.client().Recommend(t.Context(), imageRequest(large))
		held <- err
	}()
	require.Eventually(t, func() bool { return engine.running.Load() == 1 }, long, time.Millisecond)
	_, err = r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
	require.Equal(t, reasonBusy, detail(t, err).Reason)
	close(open)
	require.NoError(t, <-held)
	_, err = r.client().Recommend(t.Context(), imageRequest(testPicture(t, 16, 16)))
	require.NoError(t, err)
}

// TestCancelledCallsKeepTheirSlots: the engine does not notice that its clients have gone, so their slots stay taken, and
// there is never more work than slots.
func TestCancelledCallsKeepTheirSlots(t *testing.T) {
	t.Parallel()
	const slots = 2
	engine := newFake(t)
	open := make(gate)
	engine.hook = func(context.Context, soundtrack.Request) error {
		<-open
		return nil
	}
	r := start(t, engine, WithSlots(slots), WithQueue(8, time.Millisecond))
	picture := testPicture(t, 16, 16)
	var calls sync.WaitGroup
	for range 100 {
		calls.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			_, err := r.client().Recommend(ctx, imageRequest(picture))
			if err == nil {
				t.Error("an answer of an engine that gives none")
			}
		})
	}
	calls.Wait()
	require.LessOrEqual(t, engine.peak.Load(), int64(slots))
	require.EqualValues(t, engine.running.Load(), r.service.pictures.gauges.running.load(), "what runs has a slot")
	close(open)
	require.Eventually(t, func() bool { return r.service.pictures.gauges.running.load() == 0 }, long, time.Millisecond)
	_, err := r.client().Recommend(t.Context(), imageRequest(picture))
	require.NoError(t, err)
}
