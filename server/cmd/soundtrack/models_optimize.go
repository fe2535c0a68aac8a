package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/optimize"
)

type modelsOptimizeCmd struct {
	Name   string     `arg:"" help:"Model to rewrite, see 'models list'. It is fetched if it is not cached."`
	Output string     `help:"Folder for the new file and its manifest." type:"path" default:"." placeholder:"DIR"`
	Models modelFlags `embed:""`
}

// Help implements kong's interface for the long help.
func (modelsOptimizeCmd) Help() string {
	return `The last layer of a CLIP model is rewritten to compute what the embedding is read from and nothing else. Embeddings are the same to 1e-5, and the
result is compared before it is written. Example:

  soundtrack models optimize clip-vit-b32-openai --output ~/models
  soundtrack serve --manifest ~/models/clip-vit-b32-openai-cls.json`
}

// Run implements the command.
func (c *modelsOptimizeCmd) Run(ctx context.Context, io streams) error {
	m, err := c.Models.manifest(c.Name)
	if err != nil {
		return err
	}
	model, backend, err := c.Models.pictureModel(ctx, io, m) // the manifest that is written keeps the texts
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Output, 0o755); err != nil { //nolint:gosec // G301: a folder of the user's choice, for models
		return err
	}
	made, report, err := optimize.ClassToken(ctx, model, backend, filepath.Join(c.Output, c.Name+"-cls.onnx"))
	if err != nil {
		return err
	}
	described, err := c.describe(made)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s: %d nodes narrowed, %d removed, largest difference %.1g\n",
		made.Manifest.ID, report.Narrowed, report.Removed, report.Difference)
	fmt.Fprintf(io.out, "use it with: --manifest %s\n", described)
	return nil
}

// describe writes the manifest of a rewritten model beside it. Its texts are those of the model that it came from.
func (c *modelsOptimizeCmd) describe(made vision.Model) (string, error) {
	m := made.Manifest
	original, err := c.Models.manifest(c.Name)
	if err != nil {
		return "", err
	}
	m.Textual = original.Textual
	m.Visual.File.URLs = []string{filepath.Base(made.Visual.Path)}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", err
	}
	name := filepath.Join(c.Output, m.ID+".json")
	return name, os.WriteFile(name, append(text, '\n'), 0o644) //nolint:gosec // G306: a manifest is for everybody
}
