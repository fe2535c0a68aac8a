package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/ort"
)

type modelsCmd struct {
	List     modelsListCmd     `cmd:"" help:"List models: what is cached, how large they are, whether they embed texts."`
	Pull     modelsPullCmd     `cmd:"" help:"Fetch models, or ONNX Runtime, into the cache."`
	Verify   modelsVerifyCmd   `cmd:"" help:"Hash cached files again, load the model, check its known answer."`
	Optimize modelsOptimizeCmd `cmd:"" help:"Rewrite a CLIP model to compute only what its embedding needs."`
	Rm       modelsRmCmd       `cmd:"" help:"Delete models from the cache."`
}

// runtimeName is what 'models pull' calls ONNX Runtime's library.
const runtimeName = "runtime"

type modelsListCmd struct {
	Hub hubFlags `embed:""`
}

// Run implements the command.
func (c *modelsListCmd) Run(io streams) error {
	hub, err := c.Hub.hub(nil)
	if err != nil {
		return err
	}
	known, err := c.Hub.known()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(io.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tCACHED\tSIZE\tTEXTS\tNUMBERS\tLICENCE\tWHAT")
	for _, m := range known {
		texts := "no"
		if m.Textual != nil {
			texts = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", m.ID, cachedParts(hub, m), sizes(m), texts, m.Dim, m.License, m.Title)
	}
	fmt.Fprintf(table, "%s\t–\t–\tno\t–\t–\tcolours only, needs no file\n", soundtrack.PresetPalette)
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "\nONNX Runtime: %s\n", runtimeState(hub))
	return err
}

// cachedParts says how much of a model is at hand.
func cachedParts(hub *modelhub.Hub, m vision.Manifest) string {
	model, ok := hub.Cached(m)
	switch {
	case !ok:
		return "no"
	case m.Textual != nil && model.Textual.Path == "":
		return "pictures"
	}
	return "yes"
}

// sizes are the megabytes of the picture tower and, behind a plus, of what texts need.
func sizes(m vision.Manifest) string {
	text := megabytes(m.Visual.File.Size)
	if t := m.Textual; t != nil && m.Visual.File.Size > 0 {
		text = fmt.Sprintf("%.0f + %s", float64(m.Visual.File.Size)/1e6, megabytes(t.File.Size+t.Vocabulary.Size))
	}
	return text
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return "?"
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
}

// runtimeState is where the library is, or why there is none.
func runtimeState(hub *modelhub.Hub) string {
	backend, err := onnxRuntime(hub)
	if err != nil {
		return err.Error()
	}
	path, err := backend.Library()
	if why, ok := errors.AsType[*ort.UnavailableError](err); ok {
		return fmt.Sprintf("none, so models run in pure Go: %s; %s", why.Reason, strings.Join(why.Ways, ", or "))
	}
	return path
}
