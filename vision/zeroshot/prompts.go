package zeroshot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

// Placeholder is where the label goes in a template.
const Placeholder = "{}"

// DefaultTemplate is the one that CLIP's paper proposes where nothing is known about the pictures.
const DefaultTemplate = "a photo of a {}."

// ErrPrompts reports labels or templates that will not do.
var ErrPrompts = errors.New("zeroshot: unusable labels or templates")

// PromptError says which label or template will not do, and why. It matches [ErrPrompts].
type PromptError struct {
	Kind   string // "label" or "template"
	Index  int    // -1 if it is about all of them
	Text   string
	Reason string
}

func (e *PromptError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("zeroshot: %ss: %s", e.Kind, e.Reason)
	}
	return fmt.Sprintf("zeroshot: %s %d, %q: %s", e.Kind, e.Index, e.Text, e.Reason)
}

// Is reports whether target is [ErrPrompts].
func (e *PromptError) Is(target error) bool { return target == ErrPrompts }

func checkLabels(labels []string) error {
	return checkList("label", labels, func(string) string { return "" })
}

func checkTemplates(templates []string) error {
	return checkList("template", templates, func(template string) string {
		if strings.Count(template, Placeholder) != 1 {
			return fmt.Sprintf("want %q once", Placeholder)
		}
		return ""
	})
}

// checkList refuses an empty list, blank and repeated texts, and those that reason finds a reason against.
func checkList(kind string, list []string, reason func(string) string) error {
	if len(list) == 0 {
		return &PromptError{Kind: kind, Index: -1, Reason: "there are none"}
	}
	seen := make(map[string]bool, len(list))
	for i, text := range list {
		why := reason(text)
		switch {
		case strings.TrimSpace(text) == "":
			why = "blank"
		case seen[text]:
			why = "it is there twice"
		}
		if why != "" {
			return &PromptError{Kind: kind, Index: i, Text: text, Reason: why}
		}
		seen[text] = true
	}
	return nil
}

// atOnce is about how many prompts one call of the encoder gets: enough for its batches, few enough for memory.
const atOnce = 256

// classVectors embeds every label in every template and returns the mean of each label's, as the package comment says.
func classVectors(ctx context.Context, encoder vision.TextEncoder, labels, templates []string) ([][]float32, error) {
	vectors := make([][]float32, 0, len(labels))
	step := max(1, atOnce/len(templates))
	for first := 0; first < len(labels); first += step {
		part := labels[first:min(first+step, len(labels))]
		embedded, err := encoder.EncodeText(ctx, prompts(part, templates))
		if err != nil {
			return nil, fmt.Errorf("zeroshot: embed prompts: %w", err)
		}
		if len(embedded) != len(part)*len(templates) {
			return nil, fmt.Errorf("zeroshot: %d embeddings of %d prompts: %w", len(embedded), len(part)*len(templates), vision.ErrEmbedding)
		}
		for i, label := range part {
			dim := len(embedded[0])
			if len(vectors) > 0 {
				dim = len(vectors[0])
			}
			v, err := meanOfUnits(embedded[i*len(templates):(i+1)*len(templates)], dim)
			if err != nil {
				return nil, fmt.Errorf("zeroshot: label %q: %w", label, err)
			}
			vectors = append(vectors, v)
		}
	}
	return vectors, nil
}

// prompts writes labels into templates, all templates of a label together.
func prompts(labels, templates []string) []string {
	out := make([]string, 0, len(labels)*len(templates))
	for _, label := range labels {
		for _, template := range templates {
			out = append(out, strings.Replace(template, Placeholder, label, 1))
		}
	}
	return out
}

// meanOfUnits divides vectors by their lengths, and their mean by its own. The index of an error is that of the template.
func meanOfUnits(vectors [][]float32, dim int) ([]float32, error) {
	mean := make([]float64, dim)
	for k, v := range vectors {
		unit, err := normalised(v, dim, k)
		if err != nil {
			return nil, err
		}
		for i, x := range unit {
			mean[i] += x
		}
	}
	length := norm(mean)
	if length < 1e-6 {
		return nil, &vision.EmbeddingError{Reason: "the templates cancel each other out"}
	}
	scale(mean, 1/length)
	return toFloat32(mean), nil
}
