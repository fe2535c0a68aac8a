package tagging

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/zeroshot"
)

// ZeroShotName is the name of the [ZeroShotTagger] in evidence and in a [Fusion].
const ZeroShotName = "clip"

// ZeroShotTagger recognises the concepts of a vocabulary by their names alone, in the embeddings of an encoder that shares
// its space with texts, such as CLIP: nothing in it is fitted on pictures, unless [WithCalibration] or
// [ZeroShotTagger.Calibrated] brings what [FitCalibration] found. Make one with [NewZeroShot]. It is immutable.
//
// # Probabilities
//
// The concepts of each kind are compared with each other and with nothing in particular, the label "something" in the same
// prompts, so that a kind of which the picture shows nothing says so:
//
//	l(c) = Scale · cos(picture, c) + Bias            as package zeroshot has it
//	p(c) = e^{l(c)/T} / (Σ e^{l(j)/T} + N · e^{l(something)/T + b})   for N concepts of the kind
//
// T and b are the kind's [Calibration]. An encoder whose score is "sigmoid" has p(c) = σ(l(c)/T + b) instead.
//
// # Affect
//
// The mixture of the affects of what was recognised, each with its probability, and of knowing nothing with the rest: a weak
// guess gives an affect near that of photographs in general and a wide spread, whatever it guesses. Kinds that recognised
// something are weighed by what their concepts know beyond photographs in general; the others have no say. The spread is the
// deviation of the whole mixture: where moods conflict it is wide, instead of the mean of both, which nobody feels, being
// called sure.
//
// # Era
//
// The prompts of decades give a distribution that is made wide on purpose, since CLIP knows clothes and cars and not years.
// A label is given only where nine tenths of it lie before 1950, or from 2000 on. Never a decade: see [Era].
type ZeroShotTagger struct {
	model      vision.ModelInfo
	prompts    string // digest, see [CalibrationFile]
	vocabulary *Vocabulary
	kinds      []zeroShotKind
	cacheErr   error
}

// zeroShotKind is the classifier of a kind: one label for each concept, and last "something".
type zeroShotKind struct {
	kind        Kind
	ids         []string
	classifier  *zeroshot.Classifier
	score       vision.Score
	calibration Calibration
}

// NewZeroShot embeds the prompts of the vocabulary with text, a [vision.JointEncoder] or [vision.ModelTextEncoder] or any
// other that says by a method Info which space it embeds into. That takes minutes for a whole vocabulary, unless
// [WithZeroShotCache] has the vectors. text is not kept and may be closed afterwards. ctx ends the work; errors are those
// of [zeroshot.New].
func NewZeroShot(ctx context.Context, text vision.TextEncoder, opts ...ZeroShotOption) (*ZeroShotTagger, error) {
	c, err := newZeroShotConfig(opts)
	if err != nil {
		return nil, err
	}
	named, ok := text.(interface{ Info() vision.ModelInfo })
	if !ok {
		return nil, fmt.Errorf("tagging: NewZeroShot: %T does not say what it is: it has no method Info", text)
	}
	info := named.Info()
	z := &ZeroShotTagger{model: info, vocabulary: c.vocabulary}
	groups := promptGroups(c.vocabulary)
	if err := c.checkKinds(groups); err != nil {
		return nil, err
	}
	digest := sha256.New()
	fmt.Fprintf(digest, "%v\n", c.score)
	done, total := 0, 0
	for _, g := range groups {
		total += g.size()
	}
	for _, g := range groups {
		encoder := newPromptEncoder(text, info, g)
		fmt.Fprintln(digest, g.kind, encoder.digest)
		encoder.told = func(n int) { c.progress(done+n, total) }
		classifier, err := zeroshot.New(ctx, encoder, g.labels(), c.classifying(g)...)
		if err != nil {
			return nil, fmt.Errorf("tagging: prompts of kind %s: %w", g.kind, err)
		}
		done += g.size()
		c.progress(done, total)
		z.cacheErr = errors.Join(z.cacheErr, classifier.CacheError())
		z.kinds = append(z.kinds, zeroShotKind{g.kind, g.ids, classifier, c.score, c.calibrationOf(g.kind)})
	}
	z.prompts = hex.EncodeToString(digest.Sum(nil))
	return z, nil
}

// Space is that of the encoder whose observations it understands, see [vision.ModelInfo.Space].
func (z *ZeroShotTagger) Space() string { return z.model.Space() }

// CacheError says why vectors could not be kept for next time; nil if they were, came from there, or should not be.
func (z *ZeroShotTagger) CacheError() error { return z.cacheErr }

// Tag implements [Tagger]. Of an observation by another encoder it says nothing.
func (z *ZeroShotTagger) Tag(ctx context.Context, o *vision.Observation) (Tags, error) {
	if err := ctx.Err(); err != nil {
		return Tags{}, err
	}
	if o.Encoding == nil || o.Encoding.Model.Space() != z.Space() {
		return Tags{Affect: Estimate{Spread: UnknownSpread}}, nil
	}
	readings := make([]zeroShotReading, len(z.kinds))
	for i, k := range z.kinds {
		r, err := k.read(o.Encoding.Embedding)
		if err != nil {
			return Tags{}, fmt.Errorf("tagging: clip: %w", err)
		}
		readings[i] = r
	}
	return z.tags(readings), nil
}

// zeroShotReading is what one kind says: a probability and a logit for each of its concepts, the logit of "something", and
// the probability of none.
type zeroShotReading struct {
	*zeroShotKind
	p, logits        []float64
	background, none float64
}

func (k *zeroShotKind) read(embedding []float32) (zeroShotReading, error) {
	matches, err := k.classifier.Classify(embedding)
	if err != nil {
		return zeroShotReading{}, err
	}
	logits := make([]float64, len(matches))
	for i, m := range matches {
		logits[i] = k.score.Scale*m.Cosine + k.score.Bias
	}
	last := len(logits) - 1
	r := zeroShotReading{zeroShotKind: k, logits: logits[:last], background: logits[last]}
	if k.score.Kind == vision.ScoreSigmoid {
		r.p, r.none = k.calibration.each(r.logits)
	} else {
		r.p, r.none = k.calibration.Probabilities(r.logits, r.background)
	}
	return r, nil
}

// minZeroShot is the probability below which a concept is not mentioned and says nothing about the mood: as for scenes, a
// wrong one is worse than a missing one.
const minZeroShot = 0.2

// tags turns the readings of all kinds into tags.
func (z *ZeroShotTagger) tags(readings []zeroShotReading) Tags {
	seen := newConceptEvidence(ZeroShotName)
	var named []namedKind
	var era Era
	for _, r := range readings {
		if r.kind == KindEra {
			era = r.era()
			continue
		}
		var telling []tellingConcept
		for i, p := range r.p {
			if !(p >= minZeroShot) {
				continue
			}
			c, _ := z.vocabulary.Lookup(r.ids[i])
			seen.add(c.ID, p, "looks like "+c.Name())
			telling = append(telling, tellingConcept{c, p})
		}
		if len(telling) > 0 {
			named = append(named, newNamedKind(telling, r.none))
		}
	}
	tags := Tags{Era: era}
	seen.fill(&tags, z.vocabulary, minZeroShot)
	tags.Affect, tags.AffectEvidence = feelingOf(named)
	return tags
}
