package soundtrack

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// Option changes what [Open] makes. An option checks itself; one that contradicts another is an error of Open.
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

// config is what the options set.
type config struct {
	preset    string
	manifest  *vision.Manifest
	encoder   vision.Encoder
	backend   vision.Backend
	hub       *modelhub.Hub
	offline   bool
	progress  func(modelhub.Progress)
	prompting func(done, total int)
	tagger    tagging.Tagger
	fusion    []tagging.FusionOption
	head      *tagging.AffectHead // of the caller's own; nil for the shipped one
	noHead    bool
	calibrate *tagging.CalibrationFile // of zero-shot tagging; nil for the default
	store     catalog.Store
	songs     []catalog.Song
	noSeed    bool
	noDemo    bool
	ranker    *match.Ranker
	limits    vision.Limits
	logger    *slog.Logger
}

// WithPreset asks for one encoder by its id, such as [PresetCLIPLAION] or [PresetPalette]. It is fetched if it is not
// cached, pictures only, and if it cannot be had, Open fails. Without this option Open takes the best encoder at hand.
func WithPreset(id string) Option {
	return optionFunc(func(c *config) error {
		if _, ok := presetManifest(id); !ok && id != PresetPalette {
			return fmt.Errorf("soundtrack: WithPreset(%q): want one of %s", id, strings.Join(presetIDs(), ", "))
		}
		c.preset = id
		return nil
	})
}

// WithManifest asks for a model of the caller's own, or for a preset's in another form: its id may be that of a preset. See
// package modelhub for how to write one. If the model cannot be had, Open fails.
func WithManifest(m vision.Manifest) Option {
	return optionFunc(func(c *config) error {
		if err := m.Validate(); err != nil {
			return fmt.Errorf("soundtrack: WithManifest: %w", err)
		}
		c.manifest = &m
		return nil
	})
}

// WithEncoder uses the caller's encoder, which the caller keeps and closes. One that embeds texts, too, is read by its texts.
func WithEncoder(encoder vision.Encoder) Option {
	return optionFunc(func(c *config) error {
		if encoder == nil {
			return fmt.Errorf("soundtrack: WithEncoder(nil)")
		}
		c.encoder = encoder
		return nil
	})
}

// WithBackend runs models on this backend. The default is ONNX Runtime where its library is found, else pure Go.
func WithBackend(backend vision.Backend) Option {
	return optionFunc(func(c *config) error {
		if backend == nil {
			return fmt.Errorf("soundtrack: WithBackend(nil)")
		}
		c.backend = backend
		return nil
	})
}

// WithModelHub fetches models through the caller's hub: another cache directory, mirror or file. The hub must have the
// converters of the presets, see [Converters].
func WithModelHub(hub *modelhub.Hub) Option {
	return optionFunc(func(c *config) error {
		if hub == nil {
			return fmt.Errorf("soundtrack: WithModelHub(nil)")
		}
		c.hub = hub
		return nil
	})
}

// WithOffline forbids the network: a model that is not cached is not fetched.
func WithOffline() Option {
	return optionFunc(func(c *config) error { c.offline = true; return nil })
}

// WithProgress is told how a model's download goes. It is called from one goroutine at a time.
func WithProgress(f func(modelhub.Progress)) Option {
	return optionFunc(func(c *config) error { c.progress = f; return nil })
}

// WithPromptProgress is told how many of how many texts a text tower has embedded, while Open has it embed the vocabulary:
// that takes minutes, once for each model. It is called from one goroutine at a time.
func WithPromptProgress(f func(done, total int)) Option {
	return optionFunc(func(c *config) error { c.prompting = f; return nil })
}

// WithTagger replaces the default taggers: [tagging.Default], with a [tagging.ZeroShotTagger] where the encoder has one.
func WithTagger(tagger tagging.Tagger) Option {
	return optionFunc(func(c *config) error {
		if tagger == nil {
			return fmt.Errorf("soundtrack: WithTagger(nil)")
		}
		c.tagger = tagger
		return nil
	})
}

// WithFusion adds taggers to the default ones, and changes how they are fused:
//
//	soundtrack.WithFusion(tagging.Named{Name: llm.Name, Tagger: tagger}, tagging.WithTaggerTimeout(4*time.Second))
//
// May be given more than once, and comes after what WithAffectHead and WithoutAffectHead do; it contradicts WithTagger.
func WithFusion(opts ...tagging.FusionOption) Option {
	return optionFunc(func(c *config) error {
		for _, o := range opts {
			if o == nil {
				return fmt.Errorf("soundtrack: WithFusion(nil)")
			}
		}
		c.fusion = append(c.fusion, opts...)
		return nil
	})
}

