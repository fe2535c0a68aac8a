package llm

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every preset's request has the shape that its server takes, and its reply is read.
func TestPresets(t *testing.T) {
	t.Parallel()
	for _, preset := range Presets() {
		t.Run(preset.Name, func(t *testing.T) {
			t.Parallel()
			var got map[string]any
			var header http.Header
			var path string
			f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
				path, header = r.URL.Path, r.Header
				if json.NewDecoder(r.Body).Decode(&got) != nil {
					w.WriteHeader(http.StatusBadRequest)
				}
				_, _ = io.WriteString(w, completionOf(seaside(nil)))
			})
			client := newClient(t, preset, WithBaseURL(f.URL+"/v1/"), WithKeyFile(keyFile(t)))
			tags, err := newTagger(t, client).Tag(t.Context(), observation(t, 0))
			require.NoError(t, err)
			require.InDelta(t, .75, tags.Affect.Valence, 1e-9)

			require.Equal(t, "/v1/chat/completions", path)
			require.Equal(t, "Bearer "+canaryKey, header.Get("Authorization"))
			require.Equal(t, "application/json", header.Get("Content-Type"))
			require.Equal(t, preset.Model, got["model"])
			format := got["response_format"].(map[string]any)
			require.Equal(t, "json_schema", format["type"])
			schema := format["json_schema"].(map[string]any)
			require.Equal(t, true, schema["strict"])
			require.Equal(t, "object", schema["schema"].(map[string]any)["type"])
			all := countChoices(schema["schema"])
			if preset.NeedsKey {
				require.LessOrEqual(t, all, 1000, "OpenAI's limit")
				require.Greater(t, all, 500)
			} else {
				require.Greater(t, all, 1000, "the whole vocabulary")
			}
			require.Equal(t, preset.Name == "openai", got["reasoning_effort"] == "none")
			messages := got["messages"].([]any)
			require.Len(t, messages, 2)
			parts := messages[1].(map[string]any)["content"].([]any)
			url := parts[1].(map[string]any)["image_url"].(map[string]any)["url"].(string) // the object form
			require.True(t, strings.HasPrefix(url, "data:image/jpeg;base64,/9j/"), "%.40s", url)
			if preset.CompletionTokens {
				require.NotContains(t, got, "max_tokens")
				require.NotContains(t, got, "temperature")
				require.EqualValues(t, maxPictureReply, got["max_completion_tokens"])
			} else {
				require.EqualValues(t, maxPictureReply, got["max_tokens"])
				require.EqualValues(t, 0, got["temperature"])
			}
			require.Equal(t, Usage{Calls: 1, PromptTokens: 4000, ReplyTokens: 300}, client.Usage())
		})
	}
}

// countChoices counts the values of all enumerations in a schema.
func countChoices(schema any) int {
	switch s := schema.(type) {
	case []any:
		return 0
	case map[string]any:
		values, _ := s["enum"].([]any)
		all := len(values)
		for _, inner := range s {
			all += countChoices(inner)
		}
		return all
	}
	return 0
}

// Other models may not know the effort, or not by that word.
func TestReasoningEffortIsForItsModel(t *testing.T) {
	t.Parallel()
	key := WithKeyFile(keyFile(t))
	for model, want := range map[string]string{"gpt-6-luna": "none", "gpt-6-luna-2026-09-22": "none", "gpt-4.1-mini": "", "luna": ""} {
		require.Equal(t, want, newClient(t, OpenAI, key, WithModel("another"), WithModel(model)).preset.ReasoningEffort, model)
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		preset  Preset
		options []Option
		want    bool
	}{
		{Ollama, nil, true},
		{LlamaCPP, []Option{WithBaseURL("http://127.0.0.2:1/v1")}, true},
		{VLLM, []Option{WithBaseURL("http://[::1]:1/v1")}, true},
		{Ollama, []Option{WithModel("gemma4:cloud")}, false},
		{Ollama, []Option{WithModel("gpt-oss:120b-Cloud")}, false},
		{Ollama, []Option{WithModel("cloud:7b")}, true},
		{Ollama, []Option{WithBaseURL("http://gpu.example/v1")}, false},
		{Mistral, []Option{WithKeyFile(keyFile(t))}, false},
	} {
		client := newClient(t, row.preset, row.options...)
		require.Equal(t, row.want, client.Local(), client.preset)
	}
}

