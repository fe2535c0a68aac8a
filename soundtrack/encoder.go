package soundtrack

import (
	"context"
	"errors"
	"fmt"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/ort"
)

// openedEncoder is an encoder with the story of its choice.
type openedEncoder struct {
	encoder  vision.Encoder          // nil for the palette
	reader   *tagging.ZeroShotTagger // reads the encoder's embeddings; nil if nothing does, or the small model's taggers do
	close    func() error
	choice   EncoderChoice
	degraded []tagging.Degradation
}

// openEncoder finds the encoder that the options ask for, or the best at hand.
func openEncoder(ctx context.Context, c *config) (*openedEncoder, error) {
	switch {
	case c.encoder != nil:
		return c.given(ctx)
	case c.preset == PresetPalette:
		return palette("asked for: only colours are read"), nil
	}
	hub, err := c.modelHub()
	if err != nil {
		return nil, err
	}
	if m, why, ok := c.asked(); ok {
		model, err := hub.Fetch(ctx, picturesOnly(m))
		if err != nil {
			return nil, fmt.Errorf("soundtrack: opening %s: %w", m.ID, err)
		}
		model.Manifest = m
		return openModel(ctx, c, hub, model, why)
	}
	return openBest(ctx, c, hub, Manifests())
}

// asked is the manifest that the options name, and the reason to give.
func (c *config) asked() (m vision.Manifest, why string, ok bool) {
	if c.manifest == nil {
		m, ok = presetManifest(c.preset)
		return m, "asked for", ok
	}
	m = *c.manifest
	switch preset, ok := presetManifest(m.ID); {
	case !ok:
		return m, "asked for, by its manifest", true
	case preset.Visual.File.SHA256 != m.Visual.File.SHA256:
		return m, "asked for, with a manifest in place of the preset's", true
	}
	return m, "asked for", true
}

// openBest opens the first of presets that is cached, without any download, and whose embeddings can be read: a model whose
// text tower, or the vectors made with it, is not there says less of a picture than the small one. If there is none, it takes
// the small one, fetching it if need be, then a cached one that cannot be read; and without a network there are always
// colours.
func openBest(ctx context.Context, c *config, hub *modelhub.Hub, presets []vision.Manifest) (*openedEncoder, error) {
	var passed []tagging.Degradation
	var mute []*openedEncoder
	defer func() {
		for _, m := range mute {
			_ = m.close() // not taken: nobody would hear of it
		}
	}()
	for _, m := range presets {
		model, cached := hub.Cached(picturesOnly(m))
		if !cached || m.ID == PresetCompact {
			continue
		}
		model.Manifest = m
		opened, err := openModel(ctx, c, hub, model, "the best model in the cache")
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			// A large model that is there but unusable must not keep the small one from working, but somebody must know.
			c.logger.WarnContext(ctx, "a cached model was passed over", "model", m.ID, "error", err)
			passed = append(passed, passedOver(m.ID))
		case len(opened.degraded) == 0: // somebody reads it
			opened.degraded = append(passed, opened.degraded...)
			return opened, nil
		default:
			mute = append(mute, opened)
		}
	}
	opened, err := openCompact(ctx, c, hub)
	if err != nil {
		return nil, err
	}
	if opened.encoder == nil && len(mute) > 0 {
		opened, mute = mute[0], mute[1:]
	} else {
		for _, m := range mute {
			passed = append(passed, passedMute(m))
		}
	}
	opened.degraded = append(passed, opened.degraded...)
	return opened, nil
}

// passedOver names a cached model that could not be used.
func passedOver(id string) tagging.Degradation {
	return tagging.Degradation{
		Part: "encoder", Reason: id + " is in the cache but cannot be used, and was passed over",
		Remedy: "see why: soundtrack models verify " + id,
	}
}

// passedMute names a cached model that could not be read.
func passedMute(m *openedEncoder) tagging.Degradation {
	return tagging.Degradation{
		Part: "encoder", Reason: m.choice.ID + " is in the cache, but nothing reads its embeddings, and it was passed over",
		Remedy: m.degraded[0].Remedy,
	}
}

