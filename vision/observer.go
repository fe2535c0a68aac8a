package vision

import "context"

// ObserverOption changes an [Observer].
type ObserverOption interface{ applyObserver(*Observer) error }

// WithEncoder adds an encoder, which the caller keeps and closes.
func WithEncoder(enc Encoder) ObserverOption { panic("not yet") }

// Observer turns pictures into observations.
type Observer struct{ enc Encoder }

// NewObserver makes an observer. Without [WithEncoder] it observes the palette only.
func NewObserver(opts ...ObserverOption) (*Observer, error) { panic("not yet") }

// Observe looks at a picture.
func (o *Observer) Observe(ctx context.Context, pic *Picture) (*Observation, error) {
	panic("not yet")
}
