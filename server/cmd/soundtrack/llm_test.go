package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

const canaryKey = "sk-canary-0123456789abcdef"

// fakeLLM speaks chat completions on loopback. It shows what becomes of a model's answer, not what one would answer.
type fakeLLM struct {
	*httptest.Server
	key string // file with the key

	mu      sync.Mutex
	asked   []string         // the last message of each request
	formats []string         // how it asks for JSON
	fails   bool             // answers 401 and quotes the key, as services do
	onCall  func(int) answer // if given, chooses what becomes of the call of that number
}

// answer is what becomes of a call.
type answer int

const (
	good      answer = iota
	none             // until the caller leaves
	refusal          // 400, with a reason
	blindness        // 500, as llama-server says that its model does not see
)

// always gives each call the same answer.
func always(a answer) func(int) answer { return func(int) answer { return a } }

func newFakeLLM(t *testing.T) *fakeLLM {
	t.Helper()
	f := &fakeLLM{key: write(t, t.TempDir(), "key", canaryKey+"\n")}
	f.Server = httptest.NewServer(http.HandlerFunc(f.answer))
	t.Cleanup(f.Close)
	return f
}

// flags point a command at the fake, with a cache that no other test shares.
func (f *fakeLLM) flags(t *testing.T) []string {
	return append(f.service(), "--llm-cache-dir", filepath.Join(t.TempDir(), "llm"))
}

func (f *fakeLLM) service() []string {
	return []string{"--llm", "mistral", "--llm-url", f.URL + "/v1", "--llm-key-file", f.key}
}

func (f *fakeLLM) calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.asked)
}

func (f *fakeLLM) fail(fails bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = fails
}

func (f *fakeLLM) answer(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Messages       []struct{ Content json.RawMessage }
		ResponseFormat struct{ Type string } `json:"response_format"`
	}
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil || r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer "+canaryKey {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	last := request.Messages[len(request.Messages)-1].Content
	f.mu.Lock()
	f.asked, f.formats = append(f.asked, string(last)), append(f.formats, request.ResponseFormat.Type)
	fails, n, onCall := f.fails, len(f.asked), f.onCall
	f.mu.Unlock()
	what := good
	if onCall != nil {
		what = onCall(n)
	}
	switch what {
	case none:
		<-r.Context().Done()
		return
	case refusal:
		http.Error(w, `{"message":"no such model: mistral-huge"}`, http.StatusBadRequest)
		return
	case blindness:
		http.Error(w, `{"error":{"code":500,"type":"server_error","message":"image input is not supported - hint: `+
			`if this is unexpected, you may need to provide the mmproj"}}`, http.StatusInternalServerError)
		return
	}
	if fails {
		http.Error(w, `{"message":"invalid key `+canaryKey+`"}`, http.StatusUnauthorized)
		return
	}
	text := gloomyReading
	var asked string
	if json.Unmarshal(last, &asked) == nil { // a text: songs
		text = judgementsOf(asked)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]any{"content": text}}},
		"usage":   map[string]any{"prompt_tokens": 1000, "completion_tokens": 100},
	})
}

const gloomyReading = `{"light":0.1,"warmth":0.2,"density":0.1,"motion":0,"tenderness":0.4,"people":"none",
	"things":[{"concept":"dog","weight":0.9}],"persons":[],"scenes":[],"looks":[],"moods":[{"concept":"gloomy","weight":0.6}],"themes":[],
	"valence":-0.7,"valence_confidence":1,"arousal":-0.5,"arousal_confidence":1,
	"decades":[],"care":[],"caption":"A dog in the rain."}`

// judgementsOf knows every song but those of Nobody, is unsure of those of Somebody, and leaves out what is called Skip.
func judgementsOf(content string) string {
	var request struct {
		Songs []struct {
			N             int
			Title, Artist string
		}
	}
	if err := json.NewDecoder(strings.NewReader(content)).Decode(&request); err != nil {
		return "no songs"
	}
	songs := []any{}
	for _, s := range request.Songs {
		if s.Title == "Skip" {
			continue
		}
		sure := .9
		if s.Artist == "Somebody" {
			sure = .2
		}
		songs = append(songs, map[string]any{
			"n": s.N, "known": s.Artist != "Nobody", "mode": .2, "loudness": .35, "tempo": .3, "lyric": -.8, "tenderness": .6,
			"valence": -.7, "valence_confidence": sure, "arousal": -.3, "arousal_confidence": .9,
		})
	}
	text, _ := json.Marshal(map[string]any{"songs": songs})
	return string(text)
}

