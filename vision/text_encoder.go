package vision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

var (
	_ TextEncoder = (*ModelTextEncoder)(nil)
	_ io.Closer   = (*ModelTextEncoder)(nil)
)

// ModelTextEncoder is a [TextEncoder] that runs the text tower of a model on a [Backend]: tokenizer, batches, checks and
// normalisation, the same for every backend. It is safe for concurrent use and must be closed. [JointEncoder] embeds
// pictures as well.
type ModelTextEncoder struct {
	manifest  Manifest
	tower     *tower
	tokenizer *Tokenizer
}

// NewTextEncoder loads the text tower of model on b and makes sure that it is what its manifest says: the digests of the graph
// and of its vocabulary, the names, types and shapes of the graph's inputs and outputs, and, by running it once, that its
// output is usable. A model that does not, or that has no text tower, gives an error that matches [ErrModel];
// ErrUnsupported and errors of reading the graph come from the backend.
//
// The encoder keeps no reference to b. ctx bounds the loading only.
func NewTextEncoder(ctx context.Context, model Model, b Backend, opts ...Option) (*ModelTextEncoder, error) {
	config, err := newEncoderConfig(opts)
	if err != nil {
		return nil, err
	}
	tokenizer, err := OpenTokenizer(model)
	if err != nil {
		return nil, err
	}
	m := model.Manifest
	t, err := config.openTower(ctx, m.ID, m.Textual.File, model.Textual, b)
	if err != nil {
		return nil, err
	}
	t.inputs, t.outputs = textInputs(m.Textual, t.session.Signature()), []string{m.Textual.Output}
	e := &ModelTextEncoder{manifest: m, tower: t, tokenizer: tokenizer}
	if t.fixed, err = checkTextSignature(m, t.session.Signature()); err == nil {
		err = e.checkRun(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// textInputs are the names of what a text tower is given: token ids, and a mask if the graph has the manifest's.
func textInputs(g *TextGraph, s Signature) []string {
	inputs := []string{g.Input}
	if g.Mask != "" && slices.Contains(names(s.Inputs), g.Mask) {
		inputs = append(inputs, g.Mask)
	}
	return inputs
}

// checkTextSignature holds a text tower's inputs and outputs against the manifest. It returns the batch size that the graph
// insists on, 0 if it takes any.
func checkTextSignature(m Manifest, s Signature) (fixed int, err error) {
	c := signatureCheck{model: m.ID, signature: s}
	wanted := textInputs(m.Textual, s)
	for _, name := range wanted {
		in, err := c.input(name, "int64", "int32")
		if err != nil {
			return 0, err
		}
		if !fits(in.Shape, -1, m.Textual.Tokens) {
			return 0, c.bad("input %q has shape %v, want [N %d]", name, in.Shape, m.Textual.Tokens)
		}
		n, err := c.fixedBatch(in)
		if err != nil {
			return 0, err
		}
		if fixed > 0 && n > 0 && n != fixed {
			return 0, c.bad("inputs %v have different batch sizes", wanted)
		}
		fixed = max(fixed, n)
	}
	if len(s.Inputs) != len(wanted) {
		return 0, c.bad("graph has inputs %v, want only %v", names(s.Inputs), wanted)
	}
	return fixed, c.embedding(m.Textual.Output, m.Dim)
}

// checkRun embeds one text. Whatever a graph computes for it, it has to be a vector; and the end token, the highest of all,
// has to be within the graph's table.
func (e *ModelTextEncoder) checkRun(ctx context.Context) error {
	_, err := e.EncodeText(ctx, []string{"a photo"})
	if errors.Is(err, ErrEmbedding) {
		return errors.Join(&ModelError{Model: e.manifest.ID, Reason: "output of the text tower is unusable"}, err)
	}
	return err
}

// Info names the space that the embeddings live in: that of the model's pictures, whose digest it carries.
func (e *ModelTextEncoder) Info() ModelInfo {
	return ModelInfo{
		ID:              e.manifest.ID,
		Dim:             e.manifest.Dim,
		Digest:          e.manifest.Visual.File.SHA256,
		SharesTextSpace: true,
		Labels:          e.manifest.Labels,
	}
}

// TextDigest is the lower-case hex SHA-256 of the weights that embed texts.
func (e *ModelTextEncoder) TextDigest() string { return e.manifest.Textual.File.SHA256 }

// Session says what executes the text tower.
func (e *ModelTextEncoder) Session() SessionInfo { return e.tower.session.Info() }

// Tokenizer is the model's own.
func (e *ModelTextEncoder) Tokenizer() *Tokenizer { return e.tokenizer }

// EncodeText implements [TextEncoder]. Any text will do, also an empty one; the manifest's number of tokens and
// [MaxTextBytes] bound what of it counts. Texts beyond a batch, and batches beyond the free slots, wait; ctx ends the wait.
// An embedding that is not finite, of zero length or of the wrong size fails the whole call with an [*EmbeddingError] that
// names the text by its index. After Close it returns [ErrClosed].
func (e *ModelTextEncoder) EncodeText(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	err := e.tower.batches(ctx, len(texts), func(ctx context.Context, w *workspace, first, end int) error {
		if err := e.tokenize(ctx, w, texts[first:end]); err != nil {
			return err
		}
		if err := e.tower.run(ctx, w, 1); err != nil {
			return err
		}
		for i := range end - first {
			v, err := w.embedding(i, e.manifest.Dim)
			if err != nil {
				err.Index = first + i
				return err
			}
			out[first+i] = v
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// tokenize writes texts into the inputs of w, and empty ones for the rest of a fixed batch.
func (e *ModelTextEncoder) tokenize(ctx context.Context, w *workspace, texts []string) error {
	rows, count := max(e.tower.fixed, len(texts)), e.manifest.Textual.Tokens
	ids := w.tokens(0, rows, count)
	var mask []int64
	if len(w.inputs) > 1 {
		mask = w.tokens(1, rows, count)
	}
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("vision: encode: %w", err)
		}
		text := ""
		if i < len(texts) {
			text = texts[i]
		}
		total := e.tokenizer.Encode(ids[i*count:(i+1)*count], text)
		if mask != nil {
			fillMask(mask[i*count:(i+1)*count], total)
		}
	}
	return nil
}

// fillMask writes 1 for each token of a text, its end included, and 0 for the padding after it.
func fillMask(mask []int64, tokens int) {
	for i := range mask {
		mask[i] = 0
		if i < tokens {
			mask[i] = 1
		}
	}
}

// Close waits for running calls and frees the model. Calls after it return [ErrClosed]; a second Close waits for the first
// and returns what that did.
func (e *ModelTextEncoder) Close() error { return e.tower.close() }