// A window that is too small is told by what is counted, whether the reply was cut or the prompt.
func TestContextTooSmall(t *testing.T) {
	t.Parallel()
	counted := func(prompt, reply int, handler http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			handler(answer, r)
			body := strings.Replace(answer.Body.String(), `"prompt_tokens":4000`, fmt.Sprintf(`"prompt_tokens":%d`, prompt), 1)
			_, _ = io.WriteString(w, strings.Replace(body, `"completion_tokens":300`, fmt.Sprintf(`"completion_tokens":%d`, reply), 1))
		}
	}
	const raise = "OLLAMA_CONTEXT_LENGTH"
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		next    string
		warns   bool
	}{
		"reply cut by the window": {counted(3500, 596, cut), raise, true},
		"reply cut by our cap":    {counted(4000, maxPictureReply, cut), "another model", false},
		"nothing counted":         {counted(0, 0, cut), "another model", false},
		"prompt cut, garbage":     {counted(2048, 300, says("{}")), raise, true},
		"prompt cut":              {counted(2048, 300, says(seaside(nil))), "", true},
		"all fits":                {counted(3000, 300, says(seaside(nil))), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logged bytes.Buffer
			f := newFake(t, row.handler)
			_, err := newTagger(t, f.client(t, WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))).Tag(t.Context(), observation(t, 0))
			require.Equal(t, row.warns, strings.Contains(logged.String(), "context window too small"))
			if row.next == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, ErrReply)
			require.ErrorContains(t, err, row.next)
		})
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for format, want := range map[Format]string{FormatObject: `{"type":"json_object"}`, FormatNone: ""} {
		var body []byte
		f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ = io.ReadAll(r.Body)
			_, _ = io.WriteString(w, completionOf("```json\n"+seaside(nil)+"\n```"))
		})
		_, err := newTagger(t, f.client(t, WithFormat(format))).Tag(t.Context(), observation(t, 0))
		require.NoError(t, err)
		var sent struct {
			Format json.RawMessage `json:"response_format"`
		}
		require.NoError(t, json.Unmarshal(body, &sent))
		require.Equal(t, want, string(sent.Format))
	}
}

