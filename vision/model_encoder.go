package vision

import (
	"context"
	"errors"
)

// ErrClosed reports a call after Close.
var ErrClosed = errors.New("vision: closed")

// Option changes a [ModelEncoder].
type Option interface{ applyEncoder(*encoderConfig) error }

type encoderConfig struct{}

// WithBatchSize caps the pictures in one run of the network: 1 to 1024; the default is 8.
func WithBatchSize(n int) Option { panic("not yet") }

// WithConcurrency caps the runs at the same time: 1 to 1024; the default is GOMAXPROCS.
func WithConcurrency(n int) Option { panic("not yet") }

// WithSessionOptions passes options to the backend.
func WithSessionOptions(s SessionOptions) Option { panic("not yet") }

// ModelEncoder is an [Encoder] that runs a model on a [Backend].
type ModelEncoder struct{}

// NewEncoder loads model on b and checks that it is what its manifest says.
func NewEncoder(ctx context.Context, model Model, b Backend, opts ...Option) (*ModelEncoder, error) {
	panic("not yet")
}

// Encode implements [Encoder].
func (e *ModelEncoder) Encode(ctx context.Context, pictures []*Picture) ([][]float32, error) {
	panic("not yet")
}

// EncodeDetail implements [DetailEncoder].
func (e *ModelEncoder) EncodeDetail(ctx context.Context, pictures []*Picture) ([]Encoding, error) {
	panic("not yet")
}

// Info implements [Encoder].
func (e *ModelEncoder) Info() ModelInfo { panic("not yet") }

// Close waits for running calls and frees the model.
func (e *ModelEncoder) Close() error { panic("not yet") }