// WithAffectHead has affect corrected by heads of the caller's own, such as soundtrack train affect writes, see
// [tagging.ReadAffectHead]. They replace the shipped head for the encoders that they were fitted for, and are relied on as
// far as their scores on pictures left out say. If none of them is for the encoder that is opened, Open fails with [ErrAffectHead]: nobody would hear them. It contradicts WithoutAffectHead and
// WithTagger.
func WithAffectHead(head *tagging.AffectHead) Option {
	return optionFunc(func(c *config) error {
		if head == nil || len(head.Descriptions()) == 0 {
			return fmt.Errorf("soundtrack: WithAffectHead: want one head at least")
		}
		c.head = head
		return nil
	})
}

// WithoutAffectHead switches the shipped affect head off: affect is read off the unfitted table of labels. It contradicts
// WithAffectHead and WithTagger.
func WithoutAffectHead() Option {
	return optionFunc(func(c *config) error { c.noHead = true; return nil })
}

// WithCalibration turns what zero-shot tagging says into probabilities by calibrations of the caller's own, such as soundtrack
// train calibration writes, see [tagging.ReadCalibrationFile]. The kinds of concepts that are not in it keep
// [tagging.DefaultCalibration]. If it is not for the encoder that is opened, or nothing reads that one by texts, Open fails with
// [ErrCalibration]. It contradicts WithTagger.
func WithCalibration(calibration *tagging.CalibrationFile) Option {
	return optionFunc(func(c *config) error {
		if err := calibration.Validate(); err != nil {
			return fmt.Errorf("soundtrack: WithCalibration: %w", err)
		}
		c.calibrate = calibration
		return nil
	})
}

// WithStore searches the caller's store, which the caller keeps and closes. Nothing is put into it.
func WithStore(store catalog.Store) Option {
	return optionFunc(func(c *config) error {
		if store == nil {
			return fmt.Errorf("soundtrack: WithStore(nil)")
		}
		c.store = store
		return nil
	})
}

// WithSongs adds songs to the store in memory that Open makes. May be given more than once.
func WithSongs(songs ...catalog.Song) Option {
	return optionFunc(func(c *config) error { c.songs = append(c.songs, songs...); return nil })
}

// WithoutSeed leaves the seed catalogue and the demo tracks out of the store that Open makes.
func WithoutSeed() Option {
	return optionFunc(func(c *config) error { c.noSeed, c.noDemo = true, true; return nil })
}

// WithoutDemo leaves only the demo tracks out.
func WithoutDemo() Option {
	return optionFunc(func(c *config) error { c.noDemo = true; return nil })
}

// WithRanker replaces the default ranker: other weights, diversity or artist cap.
func WithRanker(ranker *match.Ranker) Option {
	return optionFunc(func(c *config) error {
		if ranker == nil {
			return fmt.Errorf("soundtrack: WithRanker(nil)")
		}
		c.ranker = ranker
		return nil
	})
}

// WithLimits replaces the limits for pictures; the zero value of a field is its default.
func WithLimits(limits vision.Limits) Option {
	return optionFunc(func(c *config) error { c.limits = limits; return nil })
}

// WithLogger logs what Open decides and what degrades answers. The default is silence.
func WithLogger(logger *slog.Logger) Option {
	return optionFunc(func(c *config) error {
		if logger == nil {
			return fmt.Errorf("soundtrack: WithLogger(nil)")
		}
		c.logger = logger
		return nil
	})
}

func newConfig(opts []Option) (*config, error) {
	c := &config{logger: slog.New(slog.DiscardHandler)}
	for _, o := range opts {
		if err := o.apply(c); err != nil {
			return nil, err
		}
	}
	switch {
	case c.store != nil && (len(c.songs) > 0 || c.noSeed || c.noDemo):
		return nil, fmt.Errorf("soundtrack: Open: WithStore excludes WithSongs, WithoutSeed and WithoutDemo: put songs into your store yourself")
	case c.encoder != nil && (c.preset != "" || c.manifest != nil || c.backend != nil || c.hub != nil):
		return nil, fmt.Errorf("soundtrack: Open: WithEncoder excludes WithPreset, WithManifest, WithBackend and WithModelHub")
	case c.tagger != nil && len(c.fusion) > 0:
		return nil, fmt.Errorf("soundtrack: Open: WithTagger excludes WithFusion: fuse your tagger yourself")
	case c.tagger != nil && (c.head != nil || c.noHead):
		return nil, fmt.Errorf("soundtrack: Open: WithTagger excludes WithAffectHead and WithoutAffectHead: fuse your tagger yourself")
	case c.tagger != nil && c.calibrate != nil:
		return nil, fmt.Errorf("soundtrack: Open: WithTagger excludes WithCalibration: calibrate your tagger yourself")
	case c.head != nil && c.noHead:
		return nil, fmt.Errorf("soundtrack: Open: WithAffectHead excludes WithoutAffectHead")
	case c.manifest != nil && c.preset != "":
		return nil, fmt.Errorf("soundtrack: Open: WithManifest excludes WithPreset")
	}
	return c, nil
}
