// Command scenes fits the probes of tagging.SceneTagger and tagging.EraTagger and writes scenes.json, scenes.bin,
// era.json and era.bin. It needs the pictures that scenes_pictures.csv names, below the folder given by -data, and the
// compact model. Ratings are not read. Run it from the folder tagging: go generate.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"strings"

	"github.com/soundtrack-go/sdk/internal/probe"
	"github.com/soundtrack-go/sdk/internal/scenefit"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

var sources = []string{
	"OASIS (Kurdi, Lozano & Banaji 2017), pictures only: free for research use",
	"COCO train2017/val2017, pictures of licences CC BY 2.0 and CC BY-SA 2.0",
	"photographs up to 1929, public domain",
}

func main() {
	data := flag.String("data", "", "folder that holds the annotated pictures")
	flag.Parse()
	if err := run(context.Background(), *data); err != nil {
		fmt.Fprintln(os.Stderr, "scenes:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, data string) error {
	encoder, err := openEncoder(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = encoder.Close() }()
	pictures, err := readPictures(ctx, encoder, data)
	if err != nil {
		return err
	}
	if err := fitScenes(encoder.Info(), pictures); err != nil {
		return err
	}
	return fitEra(encoder.Info(), pictures)
}

func openEncoder(ctx context.Context) (*vision.ModelEncoder, error) {
	hub, err := modelhub.New(modelhub.WithConverter(compact.ConverterName, compact.Convert))
	if err != nil {
		return nil, err
	}
	model, err := hub.Fetch(ctx, compact.Manifest())
	if err != nil {
		return nil, err
	}
	return vision.NewEncoder(ctx, model, onnx.New())
}

func readPictures(ctx context.Context, encoder *vision.ModelEncoder, data string) ([]scenefit.EraPicture, error) {
	file, err := os.Open("scenes_pictures.csv")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	annotated, err := scenefit.ReadAnnotations(file)
	if err != nil {
		return nil, err
	}
	var pictures []scenefit.EraPicture
	for _, p := range annotated {
		raw, err := os.ReadFile(filepath.Join(data, filepath.FromSlash(p.Name))) //nolint:gosec // the names come from our own file
		if err != nil {
			return nil, err
		}
		decoded, err := vision.Decode(ctx, bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		grey, err := vision.FromImage(toGrey(decoded.Image()))
		if err != nil {
			return nil, err
		}
		seen, err := encoder.EncodeDetail(ctx, []*vision.Picture{decoded, grey})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		p.Root = probe.Root(seen[0].Embedding)
		pictures = append(pictures, scenefit.EraPicture{
			Picture: p, Plain: probe.Features(scenefit.EraOutputs, &seen[0]), Grey: probe.Features(scenefit.EraOutputs, &seen[1]),
		})
	}
	return pictures, nil
}

func toGrey(img image.Image) image.Image {
	grey := image.NewGray(img.Bounds())
	draw.Draw(grey, grey.Bounds(), img, img.Bounds().Min, draw.Src)
	return grey
}

func fitScenes(model vision.ModelInfo, pictures []scenefit.EraPicture) error {
	plain := make([]scenefit.Picture, len(pictures))
	for i, p := range pictures {
		plain[i] = p.Picture
	}
	entries, dropped, err := scenefit.Scenes(plain)
	if err != nil {
		return err
	}
	fmt.Printf("%d scenes from %d pictures; left out:\n  %s\n", len(entries), len(pictures), strings.Join(dropped, "\n  "))
	return write(newFile(model, len(pictures), entries...), "scenes")
}

func newFile(model vision.ModelInfo, pictures int, entries ...probe.Entry) probe.File {
	return probe.File{Model: model.ID, Digest: model.Digest, Dim: model.Dim, Pictures: pictures, Sources: sources, Entries: entries}
}

// fitEra fits the era probe on all pictures. Its area under the curve is measured in ten folds, a picture and its grey twin
// always in the same fold; what its thresholds give says soundtrack eval pictures.
func fitEra(model vision.ModelInfo, pictures []scenefit.EraPicture) error {
	const folds = 10
	var scores []float64
	var truth []bool
	positives := 0
	for fold := range folds {
		var rest []scenefit.EraPicture
		for i, p := range pictures {
			if i%folds != fold {
				rest = append(rest, p)
			}
		}
		p, err := scenefit.Era(rest)
		if err != nil {
			return err
		}
		for i := fold; i < len(pictures); i += folds {
			one := pictures[i]
			scores, truth = append(scores, p.Probability(one.Plain)), append(truth, one.Old())
			if one.Old() {
				positives++
			} else {
				scores, truth = append(scores, p.Probability(one.Grey)), append(truth, false)
			}
		}
	}
	auc := probe.AUC(scores, truth)
	fmt.Printf("era: AUC %.3f, left out, half of the pictures of today turned grey\n", auc)
	p, err := scenefit.Era(pictures)
	if err != nil {
		return err
	}
	f := newFile(model, len(pictures), probe.NewEntry("old-photograph", positives, auc, p))
	f.Dim, f.Outputs = len(p.Weights), scenefit.EraOutputs
	return write(f, "era")
}

func write(f probe.File, name string) error {
	var description, weights bytes.Buffer
	if err := f.Write(&description, &weights); err != nil {
		return err
	}
	if err := os.WriteFile(name+".json", description.Bytes(), 0o644); err != nil { //nolint:gosec // readable on purpose
		return err
	}
	return os.WriteFile(name+".bin", weights.Bytes(), 0o644) //nolint:gosec // readable on purpose
}
