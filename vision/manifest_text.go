package vision

import (
	"errors"
	"fmt"
	"math"
)

// TextGraph is the ONNX file of a text tower, with the names to use and the way from a text to its input.
type TextGraph struct {
	File   File   `json:"file"`
	Input  string `json:"input"`  // name of the [N, Tokens] input of token ids, int32 or int64 as the file says
	Output string `json:"output"` // name of the [N, Dim] embedding output
	// Mask names the input [N, Tokens] that is 1 where a token counts. It is given to a graph that has it: exports of one
	// model differ in that, and CLIP's embeddings do not depend on it. Empty if there is none.
	Mask   string `json:"mask,omitempty"`
	Tokens int    `json:"tokens"` // tokens of a text, start and end included: 77 for CLIP
	// Tokenizer names the algorithm; "clip-bpe" is the only one so far. Vocabulary is its file: CLIP's merges.txt.
	Tokenizer  string `json:"tokenizer"`
	Vocabulary File   `json:"vocabulary"`
}

// TokenizerCLIP is CLIP's byte-pair encoding, see [Tokenizer].
const TokenizerCLIP = "clip-bpe"

func (g TextGraph) validate() error {
	switch {
	case g.Input == "" || g.Output == "":
		return errors.New("input and output names are required")
	case g.Tokens < 2 || g.Tokens > 4096:
		return fmt.Errorf("tokens %d: want 2 to 4096", g.Tokens)
	case g.Tokenizer != TokenizerCLIP:
		return fmt.Errorf("tokenizer %q: want %q", g.Tokenizer, TokenizerCLIP)
	}
	if err := g.File.validate(); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if err := g.Vocabulary.validate(); err != nil {
		return fmt.Errorf("vocabulary: %w", err)
	}
	return nil
}

// Score says how the cosine of a picture and a text becomes a logit, and logits probabilities:
//
//	logit = Scale · cos + Bias
type Score struct {
	// Kind is "softmax" (over all texts that are compared: CLIP) or "sigmoid" (each text for itself: SigLIP).
	Kind  string  `json:"kind"`
	Scale float64 `json:"scale"` // exp(logit_scale) of the model: 100 for OpenAI's CLIP
	Bias  float64 `json:"bias,omitempty"`
}

// Kinds of [Score].
const (
	ScoreSoftmax = "softmax"
	ScoreSigmoid = "sigmoid"
)

// Validate reports the first thing that makes a score unusable.
func (s Score) Validate() error {
	switch {
	case s.Kind != ScoreSoftmax && s.Kind != ScoreSigmoid:
		return fmt.Errorf("kind %q: want %q or %q", s.Kind, ScoreSoftmax, ScoreSigmoid)
	case !(s.Scale > 0) || math.IsInf(s.Scale, 0):
		return fmt.Errorf("scale %v: want a positive number", s.Scale)
	case math.IsNaN(s.Bias) || math.IsInf(s.Bias, 0):
		return fmt.Errorf("bias %v: want a number", s.Bias)
	}
	return nil
}
