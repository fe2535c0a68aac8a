package soundtrack

import (
	"context"
	"errors"
	"fmt"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

// Converters returns the options that a [modelhub.Hub] needs to make the presets' files.
func Converters() []modelhub.Option {
	return []modelhub.Option{modelhub.WithConverter(compact.ConverterName, compact.Convert)}
}

// Manifests returns the manifests of the presets that are models, best first.
func Manifests() []vision.Manifest { return []vision.Manifest{compact.Manifest()} }

// openedEncoder is an encoder with the story of its choice.
type openedEncoder struct {
	encoder  vision.Encoder // nil for the palette
	close    func() error
	choice   EncoderChoice
	degraded []tagging.Degradation
}

// openEncoder finds the encoder that the options ask for, or the best at hand.
func openEncoder(ctx context.Context, c *config) (*openedEncoder, error) {
	switch {
	case c.encoder != nil:
		return &openedEncoder{
			encoder: c.encoder, close: func() error { return nil },
			choice: EncoderChoice{ID: c.encoder.Info().ID, Reason: "given by the program"},
		}, nil
	case c.preset == PresetPalette:
		return palette("asked for: only colours are read"), nil
	}
	encoder, err := openPreset(ctx, c, compact.Manifest())
	switch {
	case err == nil:
		return &openedEncoder{encoder: encoder, close: encoder.Close, choice: EncoderChoice{
			ID:     PresetCompact,
			Reason: "the small model: it names things and scenes; faces and styles are beyond it",
		}}, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case c.preset != "" || errors.Is(err, vision.ErrModel):
		// A model that is there but wrong is not papered over: somebody must know.
		return nil, fmt.Errorf("soundtrack: opening %s: %w", PresetCompact, err)
	}
	c.logger.WarnContext(ctx, "no model: only colours are read", "error", err)
	return palette("no model could be had, so only colours are read"), nil
}

func openPreset(ctx context.Context, c *config, manifest vision.Manifest) (*vision.ModelEncoder, error) {
	hub := c.hub
	if hub == nil {
		opts := Converters()
		if c.offline {
			opts = append(opts, modelhub.WithOffline())
		}
		if c.progress != nil {
			opts = append(opts, modelhub.WithProgress(c.progress))
		}
		var err error
		if hub, err = modelhub.New(opts...); err != nil {
			return nil, err
		}
	}
	model, err := hub.Fetch(ctx, manifest)
	if err != nil {
		return nil, err
	}
	backend := c.backend
	if backend == nil {
		backend = onnx.New()
	}
	return vision.NewEncoder(ctx, model, backend)
}

func palette(reason string) *openedEncoder {
	return &openedEncoder{
		close:  func() error { return nil },
		choice: EncoderChoice{ID: PresetPalette, Reason: reason},
		degraded: []tagging.Degradation{{
			Part: "encoder", Reason: "only colours were read, and colours say little about a mood",
			Remedy: "fetch the small model once: soundtrack models pull " + PresetCompact,
		}},
	}
}
