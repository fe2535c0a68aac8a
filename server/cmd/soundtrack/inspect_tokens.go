package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/soundtrack-go/sdk/vision"
)

// clipTokens is the length of CLIP's input, for a vocabulary that comes without a model.
const clipTokens = 77

// tokenLine is the JSON form of the tokens of a text: start and end included, cut to what the model takes, not padded.
type tokenLine struct {
	IDs []int64 `json:"ids"`
}

// tokens prints the tokens of a text: as JSON always, since whoever asks compares.
func (c *inspectCmd) tokens(ctx context.Context, io streams) error {
	tokenizer, length, err := c.tokenizer(ctx, io)
	if err != nil {
		return err
	}
	ids := make([]int64, length)
	ids = ids[:min(tokenizer.Encode(ids, *c.Tokens), length)]
	return printJSON(io, tokenLine{ids})
}

// tokenizer is that of the model, and the number of tokens that the model takes.
func (c *inspectCmd) tokenizer(ctx context.Context, io streams) (*vision.Tokenizer, int, error) {
	if c.Vocabulary != "" && c.Models.Encoder == "" && len(c.Models.Manifest) == 0 {
		tokenizer, err := readVocabulary(c.Vocabulary)
		return tokenizer, clipTokens, err
	}
	m, err := c.chosen()
	if err != nil {
		return nil, 0, err
	}
	if m.Textual == nil {
		return nil, 0, &usageError{fmt.Errorf("%s embeds no texts; see the column TEXTS of: soundtrack models list", m.ID)}
	}
	name := c.Vocabulary
	if name == "" {
		bar := newDownloadBar(io.err)
		defer bar.close()
		hub, err := c.Models.hub(bar.update)
		if err != nil {
			return nil, 0, err
		}
		file, err := hub.FetchFile(ctx, m.Textual.Vocabulary)
		if err != nil {
			return nil, 0, err
		}
		name = file.Path
	}
	tokenizer, err := readVocabulary(name)
	return tokenizer, m.Textual.Tokens, err
}

// readVocabulary reads a vocabulary, unpacking it if it is gzip'ed.
func readVocabulary(name string) (*vision.Tokenizer, error) {
	file, err := os.Open(name) //nolint:gosec // the user names the file, or it is in the cache
	if err != nil {
		return nil, err
	}
	defer file.Close()
	buffered := bufio.NewReader(file)
	var plain io.Reader = buffered
	if magic, err := buffered.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		if plain, err = gzip.NewReader(buffered); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	tokenizer, err := vision.NewTokenizer(plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return tokenizer, nil
}
