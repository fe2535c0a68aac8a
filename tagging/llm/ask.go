package llm

import (
	"context"
	"encoding/json"
	"strings"
)

// question is what a user of the client wants to know: prompt, material and the schema of the reply.
type question struct {
	name      string // of the schema: letters, digits and underscores
	system    string
	content   any // of the user's message: a text, or a list of parts
	schema    *node
	maxTokens int // of the reply
}

// answer is a reply that has been checked: clean holds only what the schema allows, and is nil if nothing usable is left.
// Problems are what was left out.
type answer struct {
	clean    []byte
	problems problems
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
	return answer{}, c.failf(ErrReply, "try another model", "the reply does not keep to the schema: %s", a.problems[0])
}

// try asks once. Of an unusable reply only the problems are returned.
func (c *Client) try(ctx context.Context, q question, earlier problems) (answer, error) {
	body, err := c.request(q, earlier)
	if err != nil {
		return answer{}, err
	}
	done, err := c.complete(ctx, body)
	if err != nil {
		return answer{}, err
	}
	if done.refused {
		return answer{}, c.failf(ErrRefused, "leave this one out", "the model or its filter refuses to answer")
	}
	if done.cut {
		return answer{problems: problems{"the reply was cut off: write shorter lists"}}, nil
	}
	return parseReply(done.text, q), nil
}

func (c *Client) request(q question, earlier problems) ([]byte, error) {
	r := request{Model: c.preset.Model, Messages: []message{{"system", q.system}, {"user", q.content}}}
	if len(earlier) > 0 {
		r.Messages = append(r.Messages, message{"user", repairPrompt + strings.Join(earlier, "\n- ")})
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

const repairPrompt = `Your last reply could not be used. Answer again from the start, with the JSON object only. What was wrong:
- `

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
