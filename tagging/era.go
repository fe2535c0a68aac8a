package tagging

import (
	"context"
	_ "embed"
	"fmt"
	"sync"

	"github.com/soundtrack-go/sdk/internal/probe"
	"github.com/soundtrack-go/sdk/vision"
)

//go:embed era.json
var eraJSON []byte

//go:embed era.bin
var eraBin []byte

var eraProbe = sync.OnceValue(func() probe.File { return mustRead(eraJSON, eraBin) })

// EraName is the name of the [EraTagger] in evidence.
const EraName = "era"

// EraTagger says how old a picture is, and mostly that it does not know. A capture date gives decade and "modern"; a
// picture that looks like an old photograph is "old", without a decade, since decades cannot be read from pixels. The
// look is a probe on the last maps of the compact model, fitted on photographs up to 1929 against modern ones and the same
// turned grey, so that a modern black-and-white picture is not taken for an old one. Where date and look contradict each
// other, as in a dated scan, the answer is unknown. The zero value is ready to use.
type EraTagger struct{}

// Thresholds for the probability that a picture looks like an old photograph; between them the answer is unknown. What they
// give on pictures left out says soundtrack eval pictures.
const (
	OldFrom    = 0.6  // from here on a picture is called old
	ModernUpTo = 0.02 // up to here, modern
)

// firstDigitalYear is the year from which a capture date is taken for that of a camera rather than of a scanner's clock.
const firstDigitalYear = 1988

// Tag implements [Tagger].
func (EraTagger) Tag(ctx context.Context, o *vision.Observation) (Tags, error) {
	if err := ctx.Err(); err != nil {
		return Tags{}, err
	}
	tags := Tags{Affect: Estimate{Spread: UnknownSpread}}
	old, looked := 0., false
	f := eraProbe()
	if x := f.Features(o.Encoding); x != nil {
		old, looked = f.Entries[0].Probe().Probability(x), true
	}
	var evidence []Evidence
	if looked {
		evidence = append(evidence, Evidence{Tagger: EraName, Detail: fmt.Sprintf("looks like an old photograph: %.2f", old), Weight: 1})
	}
	if o.Picture != nil {
		if captured, ok := o.Picture.Captured(); ok && captured.Year() >= firstDigitalYear {
			evidence = append(evidence, Evidence{Tagger: EraName, Detail: "capture date " + captured.Format("2006-01-02"), Weight: 1})
			if old < OldFrom {
				tags.Era = Era{Label: EraModern, Decade: captured.Year() / 10 * 10, Captured: captured, Confidence: .95, Evidence: evidence}
			} else {
				tags.Era = Era{Evidence: evidence} // a scan: the date is the scanner's
			}
			return tags, nil
		}
	}
	switch {
	case !looked:
	case old >= OldFrom:
		tags.Era = Era{Label: EraOld, Confidence: old, Evidence: evidence}
	case old <= ModernUpTo:
		tags.Era = Era{Label: EraModern, Confidence: 1 - old, Evidence: evidence}
	default:
		tags.Era = Era{Evidence: evidence}
	}
	return tags, nil
}