// What services do wrong, and what becomes of it.
func TestFaults(t *testing.T) {
	t.Parallel()
	good := says(seaside(nil))
	for _, row := range []struct {
		name    string
		handler http.HandlerFunc
		want    error // nil for a good answer
		says    string
		calls   int64
	}{
		{"good", good, nil, "", 1},
		{"parts", answers(completionOf([]any{map[string]any{"type": "text", "text": seaside(nil)}})), nil, "", 1},
		{"reasoning part first", answers(completionOf([]any{
			map[string]any{"type": "thinking", "thinking": []any{map[string]any{"type": "text", "text": `{"valence": -1}`}}},
			map[string]any{"type": "reasoning", "text": map[string]any{"odd": true}},
			map[string]any{"type": "text", "text": seaside(nil)},
		})), nil, "", 1},
		{"reasoning in the text", says("<think>It is {\"valence\": 2}</think>\n" + seaside(nil)), nil, "", 1},
		{"code fence", says("```json\n" + seaside(nil) + "\n```"), nil, "", 1},
		{"cut, then good", inTurn(cut, good), nil, "", 2},
		{"cut twice", cut, ErrReply, "cut off", 2},
		{"wrong schema, then good", inTurn(says(`{"mood":"happy"}`), good), nil, "", 2},
		{"wrong schema twice", says(`{"mood":"happy"}`), ErrReply, "is missing", 2},
		{"prose twice", says("What a lovely beach!"), ErrReply, "not one JSON object", 2},
		{"two objects", says(seaside(nil) + seaside(nil)), ErrReply, "not one JSON object", 2},
		{"empty content", says(""), ErrReply, "not one JSON object", 2},
		{"null content with a tool call", answers(`{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"name":"play","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`), ErrReply, "not one JSON object", 2},
		{"deep JSON in the reply", says(strings.Repeat("[", 100_000)), ErrReply, "not one JSON object", 2},
		{"refusal field", answers(`{"choices":[{"message":{"content":null,"refusal":"I can't."},"finish_reason":"stop"}]}`), ErrRefused, "leave this one out", 1},
		{"content filter", answers(`{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}`), ErrRefused, "refuses", 1},
		{"no choices", answers(`{"choices":[]}`), ErrUnavailable, "not a chat completion", 1},
		{"empty body", answers(""), ErrUnavailable, "not a chat completion", 1},
		{"HTML with 200", answers("<html><body>" + canaryKey), ErrUnavailable, "not a chat completion", 1},
		{"deep JSON", answers(strings.Repeat(`{"a":`, 50_000)), ErrUnavailable, "not a chat completion", 1},
		{"4 MB in a zip", zipped, ErrUnavailable, "longer than 1 MiB", 1},
		{"hung up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, ErrUnavailable, "connection failed", 1},
		{"shorter than promised", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"choices":`)
		}, ErrUnavailable, "connection failed", 1},
		{"400", status(400, `{"error":{"message":"no such model"}}`), ErrRequest, "check the model", 1},
		{"401", status(401, `{"message":"Unauthorized: `+canaryKey+`"}`), ErrKey, "check the key", 1},
		{"402", status(402, ""), ErrKey, "top up the account", 1},
		{"403", status(403, ""), ErrKey, "HTTP 403", 1},
		{"429 without an end", status(429, `{"error":{"message":"You exceeded your quota","type":"insufficient_quota","code":"insufficient_quota"}}`, "Retry-After", "1"), ErrKey, "top up the account", 1},
		{"429 for ever", status(429, `{"error":{"code":429}}`, "Retry-After", "99999999999999999999"), ErrUnavailable, "wait 10m0s", 1},
		{"404", status(404, ""), ErrRequest, "HTTP 404", 1},
		{"413", status(413, ""), ErrRequest, "HTTP 413", 1},
		{"422 of Mistral", status(422, `{"detail":[{"loc":["body"],"msg":"bad"}]}`), ErrRequest, "HTTP 422", 1},
		{"501", status(501, ""), ErrUnavailable, "HTTP 501", 1},
		{"204", status(204, ""), ErrUnavailable, "HTTP 204", 1},
		{"redirect to another host", status(307, "", "Location", "https://stranger.example/v1"), ErrUnavailable, "redirects are refused", 1},
		{"redirect on the same host", status(308, "", "Location", "/again"), ErrUnavailable, "redirects are refused", 1},
		{"429 for an hour", status(429, "", "Retry-After", "3600"), ErrUnavailable, "wait 10m0s", 1},
		{"429 until tomorrow", status(429, "", "Retry-After", time.Now().Add(24*time.Hour).UTC().Format(http.TimeFormat)), ErrUnavailable, "wait 10m0s", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, row.handler)
			var logged bytes.Buffer
			tagger := newTagger(t, f.client(t, WithLogger(slog.New(slog.NewTextHandler(&logged, nil)))))
			tags, err := tagger.Tag(t.Context(), observation(t, 0))
			require.Equal(t, row.calls, f.calls.Load())
			if row.want == nil {
				require.NoError(t, err)
				require.Equal(t, "beach", tags.Scenes[0].Concept)
				require.InDelta(t, .75, tags.Affect.Valence, 1e-9)
				return
			}
			require.ErrorIs(t, err, row.want)
			require.ErrorContains(t, err, row.says)
			e := new(Error)
			require.ErrorAs(t, err, &e)
			require.NotEmpty(t, e.Next, "an error says the next step")
			if strings.Contains(row.says, "check the key") {
				require.Empty(t, e.Detail, "it may quote a part of the key")
			}
			noLeak(t, err.Error(), fmt.Sprintf("%+v %#v", err, e), mustJSON(e), logged.String())
			require.NotContains(t, err.Error(), "http://")
			require.Empty(t, tags)
		})
	}
}

func cut(w http.ResponseWriter, _ *http.Request) {
	body := strings.Replace(completionOf(seaside(nil)[:200]), `"finish_reason":"stop"`, `"finish_reason":"length"`, 1)
	_, _ = io.WriteString(w, body)
}

// Of a body of 100 MB little more is read than the 1 MiB that is allowed: what the sockets hold.
func TestHugeBodies(t *testing.T) {
	t.Parallel()
	for code, says := range map[int]string{200: "longer than 1 MiB", 404: "HTTP 404"} {
		wrote := 0
		f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			block := bytes.Repeat([]byte(" "), 1<<20)
			for ; wrote < 100; wrote++ {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		})
		_, err := newTagger(t, f.client(t)).Tag(t.Context(), observation(t, 0))
		require.ErrorContains(t, err, says)
		f.Close() // waits for the handler
		require.Less(t, wrote, 30)
	}
}

// zipped writes 4 MB that travel as 4 kB.
func zipped(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(make([]byte, 4<<20))
	_ = z.Close()
}

// A validator's error may repeat the request, picture included; none of it gets into logs.
func TestErrorsDoNotRepeatTheRequest(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(body string) any{
		"validator": func(b string) any {
			return map[string]any{"detail": []any{map[string]any{"msg": "bad field", "input": b}}}
		},
		"message":        func(b string) any { return map[string]any{"message": "bad field " + b, "type": "x", "code": 1} },
		"nested message": func(b string) any { return map[string]any{"error": map[string]any{"message": "bad field " + b}} },
		"detail":         func(b string) any { return map[string]any{"detail": "bad field " + b} },
	} {
		f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			status(http.StatusUnprocessableEntity, mustJSON(wrap(string(body[bytes.Index(body, []byte("data:image")):]))))(w, r)
		})
		var logged bytes.Buffer
		tagger := newTagger(t, f.client(t, WithLogger(slog.New(slog.NewTextHandler(&logged, nil)))))
		_, err := tagger.Tag(t.Context(), observation(t, 0))
		require.ErrorIs(t, err, ErrRequest)
		e := new(Error)
		require.ErrorAs(t, err, &e)
		require.Contains(t, e.Detail, "bad field", name)
		require.Contains(t, logged.String(), "bad field", name)
		require.NotContains(t, e.Detail+logged.String(), "/9j/", name)
	}
}

// A service that hangs, before its answer or within it, costs the time limit; the limit is the client's, or a share of the
// caller's time.
func TestSlowServices(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"hang": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client has gone
			<-r.Context().Done()
		},
		"slow drip": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(5 * time.Millisecond):
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, handler)
			_, err := newTagger(t, f.client(t, WithTimeout(100*time.Millisecond))).Tag(t.Context(), observation(t, 0))
			require.ErrorIs(t, err, ErrUnavailable)
			require.ErrorContains(t, err, "no answer within 100ms")
			require.False(t, isContext(err), "it is not the caller's deadline")

			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			soon := WithTimeout(300 * time.Millisecond)
			_, err = newTagger(t, f.client(t, soon), WithDeadlineShare(.05)).Tag(ctx, observation(t, 0))
			require.ErrorIs(t, err, ErrUnavailable)
			require.ErrorContains(t, err, "share of the time")
			require.NoError(t, ctx.Err(), "time is left for the caller")

			ctx, cancel = context.WithCancel(t.Context())
			time.AfterFunc(20*time.Millisecond, cancel)
			_, err = newTagger(t, f.client(t, soon)).Tag(ctx, observation(t, 0))
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}

// A redirect would carry the picture, and with some clients the key, to a stranger.
func TestRedirectReachesNobody(t *testing.T) {
	t.Parallel()
	stranger := newFake(t, says(seaside(nil)))
	f := newFake(t, status(http.StatusTemporaryRedirect, "", "Location", stranger.URL+"/chat/completions"))
	lax := f.Client()
	lax.CheckRedirect = func(*http.Request, []*http.Request) error { return nil }
	_, err := newTagger(t, f.client(t, WithHTTPClient(lax))).Tag(t.Context(), observation(t, 0))
	require.ErrorIs(t, err, ErrUnavailable)
	require.Zero(t, stranger.calls.Load())
}

// leaky fails with the request's own headers in the error's text.
type leaky struct{}

func (leaky) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, errors.New("cannot send " + r.Header.Get("Authorization") + "\r\n\x1b[31m" + strings.Repeat("x", 1000))
}

// The key is nowhere but in the header: not in errors, logs or any way to print what holds it.
func TestKeyStaysSecret(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	client := newClient(t, Mistral, WithKeyFile(keyFile(t)), WithHTTPClient(&http.Client{Transport: leaky{}}),
		WithLogger(slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	tagger := newTagger(t, client)
	_, err := tagger.Tag(t.Context(), observation(t, 0))
	require.ErrorIs(t, err, ErrUnavailable)
	e := new(Error)
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.Detail, "cannot send Bearer [key]")
	require.NotContains(t, e.Detail, "\x1b")
	require.LessOrEqual(t, len([]rune(e.Detail)), maxDetail+1)
	require.Contains(t, logged.String(), "the connection failed")
	noLeak(t, logged.String(), mustJSON(e))
	// Fresh ones: what is in use may not be printed by reflection.
	client = newClient(t, Mistral, WithKeyFile(keyFile(t)))
	tagger = newTagger(t, client)
	for _, v := range []any{client, *client.http, client.preset, tagger, tagger.question, err, e} {
		noLeak(t, fmt.Sprintf("%v", v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v), fmt.Sprintf("%s", v))
	}
}

// Not parallel: it sets environment variables.
func TestWhereKeysComeFrom(t *testing.T) {
	t.Setenv("MISTRAL_API_KEY", canaryKey)
	t.Setenv("OTHER_KEY", " other ")
	t.Setenv("OPENAI_API_KEY", "")
	t.Setenv("BAD_KEY", "two words"+canaryKey)
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, []byte("from-file\n"), 0o600))
	long := filepath.Join(t.TempDir(), "long")
	require.NoError(t, os.WriteFile(long, make([]byte, maxKeyFile+1), 0o600))
	for _, row := range []struct {
		name    string
		preset  Preset
		options []Option
		want    string
		err     bool
	}{
		{"preset's variable", Mistral, nil, canaryKey, false},
		{"preset's address with a slash", Mistral, []Option{WithBaseURL(Mistral.Base + "/")}, canaryKey, false},
		{"not for another address", Mistral, []Option{WithBaseURL("https://stranger.example/v1")}, "", false},
		{"unless named", Mistral, []Option{WithBaseURL("https://gateway.example/v1"), WithKeyEnv("MISTRAL_API_KEY")}, canaryKey, false},
		{"another variable", Mistral, []Option{WithKeyEnv("OTHER_KEY")}, "other", false},
		{"file before variable", Mistral, []Option{WithKeyEnv("OTHER_KEY"), WithKeyFile(file)}, "from-file", false},
		{"none needed", Ollama, nil, "", false},
		{"custom preset", Preset{Base: "https://own.example/v1/", Model: "m", KeyEnv: "OTHER_KEY"}, nil, "other", false},
		{"missing", OpenAI, nil, "", true},
		{"named but missing", Ollama, []Option{WithKeyEnv("NO_SUCH_KEY")}, "", true},
		{"two words", Mistral, []Option{WithKeyEnv("BAD_KEY")}, "", true},
		{"no file", Mistral, []Option{WithKeyFile(file + ".none")}, "", true},
		{"long file", Mistral, []Option{WithKeyFile(long)}, "", true},
		{"plain http to another machine", VLLM, []Option{WithBaseURL("http://gpu.example:8000/v1"), WithKeyFile(file)}, "", true},
		{"plain http without a key", VLLM, []Option{WithBaseURL("http://gpu.example:8000/v1")}, "", false},
		{"plain http on this machine", VLLM, []Option{WithKeyFile(file)}, "from-file", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			client, err := New(row.preset, row.options...)
			if row.err {
				require.ErrorIs(t, err, ErrKey)
				noLeak(t, err.Error(), fmt.Sprintf("%#v", err))
				return
			}
			require.NoError(t, err)
			require.Equal(t, row.want, client.key())
		})
	}
}

func TestOptionsCheckThemselves(t *testing.T) {
	t.Parallel()
	client := newClient(t, Ollama)
	for name, option := range map[string]Option{
		"no host": WithBaseURL("/v1"), "scheme": WithBaseURL("ftp://a.example"), "credentials": WithBaseURL("https://a:b@a.example"),
		"query": WithBaseURL("https://a.example/?key=1"), "no model": WithModel(""), "odd model": WithModel("a\nb"),
		"format": WithFormat("xml"), "no variable": WithKeyEnv(""), "no file": WithKeyFile(""), "no http": WithHTTPClient(nil),
		"no logger": WithLogger(nil), "no clock": WithClock(nil), "short": WithTimeout(time.Millisecond), "long": WithTimeout(time.Hour),
		"no calls": WithBudget(0, 1), "too many calls": WithBudget(1, 1e7),
	} {
		_, err := New(Ollama, option)
		require.Error(t, err, name)
	}
	for name, option := range map[string]TaggerOption{
		"no vocabulary": WithVocabulary(nil), "small": WithSide(63), "large": WithSide(2049), "no share": WithDeadlineShare(0),
		"more than all": WithDeadlineShare(1.1), "negative cache": WithCacheSize(-1), "no dir": WithCacheDir(""), "no age": WithCacheAge(0),
	} {
		_, err := NewTagger(client, option)
		require.Error(t, err, name)
	}
	for name, option := range map[string]JudgeOption{
		"no songs": WithBatch(0), "too many": WithBatch(51), "negative price": WithPrice(-1, 0), "cost before price": WithMaxCost(1),
	} {
		_, err := NewJudge(client, option)
		require.Error(t, err, name)
	}
	_, err := NewTagger(nil)
	require.Error(t, err)
	_, err = NewJudge(nil)
	require.Error(t, err)
	_, ok := PresetNamed("vllm")
	require.True(t, ok)
	_, ok = PresetNamed("skynet")
	require.False(t, ok)
	require.Equal(t, "ollama/gemma3", client.String())
	require.Equal(t, "ollama", client.Service())
	require.Equal(t, "gemma3", client.Model())
}
