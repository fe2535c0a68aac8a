package modelhub

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// model returns n bytes that look like nothing, the same each time.
func model(n int) []byte {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// fileOf describes data as a file with these sources.
func fileOf(data []byte, urls ...string) vision.File {
	return vision.File{Name: "model.onnx", Size: int64(len(data)), SHA256: digestOf(data), URLs: urls}
}

func manifestOf(f vision.File) vision.Manifest {
	return vision.Manifest{
		ID: "test", Dim: 4,
		Visual:     vision.Graph{File: f, Input: "image", Output: "embedding"},
		Preprocess: vision.Preprocess{Size: 8, Crop: vision.CropStretch, Std: [3]float64{1, 1, 1}},
	}
}

// newHub makes a hub with a cache of its own, no environment, no package client and short pauses.
func newHub(t *testing.T, opts ...Option) *Hub {
	t.Helper()
	quiet := optionFunc(func(c *config) error {
		c.firstPause = time.Millisecond
		c.lookPath = func(name string) (string, error) {
			return "", &fs.PathError{Op: "look", Path: name, Err: fs.ErrNotExist}
		}
		return nil
	})
	defaults := []Option{WithCacheDir(t.TempDir()), WithEnv(func(string) string { return "" }), quiet}
	hub, err := New(append(defaults, opts...)...)
	require.NoError(t, err)
	return hub
}

// origin is a server that keeps its requests.
type origin struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
}

// serve starts a server whose nth request, from 0, goes to handle.
func serve(t *testing.T, handle func(n int, w http.ResponseWriter, r *http.Request)) *origin {
	t.Helper()
	o := new(origin)
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		n := len(o.requests)
		o.requests = append(o.requests, r.Clone(context.WithoutCancel(r.Context())))
		o.mu.Unlock()
		handle(n, w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

// serveData serves data with ranges and a strong ETag.
func serveData(t *testing.T, data []byte) *origin {
	return serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { content(w, r, data) })
}

func content(w http.ResponseWriter, r *http.Request, data []byte) {
	w.Header().Set("ETag", `"`+digestOf(data)+`"`)
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// cut sends the first n bytes of data, announces all, and breaks the connection.
func cut(w http.ResponseWriter, data []byte, n int) {
	w.Header().Set("ETag", `"`+digestOf(data)+`"`)
	w.Header().Set("Content-Length", itoa(len(data)))
	_, _ = w.Write(data[:n])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (o *origin) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.requests)
}

func (o *origin) request(i int) *http.Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.requests[i]
}

// requireFetched fetches f and compares it with data.
func requireFetched(t *testing.T, hub *Hub, f vision.File, data []byte) vision.ModelFile {
	t.Helper()
	got, err := hub.FetchFile(t.Context(), f)
	require.NoError(t, err)
	require.Equal(t, f.SHA256, got.SHA256)
	onDisk, err := os.ReadFile(got.Path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, onDisk), "the cached file differs")
	requireNoLeftovers(t, hub)
	return got
}

// requireNoLeftovers fails if the cache holds work in progress.
func requireNoLeftovers(t *testing.T, hub *Hub) {
	t.Helper()
	for _, pattern := range []string{"*/tmp-*", "*/*.part", "*/*.json"} {
		left, err := filepath.Glob(filepath.Join(hub.Dir(), pattern))
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// snapshot lists the finished files of the cache with their digests.
func snapshot(t *testing.T, hub *Hub) map[string]string {
	t.Helper()
	files := make(map[string]string)
	require.NoError(t, filepath.WalkDir(hub.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".onnx" {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = digestOf(data)
		return err
	}))
	return files
}

// zipOf makes an archive with entries in order: name, contents, and so on.
func zipOf(t *testing.T, entries ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(entries); i += 2 {
		out, err := w.Create(entries[i].(string))
		require.NoError(t, err)
		_, err = out.Write(entries[i+1].([]byte))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// reversed is a converter for tests: the original backwards.
func reversed(_ context.Context, original io.ReaderAt, size int64, dst io.Writer) error {
	data := make([]byte, size)
	if _, err := original.ReadAt(data, 0); err != nil && err != io.EOF {
		return err
	}
	_, err := dst.Write(reverse(data))
	return err
}

func reverse(data []byte) []byte {
	out := make([]byte, len(data))
	for i, b := range data {
		out[len(data)-1-i] = b
	}
	return out
}
