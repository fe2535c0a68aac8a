package server

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
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

// benchmarked is a server with an engine that costs nothing, so that what is measured is the way in and out.
func benchmarked(b *testing.B, engine *fakeEngine, opts ...Option) (*httptest.Server, *http.Client) {
	b.Helper()
	srv, err := New(engine, opts...)
	require.NoError(b, err)
	h := httptest.NewUnstartedServer(srv.Handler())
	h.Config.Protocols = new(http.Protocols)
	h.Config.Protocols.SetHTTP1(true)
	h.Config.Protocols.SetUnencryptedHTTP2(true)
	h.Start()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	b.Cleanup(func() {
		transport.CloseIdleConnections()
		h.Close()
	})
	return h, &http.Client{Transport: transport}
}

// BenchmarkRecommend measures a picture of 200 kB, or the state of an earlier answer, by each protocol.
func BenchmarkRecommend(b *testing.B) {
	engine := newFake(b)
	engine.hook = nil
	h, client := benchmarked(b, engine, WithSlots(64))
	picture := testPicture(b, 16, 16)
	picture = append(picture, make([]byte, 200_000-len(picture))...)
	state, err := fakeAnswer().Analysis.MarshalBinary()
	require.NoError(b, err)
	for _, subject := range []struct {
		name string
		req  *v1.RecommendRequest
	}{
		{"picture", imageRequest(picture)},
		{"state", &v1.RecommendRequest{Subject: &v1.RecommendRequest_State{State: state}}},
	} {
		for _, row := range []struct {
			name    string
			options []connect.ClientOption
		}{
			{"connect", nil}, {"connect-json", []connect.ClientOption{connect.WithProtoJSON()}},
			{"grpc", []connect.ClientOption{connect.WithGRPC()}}, {"grpc-web", []connect.ClientOption{connect.WithGRPCWeb()}},
		} {
			b.Run("subject="+subject.name+"/via="+row.name, func(b *testing.B) {
				rpc := soundtrackv1connect.NewSoundtrackServiceClient(client, h.URL, row.options...)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := rpc.Recommend(b.Context(), subject.req); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	b.Run("subject=picture/via=plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			res, err := client.Post(h.URL+"/v1/recommend", "image/jpeg", bytes.NewReader(picture))
			if err != nil || res.StatusCode != http.StatusOK {
				b.Fatal(res, err)
			}
			res.Body.Close()
		}
	})
}

// BenchmarkOverload offers a multiple of what two slots of 10 ms can do, for two seconds each, and reports what gets done,
// how long that takes, and how long a refusal takes. Its time is that of the offer, not of the server.
func BenchmarkOverload(b *testing.B) {
	const slots, work, span = 2, 10 * time.Millisecond, 2 * time.Second
	for _, times := range []float64{.5, 1, 2, 10} {
		b.Run(fmt.Sprintf("load=%v", times), func(b *testing.B) {
			engine := newFake(b)
			engine.hook = func(context.Context, soundtrack.Request) error {
				time.Sleep(work)
				return nil
			}
			h, client := benchmarked(b, engine, WithSlots(slots))
			rpc := soundtrackv1connect.NewSoundtrackServiceClient(client, h.URL)
			picture := testPicture(b, 64, 64)
			for b.Loop() {
				var done, refused, doneTime, refusedTime atomic.Int64
				var calls sync.WaitGroup
				tick := time.NewTicker(time.Duration(float64(work) / slots / times))
				for begun := time.Now(); time.Since(begun) < span; <-tick.C {
					calls.Go(func() {
						began := time.Now()
						_, err := rpc.Recommend(b.Context(), imageRequest(picture))
						switch took := time.Since(began).Microseconds(); {
						case err == nil:
							done.Add(1)
							doneTime.Add(took)
						case connect.CodeOf(err) == connect.CodeResourceExhausted:
							refused.Add(1)
							refusedTime.Add(took)
						default:
							b.Error(err)
						}
					})
				}
				calls.Wait()
				tick.Stop()
				b.ReportMetric(float64(done.Load())/span.Seconds(), "done/s")
				b.ReportMetric(float64(refused.Load())/span.Seconds(), "refused/s")
				b.ReportMetric(float64(doneTime.Load())/float64(max(done.Load(), 1))/1000, "ms/done")
				b.ReportMetric(float64(refusedTime.Load())/float64(max(refused.Load(), 1))/1000, "ms/refused")
			}
		})
	}
}
