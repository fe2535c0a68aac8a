package optimize_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/clipgraph"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/optimize"
)

func ExampleClassToken() {
	dir, err := os.MkdirTemp("", "optimize")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	model := tinyModel(dir) // as modelhub fetches one
	made, report, err := optimize.ClassToken(context.Background(), model, onnx.New(), filepath.Join(dir, "cls.onnx"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.Manifest.ID, "computes one token in", report.Narrowed, "nodes")
	fmt.Println("same result:", report.Difference <= optimize.Tolerance)
	// Output:
	// tiny-cls computes one token in 22 nodes
	// same result: true
}

// tinyModel writes a CLIP-shaped model of 224 kB.
func tinyModel(dir string) vision.Model {
	data, err := clipgraph.TinyVision(clipgraph.Hub, clipgraph.QuickGELU).Model().Marshal()
	if err != nil {
		log.Fatal(err)
	}
	file := vision.ModelFile{Path: filepath.Join(dir, "visual.onnx"), SHA256: fmt.Sprintf("%x", sha256.Sum256(data))}
	if err := os.WriteFile(file.Path, data, 0o600); err != nil {
		log.Fatal(err)
	}
	return vision.Model{Visual: file, Manifest: vision.Manifest{
		ID: "tiny", Dim: 16,
		Visual: vision.Graph{
			File:  vision.File{Name: "visual.onnx", SHA256: file.SHA256},
			Input: "pixel_values", Output: "image_embeds",
		},
		Preprocess: vision.Preprocess{
			Size: 224, Crop: vision.CropShortest, Mean: [3]float64{0.5, 0.5, 0.5}, Std: [3]float64{0.5, 0.5, 0.5},
		},
	}}
}
