package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

type modelsCmd struct {
	List   modelsListCmd   `cmd:"" help:"List presets and whether they are cached."`
	Pull   modelsPullCmd   `cmd:"" help:"Fetch a model into the cache."`
	Verify modelsVerifyCmd `cmd:"" help:"Hash the cached files again and check a known answer."`
}

type modelsListCmd struct {
	Models modelFlags `embed:""`
}

// Run implements the command.
func (c *modelsListCmd) Run(io streams) error {
	hub, err := c.Models.hub(nil)
	if err != nil {
		return &usageError{err}
	}
	table := tabwriter.NewWriter(io.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "PRESET\tCACHED\tNUMBERS\tLICENCE\tWHAT")
	for _, m := range soundtrack.Manifests() {
		cached := "no"
		if _, ok := hub.Cached(m); ok {
			cached = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", m.ID, cached, m.Dim, m.License, m.Title)
	}
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", soundtrack.PresetPalette, "–", "–", "–", "colours only, needs no file")
	return table.Flush()
}

type modelsPullCmd struct {
	Preset string     `arg:"" help:"Preset to fetch, see 'models list'." default:"compact"`
	Models modelFlags `embed:""`
}

// Run implements the command.
func (c *modelsPullCmd) Run(ctx context.Context, io streams) error {
	manifest, err := manifestOf(c.Preset)
	if err != nil {
		return err
	}
	bar := newDownloadBar(io.err)
	defer bar.close()
	hub, err := c.Models.hub(bar.update)
	if err != nil {
		return &usageError{err}
	}
	model, err := hub.Fetch(ctx, manifest)
	if err != nil {
		return err
	}
	bar.close()
	fmt.Fprintf(io.out, "%s: %s\n", manifest.ID, model.Visual.Path)
	return nil
}

type modelsVerifyCmd struct {
	Preset []string   `arg:"" optional:"" help:"Presets to verify. Default: all that are cached."`
	Models modelFlags `embed:""`
}

// Run implements the command.
func (c *modelsVerifyCmd) Run(ctx context.Context, io streams) error {
	hub, err := c.Models.hub(nil)
	if err != nil {
		return &usageError{err}
	}
	var manifests []vision.Manifest
	for _, id := range c.Preset {
		m, err := manifestOf(id)
		if err != nil {
			return err
		}
		manifests = append(manifests, m)
	}
	if len(c.Preset) == 0 {
		for _, m := range soundtrack.Manifests() {
			if _, ok := hub.Cached(m); ok {
				manifests = append(manifests, m)
			}
		}
	}
	if len(manifests) == 0 {
		return fmt.Errorf("no model is cached; fetch one with: soundtrack models pull compact")
	}
	backend := onnx.New()
	failed := false
	for _, m := range manifests {
		err := hub.Verify(ctx, m)
		if err == nil {
			model, _ := hub.Cached(m)
			var encoder *vision.ModelEncoder
			if encoder, err = vision.NewEncoder(ctx, model, backend); err == nil {
				err = encoder.Close()
			}
		}
		if err != nil {
			failed = true
			fmt.Fprintf(io.err, "%s: %v\n", m.ID, err)
			continue
		}
		fmt.Fprintf(io.out, "%s: digest and known answer are right\n", m.ID)
	}
	if failed {
		return errReported
	}
	return nil
}

func manifestOf(id string) (vision.Manifest, error) {
	for _, m := range soundtrack.Manifests() {
		if m.ID == id {
			return m, nil
		}
	}
	return vision.Manifest{}, &usageError{fmt.Errorf("unknown preset %q; see: soundtrack models list", id)}
}
