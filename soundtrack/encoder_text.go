package soundtrack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// readBy finds who reads the embeddings of a model, if the taggers that need nothing else do not. Without anybody the
// degradation says what would help; the error is only that of ctx.
func (c *config) readBy(
	ctx context.Context, hub *modelhub.Hub, m vision.Manifest, backend vision.Backend,
) (*tagging.ZeroShotTagger, []tagging.Degradation, error) {
	unreadable := func(why, remedy string) []tagging.Degradation {
		model := vision.ModelInfo{ID: m.ID, Digest: m.Visual.File.SHA256}
		return []tagging.Degradation{c.unreadable(model, why, remedy)}
	}
	switch {
	case c.tagger != nil || m.Labels == compact.LabelSet:
		return nil, nil, nil
	case m.Textual == nil:
		return nil, unreadable("it has no text tower", "take the small model: --encoder "+PresetCompact), nil
	}
	tower := &lazyTextTower{manifest: m, hub: hub, backend: backend, logger: c.logger}
	opts := []tagging.ZeroShotOption{tagging.WithScore(m.Score), tagging.WithZeroShotProgress(func(done, total int) {
		if tower.opened != nil && c.prompting != nil {
			c.prompting(done, total)
		}
	})}
	reader, err := c.newReader(ctx, m.ID, tower, append(opts, conceptCache(hub)...))
	if closeErr := tower.close(); err == nil && closeErr != nil {
		c.logger.WarnContext(ctx, "closing the text tower", "model", m.ID, "error", closeErr)
	}
	switch {
	case err == nil:
		return reader, nil, nil
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case errors.Is(err, errNoTextTower):
		return nil, unreadable("its text tower is not in the cache", "soundtrack models pull "+m.ID), nil
	}
	c.logger.WarnContext(ctx, "a text tower cannot be used", "model", m.ID, "error", err)
	return nil, unreadable("its text tower cannot be used", "see why: soundtrack models verify "+m.ID), nil
}

// conceptFolder holds the vectors of the vocabulary's prompts, beside the models in the cache: a few megabytes for each
// text tower, made once.
const conceptFolder = "concepts"

// conceptCache keeps such vectors, unless the cache is read-only.
func conceptCache(hub *modelhub.Hub) []tagging.ZeroShotOption {
	dir := filepath.Join(hub.Dir(), conceptFolder)
	if os.MkdirAll(dir, 0o750) != nil {
		return nil
	}
	return []tagging.ZeroShotOption{tagging.WithZeroShotCache(dir)}
}

// newReader makes the reader of a model's embeddings and warns if its vectors cannot be kept.
func (c *config) newReader(
	ctx context.Context, model string, text vision.TextEncoder, opts []tagging.ZeroShotOption,
) (*tagging.ZeroShotTagger, error) {
	reader, err := tagging.NewZeroShot(ctx, text, opts...)
	if err != nil {
		return nil, err
	}
	if lost := reader.CacheError(); lost != nil {
		c.logger.WarnContext(ctx, "the concepts will have to be embedded again next time", "model", model, "error", lost)
	}
	return reader, nil
}

// unreadable says what nobody reads from a model: everything, unless the program brought a head for its mood.
func (c *config) unreadable(model vision.ModelInfo, why, remedy string) tagging.Degradation {
	who, what := "nothing", "things, scenes and mood"
	if c.head != nil {
		if _, reads := c.head.Describe(model); reads {
			who, what = "only the affect head", "things and scenes"
		}
	}
	return tagging.Degradation{
		Part: "tagging", Remedy: remedy,
		Reason: who + " reads the embeddings of " + model.ID + ", for " + why + ": " + what + " come from colours alone",
	}
}

// errNoTextTower reports a text tower that would have to be fetched, which nobody asked for.
var errNoTextTower = errors.New("soundtrack: no text tower in the cache")

// lazyTextTower is a text tower that is opened when the first text is embedded: not at all where all vectors are kept from
// last time. One goroutine uses it.
type lazyTextTower struct {
	manifest vision.Manifest
	hub      *modelhub.Hub
	backend  vision.Backend
	logger   *slog.Logger
	opened   *vision.ModelTextEncoder
}

// EncodeText implements [vision.TextEncoder].
func (t *lazyTextTower) EncodeText(ctx context.Context, texts []string) ([][]float32, error) {
	if t.opened == nil {
		model, ok := t.hub.Cached(t.manifest)
		if !ok || model.Textual.Path == "" {
			return nil, errNoTextTower
		}
		t.logger.InfoContext(ctx, "embedding the vocabulary, once for this model; this takes minutes", "model", t.manifest.ID)
		opened, err := vision.NewTextEncoder(ctx, model, t.backend)
		if err != nil {
			return nil, fmt.Errorf("soundtrack: opening the text tower of %s: %w", t.manifest.ID, err)
		}
		t.opened = opened
	}
	return t.opened.EncodeText(ctx, texts)
}

// Info and TextDigest are what the manifest promises; opening checks it.
func (t *lazyTextTower) Info() vision.ModelInfo {
	return vision.ModelInfo{
		ID: t.manifest.ID, Dim: t.manifest.Dim, Digest: t.manifest.Visual.File.SHA256, SharesTextSpace: true, Labels: t.manifest.Labels,
	}
}

func (t *lazyTextTower) TextDigest() string { return t.manifest.Textual.File.SHA256 }

func (t *lazyTextTower) close() error {
	if t.opened == nil {
		return nil
	}
	return t.opened.Close()
}
