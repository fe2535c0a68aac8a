package soundtrack

import (
	"context"
	"errors"
	"fmt"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// ErrNoZeroShot reports a model without a text tower, or with one that is not in the cache or cannot be used.
var ErrNoZeroShot = errors.New("soundtrack: no zero-shot tagger for the model")

// OpenZeroShot returns the tagger that [Open] adds for a model with a text tower, for those who measure it or fuse taggers
// themselves. It takes the options that say where models come from, what runs them and how texts are read, such as
// WithModelHub, WithOffline, WithBackend, WithCalibration, WithPromptProgress and WithLogger; one that chooses another
// encoder, or a tagger, is an error. Nothing is fetched: if neither the text tower nor vectors made with it are in the cache,
// the error says what to do and matches [ErrNoZeroShot]. The first time for a model takes minutes; ctx ends the work.
func OpenZeroShot(ctx context.Context, m vision.Manifest, opts ...Option) (*tagging.ZeroShotTagger, error) {
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("soundtrack: OpenZeroShot: %w", err)
	}
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	if c.encoder != nil || c.preset != "" || c.manifest != nil || c.tagger != nil {
		return nil, errors.New("soundtrack: OpenZeroShot excludes WithEncoder, WithPreset, WithManifest and WithTagger")
	}
	hub, err := c.modelHub()
	if err != nil {
		return nil, err
	}
	backend := c.backend
	if backend == nil {
		backend = &autoBackend{hub: hub, logger: c.logger}
	}
	reader, degraded, err := c.readBy(ctx, hub, m, backend)
	switch {
	case err != nil:
		return nil, err
	case len(degraded) > 0:
		return nil, fmt.Errorf("%w: %s (%s)", ErrNoZeroShot, degraded[0].Reason, degraded[0].Remedy)
	case reader == nil:
		return nil, fmt.Errorf("%w: %s is read by taggers that need no texts", ErrNoZeroShot, m.ID)
	}
	return c.calibrated(reader, m.ID)
}
