package tagging

import (
	"context"
	"fmt"

	"github.com/soundtrack-go/sdk/vision"
)

// PaletteName is the name of the [PaletteTagger] in evidence.
const PaletteName = "palette"

// PaletteTagger names a picture's colours and reads what little feeling they carry. Measured on rated photographs,
// colour alone correlates about .1 with valence and .3 with arousal, so its spread is nearly that of knowing nothing
// and fusion gives it next to no weight beside a tagger that recognises things. The zero value is ready to use.
type PaletteTagger struct{}

// paletteSpread leaves a palette a thirtieth of the weight of a sure tagger; see [Fuse].
const paletteSpread = 0.58

// Tag implements [Tagger].
func (PaletteTagger) Tag(ctx context.Context, o *vision.Observation) (Tags, error) {
	if err := ctx.Err(); err != nil {
		return Tags{}, err
	}
	p := o.Palette
	if len(p.Swatches) == 0 {
		return Tags{Affect: Estimate{Spread: UnknownSpread}}, nil
	}
	tags := Tags{Affect: Estimate{Affect: paletteAffect(p), Spread: paletteSpread, Known: true}}
	for _, s := range p.Swatches {
		tags.Colours = append(tags.Colours, Colour{Hex: s.Hex(), Name: s.Name, Share: s.Share})
	}
	tags.AffectEvidence = []Evidence{{
		Tagger: PaletteName, Weight: 1,
		Detail: fmt.Sprintf("%s, lightness %.0f of 100, %s", p.Swatches[0].Name, p.Lightness, chromaWord(p.Chroma)),
	}}
	return tags, nil
}

// paletteAffect follows the relations that hold for flat colours: (happy − sad)/2 = −81.5 + .80·L + 1.08·C on −100…100,
// and the activity scale of Ou et al. (2004). Photographs are shrunk by a third towards neutral, since their colours
// belong to things.
func paletteAffect(p vision.Palette) Affect {
	const shrink = 1. / 3
	valence := (-81.5 + .80*p.Lightness + 1.08*p.Chroma) / 100
	arousal := p.Activity / 2
	return Affect{Valence: shrink * clampAxis(valence), Arousal: shrink * clampAxis(arousal)}.Clamp()
}

func chromaWord(chroma float64) string {
	switch {
	case chroma < 8:
		return "almost no colour"
	case chroma < 20:
		return "muted colours"
	case chroma < 40:
		return "clear colours"
	default:
		return "vivid colours"
	}
}
