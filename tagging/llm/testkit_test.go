package llm

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// The fakes of these tests prove plumbing only: what becomes of an answer, not what a model answers.

const canaryKey = "sk-canary-0123456789abcdef"

// fake is a service on loopback.
type fake struct {
	*httptest.Server
	calls atomic.Int64
}

func newFake(t testing.TB, handler http.HandlerFunc) *fake {
	t.Helper()
	f := new(fake)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.calls.Add(1)
		body, _ := io.ReadAll(r.Body)
		if !alternates(body) {
			status(http.StatusInternalServerError, `{"error":{"message":"roles must alternate user/assistant"}}`)(w, r)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// alternates reports whether a request's messages are what strict chat templates take: after the system's, the user's and
// the assistant's in turn.
func alternates(body []byte) bool {
	var r request
	_ = json.Unmarshal(body, &r)
	for i, m := range r.Messages {
		if m.Role != []string{"system", "user", "assistant"}[min(i, 2-i%2)] {
			return false
		}
	}
	return true
}

// client asks the fake with the canary key.
func (f *fake) client(t testing.TB, options ...Option) *Client {
	t.Helper()
	return newClient(t, Mistral, append([]Option{WithBaseURL(f.URL), WithHTTPClient(f.Client()), WithKeyFile(keyFile(t))}, options...)...)
}

func newClient(t testing.TB, preset Preset, options ...Option) *Client {
	t.Helper()
	client, err := New(preset, options...)
	require.NoError(t, err)
	return client
}

func newTagger(t testing.TB, client *Client, options ...TaggerOption) *Tagger {
	t.Helper()
	tagger, err := NewTagger(client, options...)
	require.NoError(t, err)
	return tagger
}

func keyFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte(canaryKey+"\n"), 0o600))
	return path
}

// says is a service whose model always writes text.
func says(text string) http.HandlerFunc { return answers(completionOf(text)) }

// answers is a service that answers 200 with a body.
func answers(body string) http.HandlerFunc { return status(http.StatusOK, body) }

func status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// inTurn gives each call its own handler; the last one stays.
func inTurn(handlers ...http.HandlerFunc) http.HandlerFunc {
	var calls atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		handlers[min(int(calls.Add(1)), len(handlers))-1](w, r)
	}
}

// servedBy is a completion in the name of another model.
func servedBy(model, text string) string {
	return strings.Replace(completionOf(text), `"model":"m"`, `"model":"`+model+`"`, 1)
}

// completionOf wraps what a model writes, with content as a string or as a list of parts.
func completionOf(content any) string {
	return mustJSON(map[string]any{
		"id": "1", "object": "chat.completion", "model": "m",
		"choices": []any{map[string]any{
			"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": content},
		}},
		"usage": map[string]any{"prompt_tokens": 4000, "completion_tokens": 300, "total_tokens": 4300},
	})
}

func mustJSON(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// seaside is a good reply, with changes.
func seaside(changes map[string]any) string {
	reply := map[string]any{
		"light": 0.9, "warmth": 0.8, "density": 0.2, "motion": 0.3, "tenderness": 0.7, "people": "two",
		"things":  []any{weighted("dog", 0.6)},
		"persons": []any{weighted("couple", 0.8)},
		"scenes":  []any{weighted("sea", 0.7), weighted("beach", 0.95)},
		"looks":   []any{weighted("close-up", 0.3)},
		"moods":   []any{weighted("carefree", 0.8)},
		"themes":  []any{weighted("freedom", 0.5)},
		"valence": 0.75, "valence_confidence": 0.9, "arousal": -0.2, "arousal_confidence": 0.7,
		"decades": []any{}, "care": []any{}, "caption": "Two people and a dog walk along a sunny beach.",
	}
	maps.Copy(reply, changes)
	maps.DeleteFunc(reply, func(_ string, v any) bool { return v == nil })
	return mustJSON(reply)
}

func weighted(concept string, weight float64) map[string]any {
	return map[string]any{"concept": concept, "weight": weight}
}

// picture is a small picture; different tones are different pictures.
func picture(t testing.TB, tone uint8) *vision.Picture {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for y := range 32 {
		for x := range 48 {
			img.Set(x, y, color.RGBA{tone, uint8(5 * x), uint8(8 * y), 255})
		}
	}
	p, err := vision.FromImage(img)
	require.NoError(t, err)
	return p
}

func observation(t testing.TB, tone uint8) *vision.Observation {
	return &vision.Observation{Picture: picture(t, tone)}
}

// noLeak fails if a text holds the key or a part of it.
func noLeak(t testing.TB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		require.False(t, strings.Contains(text, canaryKey) || strings.Contains(text, "0123456789abcdef"), "the key has leaked")
	}
}
