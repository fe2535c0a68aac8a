package server

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
	"github.com/soundtrack-go/sdk/vision"
)

// TestSizeLimit sends pictures around the limit by all protocols, and some that are beyond what a message may be.
func TestSizeLimit(t *testing.T) {
	t.Parallel()
	const limit = 200_000
	engine := newFake(t)
	r := start(t, engine, WithLimits(vision.Limits{Bytes: limit}))
	for _, c := range callers(t, r) {
		for _, row := range []struct {
			size int
			fits bool
		}{
			{limit - 1, true}, {limit, true}, {limit + 1, false}, {limit + slack, false}, {2*limit + 4*slack, false},
		} {
			t.Run(fmt.Sprintf("%s/%d", c.name, row.size), func(t *testing.T) {
				res, refused := c.call(t, padded(t, row.size))
				if row.fits {
					require.Nil(t, refused)
					require.NotEmpty(t, res.Picks)
					return
				}
				require.Equal(t, reasonTooLarge, refused.GetReason())
				require.Zero(t, refused.GetRetryAfter(), "trying again does not help")
			})
		}
	}
}

// TestDefaultSizeLimit is the same with the 16 MiB that the schema promises, where base 64 makes them 22.
func TestDefaultSizeLimit(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	over := padded(t, 16<<20+1)
	for _, client := range []soundtrackv1connect.SoundtrackServiceClient{r.client(connect.WithProtoJSON()), r.client(connect.WithGRPC())} {
		_, err := client.Analyze(t.Context(), &v1.AnalyzeRequest{Image: over[:16<<20]})
		require.NoError(t, err)
		_, err = client.Analyze(t.Context(), &v1.AnalyzeRequest{Image: over})
		require.Equal(t, reasonTooLarge, detail(t, err).Reason)
	}
	require.Equal(t, http.StatusOK, r.post(t, "/v1/recommend", over[:16<<20]).status)
	refused := r.post(t, "/v1/recommend", over)
	require.Equal(t, http.StatusRequestEntityTooLarge, refused.status)
	require.Contains(t, refused.error(t).Message, "at most 16777216 are accepted")
}

// TestChunkedUpload has no length to judge by.
func TestChunkedUpload(t *testing.T) {
	t.Parallel()
	const limit = 200_000
	r := start(t, newFake(t), WithLimits(vision.Limits{Bytes: limit}))
	for _, row := range []struct {
		size, status int
	}{{limit - 1, http.StatusOK}, {limit, http.StatusOK}, {limit + 1, http.StatusRequestEntityTooLarge}, {8 * limit, http.StatusRequestEntityTooLarge}} {
		t.Run(fmt.Sprint(row.size), func(t *testing.T) {
			body := struct{ io.Reader }{bytes.NewReader(padded(t, row.size))} // hides its length
			require.Equal(t, row.status, r.do(t, http.MethodPost, "/v1/recommend", body).status)
		})
	}
	t.Run("65,537 chunks of a byte", func(t *testing.T) {
		var raw bytes.Buffer
		for _, b := range padded(t, 65_537) {
			fmt.Fprintf(&raw, "1\r\n%c\r\n", 0)
			raw.Bytes()[raw.Len()-3] = b
		}
		res := r.raw(t, "POST /v1/recommend HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", raw.String()+"0\r\n\r\n")
		require.Equal(t, http.StatusOK, res.StatusCode)
	})
	t.Run("broken chunks", func(t *testing.T) {
		res := r.raw(t, "POST /v1/recommend HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "zz\r\nhello\r\n")
		require.Equal(t, http.StatusBadRequest, res.StatusCode)
	})
}

// raw writes a request to a connection of its own and reads one answer.
func (r *running) raw(t *testing.T, parts ...string) *http.Response {
	t.Helper()
	conn := r.dial(t)
	for _, part := range parts {
		if _, err := io.WriteString(conn, part); err != nil {
			break // the server may have answered and closed already
		}
	}
	return answerOn(t, conn)
}

func answerOn(t *testing.T, conn net.Conn) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func (r *running) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.addr)
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(2*long)))
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestLyingContentLength(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	r := start(t, engine)
	picture := string(testPicture(t, 16, 16))
	post := func(length int) string {
		return fmt.Sprintf("POST /v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", length)
	}
	t.Run("announces more than it sends", func(t *testing.T) {
		conn := r.dial(t)
		_, err := io.WriteString(conn, post(len(picture)+1)+picture)
		require.NoError(t, err)
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		require.Equal(t, http.StatusBadRequest, answerOn(t, conn).StatusCode)
	})
	t.Run("announces less than it sends", func(t *testing.T) {
		require.Equal(t, http.StatusUnprocessableEntity, r.raw(t, post(len(picture)/2), picture).StatusCode)
	})
	t.Run("announces too much and sends nothing", func(t *testing.T) {
		require.Equal(t, http.StatusRequestEntityTooLarge, r.raw(t, post(1<<40)).StatusCode)
	})
	t.Run("announces nonsense", func(t *testing.T) {
		require.Equal(t, http.StatusBadRequest, r.raw(t, "POST /v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n").StatusCode)
	})
	require.EqualValues(t, 1, engine.calls.Load(), "only half a picture is work for the engine")
}

