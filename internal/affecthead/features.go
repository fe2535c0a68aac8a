package affecthead

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/internal/probe"
	"github.com/soundtrack-go/sdk/vision"
)

// Embedding is the name of the block that is an encoding's embedding.
const Embedding = "embedding"

// BlocksOf lists the features of an encoding: its embedding, and every further output but class logits, in the order of
// their names. The embedding weighs as much as all the others together. Square roots are taken of an embedding that has
// no negative number in any of the encodings.
func BlocksOf(encodings []*vision.Encoding) []Block {
	first := encodings[0]
	rooted := !slices.ContainsFunc(encodings, func(e *vision.Encoding) bool {
		return slices.ContainsFunc(e.Embedding, func(v float32) bool { return v < 0 })
	})
	blocks := []Block{{Output: Embedding, Size: len(first.Embedding), Root: rooted, Weight: 1}}
	for name, values := range first.Outputs {
		if name != "logits" {
			blocks = append(blocks, Block{Output: name, Size: len(values)})
		}
	}
	rest := blocks[1:]
	slices.SortFunc(rest, func(a, b Block) int { return cmp.Compare(a.Output, b.Output) })
	for i := range rest {
		rest[i].Weight = 1 / float64(len(rest))
	}
	return blocks
}

// Features are the numbers of blocks for one encoding, before they are standardised.
func Features(blocks []Block, e *vision.Encoding) ([]float32, error) {
	var x []float32
	for _, b := range blocks {
		values := e.Embedding
		if b.Output != Embedding {
			values = e.Outputs[b.Output]
		}
		if len(values) != b.Size {
			return nil, fmt.Errorf("%w: the encoder's output %q has %d numbers, the head wants %d", ErrHead, b.Output, len(values), b.Size)
		}
		if b.Root {
			values = probe.Root(values)
		}
		x = append(x, values...)
	}
	return x, nil
}

// columns is the number of features that an axis reads.
func (d Description) columns(a Axis) int {
	n := 0
	for _, b := range d.Blocks {
		if slices.Contains(a.Outputs, b.Output) {
			n += b.Size
		}
	}
	return n
}

// gather picks the features that an axis reads.
func (d Description) gather(x []float32, a Axis) []float32 {
	z := make([]float32, 0, d.columns(a))
	for _, b := range d.Blocks {
		if slices.Contains(a.Outputs, b.Output) {
			z = append(z, x[:b.Size]...)
		}
		x = x[b.Size:]
	}
	return z
}
