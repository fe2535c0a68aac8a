package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"image/color"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision/ort"
)

// serveInTest runs "soundtrack serve" until the test ends and returns its address, once it is ready.
func serveInTest(t *testing.T, args ...string) string {
	t.Helper()
	address, _ := serveLogged(t, args...)
	return address
}

// serveLogged does so and also returns what is logged.
func serveLogged(t *testing.T, args ...string) (address string, log *lockedBuffer) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	stderr := new(lockedBuffer)
	code := make(chan int, 1)
	go func() {
		args := append([]string{"serve", "--listen", "127.0.0.1:0", "--data-dir", t.TempDir()}, args...)
		code <- run(ctx, args, streams{in, stderr})
		_ = in.Close()
	}()
	t.Cleanup(func() {
		stop()
		require.Zero(t, <-code, "the server ends in good order: %s", stderr.String())
	})
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		stop()
		t.Fatalf("the server was never ready: exit code %d: %s", <-code, stderr.String())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return strings.TrimSpace(strings.TrimPrefix(line, "soundtrack is ready: ")), stderr
}

// lockedBuffer may be read while it is written.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// With a stand-in for the weights, CLIP works from the hub to the song: the model is pulled from a hub that redirects, runs
// on the backends of this build, and the answer says which, why, and what cannot be read from it yet.
func TestServeCLIP(t *testing.T) {
	for flag, backend := range map[string]string{"go": "pure Go", "onnxruntime": "ONNX Runtime"} {
		t.Run(flag, func(t *testing.T) {
			if flag == "onnxruntime" {
				needRuntime(t)
			}
			hub := newStandIn(t)
			address := serveInTest(t, "--encoder", soundtrack.PresetCLIPOpenAI, "--manifest", hub.folder, "--backend", flag)
			require.Len(t, hub.asked(), 1, "pictures only")
			requireAnswer(t, address, backend)
		})
	}
}

// needRuntime names the library of ONNX Runtime to the command, and skips the test in a build that cannot load it.
func needRuntime(t *testing.T) {
	t.Helper()
	t.Setenv("SOUNDTRACK_ONNXRUNTIME", testenv.Runtime(t))
	backend, err := ort.New()
	require.NoError(t, err)
	if _, err := backend.Library(); err != nil {
		code, _, stderr := command(t, "serve", "--listen", "127.0.0.1:0", "--backend", "onnxruntime")
		require.Equal(t, exitFailed, code, "what was asked for by name is not replaced")
		require.Contains(t, stderr, "cgo")
		t.Skip(err)
	}
}

// requireAnswer sends a picture and looks at every part of the answer.
func requireAnswer(t *testing.T, address, backend string) {
	t.Helper()
	picture, err := os.Open(drawing(t, t.TempDir(), "a.png", color.RGBA{250, 180, 60, 255}))
	require.NoError(t, err)
	defer picture.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/v1/recommend", picture)
	require.NoError(t, err)
	request.Header.Set("Content-Type", "image/png")
	res, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusOK, res.StatusCode)
	var answer struct {
		Encoder  struct{ ID, Backend, Device, Reason string }
		Analysis struct {
			Colours []struct{ Hex string }
			State   string
		}
		Picks []struct {
			Score float64
			Parts []struct{ Contribution float64 }
			Why   string
		}
		Degraded []struct{ Part, Reason, Remedy string }
	}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&answer))
	require.Equal(t, soundtrack.PresetCLIPOpenAI, answer.Encoder.ID)
	require.Contains(t, answer.Encoder.Backend, backend)
	require.Equal(t, "CPU", answer.Encoder.Device)
	require.Contains(t, answer.Encoder.Reason, "asked for")
	require.Contains(t, answer.Encoder.Reason, "its backend was asked for")
	require.Len(t, answer.Picks, 5)
	for _, p := range answer.Picks {
		var sum float64
		for _, part := range p.Parts {
			sum += part.Contribution
		}
		require.InDelta(t, p.Score, sum, 1e-6)
		require.NotEmpty(t, p.Why)
	}
	require.NotEmpty(t, answer.Analysis.Colours)
	require.Equal(t, "tagging", answer.Degraded[0].Part)
	require.Equal(t, "soundtrack models pull "+soundtrack.PresetCLIPOpenAI, answer.Degraded[0].Remedy, "its texts are missing")
}

// What cannot be served is refused before the address is taken.
func TestServeRefusesUnknownEncoder(t *testing.T) {
	t.Parallel()
	code, out, stderr := command(t, "serve", "--listen", "127.0.0.1:0", "--encoder", "huge")
	require.Equal(t, exitUsage, code)
	require.Empty(t, out)
	require.NotContains(t, stderr, "listening")
	require.Contains(t, stderr, soundtrack.PresetCLIPLAION)
}
