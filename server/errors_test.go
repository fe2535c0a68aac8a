package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo"
	"github.com/soundtrack-go/sdk/catalog/preview"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
)

// documentedReasons are those that the schema lists for ErrorDetail.reason.
func documentedReasons(t *testing.T) []string {
	t.Helper()
	schema, err := os.ReadFile("proto/soundtrack/v1/soundtrack.proto")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(schema), "message ErrorDetail {")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "string reason")
	var reasons []string
	for _, m := range regexp.MustCompile(`"([a-z-]+)"`).FindAllStringSubmatch(text, -1) {
		reasons = append(reasons, m[1])
	}
	return reasons
}

func TestErrorTable(t *testing.T) {
	t.Parallel()
	documented := documentedReasons(t)
	used := map[string]bool{reasonInternal: true}
	for _, r := range rules() {
		t.Run(r.sentinel.Error(), func(t *testing.T) {
			f := judge(fmt.Errorf("outer CANARY: %w", fmt.Errorf("%w: CANARY", r.sentinel)))
			require.Equal(t, r.reason, f.reason, "no earlier rule hides this one")
			require.Equal(t, r.code, f.code)
			require.Contains(t, documented, f.reason)
			require.GreaterOrEqual(t, f.status, 400)
			require.NotEmpty(t, f.message)
			require.NotEmpty(t, f.remedy)
			require.NotContains(t, f.message+f.remedy, "CANARY")
			require.Equal(t, f.reason == reasonBusy || f.reason == reasonTimeout, f.retry > 0, "a time to wait where waiting helps")
			used[f.reason] = true
		})
	}
	for _, reason := range documented {
		require.True(t, used[reason], "%s is documented and never sent", reason)
	}
}

// TestErrorTableIsComplete lists what the packages below promise to their callers.
func TestErrorTableIsComplete(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		err    error
		reason string
	}{
		{vision.ErrFormat, reasonFormat}, {vision.ErrTooLarge, reasonTooLarge}, {vision.ErrCorrupt, reasonCorrupt}, {vision.ErrEmpty, reasonEmpty},
		{vision.ErrEmbedding, reasonInternal}, {vision.ErrModel, reasonInternal}, {vision.ErrUnsupported, reasonInternal},
		{catalog.ErrNotFound, reasonNotFound}, {catalog.ErrInvalid, reasonInvalid}, {catalog.ErrClosed, reasonBusy}, {catalog.ErrDimension, reasonInternal},
		{preview.ErrNoPreview, reasonNoPreview}, {&preview.NoPreviewError{}, reasonNoPreview}, {demo.ErrNotFound, reasonNoPreview},
		{match.ErrInvalid, reasonInvalid}, {soundtrack.ErrRequest, reasonInvalid}, {soundtrack.ErrState, reasonState},
		{ErrBusy, reasonBusy}, {ErrNotReady, reasonBusy}, {ErrInvalid, reasonInvalid},
		{context.DeadlineExceeded, reasonTimeout}, {context.Canceled, reasonTimeout},
		{&vision.RefusalError{Reason: vision.ReasonPixels}, reasonTooLarge}, {&vision.RefusalError{Reason: vision.ReasonUnsupported}, reasonFormat},
		{&catalog.NotFoundError{}, reasonNotFound}, {&match.InvalidError{}, reasonInvalid}, {&BusyError{}, reasonBusy},
		{io.ErrUnexpectedEOF, reasonInternal}, {errors.New("anything"), reasonInternal},
	} {
		t.Run(fmt.Sprintf("%v", row.err), func(t *testing.T) {
			require.Equal(t, row.reason, judge(row.err).reason)
		})
	}
}

// TestErrorTexts: what typed errors say to people reaches them.
func TestErrorTexts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		err  error
		want string
	}{
		{&vision.RefusalError{Reason: vision.ReasonPixels, Format: vision.FormatPNG, Limit: 5, Got: 6}, "png is 6 pixels large, at most 5 are accepted"},
		{&match.InvalidError{Field: "dials.era", Reason: "2: want -1 to 1"}, "dials.era: 2: want -1 to 1"},
		{&catalog.InvalidError{What: "filter", Field: "years", Reason: "3 to 2 is no range"}, "years: 3 to 2 is no range"},
		{&catalog.NotFoundError{ID: "s1"}, `song "s1" not found`},
		{&InvalidError{Field: "count", Reason: "no"}, "count: no"},
		{fmt.Errorf("%w: CANARY", vision.ErrCorrupt), "the picture cannot be used"},
		{fmt.Errorf("%w: CANARY", soundtrack.ErrRequest), "the request is not valid"},
		{fmt.Errorf("%w: CANARY", catalog.ErrNotFound), "song not found"},
		{errors.New("CANARY"), "internal error"},
	} {
		t.Run(row.want, func(t *testing.T) {
			require.Equal(t, row.want, judge(fmt.Errorf("wrapped: %w", row.err)).message)
		})
	}
}

