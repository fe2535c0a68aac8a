package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/soundtrack/evaluate"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/headfit"
	"github.com/soundtrack-go/sdk/vision"
)

// trainCalibrationCmd calibrates zero-shot tagging.
type trainCalibrationCmd struct {
	Pictures string `help:"Folder of the labelled pictures." type:"existingdir" required:"" placeholder:"DIR"`
	Labels   string `help:"CSV file: picture (path below --pictures), concepts (ids, separated by semicolons) and, optionally, group." type:"existingfile" required:"" placeholder:"FILE"`
	Out      string `help:"File to write." type:"path" default:"calibration.json" placeholder:"FILE"`
	Plots    string `help:"Write a reliability diagram of each kind into this folder, as PNG and SVG." type:"path" placeholder:"DIR"`

	Models modelFlags `embed:""`
}

// Help implements kong's interface for the long help.
func (trainCalibrationCmd) Help() string {
	return `Example:

  soundtrack train calibration --pictures photos --labels labels.csv --encoder clip-vit-b32-laion --out calibration.json
  soundtrack serve --encoder clip-vit-b32-laion --calibration calibration.json

with labels.csv:

  picture,concepts,group
  beach1.jpg,beach;dog;no:food,beach
  street.jpg,street;car;bicycle;no:animal,
  cake.jpg,cake;no:people;no:animal,party

Of each kind of concepts that you label, name everything that is visible by its id (tagging/concepts.csv in the source lists ids
and kinds); no:KIND says that you looked and there is none. A kind of which a picture says neither is unlabelled there, for silence
would unlearn it. How rare things are is learned from no:KIND only. Pictures of one group, such as a series, are never split
between fit and test. A hundred labelled pictures of a kind in thirty groups are a good start; ten in five are needed.
A kind is written if its fit is better than the default on groups left out. One that is no better than a fit to shuffled labels is
told.
A calibration is for one encoder and the concepts of this version. Programs load it with tagging.ReadCalibrationFile, for
soundtrack.WithCalibration.`
}

// Run implements the command.
func (c *trainCalibrationCmd) Run(ctx context.Context, io streams) error {
	raw, err := os.ReadFile(c.Labels)
	if err != nil {
		return err
	}
	labels, err := tagging.ReadPictureLabels(bytes.NewReader(raw), tagging.DefaultVocabulary())
	if err != nil {
		return fmt.Errorf("%s: %w; see: soundtrack train calibration --help", c.Labels, err)
	}
	reader, err := c.reader(ctx, io)
	if err != nil {
		return err
	}
	samples, err := c.samples(ctx, io, reader, labels)
	if err != nil {
		return err
	}
	file := reader.NewCalibrationFile()
	sum := sha256.Sum256(raw)
	file.Data = tagging.CalibrationData{Name: filepath.Base(c.Labels), Digest: hex.EncodeToString(sum[:]), Pictures: len(labels)}
	if err := c.fit(io, file, samples); err != nil {
		return err
	}
	if len(file.Kinds) == 0 {
		return fmt.Errorf("no kind can be calibrated, and %s is not written; label more pictures of it, in more groups", c.Out)
	}
	var text bytes.Buffer
	if err := file.Write(&text); err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, text.Bytes(), 0o644); err != nil { //nolint:gosec // no secret
		return err
	}
	_, err = fmt.Fprintf(io.out, "\nWritten: %s, for %d kinds\nUse it: %s --calibration %s\n",
		c.Out, len(file.Kinds), c.Models.serve(file.Encoder.ID), c.Out)
	return err
}

// reader opens the zero-shot tagger of the encoder that the flags name.
func (c *trainCalibrationCmd) reader(ctx context.Context, io streams) (*tagging.ZeroShotTagger, error) {
	m, err := c.Models.pictureManifest()
	if err != nil {
		return nil, err
	}
	if m.Textual == nil {
		return nil, &usageError{fmt.Errorf("%s has no texts to calibrate; name a model that has with --encoder, such as %s",
			m.ID, soundtrack.PresetCLIPLAION)}
	}
	return c.Models.zeroShot(ctx, io, m)
}

