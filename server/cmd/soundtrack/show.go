package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// showAnalysis prints what was seen, for people.
func showAnalysis(io streams, o outcome) error {
	tags := o.answer.Analysis.Tags
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", o.name)
	fmt.Fprintf(&b, "  seen by  %s\n", seenBy(o.answer.Encoder))
	fmt.Fprintf(&b, "  mood     valence %+.2f, arousal %+.2f, ± %.2f: %s\n", tags.Affect.Valence, tags.Affect.Arousal, tags.Affect.Spread, names(tags.Moods, 3))
	if tags.Disagreement >= muchDisagreement {
		fmt.Fprintf(&b, "  unsure   the taggers disagree: %s\n", disagreeing(tags.AffectEvidence))
	}
	fmt.Fprintf(&b, "  objects  %s\n", names(tags.Objects, 5))
	fmt.Fprintf(&b, "  scenes   %s\n", names(tags.Scenes, 5))
	var colours []string
	for _, c := range tags.Colours {
		colours = append(colours, fmt.Sprintf("%s %.0f %%", c.Name, 100*c.Share))
	}
	fmt.Fprintf(&b, "  colours  %s\n", strings.Join(colours, ", "))
	fmt.Fprintf(&b, "  era      %s\n", eraText(tags.Era))
	if tags.Caption != "" {
		fmt.Fprintf(&b, "  caption  %s\n", tags.Caption)
	}
	showDegraded(&b, o.answer)
	_, err := fmt.Fprint(io.out, b.String())
	return err
}

// showRecommendation prints the analysis and the picks, for people.
func showRecommendation(io streams, o outcome) error {
	if err := showAnalysis(io, o); err != nil {
		return err
	}
	var b strings.Builder
	for i, p := range o.answer.Picks {
		fmt.Fprintf(&b, "  %d. %s – %s", i+1, p.Song.Title, p.Song.Artist)
		if p.Song.Year != 0 {
			fmt.Fprintf(&b, " (%d)", p.Song.Year)
		}
		fmt.Fprintf(&b, "  %.2f\n     %s\n", p.Score, p.Why())
	}
	_, err := fmt.Fprint(io.out, b.String())
	return err
}

// seenBy names the encoder, what runs it and why.
func seenBy(e soundtrack.EncoderChoice) string {
	if e.Backend == "" {
		return fmt.Sprintf("%s (%s)", e.ID, e.Reason)
	}
	return fmt.Sprintf("%s, run by %s on %s (%s)", e.ID, e.Backend, e.Device, e.Reason)
}

func showDegraded(b *strings.Builder, answer *soundtrack.Recommendation) {
	if answer.Care.Reason != "" {
		fmt.Fprintf(b, "  care     %s\n", answer.Care.Reason)
	}
	for _, d := range answer.Degraded {
		fmt.Fprintf(b, "  note     %s\n", d)
	}
}

// muchDisagreement is the [tagging.Tags.Disagreement] from which it is mentioned, as on the page of the server. Of the small
// model's taggers alone it is that of one photograph in fifty.
const muchDisagreement = 0.15

// disagreeing says what the first taggers that contradict each other go by.
func disagreeing(evidence []tagging.Evidence) string {
	var said []string
	var heard []string
	for _, e := range evidence {
		if len(said) < 3 && !slices.Contains(heard, e.Tagger) {
			heard = append(heard, e.Tagger)
			said = append(said, fmt.Sprintf("%s by %s", e.Tagger, e.Detail))
		}
	}
	return strings.Join(said, ", ")
}

// eraText is the decade of a capture date, or the label with the decades that may be meant.
func eraText(e tagging.Era) string {
	if e.Decade != 0 {
		return fmt.Sprintf("%ds", e.Decade)
	}
	var guesses []string
	for _, d := range tellingDecades(e.Decades) {
		guesses = append(guesses, fmt.Sprintf("%ds %.0f %%", d.Decade, 100*d.Share))
	}
	if len(guesses) == 0 {
		return e.Label.String()
	}
	return fmt.Sprintf("%s; perhaps %s", e.Label, strings.Join(guesses, ", "))
}

// What decades must hold to be worth telling: at most three of them, half of all that is possible; and of a tenth, each.
const (
	mostDecades     = 3
	decadesTogether = 0.5
	decadeAlone     = 0.1
)

// tellingDecades are the most probable decades of a guess, in the order of time, or none if the guess says nothing, as a flat
// one does.
func tellingDecades(decades []tagging.DecadeShare) []tagging.DecadeShare {
	likely := slices.Clone(decades)
	slices.SortStableFunc(likely, func(a, b tagging.DecadeShare) int { return cmp.Compare(b.Share, a.Share) })
	likely = likely[:min(mostDecades, len(likely))]
	together := 0.
	for _, d := range likely {
		together += d.Share
	}
	if together < decadesTogether {
		return nil
	}
	likely = slices.DeleteFunc(likely, func(d tagging.DecadeShare) bool { return d.Share < decadeAlone })
	slices.SortFunc(likely, func(a, b tagging.DecadeShare) int { return cmp.Compare(a.Decade, b.Decade) })
	return likely
}

func names(tags []tagging.Tag, most int) string {
	if len(tags) == 0 {
		return "–"
	}
	var list []string
	for _, t := range tags[:min(most, len(tags))] {
		list = append(list, t.Name)
	}
	return strings.Join(list, ", ")
}
