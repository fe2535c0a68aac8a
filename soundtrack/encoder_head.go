package soundtrack

import (
	"errors"
	"fmt"
	"strings"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// ErrAffectHead reports that none of the heads of [WithAffectHead] reads the encoder that was opened.
var ErrAffectHead = errors.New("soundtrack: no affect head for the encoder")

// headOptions put the program's affect heads among the default taggers, or take the shipped one out.
func (c *config) headOptions(o *openedEncoder) ([]tagging.FusionOption, error) {
	switch {
	case c.noHead:
		return []tagging.FusionOption{tagging.WithoutTagger(tagging.HeadName)}, nil
	case c.head == nil:
		return nil, nil
	}
	var info vision.ModelInfo // of the palette: none
	if o.encoder != nil {
		info = o.encoder.Info()
	}
	own, reads := c.head.Describe(info)
	if !reads {
		return nil, unheard(o, c.head)
	}
	heads := tagging.DefaultAffectHead().With(c.head)
	return []tagging.FusionOption{
		tagging.Replacing(tagging.HeadName, heads), tagging.WithReliability(tagging.HeadName, measured(own)),
	}, nil
}

// measured is how far a head can be relied on by its score on pictures left out: the reliability in package tagging is that
// of the shipped one.
func measured(d tagging.HeadDescription) tagging.Reliability {
	s := d.Fit.LeftOut
	return tagging.Reliability{Valence: max(0, min(1, s.Valence)), Arousal: max(0, min(1, s.Arousal))}
}

// unheard says for which encoders there are heads, and what to do. Spaces tell apart weights that have one name.
func unheard(o *openedEncoder, head *tagging.AffectHead) error {
	var spaces []string
	for _, d := range head.Descriptions() {
		spaces = append(spaces, vision.ModelInfo{ID: d.Encoder.ID, Digest: d.Encoder.Digest}.Space())
	}
	fitted := strings.Join(spaces, ", ")
	if o.encoder == nil {
		return fmt.Errorf("%w: %s reads colours only, and the heads are for %s; choose their encoder with --encoder",
			ErrAffectHead, o.choice.ID, fitted)
	}
	info := o.encoder.Info()
	return fmt.Errorf("%w: it is %s, and the heads are for %s; fit one with: soundtrack train affect --encoder %s, or choose theirs with --encoder",
		ErrAffectHead, info.Space(), fitted, info.ID)
}
