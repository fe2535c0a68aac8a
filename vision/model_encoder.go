package vision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"
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
	session  Session
	prep     *Preprocessor
	config   encoderConfig
	// fixed is the batch size that the graph insists on; 0 if any will do.
	fixed int

	// slots bounds the runs at the same time; each slot carries the tensors of its last run, or nil.
	slots chan *workspace

	mu       sync.Mutex // guards closed, and running's Add against Wait
	closed   bool
	running  sync.WaitGroup
	freed    chan struct{} // closed when the session is, which is when closeErr may be read
	closeErr error
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
	if b == nil {
		return nil, errors.New("vision: NewEncoder: backend is nil")
	}
	if model.Visual.SHA256 != m.Visual.File.SHA256 {
		return nil, &ModelError{Model: m.ID, Reason: fmt.Sprintf(
			"file has digest %q, manifest wants %q", model.Visual.SHA256, m.Visual.File.SHA256)}
	}
	prep, err := NewPreprocessor(m.Preprocess)
	if err != nil {
		return nil, err
	}
	session, err := b.Open(ctx, model.Visual, config.session)
	if err != nil {
		return nil, fmt.Errorf("vision: model %q: %w", m.ID, err)
	}
	e := &ModelEncoder{manifest: m, session: session, prep: prep, config: config, freed: make(chan struct{})}
	e.slots = make(chan *workspace, config.concurrency)
	for range config.concurrency {
		e.slots <- nil
	}
	if e.fixed, err = checkSignature(m, session.Signature()); err == nil {
		err = e.checkAnswer(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, session.Close())
	}
	return e, nil
}

// Info implements [Encoder]. Whoever adds a text tower to the model sets SharesTextSpace in a wrapper of its own.
func (e *ModelEncoder) Info() ModelInfo {
	return ModelInfo{
		ID:     e.manifest.ID,
		Dim:    e.manifest.Dim,
		Digest: e.manifest.Visual.File.SHA256,
		Labels: e.manifest.Labels,
	}
}

// Session says what executes the model.
func (e *ModelEncoder) Session() SessionInfo { return e.session.Info() }

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

// encode cuts pictures into batches and runs them, as many at once as there are slots. Small calls are spread over the
// slots: a batch gains a few percent, a second core doubles.
func (e *ModelEncoder) encode(ctx context.Context, pictures []*Picture, detail bool, put func(int, Encoding)) error {
	if err := e.begin(); err != nil {
		return err
	}
	defer e.running.Done()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("vision: encode: %w", err)
	}
	for i, p := range pictures {
		if p == nil {
			return fmt.Errorf("vision: encode: picture %d is nil", i)
		}
	}
	share := (len(pictures) + e.config.concurrency - 1) / e.config.concurrency
	size := max(min(share, e.batchSize()), 1)
	if len(pictures) <= size { // the usual call needs no goroutine
		return e.runBatch(ctx, pictures, 0, detail, put)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(e.config.concurrency)
	for first := 0; first < len(pictures); first += size {
		batch := pictures[first:min(first+size, len(pictures))]
		group.Go(func() error { return e.runBatch(ctx, batch, first, detail, put) })
	}
	return group.Wait()
}

// batchSize is the most pictures of one run.
func (e *ModelEncoder) batchSize() int {
	if e.fixed > 0 {
		return e.fixed
	}
	return e.config.batch
}

// runBatch waits for a slot, runs one batch, the first of which is picture number first of the call, and hands out copies
// of its outputs.
func (e *ModelEncoder) runBatch(
	ctx context.Context, batch []*Picture, first int, detail bool, put func(int, Encoding),
) error {
	if len(batch) == 0 {
		return nil
	}
	var w *workspace
	select {
	case w = <-e.slots:
	case <-ctx.Done():
		return fmt.Errorf("vision: encode: wait for a slot: %w", ctx.Err())
	}
	if w == nil {
		w = newWorkspace(e.manifest.Visual)
	}
	defer func() { e.slots <- w }()

	n := e.prep.Len()
	data := w.resize(e.manifest.Preprocess.Size, max(e.fixed, len(batch)))
	for i, p := range batch {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("vision: encode: %w", err)
		}
		if err := e.prep.Preprocess(data[i*n:(i+1)*n], p); err != nil {
			return err
		}
	}
	clear(data[len(batch)*n:]) // the rest of a fixed batch
	if err := e.run(ctx, w, detail); err != nil {
		return err
	}
	for i := range batch {
		enc, err := e.read(w, i, detail)
		if err != nil {
			err.Index = first + i
			return err
		}
		put(first+i, enc)
	}
	return nil
}

// run executes the graph on w's input.
func (e *ModelEncoder) run(ctx context.Context, w *workspace, detail bool) error {
	outputs := w.outputs[:1]
	if detail {
		outputs = w.outputs
	}
	for i := range outputs { // keep the memory, not the last run's answer
		outputs[i].Shape, outputs[i].Data = outputs[i].Shape[:0], outputs[i].Data[:0]
	}
	if err := e.session.Run(ctx, w.inputs, outputs); err != nil {
		return fmt.Errorf("vision: model %q: %w", e.manifest.ID, err)
	}
	return nil
}

// begin counts a call in, unless the encoder is closed.
func (e *ModelEncoder) begin() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	e.running.Add(1)
	return nil
}

// Close waits for running calls and frees the model. Calls after it return [ErrClosed]; a second Close waits for the first
// and returns what that did.
func (e *ModelEncoder) Close() error {
	e.mu.Lock()
	first := !e.closed
	e.closed = true
	e.mu.Unlock()
	if first {
		e.running.Wait()
		e.closeErr = e.session.Close()
		close(e.freed)
	}
	<-e.freed
	return e.closeErr
}