// openCompact opens the small model, fetching it if need be, or falls back to colours.
func openCompact(ctx context.Context, c *config, hub *modelhub.Hub) (*openedEncoder, error) {
	model, err := hub.Fetch(ctx, compact.Manifest())
	var opened *openedEncoder
	if err == nil {
		opened, err = openModel(ctx, c, hub, model,
			"the small model: it names things and scenes; faces and styles are beyond it, for which there is CLIP "+
				"(soundtrack models pull "+PresetCLIPLAION+")")
	}
	switch {
	case err == nil:
		return opened, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, vision.ErrModel):
		// A model that is there but wrong is not papered over: somebody must know.
		return nil, fmt.Errorf("soundtrack: opening %s: %w", PresetCompact, err)
	}
	c.logger.WarnContext(ctx, "no model: only colours are read", "error", err)
	return palette("no model could be had, so only colours are read"), nil
}

// openModel loads a model on the caller's backend, or the default one.
func openModel(
	ctx context.Context, c *config, hub *modelhub.Hub, model vision.Model, why string,
) (*openedEncoder, error) {
	backend := c.backend
	if backend == nil {
		backend = &autoBackend{hub: hub, logger: c.logger}
	}
	encoder, err := vision.NewEncoder(ctx, model, backend)
	if err != nil {
		err = fmt.Errorf("soundtrack: opening %s: %w", model.Manifest.ID, err)
		if _, onRuntime := errors.AsType[*ort.UnsupportedError](err); errors.Is(err, vision.ErrUnsupported) && !onRuntime {
			err = fmt.Errorf("%w; ONNX Runtime may have it: %s", err, remedyRuntime)
		}
		return nil, err
	}
	session := encoder.Session()
	opened := &openedEncoder{encoder: encoder, close: encoder.Close, choice: EncoderChoice{
		ID: model.Manifest.ID, Backend: session.Backend, Device: session.Device,
		Reason: why + "; " + c.whyBackend(session),
	}}
	if c.fusionReads(encoder.Info().Space()) {
		return opened, nil
	}
	if opened.reader, opened.degraded, err = c.readBy(ctx, hub, model.Manifest, backend); err != nil {
		return nil, errors.Join(err, encoder.Close())
	}
	return opened, nil
}

// whyBackend says why a session is on its backend.
func (c *config) whyBackend(session vision.SessionInfo) string {
	switch {
	case session.Note != "": // such as that there is no library of ONNX Runtime, or no CUDA device
		return session.Note
	case c.backend != nil:
		return "its backend was asked for"
	}
	return "the library of ONNX Runtime was found"
}

// given wraps the caller's encoder, which the caller closes. The error is only that of ctx.
func (c *config) given(ctx context.Context) (*openedEncoder, error) {
	choice := EncoderChoice{ID: c.encoder.Info().ID, Reason: "given by the program"}
	if on, ok := c.encoder.(interface{ Session() vision.SessionInfo }); ok {
		session := on.Session()
		choice.Backend, choice.Device = session.Backend, session.Device
	}
	opened := &openedEncoder{encoder: c.encoder, close: func() error { return nil }, choice: choice}
	var err error
	opened.reader, opened.degraded, err = c.readGiven(ctx)
	return opened, err
}

// tagger is the default one for the encoder, with what the program adds.
func (o *openedEncoder) tagger(c *config) (tagging.Tagger, error) {
	opts, err := c.headOptions(o)
	if err != nil {
		return nil, err
	}
	reader, err := c.calibrated(o.reader, o.choice.ID)
	if err != nil {
		return nil, err
	}
	if reader != nil {
		opts = append(opts, tagging.Named{Name: tagging.ZeroShotName, Tagger: reader})
	}
	return tagging.Default().With(append(opts, c.fusion...)...)
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

// picturesOnly leaves the text tower out: it is a quarter of a gigabyte, needed once for each vocabulary, and not fetched
// unless somebody asks for it.
func picturesOnly(m vision.Manifest) vision.Manifest {
	m.Textual = nil
	return m
}

// modelHub is the caller's hub or one of our own.
func (c *config) modelHub() (*modelhub.Hub, error) {
	if c.hub != nil {
		return c.hub, nil
	}
	opts := Converters()
	if c.offline {
		opts = append(opts, modelhub.WithOffline())
	}
	if c.progress != nil {
		opts = append(opts, modelhub.WithProgress(c.progress))
	}
	return modelhub.New(opts...)
}