// TestRefusedBeforeRead makes sure that what is refused by its header is not uploaded by a client that asks first.
func TestRefusedBeforeRead(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t), WithLimits(vision.Limits{Bytes: 1000}))
	sent := &countingReader{r: bytes.NewReader(make([]byte, 5000))}
	res := r.do(t, http.MethodPost, "/v1/recommend", sent, func(req *http.Request) {
		req.ContentLength = 5000
		req.Header.Set("Expect", "100-continue")
	})
	require.Equal(t, http.StatusRequestEntityTooLarge, res.status)
	require.Zero(t, sent.n)
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// TestCompressedUpload: connect would inflate a bomb to its end before refusing it (FACTS §7).
func TestCompressedUpload(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	r := start(t, engine)
	bomb := make([]byte, 2<<20)
	for _, row := range []struct {
		name    string
		options []connect.ClientOption
	}{
		{"connect", []connect.ClientOption{connect.WithSendGzip()}},
		{"grpc", []connect.ClientOption{connect.WithSendGzip(), connect.WithGRPC()}},
		{"grpc-web", []connect.ClientOption{connect.WithSendGzip(), connect.WithGRPCWeb()}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := r.client(row.options...).Recommend(t.Context(), imageRequest(bomb))
			require.Equal(t, connect.CodeUnimplemented, connect.CodeOf(err))
			require.Equal(t, reasonFormat, detail(t, err).Reason)
		})
	}
	t.Run("plain", func(t *testing.T) {
		res := r.post(t, "/v1/recommend", testPicture(t, 16, 16), header("Content-Encoding", "gzip"))
		require.Equal(t, http.StatusUnsupportedMediaType, res.status)
		require.Equal(t, reasonFormat, res.error(t).Reason)
	})
	t.Run("a flag without a header", func(t *testing.T) {
		res := r.frame(t, 1, 10, make([]byte, 10))
		require.Equal(t, "12", res.header.Get("Grpc-Status"))
	})
	require.Zero(t, engine.calls.Load())
}

// frame sends one frame of gRPC-Web with whatever flags and length.
func (r *running) frame(t *testing.T, flags byte, length uint32, data []byte) reply {
	t.Helper()
	frame := binary.BigEndian.AppendUint32([]byte{flags}, length)
	return r.post(t, soundtrackv1connect.SoundtrackServiceRecommendProcedure, append(frame, data...),
		header("Content-Type", "application/grpc-web+proto"))
}

// TestFrameLength: connect would read a frame to its end before refusing it.
func TestFrameLength(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	for _, row := range []struct {
		name   string
		length uint32
		data   []byte
		status string
	}{
		{"4 GiB announced", 1<<32 - 1, make([]byte, 100), "8"},
		{"cut short", 100, make([]byte, 99), "3"},
		{"no frame at all", 0, nil, "3"},
	} {
		t.Run(row.name, func(t *testing.T) {
			res := r.frame(t, 0, row.length, row.data)
			require.Equal(t, http.StatusOK, res.status)
			require.Equal(t, row.status, res.header.Get("Grpc-Status"), "%v", res.header)
			require.NotEmpty(t, res.header.Get("Grpc-Status-Details-Bin"))
		})
	}
}

// TestSmallMessages: what holds no picture has a small limit.
func TestSmallMessages(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	_, err := r.client().SearchSongs(t.Context(), &v1.SearchSongsRequest{Text: string(make([]byte, smallLimit))})
	require.Equal(t, connect.CodeInvalidArgument, connect.CodeOf(err))
	require.Equal(t, reasonInvalid, detail(t, err).Reason)
}

// TestBodyBudget: bodies that are held at the same time have a limit of their own.
func TestBodyBudget(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t), WithBodies(1<<20))
	require.Equal(t, http.StatusOK, r.post(t, "/v1/recommend", padded(t, 1<<20)).status)
	refused := r.post(t, "/v1/recommend", padded(t, 1<<20+1))
	require.Equal(t, http.StatusTooManyRequests, refused.status)
	require.Equal(t, reasonBusy, refused.error(t).Reason)
	require.Equal(t, http.StatusOK, r.post(t, "/v1/recommend", padded(t, 1<<20)).status, "nothing is held any more")
}