// lockedBuffer is a log that tests read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestCausesStayInside: whatever goes wrong below, no text of it reaches a client by any protocol; the log has it,
// together with the request id that the client was given.
func TestCausesStayInside(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-/home/us/key-4711"
	for _, row := range []struct {
		name     string
		err      error
		internal bool
	}{
		{"unknown", errors.New(canary), true},
		{"database", fmt.Errorf("sql: %w", fmt.Errorf("dial %s", canary)), true},
		{"model", fmt.Errorf("%w: %s", vision.ErrModel, canary), true},
		{"decoder", &vision.RefusalError{Reason: vision.ReasonCorrupt, Err: errors.New(canary)}, false},
		{"format", fmt.Errorf("%w: %s", vision.ErrFormat, canary), false},
		{"request", fmt.Errorf("%w: %s", soundtrack.ErrRequest, canary), false},
		{"state", fmt.Errorf("%w: %s", soundtrack.ErrState, canary), false},
		{"song", fmt.Errorf("%w: %s", catalog.ErrNotFound, canary), false},
		{"closed", fmt.Errorf("%w: %s", catalog.ErrClosed, canary), false},
		{"deadline", fmt.Errorf("%s: %w", canary, context.DeadlineExceeded), false},
		{"connect's own", connect.NewError(connect.CodeAborted, errors.New(canary)), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			engine := newFake(t)
			engine.hook = func(context.Context, soundtrack.Request) error { return row.err }
			log := new(lockedBuffer)
			r := start(t, engine, WithLogger(slog.New(slog.NewTextHandler(log, nil))))
			picture := testPicture(t, 16, 16)

			plain := r.post(t, "/v1/recommend", picture)
			require.NotContains(t, string(plain.body)+fmt.Sprint(plain.header), "CANARY")
			if row.internal {
				require.Equal(t, http.StatusInternalServerError, plain.status)
				require.Equal(t, "internal error", plain.error(t).Message)
				require.Contains(t, log.String(), canary)
				require.Regexp(t, `msg="internal error" request_id=`+plain.header.Get(headerRequestID), log.String())
			}
			for _, contentType := range []string{"application/json", "application/proto", "application/grpc-web+json"} {
				body := []byte(`{"image":"` + base64Picture(t) + `"}`)
				switch contentType {
				case "application/proto":
					body = protoBytes(t, picture)
				case "application/grpc-web+json":
					body = append([]byte{0, 0, 0, byte(len(body) >> 8), byte(len(body))}, body...)
				}
				res := r.post(t, soundtrackv1connect.SoundtrackServiceRecommendProcedure, body, header("Content-Type", contentType))
				require.NotContains(t, string(res.body)+fmt.Sprint(res.header), "CANARY")
				require.NotContains(t, decoded(res.header.Get("Grpc-Status-Details-Bin")), "CANARY")
			}
			for _, options := range [][]connect.ClientOption{nil, {connect.WithGRPC()}} {
				_, err := r.client(options...).Recommend(t.Context(), imageRequest(picture))
				require.NotContains(t, err.Error(), "CANARY")
				require.NotContains(t, detail(t, err).String(), "CANARY")
			}
		})
	}
}

func decoded(base64 string) string {
	data, _ := connect.DecodeBinaryHeader(base64)
	return string(data)
}

func protoBytes(t *testing.T, picture []byte) []byte {
	t.Helper()
	data, err := proto.Marshal(imageRequest(picture))
	require.NoError(t, err)
	return data
}

// TestPlainErrorForm is the form that the documentation promises.
func TestPlainErrorForm(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	res := r.post(t, "/v1/recommend?count=many", nil)
	require.Equal(t, http.StatusBadRequest, res.status)
	require.Equal(t, "application/json", res.header.Get("Content-Type"))
	require.JSONEq(t, `{"code":"invalid_argument","message":"count: \"many\": want a whole number","reason":"invalid",`+
		`"remedy":"Correct the request; sending it again as it is does not help."}`, string(res.body))
}
