package vision

import (
	"context"
	"errors"
)

var (
	_ Encoder       = (*JointEncoder)(nil)
	_ DetailEncoder = (*JointEncoder)(nil)
	_ TextEncoder   = (*JointEncoder)(nil)
)

// JointEncoder is an [Encoder] of pictures and a [TextEncoder] into the same space: both towers of a model. It is safe for
// concurrent use and must be closed.
type JointEncoder struct {
	*ModelEncoder
	text *ModelTextEncoder
}

// NewJointEncoder loads both towers of model on b, as [NewEncoder] and [NewTextEncoder] do, and fails as they do. The options
// hold for each tower by itself: with both in use, twice as many runs may be at work.
func NewJointEncoder(ctx context.Context, model Model, b Backend, opts ...Option) (*JointEncoder, error) {
	pictures, err := NewEncoder(ctx, model, b, opts...)
	if err != nil {
		return nil, err
	}
	text, err := NewTextEncoder(ctx, model, b, opts...)
	if err != nil {
		return nil, errors.Join(err, pictures.Close())
	}
	pictures.joint = true
	return &JointEncoder{ModelEncoder: pictures, text: text}, nil
}

// EncodeText implements [TextEncoder], see [ModelTextEncoder.EncodeText].
func (e *JointEncoder) EncodeText(ctx context.Context, texts []string) ([][]float32, error) {
	return e.text.EncodeText(ctx, texts)
}

// Score says how cosines of pictures and texts become logits, a copy of the manifest's; nil means CLIP's, see [Manifest.Score].
func (e *JointEncoder) Score() *Score {
	if e.manifest.Score == nil {
		return nil
	}
	s := *e.manifest.Score
	return &s
}

// TextDigest is the lower-case hex SHA-256 of the weights that embed texts.
func (e *JointEncoder) TextDigest() string { return e.text.TextDigest() }

// TextSession says what executes the text tower; Session says it of the other.
func (e *JointEncoder) TextSession() SessionInfo { return e.text.Session() }

// Tokenizer is that of the text tower.
func (e *JointEncoder) Tokenizer() *Tokenizer { return e.text.Tokenizer() }

// Close closes both towers, as [ModelEncoder.Close] does one.
func (e *JointEncoder) Close() error { return errors.Join(e.ModelEncoder.Close(), e.text.Close()) }
