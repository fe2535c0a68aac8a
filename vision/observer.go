package vision

import (
	"context"
	"errors"
	"fmt"
)

// ObserverOption changes an [Observer].
type ObserverOption interface{ applyObserver(*Observer) error }

type observerOptionFunc func(*Observer) error

func (f observerOptionFunc) applyObserver(o *Observer) error { return f(o) }

// WithEncoder adds an encoder, of which there is at most one. The caller keeps it and closes it, after the last Observe.
func WithEncoder(enc Encoder) ObserverOption {
	return observerOptionFunc(func(o *Observer) error {
		switch {
		case enc == nil:
			return errors.New("vision: WithEncoder(nil): want an encoder")
		case o.encoder != nil:
			return errors.New("vision: WithEncoder: given twice")
		}
		o.encoder = enc
		return nil
	})
}

// Observer turns pictures into observations: what the taggers read. It is safe for concurrent use.
type Observer struct{ encoder Encoder }

// NewObserver makes an observer. Without [WithEncoder] it observes colours only, which always works and says little.
func NewObserver(opts ...ObserverOption) (*Observer, error) {
	o := new(Observer)
	for _, opt := range opts {
		if err := opt.applyObserver(o); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// Observe looks at a picture: its palette and, if there is an encoder, its encoding, with all outputs if the encoder is a
// [DetailEncoder]. A picture that is nil is an error, and so is everything that the encoder reports, wrapped.
func (o *Observer) Observe(ctx context.Context, pic *Picture) (*Observation, error) {
	if pic == nil {
		return nil, errors.New("vision: observe: picture is nil")
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("vision: observe: %w", err)
	}
	out := &Observation{Picture: pic, Palette: NewPalette(pic)}
	if o.encoder == nil {
		return out, nil
	}
	enc, err := o.encode(ctx, pic)
	if err != nil {
		return nil, fmt.Errorf("vision: observe: %w", err)
	}
	out.Encoding = enc
	return out, nil
}

// encode asks the encoder for all that it can say about one picture.
func (o *Observer) encode(ctx context.Context, pic *Picture) (*Encoding, error) {
	if d, ok := o.encoder.(DetailEncoder); ok {
		list, err := d.EncodeDetail(ctx, []*Picture{pic})
		if err != nil {
			return nil, err
		}
		if len(list) != 1 {
			return nil, &EmbeddingError{Reason: fmt.Sprintf("encoder returned %d encodings for one picture", len(list))}
		}
		return &list[0], nil
	}
	list, err := o.encoder.Encode(ctx, []*Picture{pic})
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, &EmbeddingError{Reason: fmt.Sprintf("encoder returned %d embeddings for one picture", len(list))}
	}
	return &Encoding{Model: o.encoder.Info(), Embedding: list[0]}, nil
}
