package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
)

var testTime = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// running is a server that listens on loopback.
type running struct {
	*Server
	addr string
	url  string
	http *http.Client // speaks HTTP/1.1
	h2   *http.Client // speaks cleartext HTTP/2
	stop func() error // ends it and returns what Serve returned
}

// start serves engine on loopback until the test ends, with time enough for the busiest machine.
func start(t *testing.T, engine Engine, opts ...Option) *running {
	t.Helper()
	srv, err := New(engine, append([]Option{WithShutdown(0, 20*time.Second), WithTimeouts(2*time.Minute, time.Minute)}, opts...)...)
	require.NoError(t, err)
	return serve(t, srv)
}

func serve(t *testing.T, srv *Server) *running {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, ln) }()

	h1 := &http.Transport{MaxIdleConnsPerHost: 4, ExpectContinueTimeout: long}
	h2 := &http.Transport{Protocols: new(http.Protocols), TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	h2.Protocols.SetUnencryptedHTTP2(true)
	r := &running{
		Server: srv, addr: ln.Addr().String(), url: "http://" + ln.Addr().String(),
		http: &http.Client{Transport: h1}, h2: &http.Client{Transport: h2},
	}
	var result error
	stopped := false
	r.stop = func() error {
		if !stopped {
			stopped = true
			h1.CloseIdleConnections()
			h2.CloseIdleConnections()
			cancel()
			result = <-ended
		}
		return result
	}
	t.Cleanup(func() { _ = r.stop() })
	return r
}

// client is the generated client by one protocol.
func (r *running) client(opts ...connect.ClientOption) soundtrackv1connect.SoundtrackServiceClient {
	return soundtrackv1connect.NewSoundtrackServiceClient(r.h2, r.url, opts...)
}

// reply is a plain answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) error(t *testing.T) plainError {
	t.Helper()
	var e plainError
	require.NoError(t, json.Unmarshal(r.body, &e), "%s", r.body)
	return e
}

// do sends a plain request by HTTP/1.1.
func (r *running) do(t *testing.T, method, path string, body io.Reader, change ...func(*http.Request)) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, body)
	require.NoError(t, err)
	for _, f := range change {
		f(req)
	}
	res, err := r.http.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return reply{res.StatusCode, res.Header, data}
}

func (r *running) post(t *testing.T, path string, picture []byte, change ...func(*http.Request)) reply {
	t.Helper()
	return r.do(t, http.MethodPost, path, bytes.NewReader(picture), change...)
}

func header(key, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(key, value) }
}

// detail is the ErrorDetail of an RPC error.
func detail(t *testing.T, err error) *v1.ErrorDetail {
	t.Helper()
	rpc := new(connect.Error)
	require.ErrorAs(t, err, &rpc)
	require.Len(t, rpc.Details(), 1, "%v", err)
	value, valueErr := rpc.Details()[0].Value()
	require.NoError(t, valueErr)
	require.IsType(t, new(v1.ErrorDetail), value)
	return value.(*v1.ErrorDetail)
}

func imageRequest(picture []byte) *v1.RecommendRequest {
	return &v1.RecommendRequest{Subject: &v1.RecommendRequest_Image{Image: picture}}
}