// seen is what an answer says of a picture.
type seen struct {
	Analysis struct {
		Affect         struct{ Valence, Arousal float64 }
		AffectEvidence []struct{ Tagger string }
		Objects        []struct {
			Name     string
			Evidence []struct{ Tagger string }
		}
		Caption string
	}
	Picks    []struct{ Why string }
	Degraded []struct{ Part, Reason string }
}

func (s seen) part(name string) (reason string, there bool) {
	for _, d := range s.Degraded {
		if d.Part == name {
			return d.Reason, true
		}
	}
	return "", false
}

func requireNoKey(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		require.False(t, strings.Contains(text, "0123456789abcdef"), "the key has leaked")
	}
}

// The model leads where it answers, its failure is named and fails nothing, and a picture is paid for once.
func TestRecommendWithLLM(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{250, 220, 60, 255})
	recommend := func(flags ...string) seen {
		code, out, stderr := command(t, append([]string{"recommend", "--json", "--preset=palette", picture}, flags...)...)
		require.Zero(t, code, stderr)
		requireNoKey(t, out, stderr)
		var s seen
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		require.Len(t, s.Picks, 5)
		return s
	}
	alone := recommend()
	require.Zero(t, fake.calls(), "nothing is sent unless it is asked for")
	require.Greater(t, alone.Analysis.Affect.Valence, -.2)

	flags := fake.flags(t)
	fake.fail(true)
	failed := recommend(flags...)
	require.Equal(t, alone.Analysis.Affect, failed.Analysis.Affect)
	reason, there := failed.part("llm")
	require.True(t, there)
	require.Contains(t, reason, "HTTP 401")

	fake.fail(false)
	before := fake.calls()
	for range 2 { // the second time from the cache, by another process as far as the command knows
		s := recommend(flags...)
		require.InDelta(t, -.7, s.Analysis.Affect.Valence, .1)
		require.InDelta(t, -.5, s.Analysis.Affect.Arousal, .1)
		require.Equal(t, "llm", s.Analysis.AffectEvidence[0].Tagger)
		require.Equal(t, "dog", s.Analysis.Objects[0].Name)
		require.Equal(t, "llm", s.Analysis.Objects[0].Evidence[0].Tagger)
		require.Equal(t, "A dog in the rain.", s.Analysis.Caption)
		_, there := s.part("llm")
		require.False(t, there)
		require.Equal(t, before+1, fake.calls())
	}
}

func TestTagWithLLM(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{250, 220, 60, 255})
	code, out, stderr := command(t, append([]string{"tag", "--preset=palette", picture}, fake.flags(t)...)...)
	require.Zero(t, code, stderr)
	require.Contains(t, out, "caption  A dog in the rain.")
	require.Contains(t, out, "gloomy")

	cache := filepath.Join(t.TempDir(), "none")
	code, _, stderr = command(t, append([]string{"tag", "--preset=palette", picture, "--llm-cache-dir", cache, "--llm-no-cache", "--llm-format=json_object"}, fake.service()...)...)
	require.Zero(t, code, stderr)
	require.NoDirExists(t, cache)
	require.Equal(t, []string{"json_schema", "json_object"}, fake.formats)
}

// A model that is late is left out by name.
func TestRecommendWithLateLLM(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	fake.onCall = always(none)
	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{250, 220, 60, 255})
	args := append([]string{"recommend", "--json", "--preset=palette", "--llm-timeout=1s", picture}, fake.flags(t)...)
	code, out, stderr := command(t, args...)
	require.Zero(t, code, stderr)
	var s seen
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Len(t, s.Picks, 5)
	reason, there := s.part("llm")
	require.True(t, there)
	require.Regexp(t, "no answer within 1s|took too long", reason, "a second, and no share of it; who is the first to notice is chance")
}

