package tagging

import (
	"context"
	_ "embed"
	"fmt"
	"sync"
	"time"

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
	var seen look
	f := eraProbe()
	if x := f.Features(o.Encoding); x != nil {
		seen.looked, seen.old = true, f.Entries[0].Probe().Probability(x)
	}
	if o.Picture != nil {
		captured, ok := o.Picture.Captured()
		if ok && captured.Year() >= firstDigitalYear && captured.Year() < lastDecade { // else a clock that was set wrong
			seen.captured = captured
		}
	}
	return Tags{Affect: Estimate{Spread: UnknownSpread}, Era: seen.era()}, nil
}

// look is what can be seen of a picture's age.
type look struct {
	looked   bool
	old      float64   // probability of looking like an old photograph
	captured time.Time // zero if there is no date to be believed
}

func (l look) era() Era {
	var evidence []Evidence
	if l.looked {
		evidence = append(evidence, Evidence{Tagger: EraName, Detail: fmt.Sprintf("looks like an old photograph: %.2f", l.old), Weight: 1})
	}
	dated := !l.captured.IsZero()
	if dated {
		evidence = append(evidence, Evidence{Tagger: EraName, Detail: "capture date " + l.captured.Format("2006-01-02"), Weight: 1})
	}
	switch {
	case dated && !(l.old >= OldFrom): // nor if the look is no number
		return Era{Label: EraModern, Decade: l.captured.Year() / 10 * 10, Captured: l.captured, Confidence: .95, Evidence: evidence}
	case dated: // a scan: the date is the scanner's
	case !l.looked:
	case l.old >= OldFrom:
		return Era{Label: EraOld, Confidence: l.old, Evidence: evidence}
	case l.old <= ModernUpTo:
		return Era{Label: EraModern, Confidence: 1 - l.old, Evidence: evidence}
	}
	return Era{Evidence: evidence}
}
