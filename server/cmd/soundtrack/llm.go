package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/soundtrack-go/sdk/server"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/llm"
	"github.com/soundtrack-go/sdk/vision"
)

// llmFlags say which language model is asked, and how often.
type llmFlags struct {
	Preset    string `name:"llm" help:"Service to ask: mistral or openai (a key, money), ollama, vllm or llamacpp (on this machine, free), or none." enum:"none,mistral,openai,ollama,vllm,llamacpp" default:"none" placeholder:"SERVICE"`
	URL       string `name:"llm-url" help:"Ask this address instead of the service's own; anything that speaks chat completions will do. It gets a key only with --llm-key-file." placeholder:"URL"`
	Model     string `name:"llm-model" help:"Model to ask; for pictures one that sees. Default: the service's. Pin a dated one for repeatable answers." placeholder:"NAME"`
	KeyFile   string `name:"llm-key-file" help:"File with the service's key. Default: MISTRAL_API_KEY, OPENAI_API_KEY, OLLAMA_API_KEY, VLLM_API_KEY or LLAMA_API_KEY." type:"existingfile" placeholder:"FILE"`
	Format    string `name:"llm-format" help:"How JSON is asked for: json_schema, json_object or none, for services that do not know the one before." enum:",json_schema,json_object,none" default:"" placeholder:"NAME"`
	PerMinute int    `name:"llm-budget-minute" help:"Most calls in any minute. More wait, and go without if that takes until --llm-timeout." default:"60"`
	PerDay    int    `name:"llm-budget-day" help:"Most calls in any 24 hours of this process, which starts to count anew when it is started again." default:"5000"`
}

// llmHelp heads these flags in the help; their tags name its key.
func llmHelp() kong.Group {
	return kong.Group{Key: "llm", Title: "Language model:", Description: "Nothing is sent to a language model unless --llm names one. " +
		"Then it gets each picture, made smaller and without metadata, or, in 'catalog judge', titles, artists and tags. " +
		"Ollama must be started with OLLAMA_CONTEXT_LENGTH=16384, or it drops a part of the question; its models named cloud do not run here. " +
		"A paid service bills each picture once, for 5,000 to 9,000 tokens in (reckoned; most are the words to choose from) and up to 900 out."}
}

// preset is the service that the flags name; ok is false if none.
func (f llmFlags) preset() (llm.Preset, bool) { return llm.PresetNamed(f.Preset) }

// base is the address that is asked.
func (f llmFlags) base() string {
	if f.URL != "" {
		return f.URL
	}
	p, _ := f.preset()
	return p.Base
}

// client makes a client of the service. All errors are of usage.
func (f llmFlags) client(more ...llm.Option) (*llm.Client, error) {
	preset, ok := f.preset()
	if !ok {
		return nil, &usageError{errors.New("no language model is named; add --llm mistral, or --llm ollama for one on this machine")}
	}
	client, err := llm.New(preset, append(f.options(), more...)...)
	if err != nil {
		return nil, &usageError{&flagError{err}}
	}
	return client, nil
}

// keyless makes a client that cannot ask, to look at. All errors are of usage.
func (f llmFlags) keyless() (*llm.Client, error) {
	preset, _ := f.preset()
	preset.NeedsKey, preset.KeyEnv, f.KeyFile = false, "", ""
	client, err := llm.New(preset, f.options()...)
	if err != nil {
		return nil, &usageError{&flagError{err}}
	}
	return client, nil
}

func (f llmFlags) options() []llm.Option {
	opts := []llm.Option{llm.WithBudget(f.PerMinute, f.PerDay)}
	if f.URL != "" {
		opts = append(opts, llm.WithBaseURL(f.URL))
	}
	if f.Model != "" {
		opts = append(opts, llm.WithModel(f.Model))
	}
	if f.KeyFile != "" {
		opts = append(opts, llm.WithKeyFile(f.KeyFile))
	}
	if f.Format != "" {
		opts = append(opts, llm.WithFormat(llm.Format(f.Format)))
	}
	return opts
}

// llmTaggerFlags add how pictures are asked about.
type llmTaggerFlags struct {
	Service llmFlags `embed:""`

	Timeout  time.Duration `name:"llm-timeout" help:"Time for a picture, 1s to 5m; without an answer by then the others decide. Models on a processor may need a minute; the page waits 30 s." default:"10s"`
	CacheDir string        `name:"llm-cache-dir" help:"Folder for what the model said of pictures, so that none is paid for twice: no pictures, but captions. Default: llm in the user's cache folder." type:"path" placeholder:"DIR"`
	NoCache  bool          `name:"llm-no-cache" help:"Keep that in memory only."`
}

// languageModel is a model that looks at pictures beside the default taggers.
type languageModel struct {
	client *llm.Client
	base   string
	tagger tagging.Tagger
	time   time.Duration
}

