package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/soundtrack/evaluate"
	"github.com/soundtrack-go/sdk/tagging"
)

type evalCmd struct {
	Pictures evalPicturesCmd `cmd:"" help:"Measure what is said of pictures against what people say, with controls."`
}

// evalPicturesCmd measures affect, objects and era.
type evalPicturesCmd struct {
	Data  string `help:"Folder with oasis, coco-mini and historic." type:"existingdir" default:"../shared/data" placeholder:"DIR"`
	JSON  bool   `help:"Print one JSON object."`
	Plots string `help:"Write plots into this folder, as PNG and SVG: predicted against rated, reliability of the spread." type:"path" placeholder:"DIR"`

	Models modelFlags `embed:""`
}

// Help implements kong's interface for the long help.
func (evalPicturesCmd) Help() string {
	return `Example:

  soundtrack eval pictures --data ../shared/data --plots plots

Whatever learned from pictures is fitted again without the theme of the picture that it is asked about. The compact model is
measured unless another is named with --encoder. Of a model with a text tower, such as CLIP, what is measured is what reads it
in every command: its texts, which must be in the cache (soundtrack models pull). The report says what was fused.`
}

// pictureEvaluation is the JSON form.
type pictureEvaluation struct {
	*evaluate.PictureReport
	FalseCheer evaluate.Cheer `json:"false_cheer"`
}

// Run implements the command.
func (c *evalPicturesCmd) Run(ctx context.Context, io streams) error {
	if _, err := evaluate.ReadOASIS(os.DirFS(c.Data)); err != nil { // before minutes of work
		return c.explain(err)
	}
	further, err := c.taggers(ctx, io)
	if err != nil {
		return err
	}
	encoder, err := c.Models.pictureEncoder(ctx, io)
	if err != nil {
		return err
	}
	defer func() { _ = encoder.Close() }()
	var bar *workBar
	report, err := evaluate.Pictures(ctx, evaluate.PictureOptions{
		Data: os.DirFS(c.Data), Encoder: encoder, Era: true, Taggers: further,
		Progress: func(_, all int) {
			if bar == nil {
				bar = newWorkBar(io.err, "pictures", all)
			}
			bar.step()
		},
	})
	bar.close()
	if err != nil {
		return c.explain(err)
	}
	cheer, err := falseCheer(ctx, report)
	if err != nil {
		return err
	}
	if c.Plots != "" {
		if err := report.Plot(c.Plots); err != nil {
			return err
		}
	}
	if c.JSON {
		text, err := json.Marshal(pictureEvaluation{report, cheer})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(io.out, "%s\n", text)
		return err
	}
	if err := report.Write(io.out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "\nCare, %s", cheer)
	return err
}

// explain says what to do about missing data.
func (c *evalPicturesCmd) explain(err error) error {
	if errors.Is(err, evaluate.ErrData) {
		return fmt.Errorf("%w; name the folder that holds oasis, coco-mini and historic with --data", err)
	}
	return err
}

// taggers are those that read the encoder beside the default ones: by its texts, if it has any.
func (c *evalPicturesCmd) taggers(ctx context.Context, io streams) ([]tagging.Named, error) {
	m, err := c.Models.pictureManifest()
	if err != nil || m.Textual == nil {
		return nil, err
	}
	reader, err := c.Models.zeroShot(ctx, io, m)
	if err != nil {
		return nil, err
	}
	return []tagging.Named{{Name: tagging.ZeroShotName, Tagger: reader}}, nil
}

// falseCheer asks for songs to the photographs as they were seen by taggers that do not know them.
func falseCheer(ctx context.Context, report *evaluate.PictureReport) (evaluate.Cheer, error) {
	songs, err := soundtrack.Open(ctx, soundtrack.WithPreset(soundtrack.PresetPalette)) // pictures were looked at already
	if err != nil {
		return evaluate.Cheer{}, err
	}
	defer func() { _ = songs.Close() }()
	return evaluate.FalseCheer(ctx, songs, report.Rated)
}
