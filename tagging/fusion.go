package tagging

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/vision"
)

// Fusion is a [Tagger] that asks several at once and fuses their answers by their reliability, see [Fuse]. A tagger that
// fails, panics, takes too long or answers what [Tags.Validate] refuses degrades the answer by name and never fails it; only a
// cancelled context does. Answers do not depend on who is ready first. Make one with [NewFusion] or [Default].
type Fusion struct{ config fusionConfig }

type fusionConfig struct {
	taggers     []Named
	reliability map[string]Reliability
	timeout     time.Duration
}

// FusionOption is a tagger, which is a [Named], or a setting of a [Fusion]. Options are applied in the order in which they
// are given, so that one may undo what another did.
type FusionOption interface{ apply(*fusionConfig) error }

type fusionOptionFunc func(*fusionConfig) error

func (f fusionOptionFunc) apply(c *fusionConfig) error { return f(c) }

// Named is a tagger with the name that its failures carry and by which its reliability is found. The order of taggers
// decides where they are equally good.
type Named struct {
	Name   string
	Tagger Tagger
}

func (n Named) apply(c *fusionConfig) error {
	same := func(t Named) bool { return t.Name == n.Name }
	if n.Name == "" || n.Name != presentable(n.Name, MaxName) || n.Tagger == nil || slices.ContainsFunc(c.taggers, same) {
		return fmt.Errorf("tagging: NewFusion: tagger %.100q: want taggers with different names on one line", n.Name)
	}
	c.taggers = append(c.taggers, n)
	return nil
}

// WithoutTagger takes out the tagger that has this name in the fusion so far. With a name that no tagger has, it is an error
// that lists those there are. So the shipped [AffectHead] is switched off, and the unfitted table remains:
//
//	unfitted, err := tagging.Default().With(tagging.WithoutTagger(tagging.HeadName))
func WithoutTagger(name string) FusionOption {
	return fusionOptionFunc(func(c *fusionConfig) error {
		i, err := c.find("WithoutTagger", name)
		if err != nil {
			return err
		}
		c.taggers = slices.Delete(c.taggers, i, i+1)
		return nil
	})
}

// Replacing puts a tagger in the place of the one that has this name in the fusion so far. It gets the other's name, with
// the reliability that goes by it, and its place in the order, which a [Named] after [WithoutTagger] would not: that one
// comes last. With a name that no tagger has, it is an error that lists those there are. So heads of one's own come in:
//
//	heads := tagging.DefaultAffectHead().With(own)
//	fusion, err := tagging.Default().With(tagging.Replacing(tagging.HeadName, heads))
func Replacing(name string, tagger Tagger) FusionOption {
	return fusionOptionFunc(func(c *fusionConfig) error {
		if tagger == nil {
			return fmt.Errorf("tagging: Replacing(%q, nil)", name)
		}
		i, err := c.find("Replacing", name)
		if err != nil {
			return err
		}
		c.taggers[i].Tagger = tagger
		return nil
	})
}

// find returns the index of the tagger that an option names.
func (c *fusionConfig) find(option, name string) (int, error) {
	names := make([]string, len(c.taggers))
	for i, t := range c.taggers {
		names[i] = t.Name
	}
	i := slices.Index(names, name)
	if i < 0 {
		return i, fmt.Errorf("tagging: %s(%q): no such tagger; there are %s", option, name, cmp.Or(strings.Join(names, ", "), "none"))
	}
	return i, nil
}

// WithReliability relies on a tagger as measured by the caller. The default is that of [ReliabilityOf].
func WithReliability(name string, r Reliability) FusionOption {
	return fusionOptionFunc(func(c *fusionConfig) error {
		for _, v := range []float64{r.Valence, r.Arousal, r.Objects, r.Scenes, r.Era} {
			if !(v >= 0 && v <= 1) {
				return fmt.Errorf("tagging: WithReliability(%q, %v): want numbers from 0 to 1", name, r)
			}
		}
		c.reliability[name] = r
		return nil
	})
}

