package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/headfit"
)

type trainCmd struct {
	Affect      trainAffectCmd      `cmd:"" help:"Fit a head that says how pictures feel, on pictures that you rated."`
	Calibration trainCalibrationCmd `cmd:"" help:"Calibrate what CLIP recognises, on pictures that you labelled."`
}

// trainAffectCmd fits an affect head.
type trainAffectCmd struct {
	Pictures string    `help:"Folder of the rated pictures." type:"existingdir" required:"" placeholder:"DIR"`
	Ratings  string    `help:"CSV file: picture (path below --pictures), valence, arousal and, optionally, group." type:"existingfile" required:"" placeholder:"FILE"`
	Scale    []float64 `help:"Lower and upper end of the ratings' scale." default:"1,7" placeholder:"LOW,HIGH"`
	Out      string    `help:"Folder for the head's two files." type:"path" default:"." placeholder:"DIR"`

	Models modelFlags `embed:""`
}

// Help implements kong's interface for the long help.
func (trainAffectCmd) Help() string {
	return `Example:

  soundtrack train affect --pictures photos --ratings ratings.csv --encoder compact --out heads
  soundtrack serve --encoder compact --heads heads

with ratings.csv:

  picture,valence,arousal,group
  beach1.jpg,6.1,3.0,beach
  beach2.jpg,5.8,2.7,beach
  snake.jpg,2.2,5.9,snake

Valence: 1 unpleasant to 7 pleasant; arousal: 1 calm to 7 stirring. Ratings by several people go into columns valence_a,
valence_b and so on, and are averaged. Pictures of one group, such as a series or a theme, are never split between fit and
test; give groups, or the scores flatter. A few hundred pictures in fifty groups are a good start.
A head reads one encoder's outputs only. A folder may hold heads for several; --heads of serve, recommend and tag takes it.
Programs load it with tagging.ReadAffectHead, for soundtrack.WithAffectHead.`
}

// Run implements the command.
func (c *trainAffectCmd) Run(ctx context.Context, io streams) error {
	if len(c.Scale) != 2 || !(c.Scale[0] < c.Scale[1]) {
		return &usageError{errors.New("--scale: want two numbers, the lower first, such as 1,7")}
	}
	raw, err := os.ReadFile(c.Ratings)
	if err != nil {
		return err
	}
	ratings, columns, err := headfit.ReadRatings(bytes.NewReader(raw), headfit.Scale{Low: c.Scale[0], High: c.Scale[1]})
	if err != nil {
		return fmt.Errorf("%s: %w; see: soundtrack train affect --help", c.Ratings, err)
	}
	showAveraged(io, columns)
	encoder, err := c.Models.pictureEncoder(ctx, io)
	if err != nil {
		return err
	}
	defer func() { _ = encoder.Close() }()
	bar := newWorkBar(io.err, "pictures", len(ratings))
	examples, err := headfit.Look(ctx, encoder, os.DirFS(c.Pictures), ratings, bar.step)
	bar.close()
	if err != nil {
		return fmt.Errorf("%w; paths in %s are relative to %s", err, c.Ratings, c.Pictures)
	}
	sum := sha256.Sum256(raw)
	source := headfit.Source{Name: filepath.Base(c.Ratings), Digest: hex.EncodeToString(sum[:])}
	var fits *workBar // drawn when the search says how much there is to do
	result, err := headfit.Search(ctx, examples, source, headfit.WithProgress(func(done, total int) {
		if fits == nil {
			fits = newWorkBar(io.err, "fits", total)
		}
		fits.set(done)
	}))
	fits.close()
	if err != nil {
		return err
	}
	name, err := writeHead(result, c.Out)
	if err != nil {
		return err
	}
	return c.show(io, result, name)
}

// showAveraged says which columns a rating is the mean of, where they are several: one too many would not show elsewhere.
func showAveraged(io streams, columns headfit.Columns) {
	for _, names := range [][]string{columns.Valence, columns.Arousal} {
		if len(names) > 1 {
			fmt.Fprintf(io.err, "averaged: %s\n", strings.Join(names, ", "))
		}
	}
}

// writeHead writes the two files of a head and returns the name of the readable one.
func writeHead(result *headfit.Result, folder string) (string, error) {
	var description, weights bytes.Buffer
	if err := result.Write(&description, &weights); err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // like any folder of the user's
		return "", err
	}
	on := result.Description().Encoder
	name := filepath.Join(folder, on.ID+"-"+on.Digest[:min(12, len(on.Digest))]+tagging.HeadSuffix)
	// Weights first: a description without them is an error, weights without a description are ignored.
	if err := os.WriteFile(strings.TrimSuffix(name, ".json")+".bin", weights.Bytes(), 0o644); err != nil { //nolint:gosec // no secret
		return "", err
	}
	return name, os.WriteFile(name, description.Bytes(), 0o644) //nolint:gosec // no secret
}

// show prints what was fitted and how good it is.
func (c *trainAffectCmd) show(io streams, result *headfit.Result, name string) error {
	d := result.Description()
	fmt.Fprintf(io.out, "%d pictures of %d groups, %d folds of groups, %d read-outs compared\n  valence: %s\n  arousal: %s\n\n",
		d.Data.Pictures, d.Data.Groups, d.Fit.Folds, d.Fit.Tries, result.Settings.Valence, result.Settings.Arousal)
	table := tabwriter.NewWriter(io.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "\tVALENCE r\tAROUSAL r\tMAE valence\tMAE arousal\tINSIDE SPREAD")
	half := (c.Scale[1] - c.Scale[0]) / 2
	for _, s := range append([]headfit.Score{d.Fit.LeftOut}, d.Fit.Controls...) {
		inside := "–"
		if s.Inside > 0 {
			inside = fmt.Sprintf("%.0f %%", 100*s.Inside)
		}
		fmt.Fprintf(table, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t%s\n", s.Name, s.Valence, s.Arousal, half*s.ValenceMAE, half*s.ArousalMAE, inside)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, warning := range beaten(d) {
		fmt.Fprintln(io.err, warning)
	}
	if d.Data.Groups == d.Data.Pictures {
		fmt.Fprintln(io.err, "no picture has a group: if some show the same thing, these scores flatter; add a column group")
	}
	_, err := fmt.Fprintf(io.out, "\nMAE on your scale of %g to %g. Written: %s\nUse it: %s\n",
		c.Scale[0], c.Scale[1], name, c.Models.serve(d.Encoder.ID)+" --heads "+c.Out)
	return err
}

// beaten has a line for each control that does as well as the head on an axis, so that the head is worth nothing there.
func beaten(d tagging.HeadDescription) []string {
	var lines []string
	for _, axis := range []struct {
		name string
		r    func(headfit.Score) float64
	}{
		{"valence", func(s headfit.Score) float64 { return s.Valence }},
		{"arousal", func(s headfit.Score) float64 { return s.Arousal }},
	} {
		head := axis.r(d.Fit.LeftOut)
		for _, control := range d.Fit.Controls {
			if r := axis.r(control); r >= head {
				lines = append(lines, fmt.Sprintf("warning: %s: the head (r %.2f) is no better than %q (r %.2f); rate more pictures",
					axis.name, head, control.Name, r))
			}
		}
	}
	return lines
}
