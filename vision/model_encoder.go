package vision

import (
	"context"
	"errors"
	"fmt"
	"io"
)

var (
	_ Encoder       = (*ModelEncoder)(nil)
	_ DetailEncoder = (*ModelEncoder)(nil)
	_ io.Closer     = (*ModelEncoder)(nil)
)

// ErrClosed reports a call after Close.
var ErrClosed = errors.New("vision: encoder is closed")

// ModelEncoder is an [Encoder] that runs a model on a [Backend]: preprocessing, batches, checks and normalisation, the same
// for every backend. It is safe for concurrent use and must be closed.
type ModelEncoder struct {
	manifest Manifest
	tower    *tower
	prep     *Preprocessor
	joint    bool // a [JointEncoder] holds it
}

// NewEncoder loads model on b and makes sure that it is what its manifest says: the file's digest, the names, types and
// shapes of the graph's inputs and outputs, and, by running it once, that its output is usable and equals the manifest's
// known answer if there is one. A model that does not gives an error that matches [ErrModel]; ErrUnsupported and errors
// of reading the file come from the backend.
//
// The encoder keeps no reference to b. ctx bounds the loading only.
func NewEncoder(ctx context.Context, model Model, b Backend, opts ...Option) (*ModelEncoder, error) {
	config, err := newEncoderConfig(opts)
	if err != nil {
		return nil, err
	}
	m := model.Manifest
	if err := m.Validate(); err != nil {
		return nil, err
	}
	prep, err := NewPreprocessor(m.Preprocess)
	if err != nil {
		return nil, err
	}
	t, err := config.openTower(ctx, m.ID, m.Visual.File, model.Visual, b)
	if err != nil {
		return nil, err
	}
	t.inputs, t.outputs = []string{m.Visual.Input}, []string{m.Visual.Output}
	for _, o := range m.Visual.Extra {
		t.outputs = append(t.outputs, o.Name)
	}
	e := &ModelEncoder{manifest: m, tower: t, prep: prep}
	if t.fixed, err = checkSignature(m, t.session.Signature()); err == nil {
		err = e.checkAnswer(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// Info implements [Encoder]. SharesTextSpace is false even if the model has a text tower: this encoder embeds no texts. That
// of a [JointEncoder] does.
func (e *ModelEncoder) Info() ModelInfo {
	return ModelInfo{
		ID:              e.manifest.ID,
		Dim:             e.manifest.Dim,
		Digest:          e.manifest.Visual.File.SHA256,
		SharesTextSpace: e.joint,
		Labels:          e.manifest.Labels,
	}
}

// Session says what executes the model.
func (e *ModelEncoder) Session() SessionInfo { return e.tower.session.Info() }

// Encode implements [Encoder]. Pictures beyond a batch, and batches beyond the free slots, wait; ctx ends the wait. An
// embedding that is not finite, of zero length or of the wrong size fails the whole call with an [*EmbeddingError] that
// names the picture. After Close it returns [ErrClosed].
func (e *ModelEncoder) Encode(ctx context.Context, pictures []*Picture) ([][]float32, error) {
	out := make([][]float32, len(pictures))
	err := e.encode(ctx, pictures, false, func(i int, enc Encoding) { out[i] = enc.Embedding })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// EncodeDetail implements [DetailEncoder], with the outputs that the manifest's Extra lists. It fails as Encode does, and
// also if one of these outputs is not finite.
func (e *ModelEncoder) EncodeDetail(ctx context.Context, pictures []*Picture) ([]Encoding, error) {
	out := make([]Encoding, len(pictures))
	err := e.encode(ctx, pictures, true, func(i int, enc Encoding) { out[i] = enc })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// encode embeds pictures in batches, and gives each to put by its index.
func (e *ModelEncoder) encode(ctx context.Context, pictures []*Picture, detail bool, put func(int, Encoding)) error {
	for i, p := range pictures {
		if p == nil {
			return fmt.Errorf("vision: encode: picture %d is nil", i)
		}
	}
	return e.tower.batches(ctx, len(pictures), func(ctx context.Context, w *workspace, first, end int) error {
		if err := e.runBatch(ctx, w, pictures[first:end], detail); err != nil {
			return err
		}
		for i := range end - first {
			enc, err := e.read(w, i, detail)
			if err != nil {
				err.Index = first + i
				return err
			}
			put(first+i, enc)
		}
		return nil
	})
}

// runBatch preprocesses pictures into w and runs the graph.
func (e *ModelEncoder) runBatch(ctx context.Context, w *workspace, pictures []*Picture, detail bool) error {
	n := e.prep.Len()
	data := w.pixels(max(e.tower.fixed, len(pictures)), e.manifest.Preprocess.Size)
	for i, p := range pictures {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("vision: encode: %w", err)
		}
		if err := e.prep.Preprocess(data[i*n:(i+1)*n], p); err != nil {
			return err
		}
	}
	clear(data[len(pictures)*n:]) // the rest of a fixed batch
	return e.run(ctx, w, detail)
}

// run executes the graph for the embedding, or for all outputs.
func (e *ModelEncoder) run(ctx context.Context, w *workspace, detail bool) error {
	if detail {
		return e.tower.run(ctx, w, len(w.outputs))
	}
	return e.tower.run(ctx, w, 1)
}

// Close waits for running calls and frees the model. Calls after it return [ErrClosed]; a second Close waits for the first
// and returns what that did.
func (e *ModelEncoder) Close() error { return e.tower.close() }