// What the service says of a failure is the way out, so it is told to those who sit in front of the command, and not to a
// server's strangers.
func TestLLMExplains(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	fake.onCall = always(blindness)
	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{250, 220, 60, 255})
	code, out, stderr := command(t, append([]string{"recommend", "--json", "--preset=palette", picture}, fake.flags(t)...)...)
	require.Zero(t, code, stderr)
	var s seen
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	reason, _ := s.part("llm")
	require.Contains(t, reason, "HTTP 500; take a model that sees")
	require.Equal(t, 1, fake.calls(), "there is no use in asking again")
	require.Contains(t, stderr, `detail="image input is not supported - hint: `)
	require.NotContains(t, stderr, "time=")

	address, log := serveLogged(t, append([]string{"--encoder", "palette"}, fake.flags(t)...)...)
	content, err := os.ReadFile(picture)
	require.NoError(t, err)
	answered := post(t, address+"/v1/recommend", content)
	require.Contains(t, answered, "HTTP 500; ")
	require.NotContains(t, answered, "not supported")
	require.Contains(t, log.String(), "image input is not supported")
}

// Each picture's time is that of the flag, for a single call too.
func TestLLMTimeout(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	fake.onCall = always(none)
	flags := llmTaggerFlags{
		Service: llmFlags{Preset: "mistral", URL: fake.URL + "/v1", KeyFile: fake.key, PerMinute: 1, PerDay: 1},
		Timeout: time.Second, NoCache: true,
	}
	model, err := flags.open(false, quiet())
	require.NoError(t, err)
	seen, err := vision.FromImage(image.NewGray(image.Rect(0, 0, 64, 64)))
	require.NoError(t, err)
	_, err = model.tagger.Tag(t.Context(), &vision.Observation{Picture: seen})
	require.ErrorContains(t, err, "no answer within 1s; raise --llm-timeout")
}

// A server has more pictures under way than processors, for they wait for the model; and time for its answer.
func TestServeMakesRoomForLLM(t *testing.T) {
	t.Parallel()
	slots, request := (&languageModel{time: time.Minute}).room(4)
	require.Equal(t, 16, slots)
	require.Equal(t, 90*time.Second, request)
	slots, request = (&languageModel{time: time.Second}).room(1000)
	require.Equal(t, 1024, slots)
	require.Equal(t, 15*time.Second, request)

	fake := newFakeLLM(t)
	n := 4 * runtime.GOMAXPROCS(0)
	var together sync.WaitGroup
	together.Add(n)
	fake.onCall = func(int) answer { // none is answered before the last has come
		together.Done()
		together.Wait()
		return good
	}
	address := serveInTest(t, append([]string{"--encoder", "palette", "--llm-timeout", "60s"}, fake.flags(t)...)...)
	dir := t.TempDir()
	var clients sync.WaitGroup
	for i := range n {
		picture, err := os.ReadFile(drawing(t, dir, fmt.Sprint(i, ".png"), color.RGBA{uint8(10 * i), 180, 60, 255}))
		require.NoError(t, err)
		clients.Go(func() {
			request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/v1/recommend", bytes.NewReader(picture))
			request.Header.Set("Content-Type", "image/png")
			res, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", res.Status, text)
				together.Done() // lest the others wait for it
			}
		})
	}
	clients.Wait()
	require.Equal(t, n, fake.calls())
}

// A server with a model answers as the command does, counts what it asks for and says so; its log never holds the key.
func TestServeWithLLM(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	address, log := serveLogged(t, append([]string{"--encoder", "palette", "--log-level", "debug"}, fake.flags(t)...)...)
	require.Contains(t, log.String(), "sent to a language model")
	require.Contains(t, log.String(), fake.URL)
	ask := func(tone uint8) seen {
		name := drawing(t, t.TempDir(), "a.png", color.RGBA{tone, 180, 60, 255})
		picture, err := os.ReadFile(name)
		require.NoError(t, err)
		text := post(t, address+"/v1/recommend", picture)
		requireNoKey(t, text)
		var s seen
		require.NoError(t, json.Unmarshal([]byte(text), &s))
		require.Len(t, s.Picks, 5)
		return s
	}
	good := ask(250)
	require.InDelta(t, -.7, good.Analysis.Affect.Valence, .1)
	require.Equal(t, "llm", good.Analysis.AffectEvidence[0].Tagger)

	fake.fail(true)
	bad := ask(10)
	require.Greater(t, bad.Analysis.Affect.Valence, -.4)
	reason, there := bad.part("llm")
	require.True(t, there)
	require.Contains(t, reason, "HTTP 401")

	metrics := get(t, address+"/metrics")
	const model = `{model="mistral/mistral-small-latest"}`
	require.Contains(t, metrics, "soundtrack_llm_calls_total"+model+" 2\n")
	require.Contains(t, metrics, "soundtrack_llm_prompt_tokens_total"+model+" 1000\n")
	require.Contains(t, metrics, "soundtrack_llm_reply_tokens_total"+model+" 100\n")
	require.Contains(t, metrics, `soundtrack_degraded_total{part="llm"} 1`)
	requireNoKey(t, metrics, log.String())
	require.Contains(t, log.String(), "llm call failed")
}

