package zeroshot

import (
	"context"
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// Classifier compares embeddings of pictures with one vector for each label. It is immutable, and so safe for concurrent use.
type Classifier struct {
	labels   []string
	vectors  [][]float32
	score    vision.Score
	cacheErr error
}

// New embeds labels in templates with encoder, which must embed into the space of the pictures to come: a
// [vision.JointEncoder], or any other. It takes one embedding for each label and template, unless [WithCacheDir] has them.
// Labels must be different and not blank.
//
// Labels and templates that will not do give a [*PromptError], embeddings that will not do an error that matches
// [vision.ErrEmbedding]; other errors of the encoder are wrapped. ctx ends the work.
func New(ctx context.Context, encoder vision.TextEncoder, labels []string, opts ...Option) (*Classifier, error) {
	config, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := checkLabels(labels); err != nil {
		return nil, err
	}
	c := &Classifier{labels: slices.Clone(labels), score: config.score}
	if config.cacheDir == "" {
		c.vectors, err = classVectors(ctx, encoder, labels, config.templates)
	} else {
		c.vectors, c.cacheErr, err = cachedVectors(ctx, encoder, labels, config)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// NewFromVectors makes a classifier of one vector for each label, all of the same length: the w of the package comment. They
// are divided by their lengths and copied. Of the options only [WithScore] applies. Vectors that will not do give an error
// that matches [vision.ErrEmbedding].
func NewFromVectors(labels []string, vectors [][]float32, opts ...Option) (*Classifier, error) {
	config, err := newConfig(opts)
	switch {
	case err != nil:
		return nil, err
	case config.cacheDir != "" || config.templatesSet:
		return nil, fmt.Errorf("zeroshot: NewFromVectors takes neither WithTemplates nor WithCacheDir: it embeds nothing")
	}
	if err := checkLabels(labels); err != nil {
		return nil, err
	}
	if len(vectors) != len(labels) {
		return nil, fmt.Errorf("zeroshot: %d vectors for %d labels: %w", len(vectors), len(labels), vision.ErrEmbedding)
	}
	c := &Classifier{labels: slices.Clone(labels), score: config.score}
	for i, v := range vectors {
		unit, err := normalised(v, len(vectors[0]), i)
		if err != nil {
			return nil, fmt.Errorf("zeroshot: label %q: %w", labels[i], err)
		}
		c.vectors = append(c.vectors, toFloat32(unit))
	}
	return c, nil
}

// Labels returns a copy of the labels, in the order of New.
func (c *Classifier) Labels() []string { return slices.Clone(c.labels) }

// Vectors returns a copy of the labels' vectors, each of unit length: what [NewFromVectors] takes.
func (c *Classifier) Vectors() [][]float32 {
	out := make([][]float32, len(c.vectors))
	for i, v := range c.vectors {
		out[i] = slices.Clone(v)
	}
	return out
}

// Dim is the length of the embeddings that [Classifier.Classify] takes.
func (c *Classifier) Dim() int { return len(c.vectors[0]) }

// CacheError says why the vectors could not be kept for next time; nil if they were, came from there, or should not be.
func (c *Classifier) CacheError() error { return c.cacheErr }

// Classify compares the embedding of a picture, which need not be of unit length, with every label. An embedding of another
// length, of length zero or not finite gives an error that matches [vision.ErrEmbedding].
func (c *Classifier) Classify(embedding []float32) (Matches, error) {
	v, err := normalised(embedding, c.Dim(), 0)
	if err != nil {
		return nil, fmt.Errorf("zeroshot: %w", err)
	}
	matches := make(Matches, len(c.labels))
	logits := make([]float64, len(c.labels))
	for i, w := range c.vectors {
		cosine := dot(v, w)
		matches[i] = Match{Label: c.labels[i], Index: i, Cosine: cosine}
		logits[i] = c.score.Scale*cosine + c.score.Bias
	}
	probabilities(logits, c.score.Kind)
	for i, p := range logits {
		matches[i].Probability = p
	}
	return matches, nil
}
