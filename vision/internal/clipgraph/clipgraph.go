// Package clipgraph makes ONNX graphs of CLIP's two towers with seeded random weights: tiny ones that let tests walk the
// whole real path, and full-size ones for benchmarks.
//
// The architecture is that of "Learning Transferable Visual Models From Natural Language Supervision" (Radford et al.,
// 2021): pre-norm transformers over patches or tokens, read out at the class token or at the end-of-text token. Weights
// are uniform numbers of splitmix64, drawn in the order in which the graph uses them, so that any language can remake
// them. A matrix has the variance that keeps its output at its input's scale; activations stay near one through all
// layers.
package clipgraph

import "github.com/soundtrack-go/sdk/vision/internal/onnxfile"

// Layout is the flavour of an export: the names and types of inputs and outputs.
type Layout int

// The layouts that the hub has.
const (
	// Hub is that of transformers.js: pixel_values → image_embeds; input_ids, attention_mask (both int64) → text_embeds.
	Hub Layout = iota
	// Immich is that of immich-app: image → embedding; text (int32, no mask) → embedding.
	Immich
)

// Activation is the non-linearity between the two matrices of a layer.
type Activation int

// The activations of CLIP models. On random weights they are 10⁻² apart in value and alike in direction.
const (
	QuickGELU Activation = iota // x·σ(1.702x): OpenAI's weights
	GELU                        // x/2·(1 + erf(x/√2)): LAION's weights
)

// Transformer is what both towers have in common.
type Transformer struct {
	Width      int // of a token
	Layers     int
	Heads      int // divides Width
	Hidden     int // width between the two matrices of a layer: 4·Width in real models
	Dim        int // length of the embedding
	Layout     Layout
	Activation Activation
	Seed       uint64 // state of splitmix64 before the first draw
	// Primitive spells normalisation and shapes out in small operators, and folds heads into the batch, as exporters did
	// before opset 17. It computes the same.
	Primitive bool
}

// Vision is the tower of pictures: [N, 3, Size, Size] → [N, Dim].
type Vision struct {
	Transformer
	Size  int // side of the input in pixels
	Patch int // side of a patch; divides Size
}

// Text is the tower of texts: [N, Context] token ids → [N, Dim], read out at the first occurrence of the largest id.
type Text struct {
	Transformer
	Context int // tokens of a text
	Rows    int // of the token table
	// Fold takes ids modulo Rows, so that a small table serves the real vocabulary.
	Fold bool
}

// TinyVision is a tower of 224 kB, most of which are patch weights.
func TinyVision(layout Layout, activation Activation) Vision {
	return Vision{Size: 224, Patch: 32, Transformer: tiny(layout, activation, 1)}
}

// TinyText is a tower of 70 kB that takes the ids of CLIP's vocabulary.
func TinyText(layout Layout, activation Activation) Text {
	return Text{Context: 77, Rows: 257, Fold: true, Transformer: tiny(layout, activation, 2)}
}

func tiny(layout Layout, activation Activation, seed uint64) Transformer {
	return Transformer{
		Width: 16, Layers: 2, Heads: 2, Hidden: 32, Dim: 16, Layout: layout, Activation: activation, Seed: seed,
	}
}

// VisionB32 is ViT-B/32 in full size: 351 MB.
func VisionB32() Vision {
	return Vision{Size: 224, Patch: 32, Transformer: Transformer{
		Width: 768, Layers: 12, Heads: 12, Hidden: 3072, Dim: 512, Seed: 1,
	}}
}

// TextB32 is the text tower that goes with [VisionB32]: 254 MB.
func TextB32() Text {
	return Text{Context: 77, Rows: 49408, Transformer: Transformer{
		Width: 512, Layers: 12, Heads: 8, Hidden: 2048, Dim: 512, Seed: 2,
	}}
}

// Model makes the graph and draws its weights.
func (v Vision) Model() *onnxfile.Model {
	b := newBuilder(v.Transformer)
	input, output := "pixel_values", "image_embeds"
	if v.Layout == Immich {
		input, output = "image", "embedding"
	}
	b.input(input, onnxfile.Float, 3, v.Size, v.Size)
	x := b.patches(input, v.Size, v.Patch)
	x = b.layerNorm(x, "pre")
	for range v.Layers {
		x = b.layer(x, "")
	}
	x = b.node("Gather", []string{x, b.int("first", 0)}, onnxfile.IntAttr("axis", 1))
	x = b.layerNorm(x, "post")
	b.project(x, output)
	return b.model("vision")
}

// Model makes the graph and draws its weights.
func (t Text) Model() *onnxfile.Model {
	b := newBuilder(t.Transformer)
	var ids, mask, output string
	if t.Layout == Immich {
		output = "embedding"
		b.input("text", onnxfile.Int32, t.Context)
		ids = b.cast("text", onnxfile.Int64)
	} else {
		ids, mask, output = "input_ids", "attention_mask", "text_embeds"
		b.input(ids, onnxfile.Int64, t.Context)
		b.input(mask, onnxfile.Int64, t.Context)
	}
	x := b.tokens(ids, t.Rows, t.Fold, t.Context)
	hidden := b.attentionMask(mask, t.Context)
	for range t.Layers {
		x = b.layer(x, hidden)
	}
	x = b.layerNorm(x, "final")
	b.project(b.endOfText(x, ids), output)
	return b.model("text")
}
