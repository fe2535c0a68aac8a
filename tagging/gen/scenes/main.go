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
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/internal/probe"
	"github.com/soundtrack-go/sdk/tagging/internal/scenefit"
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

// picture is an annotated picture with the embedding of its grey twin.
type picture struct {
	scenefit.Picture
	grey []float32
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

func readPictures(ctx context.Context, encoder vision.Encoder, data string) ([]picture, error) {
	file, err := os.Open("scenes_pictures.csv")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	annotated, err := scenefit.ReadAnnotations(file)
	if err != nil {
		return nil, err
	}
	var pictures []picture
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
		embeddings, err := encoder.Encode(ctx, []*vision.Picture{decoded, grey})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		p.Root = probe.Root(embeddings[0])
		pictures = append(pictures, picture{p, probe.Root(embeddings[1])})
	}
	return pictures, nil
}

func toGrey(img image.Image) image.Image {
	grey := image.NewGray(img.Bounds())
	draw.Draw(grey, grey.Bounds(), img, img.Bounds().Min, draw.Src)
	return grey
}

func fitScenes(model vision.ModelInfo, pictures []picture) error {
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

// fitEra fits old photographs against modern ones, each modern one also turned grey. The old ones are grey or sepia
// already. What the thresholds give is measured in ten folds, a picture and its grey twin always in the same fold.
func fitEra(model vision.ModelInfo, pictures []picture) error {
	const folds = 10
	type example struct {
		root      []float32
		old, twin bool
		fold      int
	}
	var examples []example
	for i, p := range pictures {
		// Every picture up to 1929 counts as old; of the others, those that look it are left out rather than called modern.
		old := strings.HasPrefix(p.Name, "historic/")
		if !old && slices.Contains(p.Words, "old-photograph") {
			continue
		}
		examples = append(examples, example{p.Root, old, false, i % folds}, example{p.grey, old, true, i % folds})
	}
	fit := func(use func(example) bool) (probe.Probe, error) {
		var rows [][]float32
		var yes [][]bool
		for _, e := range examples {
			if use(e) {
				rows, yes = append(rows, e.root), append(yes, []bool{e.old})
			}
		}
		f, err := probe.Ridge(rows, yes, scenefit.Strength)
		if err != nil {
			return probe.Probe{}, err
		}
		return f.Probes[0], nil
	}
	var scores []float64
	var truth []bool
	counts := map[string]int{}
	for fold := range folds {
		p, err := fit(func(e example) bool { return e.fold != fold })
		if err != nil {
			return err
		}
		for _, e := range examples {
			if e.fold != fold || (e.old && e.twin) {
				continue
			}
			score := p.Probability(e.root)
			scores, truth = append(scores, score), append(truth, e.old)
			kind := fmt.Sprintf("old=%v turned grey=%v", e.old, e.twin)
			counts[kind]++
			for _, threshold := range []float64{.3, .4, .5, .6, .7} {
				if score >= threshold {
					counts[fmt.Sprintf("%s: at least %.1f", kind, threshold)]++
				}
			}
			if score <= .02 {
				counts[kind+": at most .02"]++
			}
		}
	}
	var lines []string
	for k, n := range counts {
		lines = append(lines, fmt.Sprintf("era, left out: %s: %d", k, n))
	}
	slices.Sort(lines)
	fmt.Println(strings.Join(lines, "\n"))
	auc := probe.AUC(scores, truth)
	fmt.Printf("era: AUC %.3f\n", auc)
	p, err := fit(func(example) bool { return true })
	if err != nil {
		return err
	}
	positives := 0
	for _, e := range examples {
		if e.old && !e.twin {
			positives++
		}
	}
	return write(newFile(model, len(pictures), probe.NewEntry("old-photograph", positives, auc, p)), "era")
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
