package vision

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// tower is what the encoders of pictures and of texts share: a graph on a backend, which runs in batches, a bounded number
// of them at once, until it is closed.
type tower struct {
	model           string // manifest id, for errors
	inputs, outputs []string
	session         Session
	config          encoderConfig
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

// openTower opens file, which must have the digest of want, on b. It is for the caller to check the signature, set fixed,
// and close the tower that it refuses.
func (c encoderConfig) openTower(ctx context.Context, model string, want File, file ModelFile, b Backend) (*tower, error) {
	if b == nil {
		return nil, errors.New("vision: backend is nil")
	}
	if file.SHA256 != want.SHA256 {
		return nil, &ModelError{Model: model, Reason: fmt.Sprintf(
			"file has digest %q, manifest wants %q", file.SHA256, want.SHA256)}
	}
	session, err := b.Open(ctx, file, c.session)
	if err != nil {
		return nil, fmt.Errorf("vision: model %q: %w", model, err)
	}
	t := &tower{model: model, session: session, config: c, freed: make(chan struct{})}
	t.slots = make(chan *workspace, c.concurrency)
	for range c.concurrency {
		t.slots <- nil
	}
	return t, nil
}

// batches cuts n items into batches and calls run for items first to end − 1 of each, with tensors that are its own
// meanwhile; as many at once as there are slots. Small calls are spread over the slots: a batch gains a few percent, a
// second core doubles.
func (t *tower) batches(ctx context.Context, n int, run func(ctx context.Context, w *workspace, first, end int) error) error {
	if err := t.begin(); err != nil {
		return err
	}
	defer t.running.Done()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("vision: encode: %w", err)
	}
	if n == 0 {
		return nil
	}
	share := (n + t.config.concurrency - 1) / t.config.concurrency
	size := min(share, t.batchSize())
	if n <= size { // the usual call needs no goroutine
		return t.batch(ctx, 0, n, run)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(t.config.concurrency)
	for first := 0; first < n; first += size {
		group.Go(func() error { return t.batch(ctx, first, min(first+size, n), run) })
	}
	return group.Wait()
}

// batchSize is the most items of one run.
func (t *tower) batchSize() int {
	if t.fixed > 0 {
		return t.fixed
	}
	return t.config.batch
}

// batch waits for a slot and calls run with its tensors.
func (t *tower) batch(
	ctx context.Context, first, end int, run func(ctx context.Context, w *workspace, first, end int) error,
) error {
	var w *workspace
	select {
	case w = <-t.slots:
	case <-ctx.Done():
		return fmt.Errorf("vision: encode: wait for a slot: %w", ctx.Err())
	}
	if w == nil {
		w = t.newWorkspace()
	}
	defer func() { t.slots <- w }()
	return run(ctx, w, first, end)
}

// run executes the graph on w's inputs and fills its first n outputs.
func (t *tower) run(ctx context.Context, w *workspace, n int) error {
	outputs := w.outputs[:n]
	for i := range outputs { // keep the memory, not the last run's answer
		outputs[i].Shape, outputs[i].Data = outputs[i].Shape[:0], outputs[i].Data[:0]
	}
	if err := t.session.Run(ctx, w.inputs, outputs); err != nil {
		return fmt.Errorf("vision: model %q: %w", t.model, err)
	}
	return nil
}

// begin counts a call in, unless the tower is closed.
func (t *tower) begin() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return ErrClosed
	}
	t.running.Add(1)
	return nil
}

// close waits for running calls and frees the model. A second close waits for the first and returns what that did.
func (t *tower) close() error {
	t.mu.Lock()
	first := !t.closed
	t.closed = true
	t.mu.Unlock()
	if first {
		t.running.Wait()
		t.closeErr = t.session.Close()
		close(t.freed)
	}
	<-t.freed
	return t.closeErr
}
