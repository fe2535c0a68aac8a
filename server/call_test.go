package server

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
)

// TestRequestIDs: the client's id if it is fit for a log, else the answer's, in header and log.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	log := new(lockedBuffer)
	r := start(t, newFake(t), WithLogger(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	picture := testPicture(t, 16, 16)
	answerID := func(res reply) string {
		answer := new(v1.RecommendResponse)
		require.NoError(t, protojson.Unmarshal(res.body, answer))
		return answer.RequestId
	}
	t.Run("given", func(t *testing.T) {
		res := r.post(t, "/v1/recommend", picture, header(headerRequestID, "trace-1.of_mine"))
		require.Equal(t, "trace-1.of_mine", res.header.Get(headerRequestID))
		require.Len(t, answerID(res), 26)
		require.Regexp(t, "request_id=trace-1.of_mine procedure=recommend-plain protocol=http code=ok status=200 .*answer_id="+answerID(res), log.String())
	})
	t.Run("the answer's", func(t *testing.T) {
		res := r.post(t, "/v1/recommend", picture)
		require.Equal(t, answerID(res), res.header.Get(headerRequestID))
	})
	for _, options := range [][]connect.ClientOption{nil, {connect.WithGRPC()}, {connect.WithGRPCWeb()}} {
		t.Run("by RPC", func(t *testing.T) {
			ctx, info := connect.NewClientContext(t.Context())
			res, err := r.client(options...).Recommend(ctx, imageRequest(picture))
			require.NoError(t, err)
			require.Equal(t, res.RequestId, info.ResponseHeader().Get(headerRequestID))
		})
	}
	for _, bad := range []string{"two words", strings.Repeat("x", 65), "a\"b", "naïve", "x=y"} {
		t.Run("not sane", func(t *testing.T) {
			res := r.do(t, http.MethodGet, "/livez", nil, header(headerRequestID, bad))
			require.Len(t, res.header.Get(headerRequestID), 26)
			require.NotContains(t, log.String(), bad)
		})
	}
	require.Equal(t, 1, strings.Count(log.String(), "127.0.0.1:"), "the server's address, and no client's")
}

func TestNewID(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	before := ""
	for i := range 1000 {
		id := newID(testTime.Add(time.Duration(i) * time.Millisecond))
		require.Len(t, id, 26)
		require.True(t, saneID(id))
		require.False(t, seen[id])
		require.Greater(t, id, before)
		seen[id], before = true, id
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		0: codeOK, 200: codeOK, 206: codeOK, 304: codeOK, 400: "invalid_argument", 403: "permission_denied", 404: "not_found", 405: "unimplemented",
		415: "invalid_argument", 416: "out_of_range", 429: "resource_exhausted", 500: "internal", 503: "unavailable",
	} {
		require.Equal(t, want, codeOfStatus(status), "%d", status)
	}
	for number, want := range map[string]string{"3": "invalid_argument", "16": "unauthenticated", "17": "unknown", "x": "unknown", "0": "unknown"} {
		require.Equal(t, want, codeOfGRPC(number), "%s", number)
	}
}