// WithTaggerTimeout bounds the time of each tagger. d must be above 0. Without it, and in any case, a tagger has
// three quarters of the time that the context's deadline leaves, so that one which is slow, such as a language model, leaves
// enough for the songs; without a deadline there is no bound.
func WithTaggerTimeout(d time.Duration) FusionOption {
	return fusionOptionFunc(func(c *fusionConfig) error {
		if d <= 0 {
			return fmt.Errorf("tagging: WithTaggerTimeout(%v): want more than 0", d)
		}
		c.timeout = d
		return nil
	})
}

// NewFusion returns the fusion of taggers. Names must be given and differ.
func NewFusion(opts ...FusionOption) (*Fusion, error) { return (&Fusion{}).With(opts...) }

// With returns a fusion of the taggers of f, less those that an option takes out, and further ones, which come after them,
// with the settings of f unless they are replaced. f stays as it is.
func (f *Fusion) With(opts ...FusionOption) (*Fusion, error) {
	c := fusionConfig{taggers: slices.Clone(f.config.taggers), reliability: map[string]Reliability{}, timeout: f.config.timeout}
	for name, r := range f.config.reliability {
		c.reliability[name] = r
	}
	for _, o := range opts {
		if err := o.apply(&c); err != nil {
			return nil, err
		}
	}
	return &Fusion{c}, nil
}

// Default returns the taggers that need nothing but an observation: labels, scenes, the affect head, palette, and the era
// readers.
func Default() *Fusion {
	return &Fusion{fusionConfig{taggers: []Named{
		{LabelsName, LabelTagger{}}, {ScenesName, SceneTagger{}}, {HeadName, DefaultAffectHead()}, {PaletteName, PaletteTagger{}},
		{EraName, EraTagger{}},
	}}}
}

// budgetShare is the share of the time that is left which taggers may use.
const budgetShare = 0.75

// Tag implements [Tagger].
func (f *Fusion) Tag(ctx context.Context, o *vision.Observation) (Tags, error) {
	asking, cancel := f.bounded(ctx)
	defer cancel()
	replies := make([]chan reply, len(f.config.taggers))
	for i, t := range f.config.taggers {
		replies[i] = make(chan reply, 1)
		go func() { replies[i] <- ask(asking, t.Tagger, o) }()
	}
	var answers []answer
	var failed []Degradation
	for i, t := range f.config.taggers {
		r := await(asking, replies[i])
		if err := ctx.Err(); err != nil {
			return Tags{}, err
		}
		if r.err == nil {
			r.err = r.tags.Validate()
		}
		if r.err != nil {
			failed = append(failed, Degradation{Part: t.Name, Reason: reasonOf(r.err)})
			continue
		}
		answers = append(answers, answer{name: t.Name, tags: r.tags, rely: f.reliability(t.Name)})
	}
	fused := fuse(answers)
	fused.Degraded = append(fused.Degraded, failed...)
	return fused, nil
}

// bounded is ctx with the time that taggers have.
func (f *Fusion) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := f.config.timeout
	if deadline, ok := ctx.Deadline(); ok {
		if share := time.Duration(budgetShare * float64(time.Until(deadline))); limit == 0 || share < limit {
			limit = max(share, 1)
		}
	}
	if limit == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

func (f *Fusion) reliability(name string) Reliability {
	if r, ok := f.config.reliability[name]; ok {
		return r
	}
	return ReliabilityOf(name)
}

type reply struct {
	tags Tags
	err  error
}

// ask makes a panic an error: in a goroutine it would end the program, and one tagger must not.
func ask(ctx context.Context, t Tagger, o *vision.Observation) (r reply) {
	defer func() {
		if p := recover(); p != nil {
			r = reply{err: fmt.Errorf("panicked: %v", p)}
		}
	}()
	tags, err := t.Tag(ctx, o)
	return reply{tags, err}
}

// await takes a reply that is there, even if the time is up, and does not wait for a tagger that forgets the time.
func await(ctx context.Context, replies <-chan reply) reply {
	select {
	case r := <-replies:
		return r
	case <-ctx.Done():
	}
	select {
	case r := <-replies:
		return r
	default:
		return reply{err: ctx.Err()}
	}
}

// reasonOf keeps a tagger's failure presentable: deadlines are common and their texts are not for people.
func reasonOf(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "took too long"
	}
	return presentable(err.Error(), MaxReason)
}
