package server

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
)

func base64Picture(t *testing.T) string {
	return base64.StdEncoding.EncodeToString(testPicture(t, 16, 16))
}

// TestMalformedMessages: what cannot be read is the client's fault, with a detail like every error.
func TestMalformedMessages(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	r := start(t, engine)
	for _, row := range []struct{ name, contentType, body string }{
		{"JSON cut short", "application/json", `{"image":"`},
		{"JSON of another kind", "application/json", `[1,2]`},
		{"JSON with a wrong type", "application/json", `{"count":"many"}`},
		{"nothing as JSON", "application/json", ""},
		{"JSON, another content type", "application/json; charset=utf-8", `{"count":{}}`},
		{"proto", "application/proto", "\xff\xff\xff\xff"},
	} {
		t.Run(row.name, func(t *testing.T) {
			res := r.post(t, soundtrackv1connect.SoundtrackServiceRecommendProcedure, []byte(row.body), header("Content-Type", row.contentType))
			require.Equal(t, http.StatusBadRequest, res.status)
			require.Contains(t, string(res.body), `"code":"invalid_argument"`)
			require.Contains(t, string(res.body), "soundtrack.v1.ErrorDetail")
			require.Contains(t, string(res.body), `"reason":"invalid"`)
		})
	}
	t.Run("gRPC", func(t *testing.T) {
		res := r.frame(t, 0, 4, []byte("\xff\xff\xff\xff"))
		require.Equal(t, "3", res.header.Get("Grpc-Status"))
		require.NotEmpty(t, res.header.Get("Grpc-Status-Details-Bin"))
	})
	t.Run("a mark from outside", func(t *testing.T) {
		data := protowire.AppendString(protowire.AppendTag(nil, unreadable, protowire.BytesType), "mine")
		res := r.post(t, soundtrackv1connect.SoundtrackServiceRecommendProcedure, data, header("Content-Type", "application/proto"))
		require.Equal(t, http.StatusBadRequest, res.status)
	})
	t.Run("fields of a later version", func(t *testing.T) {
		data, err := proto.Marshal(imageRequest(testPicture(t, 16, 16)))
		require.NoError(t, err)
		data = protowire.AppendVarint(protowire.AppendTag(data, 999, protowire.VarintType), 1)
		res := r.post(t, soundtrackv1connect.SoundtrackServiceRecommendProcedure, data, header("Content-Type", "application/proto"))
		require.Equal(t, http.StatusOK, res.status)
		res = r.post(t, soundtrackv1connect.SoundtrackServiceRecommendProcedure, []byte(`{"later":1,"image":"`+base64Picture(t)+`"}`), header("Content-Type", "application/json"))
		require.Equal(t, http.StatusOK, res.status)
	})
	require.EqualValues(t, 2, engine.calls.Load())
}

func TestWrongAddresses(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	for _, row := range []struct {
		name, method, path string
		status             int
	}{
		{"no page", http.MethodGet, "/", http.StatusNotFound},
		{"nothing there", http.MethodGet, "/v1/nothing", http.StatusNotFound},
		{"method", http.MethodGet, "/v1/recommend", http.StatusMethodNotAllowed},
		{"method of a preview", http.MethodDelete, "/v1/previews/demo/calm-sea", http.StatusMethodNotAllowed},
		{"procedure", http.MethodPost, rpcPrefix + "Delete", http.StatusNotImplemented},
		{"method of a procedure", http.MethodPut, soundtrackv1connect.SoundtrackServiceRecommendProcedure, http.StatusMethodNotAllowed},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Equal(t, row.status, r.do(t, row.method, row.path, nil).status)
		})
	}
	t.Run("form", func(t *testing.T) {
		res := r.post(t, "/v1/recommend", []byte("--x"), header("Content-Type", "multipart/form-data; boundary=x"))
		require.Equal(t, http.StatusUnsupportedMediaType, res.status)
		require.Contains(t, res.error(t).Remedy, "--data-binary")
	})
	t.Run("content type of a procedure", func(t *testing.T) {
		res := r.post(t, soundtrackv1connect.SoundtrackServiceRecommendProcedure, nil, header("Content-Type", "text/plain"))
		require.Equal(t, http.StatusUnsupportedMediaType, res.status)
	})
}

