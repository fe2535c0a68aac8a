package evaluate

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/soundtrack-go/sdk/tagging/headfit"
)

// Write writes the report as tables for people.
func (r *PictureReport) Write(w io.Writer) error {
	fmt.Fprintf(w, "%s, fused of %s\n\n", r.Encoder, strings.Join(r.Fused, ", "))
	if !r.HeadShips {
		fmt.Fprintf(w, "No affect head ships for this encoder: the one here was fitted for this measurement, as soundtrack train affect would.\n"+
			"Without such a head a user gets what \"without head\" says; spread, care and objects are of that fusion, too.\n\n")
	}
	chosen := fmt.Sprintf("the best of about %d on dev; the %d held photographs had no say", r.HeadTries, r.Held)
	if !r.HeadShips {
		chosen = fmt.Sprintf("the best of %d by the teacher's ratings", r.HeadTries)
	}
	fmt.Fprintf(w, "Affect: %d photographs of OASIS, %d themes, against the mean of people's ratings. All that learned from pictures was\n"+
		"fitted without the photograph's theme. The head's settings are %s.\n"+
		"People's ratings did have a say in this: the allowance of the spread for the teacher's error (dev), the reliabilities of taggers\n"+
		"and the limits of care (all), and the range of mean ratings, which two of the teacher's four passes were told.\n"+
		"r is Pearson's; MAE on people's scale of 1…7, in brackets on −1…1; inside: ratings within one spread, wanted 60–76 %%.\n\n",
		r.Photographs, r.Themes, chosen)
	if err := r.writeAffect(w); err != nil {
		return err
	}
	if err := r.writeCategories(w); err != nil {
		return err
	}
	if err := r.writeSpread(w); err != nil {
		return err
	}
	if err := r.Care.write(w); err != nil {
		return err
	}
	if err := r.Objects.write(w); err != nil {
		return err
	}
	if err := r.Named.write(w); err != nil {
		return err
	}
	if r.Era != nil {
		return r.Era.write(w)
	}
	return nil
}

func newTable(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 4, 2, ' ', 0) }

func (r *PictureReport) writeAffect(w io.Writer) error {
	t := newTable(w)
	fmt.Fprintln(t, "\tALL r\tDEV r\tHELD r\tMAE valence\tMAE arousal\tINSIDE all\tdev\theld")
	rows := slices.Concat([]AffectRow{r.WithHead, r.WithoutHead}, r.Parts, r.Controls, []AffectRow{r.Teacher})
	for _, row := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row.Name, pair(row.All), pair(row.Dev), pair(row.Held),
			distance(row.All.ValenceMAE), distance(row.All.ArousalMAE),
			percentOr(row.All.Inside, "–"), percentOr(row.Dev.Inside, "–"), percentOr(row.Held.Inside, "–"))
	}
	return t.Flush()
}

// pair is the correlations of valence and arousal, as they are written in papers: without the nought.
func pair(s headfit.Score) string {
	if s.ValenceMAE == 0 { // not measured
		return "–"
	}
	return correlationText(s.Valence) + " " + correlationText(s.Arousal)
}

func correlationText(r float64) string {
	text := fmt.Sprintf("%.2f", max(r, -r))
	if text[0] == '0' {
		text = text[1:]
	}
	if r < -.005 {
		return "−" + text
	}
	return text
}

func distance(d float64) string { return fmt.Sprintf("%.2f (%.2f)", Scale17(d), d) }

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func percentOr(share float64, none string) string {
	if share == 0 {
		return none
	}
	return percent(share)
}

func (r *PictureReport) writeCategories(w io.Writer) error {
	fmt.Fprintln(w, "\nBy category, r of valence and arousal:")
	t := newTable(w)
	fmt.Fprintln(t, "\tWITH HEAD\tWITHOUT\tMAE valence\tMAE arousal")
	for _, c := range slices.SortedFunc(maps.Keys(r.WithHead.Categories), cmp.Compare[string]) {
		with, without := r.WithHead.Categories[c], r.WithoutHead.Categories[c]
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", c, pair(with), pair(without), distance(with.ValenceMAE), distance(with.ArousalMAE))
	}
	return t.Flush()
}

func (r *PictureReport) writeSpread(w io.Writer) error {
	fmt.Fprintln(w, "\nSpread of the fused affect, photographs in fifths from sure to unsure:")
	t := newTable(w)
	fmt.Fprintln(t, "\tSPREAD\tTRUE DEVIATION\tINSIDE")
	for i, b := range r.Spread {
		fmt.Fprintf(t, "%d\t%.2f\t%.2f\t%s\n", i+1, b.Spread, b.Deviation, percent(b.Inside))
	}
	return t.Flush()
}

func (o ObjectsReport) write(w io.Writer) error {
	fmt.Fprintf(w, "\nObjects and scenes: %d captioned pictures of COCO; control: the answers for other pictures.\n", o.Pictures)
	t := newTable(w)
	fmt.Fprintln(t, "\tSHARE\tCONTROL\tOF")
	row := func(name string, c Controlled, of string) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", name, percent(c.Share), percent(c.Control), of)
	}
	row("a class of COCO in the first five objects", o.HitAt5, fmt.Sprintf("%d pictures", o.Pictures))
	row("classes of COCO named", o.Named, "classes in pictures")
	row("things in captions, named", o.Things.Named, fmt.Sprintf("%d nouns", o.Things.Nouns))
	row("things in captions, named or implied", o.Things.Implied, fmt.Sprintf("%d nouns", o.Things.Nouns))
	row("places and weather in captions, named", o.Places.Named, fmt.Sprintf("%d nouns", o.Places.Nouns))
	row("places and weather in captions, named or implied", o.Places.Implied, fmt.Sprintf("%d nouns", o.Places.Nouns))
	return t.Flush()
}

func (e *EraReport) write(w io.Writer) error {
	fmt.Fprintf(w, "\nEra: %d photographs up to 1929 against %d of OASIS, %d of them monochrome. AUC %.3f, against OASIS turned grey %.3f.\n",
		e.Old, e.Modern, e.Monochrome, e.AUC, e.AUCGrey)
	t := newTable(w)
	fmt.Fprintln(t, "\tTHRESHOLD\tOLD FOUND\tFALSE\tMONOCHROME\tTURNED GREY")
	for _, row := range []struct {
		name string
		at   EraRates
	}{{"at 85 % recall", e.At85}, {"as shipped", e.Shipped}} {
		fmt.Fprintf(t, "%s\t%.2f\t%s\t%s\t%s\t%s\n", row.name, row.at.Threshold, percent(row.at.Recall), percent(row.at.False),
			percent(row.at.FalseMono), percent(row.at.FalseGrey))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "Called modern: %s of OASIS, %s turned grey, %s of the old ones; of the rest the age is unknown.\n",
		percent(e.CalledModern.Modern), percent(e.CalledModern.Grey), percent(e.CalledModern.Old))
	_, err := fmt.Fprintf(w, "Decades claimed without a capture date: %d\n", e.UndatedDecades)
	return err
}
