package onnx

import (
	"github.com/soundtrack-go/sdk/internal/simd"
)

// averagePool is GlobalAveragePool: the mean of each channel over all positions. Rows are summed first and then added,
// which keeps rounding errors small on large maps.
type averagePool struct{}

func loadGlobalAveragePool(n *node, _ *graph) (operator, error) {
	return averagePool{}, newAttributes(n).done()
}

func (averagePool) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in[0]); err != nil {
		return nil, err
	}
	if len(in[0].shape) != 4 {
		return nil, n.unsupported("only two-dimensional pictures are supported")
	}
	return one(n, in[0].shape[0], in[0].shape[1], 1, 1)
}

func (averagePool) emit(b *planBuilder, n *node) error {
	x, y := b.operand(n.inputs[0], channelsLast), b.result(n.outputs[0], plain)
	shape := b.typeOf(n.inputs[0]).shape
	channels, height, width := shape[1], shape[2], shape[3]
	b.needScratch(channels)
	b.add(step{
		name: n.name, parts: shape[0], reads: []*storage{x}, writes: []*storage{y},
		run: func(st *state, worker, part int) {
			src := st.data(x)[part*height*width*channels:]
			mean, row := st.data(y)[part*channels:][:channels], st.scratch(worker, channels)
			clear(mean)
			for range height {
				clear(row)
				for range width {
					b.kernels.AddClip(row, row, src[:channels], simd.Unbounded())
					src = src[channels:]
				}
				b.kernels.AddClip(mean, mean, row, simd.Unbounded())
			}
			for c := range mean {
				mean[c] /= float32(height * width)
			}
		},
	})
	return nil
}
