package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/soundtrack"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	r := start(t, engine)
	picture := testPicture(t, 16, 16)
	_, err := r.client().Recommend(t.Context(), imageRequest(picture))
	require.NoError(t, err)
	_, err = r.client(connect.WithGRPC()).Recommend(t.Context(), imageRequest([]byte("no picture")))
	require.Error(t, err)
	_, err = r.client(connect.WithGRPCWeb()).GetSong(t.Context(), &v1.GetSongRequest{Id: "s0"})
	require.Error(t, err)
	r.post(t, "/v1/recommend", picture)
	r.post(t, "/v1/recommend", make([]byte, 16<<20+1))
	r.post(t, rpcPrefix+"Recommend", []byte("{"), header("Content-Type", "application/json"))
	r.do(t, http.MethodGet, "/v1/never/seen", nil)
	r.do(t, http.MethodGet, "/readyz", nil)
	engine.hook = func(context.Context, soundtrack.Request) error { panic("oops") }
	r.post(t, "/v1/recommend", picture)
	r.Metrics().ObserveStage("decode", 3*time.Millisecond)

	text := string(r.do(t, http.MethodGet, "/metrics", nil).body)
	for _, line := range []string{
		`soundtrack_requests_total{code="ok",procedure="Recommend",protocol="connect"} 1`,
		`soundtrack_requests_total{code="invalid_argument",procedure="Recommend",protocol="grpc"} 1`,
		`soundtrack_requests_total{code="not_found",procedure="GetSong",protocol="grpc-web"} 1`,
		`soundtrack_requests_total{code="ok",procedure="recommend-plain",protocol="http"} 1`,
		`soundtrack_requests_total{code="resource_exhausted",procedure="recommend-plain",protocol="http"} 1`,
		`soundtrack_requests_total{code="invalid_argument",procedure="Recommend",protocol="connect"} 1`,
		`soundtrack_requests_total{code="not_found",procedure="other",protocol="http"} 1`,
		`soundtrack_requests_total{code="internal",procedure="recommend-plain",protocol="http"} 1`,
		`soundtrack_request_duration_seconds_count{procedure="Recommend"} 3`,
		`soundtrack_stage_duration_seconds_count{stage="decode"} 1`,
		`soundtrack_stage_duration_seconds_count{stage="queue"} 5`,
		`soundtrack_stage_duration_seconds_count{stage="recommend"} 4`,
		`soundtrack_queue_depth{lane="picture"} 0`,
		`soundtrack_slots_in_use{lane="light"} 0`,
		`soundtrack_shed_total{cause="queue",lane="picture"} 0`,
		`soundtrack_encoder_info{encoder="compact"} 1`,
		`soundtrack_answers_total{encoder="compact",result="ok"} 2`,
		`soundtrack_picks_total{encoder="compact"} 8`,
		`soundtrack_degraded_total{part="encoder"} 2`,
		`soundtrack_picture_size_bytes_count 3`,
		`soundtrack_decode_memory_bytes 0`,
		`soundtrack_request_bodies_bytes 0`,
		`soundtrack_panics_total 1`,
		`soundtrack_ready 1`,
		`go_goroutines`,
	} {
		require.Contains(t, text, line)
	}
	problems, err := testutil.GatherAndLint(r.Metrics().Registry())
	require.NoError(t, err)
	require.Empty(t, problems)
}

// TestMetricLabelsAreBounded: what comes from elsewhere cannot grow the number of series without end.
func TestMetricLabelsAreBounded(t *testing.T) {
	t.Parallel()
	m := NewMetrics()
	for i := range 1000 {
		m.ObserveStage(fmt.Sprintf("stage-%d", i), time.Second)
	}
	m.ObserveStage("stage-0", time.Second)
	m.ObserveStage(strings.Repeat("x", 1000), time.Second)
	n, err := testutil.GatherAndCount(m.Registry(), "soundtrack_stage_duration_seconds")
	require.NoError(t, err)
	require.Equal(t, maxNames+1, n)
}

// TestMetricsOfTwoServers can be shared.
func TestMetricsOfTwoServers(t *testing.T) {
	t.Parallel()
	m := NewMetrics()
	for range 2 {
		r := start(t, newFake(t), WithMetrics(m), WithSlots(3))
		require.Same(t, m, r.Metrics())
		r.post(t, "/v1/recommend", testPicture(t, 16, 16))
	}
	require.InDelta(t, 6, testutil.ToFloat64(m.slots.WithLabelValues("picture")), 0)
	require.InDelta(t, 2, testutil.ToFloat64(m.requests.WithLabelValues("recommend-plain", "http", codeOK)), 0)
}
