package main

import (
	"fmt"
	"log/slog"
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
	fmt.Fprintf(&b, "  objects  %s\n", names(tags.Objects, 5))
	fmt.Fprintf(&b, "  scenes   %s\n", names(tags.Scenes, 5))
	var colours []string
	for _, c := range tags.Colours {
		colours = append(colours, fmt.Sprintf("%s %.0f %%", c.Name, 100*c.Share))
	}
	fmt.Fprintf(&b, "  colours  %s\n", strings.Join(colours, ", "))
	era := tags.Era.Label.String()
	if tags.Era.Decade != 0 {
		era = fmt.Sprintf("%ds", tags.Era.Decade)
	}
	fmt.Fprintf(&b, "  era      %s\n", era)
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
	if answer.Care.Heavy {
		fmt.Fprintf(b, "  care     %s\n", answer.Care.Reason)
	}
	for _, d := range answer.Degraded {
		fmt.Fprintf(b, "  note     %s\n", d)
	}
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