// samples has the encoder look at the pictures.
func (c *trainCalibrationCmd) samples(
	ctx context.Context, io streams, reader *tagging.ZeroShotTagger, labels []tagging.PictureLabels,
) (map[tagging.Kind][]tagging.CalibrationSample, error) {
	encoder, err := c.Models.pictureEncoder(ctx, io)
	if err != nil {
		return nil, err
	}
	defer func() { _ = encoder.Close() }()
	pictures := make([]headfit.Rating, len(labels))
	for i, l := range labels {
		pictures[i].Picture = l.Picture
	}
	bar := newWorkBar(io.err, "pictures", len(labels))
	looks, err := headfit.Look(ctx, encoder, os.DirFS(c.Pictures), pictures, bar.step)
	bar.close()
	if err != nil {
		return nil, fmt.Errorf("%w; paths in %s are relative to %s", err, c.Labels, c.Pictures)
	}
	samples := map[tagging.Kind][]tagging.CalibrationSample{}
	for i, l := range labels {
		for kind, shows := range l.Shows {
			s, err := reader.Sample(&vision.Observation{Encoding: looks[i].Encoding}, kind, shows...)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.Picture, err)
			}
			s.Group = l.Group
			samples[kind] = append(samples[kind], s)
		}
	}
	return samples, nil
}

// fit calibrates kind by kind, shows how good each is, and puts those that are worth it into file.
func (c *trainCalibrationCmd) fit(
	io streams, file *tagging.CalibrationFile, samples map[tagging.Kind][]tagging.CalibrationSample,
) error {
	table := tabwriter.NewWriter(io.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "KIND\tPICTURES\tGROUPS\tRIGHT\tERROR BEFORE\tAFTER\tLOG LOSS BEFORE\tAFTER\t"+
		"LABELS SHUFFLED: RIGHT\tERROR\tLOG LOSS\tTEMPERATURE\tBIAS")
	var notes []string
	for _, kind := range slices.Sorted(maps.Keys(samples)) {
		fitted, r, err := tagging.FitCalibration(samples[kind])
		if errors.Is(err, tagging.ErrCalibration) {
			notes = append(notes, fmt.Sprintf("%s is left as it is: %v", kind, err))
			continue
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%.0f %%\t%.3f\t%.3f\t%.3f\t%.3f\t%.0f %%\t%.3f\t%.3f\t%.3g\t%.3g\n", kind, r.Samples, r.Groups,
			100*r.Fitted.Accuracy, r.Default.ECE, r.Fitted.ECE, r.Default.LogLoss, r.Fitted.LogLoss,
			100*r.Control.Accuracy, r.Control.ECE, r.Control.LogLoss, fitted.Temperature, fitted.Bias)
		if !slices.ContainsFunc(samples[kind], func(s tagging.CalibrationSample) bool { return len(s.True) == 0 }) {
			notes = append(notes, fmt.Sprintf("%s: no picture says no:%s, so how rare it is stays a guess", kind, kind))
		}
		switch {
		case !r.Worthwhile():
			notes = append(notes, fmt.Sprintf("%s is left as it is: on groups left out the fit is no better", kind))
		case !r.Informed():
			notes = append(notes, fmt.Sprintf(
				"%s: no better than shuffled labels: the encoder cannot tell it apart, or the labels are wrong", kind))
			fallthrough
		default:
			file.Kinds[kind] = tagging.KindCalibration{Calibration: fitted, LeftOut: r}
		}
		if c.Plots != "" {
			if err := evaluate.PlotCalibration(c.Plots, kind, r); err != nil {
				return err
			}
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(io.out, "All but temperature and bias is of groups left out. Error: expected calibration error.")
	for _, note := range notes {
		fmt.Fprintln(io.err, note)
	}
	return nil
}