// open makes the model that the flags name, without asking it anything; nil if they name none. All errors are of usage.
func (f llmTaggerFlags) open(offline bool, logger *slog.Logger) (*languageModel, error) {
	if _, ok := f.Service.preset(); !ok {
		return nil, nil //nolint:nilnil // none is what was asked for
	}
	if f.Timeout < time.Second || f.Timeout > 5*time.Minute {
		return nil, &usageError{fmt.Errorf("--llm-timeout %s: want 1s to 5m", f.Timeout)}
	}
	if offline { // said before anything about keys
		if looked, err := f.Service.keyless(); err != nil {
			return nil, err
		} else if !looked.Local() {
			return nil, &usageError{fmt.Errorf("--offline forbids %s, which is reached by the network; take --llm ollama with a model that runs here, or drop one of them", looked)}
		}
	}
	client, err := f.Service.client(llm.WithTimeout(f.Timeout), llm.WithLogger(logger))
	if err != nil {
		return nil, err
	}
	opts := []llm.TaggerOption{llm.WithDeadlineShare(1)} // the fusion bounds it by the same flag
	if !f.NoCache {
		opts = append(opts, llm.WithCacheDir(f.cacheDir()))
	}
	tagger, err := llm.NewTagger(client, opts...)
	if err != nil {
		return nil, &usageError{&flagError{err}}
	}
	return &languageModel{client: client, base: f.Service.base(), tagger: flagTagger{tagger}, time: f.Timeout}, nil
}

// cacheDir lies beside the folder of the models.
func (f llmTaggerFlags) cacheDir() string {
	if f.CacheDir != "" {
		return f.CacheDir
	}
	if base := os.Getenv("SOUNDTRACK_CACHE"); base != "" {
		return filepath.Join(base, "llm")
	}
	return filepath.Join(xdg.CacheHome, "soundtrack", "llm")
}

// options add the model to a recommender. A nil model adds nothing; so for the other methods.
func (m *languageModel) options() []soundtrack.Option {
	if m == nil {
		return nil
	}
	return []soundtrack.Option{soundtrack.WithFusion(
		tagging.Named{Name: llm.Name, Tagger: m.tagger}, tagging.WithTaggerTimeout(m.time),
	)}
}

// serving makes room for the model in a server of so many processors.
func (m *languageModel) serving(processors int) []server.Option {
	if m == nil {
		return nil
	}
	const read = 10 * time.Second // the server's default
	metrics := server.NewMetrics()
	m.count(metrics.Registry())
	slots, request := m.room(processors)
	return []server.Option{server.WithMetrics(metrics), server.WithSlots(slots), server.WithTimeouts(request, read)}
}

// room is how many pictures are looked at at once, more than without a model since they mostly wait for it, and the time for
// a request, of which a fusion takes at most three quarters.
func (m *languageModel) room(processors int) (slots int, request time.Duration) {
	return min(4*processors, 1024), max(15*time.Second, 3*m.time/2)
}

// count registers what the model was asked.
func (m *languageModel) count(registry *prometheus.Registry) {
	add := func(name, help string, of func(llm.Usage) int) {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: "soundtrack", Subsystem: "llm", Name: name, Help: help,
			ConstLabels: prometheus.Labels{"model": m.client.String()},
		}, func() float64 { return float64(of(m.client.Usage())) }))
	}
	add("calls_total", "HTTP calls to the language model.", func(u llm.Usage) int { return u.Calls })
	add("prompt_tokens_total", "Tokens sent to it, as it counts them.", func(u llm.Usage) int { return u.PromptTokens })
	add("reply_tokens_total", "Tokens that it replied, as it counts them.", func(u llm.Usage) int { return u.ReplyTokens })
}

// flagError tells an error of package llm in the words of the command line.
type flagError struct{ err error }

func (e *flagError) Error() string {
	return strings.NewReplacer(
		"WithBaseURL", "--llm-url", "WithModel", "--llm-model", "WithKeyFile", "--llm-key-file", "WithFormat", "--llm-format",
		"WithBudget", "--llm-budget-minute, --llm-budget-day", "WithPrice", "--price-in, --price-out", "WithMaxCost", "--max-cost",
		"WithBatch", "--batch", "WithTimeout", "--llm-timeout",
	).Replace(e.err.Error())
}

func (e *flagError) Unwrap() error { return e.err }

// flagTagger does the same for a tagger, whose errors are told in answers.
type flagTagger struct{ tagging.Tagger }

// Tag implements [tagging.Tagger].
func (t flagTagger) Tag(ctx context.Context, o *vision.Observation) (tagging.Tags, error) {
	tags, err := t.Tagger.Tag(ctx, o)
	if err != nil {
		return tags, &flagError{err}
	}
	return tags, nil
}