func post(t *testing.T, address string, picture []byte) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(picture))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "image/png")
	return body(t, request)
}

func get(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	return body(t, request)
}

func body(t *testing.T, request *http.Request) string {
	t.Helper()
	res, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, string(text))
	return string(text)
}

// What cannot work is said before anything is sent, with the next step.
func TestLLMUsage(t *testing.T) {
	t.Setenv("MISTRAL_API_KEY", "")
	dir := t.TempDir()
	picture := drawing(t, dir, "a.png", color.RGBA{1, 2, 3, 255})
	key := write(t, dir, "key", canaryKey+" and more")
	for _, row := range []struct {
		name  string
		flags []string
		err   string
	}{
		{"no key", []string{"--llm=mistral"}, "no usable key in MISTRAL_API_KEY; put one there, or use --llm-key-file"},
		{"bad key", []string{"--llm=mistral", "--llm-key-file", key}, "no usable key in the key file"},
		{"unknown service", []string{"--llm=huge"}, "mistral"},
		{"bad address", []string{"--llm=ollama", "--llm-url=localhost"}, "--llm-url: want http or https"},
		{"key in the clear", []string{"--llm=mistral", "--llm-url=http://example.com", "--llm-key-file", write(t, dir, "good", canaryKey)}, "use an https address"},
		{"no time", []string{"--llm=ollama", "--llm-timeout=1ms"}, "want 1s to 5m"},
		{"no budget", []string{"--llm=ollama", "--llm-budget-day=0"}, "--llm-budget-day(60, 0): want 1 to"},
		{"offline", []string{"--llm=mistral", "--offline"}, "--offline forbids mistral/mistral-small-latest, which is reached by the network; take --llm ollama"},
		{"offline, elsewhere", []string{"--llm=ollama", "--offline", "--llm-url=http://10.0.0.1"}, "reached by the network"},
		{"offline, in Ollama's cloud", []string{"--llm=ollama", "--offline", "--llm-model=gemma4:cloud"}, "--offline forbids ollama/gemma4:cloud"},
		{"the same", []string{"--llm=ollama", "--offline", "--llm-model=gpt-oss:120b-cloud"}, "a model that runs here"},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, args := range [][]string{{"recommend", picture, "--encoder=palette"}, {"serve", "--listen=127.0.0.1:0", "--encoder=palette"}} {
				code, out, stderr := command(t, append(args, row.flags...)...)
				require.Equal(t, exitUsage, code, stderr)
				require.Empty(t, out)
				require.Contains(t, stderr, row.err)
				require.NotContains(t, stderr, "listening")
				requireNoKey(t, out, stderr)
			}
		})
	}
}

// A service on this machine needs no network.
func TestOfflineLLM(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{250, 220, 60, 255})
	code, _, stderr := command(t, append([]string{"tag", "--encoder=palette", "--offline", picture}, fake.flags(t)...)...)
	require.Zero(t, code, stderr)
	require.Equal(t, 1, fake.calls())
}

// The key may come from the environment, and the help says what is sent.
func TestLLMKeyFromEnvironment(t *testing.T) {
	t.Setenv("MISTRAL_API_KEY", canaryKey)
	model, err := llmTaggerFlags{Service: llmFlags{Preset: "mistral", PerMinute: 1, PerDay: 1}, Timeout: 10e9, NoCache: true}.open(false, quiet())
	require.NoError(t, err)
	requireNoKey(t, fmt.Sprintf("%v %+v", model, model), fmt.Sprintf("%#v", *model))
	for _, name := range []string{"serve", "recommend", "tag"} {
		code, out, _ := command(t, name, "--help")
		require.Zero(t, code)
		require.Contains(t, out, "Nothing is sent to a language model unless --llm names one.")
		require.Contains(t, out, "MISTRAL_API_KEY")
		requireNoKey(t, out)
	}
}
