package llm

// Format is how a service is told that the reply must be JSON. Replies are checked in every case.
type Format string

// Formats, the strictest first.
const (
	// FormatSchema sends the JSON schema, as response_format "json_schema" with strict set.
	FormatSchema Format = "json_schema"
	// FormatObject asks for some JSON object, as response_format "json_object"; the prompt describes its fields.
	FormatObject Format = "json_object"
	// FormatNone sends no response_format, for servers that refuse unknown fields.
	FormatNone Format = "none"
)

// Preset describes a service that speaks the chat completions protocol.
type Preset struct {
	Name   string // in errors, logs and the cache
	Base   string // base address; "/chat/completions" is appended
	Model  string // default model
	KeyEnv string // environment variable that holds the key
	// NeedsKey is set for services that answer nobody without a key.
	NeedsKey bool
	Format   Format
	// CompletionTokens is set where the cap on the reply is called max_completion_tokens. Such a service gets no
	// temperature either: its reasoning models refuse both max_tokens and temperature.
	CompletionTokens bool
	// ReasoningEffort is sent as reasoning_effort with Model and models whose names begin with its name; empty sends none.
	// Other models may refuse the field or the value: to set it for one, change both in a copy of the preset.
	ReasoningEffort string
	// AnyName is set where the service answers whatever model it was started with, whatever name is asked for. Then
	// readings in a file count only once the service has said that it still runs that model.
	AnyName bool
	// MaxChoices is how many values the enumerations of a schema may have in all; 0 means any number. Lists beyond it are
	// only in the prompt and in the check.
	MaxChoices int
}

// The presets. All of them take pictures as {"type": "image_url", "image_url": {"url": "data:…"}}; the model must be one
// that sees. Where a fall-back is named, choose it with [WithFormat].
var (
	// Mistral is the default. Pin a dated model, such as mistral-small-2603, for repeatable answers.
	Mistral = Preset{
		Name: "mistral", Base: "https://api.mistral.ai/v1", Model: "mistral-small-latest",
		KeyEnv: "MISTRAL_API_KEY", NeedsKey: true, Format: FormatSchema,
		MaxChoices: 1000, // no limit is documented; OpenAI's is kept to
	}
	// OpenAI asks gpt-6-luna, which sees, takes json_schema and is the smallest of its generation; no end of it was announced
	// by what was known in November 2026. It reasons unless told not to, which takes longer than a picture may and counts
	// as reply; the order of our schema has it look before it judges instead.
	OpenAI = Preset{
		Name: "openai", Base: "https://api.openai.com/v1", Model: "gpt-6-luna",
		KeyEnv: "OPENAI_API_KEY", NeedsKey: true, Format: FormatSchema, CompletionTokens: true, MaxChoices: 1000,
		ReasoningEffort: "none",
	}
	// Ollama runs on this machine, but for its cloud models ([Client.Local]). Versions before 0.5 know only FormatObject.
	// Start it with OLLAMA_CONTEXT_LENGTH=16384: a question takes some 4,500 tokens and its reply 1,000, and of what
	// exceeds the context, by default 4,096 with less than 24 GiB of video memory, Ollama drops a part without a word. A
	// request cannot raise it here.
	Ollama = Preset{
		Name: "ollama", Base: "http://localhost:11434/v1", Model: "gemma3",
		KeyEnv: "OLLAMA_API_KEY", Format: FormatSchema,
	}
	// VLLM serves the one model that it was started with: name it with [WithModel]. Older versions ignore the schema
	// silently, which costs a repair now and then.
	VLLM = Preset{
		Name: "vllm", Base: "http://localhost:8000/v1", Model: "Qwen/Qwen2.5-VL-7B-Instruct",
		KeyEnv: "VLLM_API_KEY", Format: FormatSchema,
	}
	// LlamaCPP is llama-server, which needs --mmproj to see and ignores the model's name. Builds that do not know
	// json_schema take FormatObject.
	LlamaCPP = Preset{
		Name: "llamacpp", Base: "http://localhost:8080/v1", Model: "default",
		KeyEnv: "LLAMA_API_KEY", Format: FormatSchema, AnyName: true,
	}
)

// Presets returns all presets, the default first.
func Presets() []Preset { return []Preset{Mistral, OpenAI, Ollama, VLLM, LlamaCPP} }

// PresetNamed returns the preset of a name.
func PresetNamed(name string) (Preset, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}
