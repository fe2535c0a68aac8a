package visiontest

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/clipgraph"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// CLIPDim is the length of [TinyCLIP]'s embeddings.
const CLIPDim = 16

// CLIPLayout is the flavour of CLIP files on the hub: the names and types of inputs and outputs.
type CLIPLayout int

// The layouts of [TinyCLIP].
const (
	// CLIPHub is that of transformers.js: pixel_values → image_embeds; input_ids and attention_mask, both int64 →
	// text_embeds.
	CLIPHub CLIPLayout = iota
	// CLIPImmich is that of immich-app: image → embedding; text, int32 and without a mask → embedding.
	CLIPImmich
)

// TinyCLIP writes a whole CLIP model of 300 kB into a temporary folder: both towers with seeded random weights, and a
// vocabulary of eight merges. Pictures are of the real size and prepared as for real CLIP; token ids may be those of the
// real vocabulary, for the text tower folds them. Its manifest has a known answer.
func TinyCLIP(t testing.TB, layout CLIPLayout) vision.Model {
	t.Helper()
	flavour := clipgraph.Layout(layout)
	visual := clipgraph.TinyVision(flavour, clipgraph.QuickGELU).Model()
	textual := clipgraph.TinyText(flavour, clipgraph.QuickGELU).Model()
	m := vision.Model{
		Visual:     writeModel(t, visual),
		Textual:    writeModel(t, textual),
		Vocabulary: writeFile(t, []byte(tinyMerges)),
	}
	m.Manifest = vision.Manifest{
		ID: "tiny-clip", Title: "A tiny CLIP with random weights", Dim: CLIPDim,
		Visual: visualGraph(t, m.Visual, visual),
		Textual: &vision.TextGraph{
			File:       manifestFile(t, "textual.onnx", m.Textual),
			Input:      textual.Graph.Inputs[0].Name,
			Output:     textual.Graph.Outputs[0].Name,
			Tokens:     clipTokens,
			Tokenizer:  vision.TokenizerCLIP,
			Vocabulary: manifestFile(t, "merges.txt", m.Vocabulary),
		},
		Score:      &vision.Score{Kind: vision.ScoreSoftmax, Scale: 100},
		Preprocess: clipPreprocess(),
		Known:      &vision.KnownAnswer{Components: tinyKnown(), Tolerance: tolerance},
	}
	if len(textual.Graph.Inputs) > 1 {
		m.Manifest.Textual.Mask = textual.Graph.Inputs[1].Name
	}
	require.NoError(t, m.Manifest.Validate())
	return m
}

// clipTokens is the length of CLIP's texts.
const clipTokens = 77

// tinyMerges is a vocabulary of our own in the format of CLIP's merges.txt.
const tinyMerges = `#version: 0.2
t h
th e</w>
o f</w>
c a
ca t</w>
d o
do g</w>
a n
`

// clipPreprocess is the recipe of every CLIP model of 224 pixels.
func clipPreprocess() vision.Preprocess {
	return vision.Preprocess{
		Size: 224, Crop: vision.CropShortest,
		Mean: [3]float64{0.48145466, 0.4578275, 0.40821073},
		Std:  [3]float64{0.26862954, 0.26130258, 0.27577711},
	}
}

func visualGraph(t testing.TB, file vision.ModelFile, m *onnxfile.Model) vision.Graph {
	t.Helper()
	return vision.Graph{
		File:  manifestFile(t, "visual.onnx", file),
		Input: m.Graph.Inputs[0].Name, Output: m.Graph.Outputs[0].Name,
	}
}

func manifestFile(t testing.TB, name string, f vision.ModelFile) vision.File {
	t.Helper()
	stat, err := os.Stat(f.Path)
	require.NoError(t, err)
	return vision.File{Name: name, Size: stat.Size(), SHA256: f.SHA256}
}

// tinyKnown is the first row of [quickVision] at unit length: its input is that of known answers.
func tinyKnown() map[int]float64 {
	norm := 0.0
	for _, v := range quickVision[0] {
		norm += v * v
	}
	known := map[int]float64{}
	for i, v := range quickVision[0] {
		known[i] = v / math.Sqrt(norm)
	}
	return known
}
