package llm

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// question is what a user of the client wants to know: prompt, material and the schema of the reply.
type question struct {
	name      string // of the schema: letters, digits and underscores
	system    string
	content   any // of the user's message: a text, or a list of parts
	schema    *node
	maxTokens int // of the reply
	// lasting lets a call go on when its caller leaves: others may wait for the same answer, and it is paid for.
	lasting bool
}

// answer is a reply that has been checked: clean holds only what the schema allows, and is nil if nothing usable is left.
// Problems are what was left out.
type answer struct {
	clean    []byte
	problems problems
	narrow   bool   // see question.narrow
	model    string // that answered, by the service's word
}

// ask puts a question. If the reply is unusable it asks once more and says why, in our words: the model's own text is never
// sent back, so that nothing it may have been talked into gets a second reading. A reply that is usable without some of its
// parts is not worth a second call.
func (c *Client) ask(ctx context.Context, q question) (answer, error) {
	a, err := c.try(ctx, q, nil)
	if err != nil || a.clean != nil {
		return a, err
	}
	a, err = c.try(ctx, q, a.problems)
	if err != nil || a.clean != nil {
		return a, err
	}
	next := "try another model"
	if a.narrow {
		next = "give the model a context of 16384 tokens or more (Ollama: OLLAMA_CONTEXT_LENGTH)"
	}
	return answer{}, c.failf(ErrReply, next, "the reply does not keep to the schema: %s", a.problems[0])
}

// narrow reports signs that the service's context window is too small for the question, of which Ollama then silently drops
// a part: it read fewer tokens than the text must have, or the reply ended before its own cap.
func (q question) narrow(done completion) bool {
	const mostPerToken = 6 // characters; ours has 4 to 5 with the tokenizers of today
	u := done.usage
	return u.PromptTokens > 0 && u.PromptTokens < len(q.system)/mostPerToken ||
		done.cut && u.ReplyTokens > 0 && u.ReplyTokens < q.maxTokens
}

// try asks once. Of an unusable reply only the problems are returned.
func (c *Client) try(ctx context.Context, q question, earlier problems) (answer, error) {
	body, err := c.request(q, earlier)
	if err != nil {
		return answer{}, err
	}
	done, err := c.complete(ctx, body, q.lasting)
	if err != nil {
		return answer{}, err
	}
	if done.refused {
		return answer{}, c.failf(ErrRefused, "leave this one out", "the model or its filter refuses to answer")
	}
	a := answer{problems: problems{"the reply was cut off: write shorter lists"}}
	if !done.cut {
		a = parseReply(done.text, q)
	}
	a.model = done.model
	if a.narrow = q.narrow(done); a.narrow {
		c.logger.WarnContext(ctx, "llm context window too small: the model saw a part of the question at most", "service", c.preset.Name,
			"model", c.preset.Model, "prompt_tokens", done.usage.PromptTokens, "reply_tokens", done.usage.ReplyTokens)
	}
	return a, nil
}

func (c *Client) request(q question, earlier problems) ([]byte, error) {
	r := request{
		Model: c.preset.Model, ReasoningEffort: c.preset.ReasoningEffort,
		Messages: []message{{"system", q.system}, {"user", q.content}},
	}
	if len(earlier) > 0 {
		r.Messages[1].Content = withText(q.content, repairPrompt+strings.Join(earlier, "\n- "))
	}
	if c.preset.CompletionTokens {
		r.MaxCompletionTokens = q.maxTokens
	} else {
		r.MaxTokens, r.Temperature = q.maxTokens, new(float64)
	}
	switch c.preset.Format {
	case FormatSchema:
		schema := q.schema.jsonSchema(c.preset.MaxChoices)
		r.ResponseFormat = &responseFormat{Type: FormatSchema, JSONSchema: &jsonSchema{Name: q.name, Strict: true, Schema: schema}}
	case FormatObject:
		r.ResponseFormat = &responseFormat{Type: FormatObject}
	}
	return json.Marshal(r)
}

const repairPrompt = `An earlier reply to this could not be used. Answer with the JSON object only. What was wrong:
- `

// withText adds a text to the user's message. It cannot be a message of its own: many chat templates, such as those of
// Gemma and Mistral, refuse two of one role in a row.
func withText(content any, more string) any {
	if parts, ok := content.([]part); ok {
		return append(slices.Clip(parts), part{Type: "text", Text: more})
	}
	text, _ := content.(string)
	return text + "\n\n" + more
}

// parseReply reads and checks the model's text.
func parseReply(text string, q question) answer {
	var v any
	if json.Unmarshal([]byte(bareJSON(text)), &v) != nil {
		return answer{problems: problems{"the reply was not one JSON object"}}
	}
	var found problems
	clean, ok := q.schema.check(v, "", &found)
	if !ok {
		return answer{problems: found}
	}
	out, err := json.Marshal(clean)
	if err != nil {
		return answer{problems: problems{"the reply was not one JSON object"}}
	}
	return answer{clean: out, problems: found}
}

// bareJSON takes off what models without a schema put around their JSON: thoughts in front and a code fence.
func bareJSON(text string) string {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "<think>"); ok {
		if _, after, ended := strings.Cut(rest, "</think>"); ended {
			text = strings.TrimSpace(after)
		}
	}
	if rest, ok := strings.CutPrefix(text, "```"); ok {
		rest = strings.TrimPrefix(rest, "json")
		text = strings.TrimSuffix(strings.TrimSpace(rest), "```")
	}
	return text
}
