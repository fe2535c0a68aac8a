package server

import (
	"context"
	"net/http"
	"testing"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
)

// caller asks for a recommendation in one way, and answers a message or an error with its detail.
type caller struct {
	name string
	call func(t *testing.T, picture []byte) (*v1.RecommendResponse, *v1.ErrorDetail)
}

// callers are all the ways in.
func callers(t *testing.T, r *running) []caller {
	generated := func(client soundtrackv1connect.SoundtrackServiceClient) func(*testing.T, []byte) (*v1.RecommendResponse, *v1.ErrorDetail) {
		return func(t *testing.T, picture []byte) (*v1.RecommendResponse, *v1.ErrorDetail) {
			res, err := client.Recommend(t.Context(), imageRequest(picture))
			if err != nil {
				return nil, detail(t, err)
			}
			return res, nil
		}
	}
	h1 := soundtrackv1connect.NewSoundtrackServiceClient(r.http, r.url)
	return []caller{
		{"connect", generated(r.client())},
		{"connect, HTTP/1.1", generated(h1)},
		{"connect, JSON", generated(r.client(connect.WithProtoJSON()))},
		{"grpc", generated(r.client(connect.WithGRPC()))},
		{"grpc-web", generated(r.client(connect.WithGRPCWeb()))},
		{"grpc-web, HTTP/1.1", generated(soundtrackv1connect.NewSoundtrackServiceClient(r.http, r.url, connect.WithGRPCWeb()))},
		{"grpc-go", grpcGo(t, r)},
		{"plain", func(t *testing.T, picture []byte) (*v1.RecommendResponse, *v1.ErrorDetail) {
			reply := r.post(t, "/v1/recommend", picture)
			if reply.status != http.StatusOK {
				e := reply.error(t)
				return nil, &v1.ErrorDetail{Reason: e.Reason, Remedy: e.Remedy, RetryAfter: e.RetryAfter}
			}
			res := new(v1.RecommendResponse)
			require.NoError(t, protojson.Unmarshal(reply.body, res))
			return res, nil
		}},
	}
}