// TestInvalidRequests are refused by field, before the picture is looked at.
func TestInvalidRequests(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	client := start(t, engine).client()
	picture := testPicture(t, 16, 16)
	words := make([]string, 65)
	for i := range words {
		words[i] = "sea"
	}
	for _, row := range []struct {
		field  string
		change func(*v1.RecommendRequest)
	}{
		{"subject", func(r *v1.RecommendRequest) { r.Subject = nil }},
		{"count", func(r *v1.RecommendRequest) { r.Count = 101 }},
		{"count", func(r *v1.RecommendRequest) { r.Count = -1 }},
		{"count", func(r *v1.RecommendRequest) { r.Count = 1<<31 - 1 }},
		{"dials.contrast", func(r *v1.RecommendRequest) { r.Dials = &v1.Dials{Contrast: -.1} }},
		{"dials.era", func(r *v1.RecommendRequest) { r.Dials = &v1.Dials{Era: 1.1} }},
		{"target", func(r *v1.RecommendRequest) { r.Target = &v1.Affect{Arousal: 2} }},
		{"filter.years", func(r *v1.RecommendRequest) { r.Filter = &v1.Filter{YearFrom: 2000, YearTo: 1999} }},
		{"filter.languages", func(r *v1.RecommendRequest) { r.Filter = &v1.Filter{Languages: []string{"english"}} }},
		{"include", func(r *v1.RecommendRequest) { r.Include = words }},
		{"exclude", func(r *v1.RecommendRequest) { r.Exclude = []string{" "} }},
		{"like_songs", func(r *v1.RecommendRequest) { r.LikeSongs = words }},
		{"like_songs", func(r *v1.RecommendRequest) { r.LikeSongs = []string{""} }},
	} {
		t.Run(row.field, func(t *testing.T) {
			req := imageRequest(picture)
			row.change(req)
			_, err := client.Recommend(t.Context(), req)
			require.Equal(t, connect.CodeInvalidArgument, connect.CodeOf(err))
			require.ErrorContains(t, err, row.field+": ")
			require.Equal(t, reasonInvalid, detail(t, err).Reason)
		})
	}
	_, err := client.Recommend(t.Context(), &v1.RecommendRequest{Subject: &v1.RecommendRequest_State{State: []byte("forged")}})
	require.Equal(t, reasonState, detail(t, err).Reason)
	require.Zero(t, engine.calls.Load())
}

// TestMutatedRequests sends damaged requests by raw connections; the server answers a good one after each hundred.
func TestMutatedRequests(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t), WithTimeouts(time.Second, time.Second))
	picture := testPicture(t, 8, 8)
	message, err := proto.Marshal(imageRequest(picture))
	require.NoError(t, err)
	head := func(path, contentType string, n int) string {
		return "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + contentType +
			"\r\nContent-Length: " + strconv.Itoa(n) + "\r\n\r\n"
	}
	frame := append([]byte{0, 0, 0, byte(len(message) >> 8), byte(len(message))}, message...)
	seeds := [][]byte{
		append([]byte(head("/v1/recommend?count=3", "image/jpeg", len(picture))), picture...),
		append([]byte(head(soundtrackv1connect.SoundtrackServiceRecommendProcedure, "application/proto", len(message))), message...),
		append([]byte(head(soundtrackv1connect.SoundtrackServiceRecommendProcedure, "application/grpc-web+proto", len(frame))), frame...),
		[]byte("GET /v1/previews/file/" + idOf("Demo", "Ours") + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: bytes=0-5\r\n\r\n"),
	}
	random := rand.New(rand.NewPCG(1, 2))
	n := 400
	if testing.Short() {
		n = 100
	}
	for i := range n {
		data := bytes.Clone(seeds[i%len(seeds)])
		for range 1 + random.IntN(4) {
			at := random.IntN(len(data))
			switch random.IntN(3) {
			case 0:
				data[at] ^= 1 << random.IntN(8)
			case 1:
				data = append(data[:at], data[min(len(data), at+random.IntN(16)):]...)
			default:
				data = append(data[:at:at], append([]byte{byte(random.IntN(256))}, data[at:]...)...)
			}
			if len(data) == 0 {
				break
			}
		}
		conn := r.dial(t)
		_, _ = conn.Write(data)
		_ = conn.(interface{ CloseWrite() error }).CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
		conn.Close()
		if i%100 == 99 {
			require.Equal(t, http.StatusOK, r.post(t, "/v1/recommend", picture).status)
		}
	}
}
