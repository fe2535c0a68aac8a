package llm

import (
	"encoding/json"
	"strings"
)

// The shapes of the chat completions protocol, as far as they are used.

type request struct {
	Model               string          `json:"model"`
	Messages            []message       `json:"messages"`
	MaxTokens           int             `json:"max_tokens,omitempty"`
	MaxCompletionTokens int             `json:"max_completion_tokens,omitempty"`
	Temperature         *float64        `json:"temperature,omitempty"`
	ReasoningEffort     string          `json:"reasoning_effort,omitempty"`
	ResponseFormat      *responseFormat `json:"response_format,omitempty"`
}

type message struct {
	Role    string `json:"role"`
	Content any    `json:"content"` // a string, or a list of parts
}

type part struct {
	Type     string    `json:"type"`
	Text     string    `json:"text,omitempty"`
	ImageURL *imageURL `json:"image_url,omitempty"`
}

// imageURL is the object form, which all presets take; Mistral alone also takes a bare string.
type imageURL struct {
	URL string `json:"url"`
}

type responseFormat struct {
	Type       Format      `json:"type"`
	JSONSchema *jsonSchema `json:"json_schema,omitempty"`
}

type jsonSchema struct {
	Name   string          `json:"name"`
	Strict bool            `json:"strict"`
	Schema json.RawMessage `json:"schema"`
}

// completion is what one answer comes to.
type completion struct {
	text    string // of the model, untrusted
	model   string // that answered, by the service's word; "" if it does not say
	cut     bool   // it ran into the cap on tokens
	refused bool
	usage   Usage
}

const maxModelName = 250 // bytes; llama-server gives a path

// parseCompletion reads the envelope of an answer. Unknown fields are passed over: services add them all the time.
func parseCompletion(answer []byte) (completion, bool) {
	var wire struct {
		Model   string `json:"model"`
		Choices []struct {
			Message struct {
				Content json.RawMessage `json:"content"`
				Refusal string          `json:"refusal"`
			} `json:"message"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
		Usage struct {
			PromptTokens     int `json:"prompt_tokens"`
			CompletionTokens int `json:"completion_tokens"`
		} `json:"usage"`
	}
	if json.Unmarshal(answer, &wire) != nil || len(wire.Choices) == 0 {
		return completion{}, false
	}
	choice := wire.Choices[0]
	return completion{
		text:    contentText(choice.Message.Content),
		model:   wordsOnly(wire.Model[:min(len(wire.Model), maxModelName)]),
		cut:     choice.FinishReason == "length",
		refused: choice.Message.Refusal != "" || choice.FinishReason == "content_filter",
		usage:   Usage{PromptTokens: tokenCount(wire.Usage.PromptTokens), ReplyTokens: tokenCount(wire.Usage.CompletionTokens)},
	}, true
}

// quotaUsed reports an error that says that the account has nothing left, in OpenAI's words: waiting does not help.
func quotaUsed(answer []byte) bool {
	var wire struct {
		Error struct {
			Code any    `json:"code"` // some services put a number here
			Type string `json:"type"`
		} `json:"error"`
	}
	const quota = "insufficient_quota"
	return json.Unmarshal(answer, &wire) == nil && (wire.Error.Code == quota || wire.Error.Type == quota)
}

// serviceMessage reads what a service says about an error: {"message"} of Mistral, {"error": {"message"}} of OpenAI and most
// others, {"detail": "…"} or {"detail": [{"msg"}]} of validators. The rest of such an answer may repeat the request.
func serviceMessage(answer []byte) string {
	var wire struct {
		Message json.RawMessage `json:"message"`
		Error   json.RawMessage `json:"error"`
		Detail  json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(answer, &wire) != nil {
		return ""
	}
	var inner struct {
		Message string `json:"message"`
	}
	var details []struct {
		Msg string `json:"msg"`
	}
	var message string
	switch {
	case json.Unmarshal(wire.Error, &inner) == nil:
		return inner.Message
	case json.Unmarshal(wire.Detail, &details) == nil && len(details) > 0:
		return details[0].Msg
	}
	for _, raw := range []json.RawMessage{wire.Message, wire.Error, wire.Detail} {
		if json.Unmarshal(raw, &message) == nil {
			return message
		}
	}
	return ""
}

// contentText reads content: a string, or a list of parts of which those of type "text" count. Parts that hold the
// model's reasoning, and tool calls, have other types or fields and are ignored.
func contentText(content json.RawMessage) string {
	var text string
	if json.Unmarshal(content, &text) == nil {
		return text
	}
	var parts []struct {
		Type string          `json:"type"`
		Text json.RawMessage `json:"text"` // some service's other type may use the name for something else
	}
	if json.Unmarshal(content, &parts) != nil {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Type == "text" && json.Unmarshal(p.Text, &text) == nil {
			b.WriteString(text)
		}
	}
	return b.String()
}

// tokenCount keeps a service's nonsense out of sums.
func tokenCount(n int) int { return min(max(n, 0), 10_000_000) }