// grpcGo calls with Google's client.
func grpcGo(t *testing.T, r *running) func(*testing.T, []byte) (*v1.RecommendResponse, *v1.ErrorDetail) {
	conn, err := grpc.NewClient(r.addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(64<<20)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return func(t *testing.T, picture []byte) (*v1.RecommendResponse, *v1.ErrorDetail) {
		res := new(v1.RecommendResponse)
		err := conn.Invoke(t.Context(), soundtrackv1connect.SoundtrackServiceRecommendProcedure, imageRequest(picture), res)
		if err == nil {
			return res, nil
		}
		details := status.Convert(err).Details()
		require.Len(t, details, 1, "%v", err)
		require.IsType(t, new(v1.ErrorDetail), details[0])
		return nil, details[0].(*v1.ErrorDetail)
	}
}

func TestSameAnswerByAllProtocols(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	r := start(t, engine, WithDemos(fakeDemos{testSound()}))
	picture := testPicture(t, 64, 48)
	var first *v1.RecommendResponse
	for _, c := range callers(t, r) {
		t.Run(c.name, func(t *testing.T) {
			res, refused := c.call(t, picture)
			require.Nil(t, refused)
			require.Len(t, res.RequestId, 26)
			require.Len(t, res.Picks, len(testSongs()))
			res.RequestId = ""
			if first == nil {
				first = res
			}
			require.True(t, proto.Equal(first, res), "%v\n%v", first, res)
		})
	}
	require.EqualValues(t, len(callers(t, r)), engine.calls.Load())
}

func TestSameRefusalByAllProtocols(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	for _, c := range callers(t, r) {
		t.Run(c.name, func(t *testing.T) {
			_, refused := c.call(t, []byte("II*\x00 a TIFF, or so it says"))
			require.Equal(t, reasonFormat, refused.GetReason())
			require.NotEmpty(t, refused.GetRemedy())
			require.Zero(t, refused.GetRetryAfter())
		})
	}
}

func TestStateRanksAgainWithoutPicture(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	client := start(t, engine).client()
	first, err := client.Recommend(t.Context(), imageRequest(testPicture(t, 32, 32)))
	require.NoError(t, err)
	again, err := client.Recommend(t.Context(), &v1.RecommendRequest{
		Subject: &v1.RecommendRequest_State{State: first.Analysis.State},
		Count:   3,
		Dials:   &v1.Dials{Contrast: 1},
		Target:  &v1.Affect{Valence: -.5},
	})
	require.NoError(t, err)
	require.NotEmpty(t, again.Picks)
	req := engine.last.Load()
	require.Nil(t, req.Image)
	require.Equal(t, 640, req.Analysis.Width)
	require.Equal(t, 3, req.Count)
	require.InDelta(t, 1, req.Dials.Contrast, 0)
	require.InDelta(t, -.5, req.Mood.Valence, 0)
}

func TestAnalyze(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	res, err := r.client(connect.WithGRPC()).Analyze(t.Context(), &v1.AnalyzeRequest{Image: testPicture(t, 32, 32)})
	require.NoError(t, err)
	require.Equal(t, "compact", res.Encoder.Id)
	require.Equal(t, "beach", res.Analysis.Scenes[0].Concept)
	require.NotEmpty(t, res.Analysis.State)
	require.Len(t, res.Degraded, 1)

	_, err = r.client().Analyze(t.Context(), &v1.AnalyzeRequest{})
	require.Equal(t, reasonEmpty, detail(t, err).Reason)
}

func TestSongs(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t), WithDemos(fakeDemos{testSound()}))
	client := r.client()
	found, err := client.SearchSongs(t.Context(), &v1.SearchSongsRequest{Text: "ours demo"})
	require.NoError(t, err)
	require.Len(t, found.Songs, 1)
	require.Equal(t, idOf("Demo", "Ours"), found.Songs[0].Id)

	got, err := client.GetSong(t.Context(), &v1.GetSongRequest{Id: found.Songs[0].Id})
	require.NoError(t, err)
	require.True(t, proto.Equal(found.Songs[0], got.Song))
	require.Equal(t, kindDemo, got.Preview.Kind)
	require.Equal(t, "/v1/previews/demo/calm-sea", got.Preview.Url)

	for _, row := range []struct {
		name   string
		call   func() error
		code   connect.Code
		reason string
	}{
		{"no words", func() error { _, err := client.SearchSongs(t.Context(), &v1.SearchSongsRequest{}); return err }, connect.CodeInvalidArgument, reasonInvalid},
		{"limit", func() error {
			_, err := client.SearchSongs(t.Context(), &v1.SearchSongsRequest{Text: "a", Limit: 101})
			return err
		}, connect.CodeInvalidArgument, reasonInvalid},
		{"filter", func() error {
			_, err := client.SearchSongs(t.Context(), &v1.SearchSongsRequest{Text: "a", Filter: &v1.Filter{YearFrom: 3, YearTo: 2}})
			return err
		}, connect.CodeInvalidArgument, reasonInvalid},
		{"unknown song", func() error { _, err := client.GetSong(t.Context(), &v1.GetSongRequest{Id: "s0"}); return err }, connect.CodeNotFound, reasonNotFound},
		{"no id", func() error { _, err := client.GetSong(t.Context(), &v1.GetSongRequest{}); return err }, connect.CodeInvalidArgument, reasonInvalid},
		{"nothing to play", func() error {
			_, err := client.ResolvePreview(t.Context(), &v1.ResolvePreviewRequest{SongId: idOf("Silent", "Nobody")})
			return err
		}, connect.CodeNotFound, reasonNoPreview},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := row.call()
			require.Equal(t, row.code, connect.CodeOf(err))
			require.Equal(t, row.reason, detail(t, err).Reason)
		})
	}
}

// TestHealth asks as gRPC load balancers and Kubernetes do.
func TestHealth(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	conn, err := grpc.NewClient(r.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	health := healthpb.NewHealthClient(conn)
	for _, service := range []string{"", soundtrackv1connect.SoundtrackServiceName} {
		res, err := health.Check(t.Context(), &healthpb.HealthCheckRequest{Service: service})
		require.NoError(t, err)
		require.Equal(t, healthpb.HealthCheckResponse_SERVING, res.Status)
	}
	r.SetReady("model", false, "it is being fetched")
	res, err := health.Check(t.Context(), new(healthpb.HealthCheckRequest))
	require.NoError(t, err)
	require.Equal(t, healthpb.HealthCheckResponse_NOT_SERVING, res.Status)
	_, err = health.Check(t.Context(), &healthpb.HealthCheckRequest{Service: "another"})
	require.Equal(t, codes.NotFound, status.Code(err))
}

// TestGRPCDeadline makes sure that the deadline of a gRPC client reaches the engine, and its end the client.
func TestGRPCDeadline(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	engine.hook = waitFor
	r := start(t, engine)
	conn, err := grpc.NewClient(r.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), shortly)
	defer cancel()
	err = conn.Invoke(ctx, soundtrackv1connect.SoundtrackServiceRecommendProcedure, imageRequest(testPicture(t, 16, 16)), new(v1.RecommendResponse))
	require.Equal(t, codes.DeadlineExceeded, status.Code(err))
}
