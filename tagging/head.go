package tagging

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/soundtrack-go/sdk/internal/affecthead"
	"github.com/soundtrack-go/sdk/vision"
)

//go:generate go run ./gen/head -data ../../shared/data

//go:embed heads
var headFiles embed.FS

var defaultHead = sync.OnceValue(func() *AffectHead {
	h, err := ReadAffectHead(headFiles, "heads")
	if err != nil {
		panic(err) // a test reads the embedded files
	}
	return h
})

// HeadName is the name of the [AffectHead] in evidence.
const HeadName = "head"

// HeadSuffix ends the name of a head's description; its weights are beside it, with ".bin" in place of ".json".
const HeadSuffix = ".head.json"

// ErrHead reports a head that cannot be used: unreadable, of another version, or damaged.
var ErrHead = affecthead.ErrHead

// HeadDescription says what a head reads, what it was fitted on, and how well it did on pictures left out. It is the
// content of a head's JSON file.
type HeadDescription = affecthead.Description

// AffectHead is a [Tagger] that knows from rated pictures how pictures feel: a regression on an encoder's outputs, which
// corrects what the [LabelTagger]'s table expects, where the encoder has ImageNet's labels. It holds heads for any number
// of encoders and picks by the digest of the weights; to an observation by another encoder it has nothing to say.
//
// The head that ships, for the compact model, is fitted on this project's own ratings of photographs, teacher.csv, and not
// on the published norms that it is measured against. Make one with [DefaultAffectHead] or [ReadAffectHead], and join the
// two with [AffectHead.With]. In a [Fusion], [Replacing] changes it for another, and [WithoutTagger] switches it off: the
// unfitted table remains. It is immutable and safe for concurrent use. The zero value holds no head.
type AffectHead struct {
	heads map[string]*affecthead.Head // by the encoder's digest
}

// DefaultAffectHead returns the heads that ship with the package. All callers share it.
func DefaultAffectHead() *AffectHead { return defaultHead() }

// ReadAffectHead reads every head in a folder, as soundtrack train affect writes them: NAME.head.json with NAME.head.bin.
// A folder without any is an error that matches [fs.ErrNotExist]; a damaged file matches [ErrHead]; and so do two heads
// for the same encoder.
func ReadAffectHead(fsys fs.FS, folder string) (*AffectHead, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		return nil, fmt.Errorf("tagging: heads: %w", err)
	}
	h := &AffectHead{heads: map[string]*affecthead.Head{}}
	for _, entry := range entries {
		name, isHead := strings.CutSuffix(entry.Name(), ".json")
		if !isHead || !strings.HasSuffix(entry.Name(), HeadSuffix) {
			continue
		}
		description, err1 := fs.ReadFile(fsys, path.Join(folder, entry.Name()))
		weights, err2 := fs.ReadFile(fsys, path.Join(folder, name+".bin"))
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("tagging: head %s: %w", name, err)
		}
		one, err := affecthead.Read(description, weights)
		if err != nil {
			return nil, fmt.Errorf("tagging: head %s: %w", name, err)
		}
		digest := one.Description.Encoder.Digest
		if h.heads[digest] != nil {
			return nil, fmt.Errorf("tagging: head %s: %w: there is another for the same encoder", name, ErrHead)
		}
		h.heads[digest] = one
	}
	if len(h.heads) == 0 {
		return nil, fmt.Errorf("tagging: heads: %s: no *%s: %w", folder, HeadSuffix, fs.ErrNotExist)
	}
	return h, nil
}

// Describe returns the description of the head for an encoder, and whether there is one.
func (h *AffectHead) Describe(model vision.ModelInfo) (HeadDescription, bool) {
	one := h.heads[model.Digest]
	if one == nil {
		return HeadDescription{}, false
	}
	return one.Description, true
}

// Descriptions returns the description of each head, in the order of their encoders' ids and digests.
func (h *AffectHead) Descriptions() []HeadDescription {
	list := make([]HeadDescription, 0, len(h.heads))
	for _, one := range h.heads {
		list = append(list, one.Description)
	}
	slices.SortFunc(list, func(a, b HeadDescription) int {
		return cmp.Or(cmp.Compare(a.Encoder.ID, b.Encoder.ID), cmp.Compare(a.Encoder.Digest, b.Encoder.Digest))
	})
	return list
}

// With returns the heads of own for the encoders that they were fitted for, and those of h for all others. Both stay as they
// are. If own is nil, it returns h.
func (h *AffectHead) With(own *AffectHead) *AffectHead {
	if own == nil {
		return h
	}
	joined := make(map[string]*affecthead.Head, len(h.heads)+len(own.heads))
	maps.Copy(joined, h.heads)
	maps.Copy(joined, own.heads)
	return &AffectHead{heads: joined}
}

// Tag implements [Tagger].
func (h *AffectHead) Tag(ctx context.Context, o *vision.Observation) (Tags, error) {
	if err := ctx.Err(); err != nil {
		return Tags{}, err
	}
	silent := Tags{Affect: Estimate{Spread: UnknownSpread}}
	if o.Encoding == nil || h.heads[o.Encoding.Model.Digest] == nil {
		return silent, nil
	}
	one := h.heads[o.Encoding.Model.Digest]
	table := LabelAffect(o.Encoding.Outputs["logits"], one.Description.Temperature)
	corrected, err := one.Correct(o.Encoding, [2]float64{table.Valence, table.Arousal})
	if err != nil {
		return Tags{}, fmt.Errorf("tagging: head: %w", err)
	}
	deviation := 0.
	if table.Known {
		deviation = table.Spread
	}
	affect := Affect{Valence: corrected[0], Arousal: corrected[1]}.Clamp()
	return Tags{
		Affect: Estimate{Affect: affect, Spread: one.Description.Spread.At(deviation), Known: true},
		AffectEvidence: []Evidence{{
			Tagger: HeadName, Weight: 1,
			Detail: fmt.Sprintf("like rated pictures of valence %+.2f, arousal %+.2f", affect.Valence, affect.Arousal),
		}},
	}, nil
}
