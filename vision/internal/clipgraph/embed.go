package clipgraph

import (
	"math"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// patches cuts pictures into patches and puts the class token before them: [N, 1 + (size/patch)², Width].
func (b *builder) patches(image string, size, patch int) string {
	count := (size / patch) * (size / patch)
	radius := math.Sqrt(3 / float64(3*patch*patch))
	side := int64(patch)
	x := b.node("Conv", []string{image, b.uniform("patch.weight", 0, radius, b.Width, 3, patch, patch)},
		onnxfile.IntsAttr("kernel_shape", side, side), onnxfile.IntsAttr("strides", side, side))
	x = b.node("Reshape", []string{x, b.ints("grid", 0, int64(b.Width), -1)})
	x = b.transpose(x, 0, 2, 1)

	class := b.uniform("class", 0, 1, 1, 1, b.Width)
	shape := b.classShape(image)
	class = b.node("Expand", []string{class, shape})
	x = b.node("Concat", []string{class, x}, onnxfile.IntAttr("axis", 1))
	return b.node("Add", []string{x, b.uniform("position", 0, 0.5, 1, count+1, b.Width)})
}

// classShape is [N, 1, Width].
func (b *builder) classShape(image string) string {
	if b.Primitive {
		return b.join(b.dim(image, 0), b.int("index1", 1), b.int("width", int64(b.Width)))
	}
	n := b.node("Shape", []string{image}, onnxfile.IntAttr("start", 0), onnxfile.IntAttr("end", 1))
	return b.node("Concat", []string{n, b.ints("token", 1, int64(b.Width))}, onnxfile.IntAttr("axis", 0))
}

// tokens looks ids up: [N, context] → [N, context, Width].
func (b *builder) tokens(ids string, rows int, fold bool, context int) string {
	if fold {
		ids = b.node("Mod", []string{ids, b.int("rows", int64(rows))})
	}
	table := b.uniform("token.weight", 0, 1, rows, b.Width)
	x := b.node("Gather", []string{table, ids}, onnxfile.IntAttr("axis", 0))
	return b.node("Add", []string{x, b.uniform("position", 0, 0.5, 1, context, b.Width)})
}

// hidden is what masks add to attention scores: enough for exp to give zero, and far from overflow when added twice.
const hidden = -1e9

// attentionMask hides later tokens and, where there is a mask [N, context], those for which it is 0.
func (b *builder) attentionMask(mask string, context int) string {
	data := make([]float32, context*context)
	for i := range context {
		for j := i + 1; j < context; j++ {
			data[i*context+j] = hidden
		}
	}
	causal := b.constant(onnxfile.FloatTensor("causal", []int{1, 1, context, context}, data))
	if mask == "" {
		return causal
	}
	absent := b.node("Sub", []string{b.float("one", 1), b.cast(mask, onnxfile.Float)})
	absent = b.node("Mul", []string{absent, b.float("hidden", hidden)})
	absent = b.node("Unsqueeze", []string{absent, b.ints("axes12", 1, 2)})
	return b.node("Add", []string{causal, absent})
}

// endOfText picks from x [N, context, Width] the token with the largest id, the first if there are several.
func (b *builder) endOfText(x, ids string) string {
	at := b.node("ArgMax", []string{ids}, onnxfile.IntAttr("axis", 1), onnxfile.IntAttr("keepdims", 0))
	at = b.node("Unsqueeze", []string{at, b.ints("axis1", 1)})
	return b.node("GatherND", []string{x, at}, onnxfile.IntAttr("batch_dims", 1))
}
