package soundtrack

import (
	"context"
	"slices"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
)

// readGiven finds who reads the embeddings of an encoder that the program brought: the default taggers if it is the small
// model, what the program brought for it, or its own texts. Otherwise the degradation says what is not read. The error is
// only that of ctx.
func (c *config) readGiven(ctx context.Context) (*tagging.ZeroShotTagger, []tagging.Degradation, error) {
	info := c.encoder.Info()
	if c.tagger != nil || info.Labels == compact.LabelSet || c.fusionReads(info.Space()) {
		return nil, nil, nil
	}
	why := "no tagger knows it"
	if text, both := c.encoder.(vision.TextEncoder); both {
		reader, err := c.newReader(ctx, info.ID, text, c.givenOptions())
		switch {
		case err == nil:
			return reader, nil, nil
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		}
		c.logger.WarnContext(ctx, "a text tower cannot be used", "model", info.ID, "error", err)
		why = "its text tower cannot be used"
	}
	return nil, []tagging.Degradation{c.unreadable(info, why, "take the small model: --encoder "+PresetCompact)}, nil
}

// givenOptions read a given encoder as its manifest says, if it is a [vision.JointEncoder], else as CLIP. Vectors are kept
// among those of the models in the cache if the encoder says which weights they come from.
func (c *config) givenOptions() []tagging.ZeroShotOption {
	var opts []tagging.ZeroShotOption
	if c.prompting != nil {
		opts = append(opts, tagging.WithZeroShotProgress(c.prompting))
	}
	if scored, ok := c.encoder.(interface{ Score() *vision.Score }); ok {
		opts = append(opts, tagging.WithScore(scored.Score()))
	}
	if _, ok := c.encoder.(interface{ TextDigest() string }); !ok {
		return opts
	}
	hub, err := c.modelHub()
	if err != nil {
		return opts // no folder for models: then none for their vectors
	}
	return append(opts, conceptCache(hub)...)
}

// fusionReads reports whether a tagger that the program put into the fusion reads the embeddings of a space: one that says
// so, as a [tagging.ZeroShotTagger] does, or one that has its name.
func (c *config) fusionReads(space string) bool {
	return slices.ContainsFunc(c.fusion, func(o tagging.FusionOption) bool {
		named, ok := o.(tagging.Named)
		if !ok {
			return false
		}
		reads, ok := named.Tagger.(interface{ Space() string })
		return named.Name == tagging.ZeroShotName || ok && reads.Space() == space
	})
}
