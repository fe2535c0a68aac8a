// Package onnx executes ONNX graphs in pure Go: the [vision.Backend] that needs no cgo and runs on every platform.
//
// It knows the operators of the models that soundtrack uses, in opsets up to 22, as torch.onnx, transformers.js and
// immich export them:
//
//   - convolutional networks: Conv in two dimensions without dilation, Gemm, GlobalAveragePool, Relu, Clip;
//   - transformers such as both towers of CLIP and SigLIP: MatMul, Softmax, LayerNormalization, Gelu, Sigmoid, Erf,
//     Tanh, Exp, Sqrt, Pow, reductions, ArgMax, arithmetic and comparison with broadcasting, Where;
//   - moving and choosing: Transpose, Reshape, Flatten, Squeeze, Unsqueeze, Slice, Split, Concat, Expand, Tile, Gather,
//     GatherElements, GatherND, ScatterND, Trilu, Range, Shape, Size, ConstantOfShape, Constant, Identity, Cast;
//   - dynamically quantised models: DynamicQuantizeLinear, MatMulInteger, ConvInteger, QuantizeLinear and
//     DequantizeLinear, computed with the same float32 kernels: they save disk, not time.
//
// Tensors are float32, and integers or bool wherever the specification has them. Shapes must follow from constants and
// from the shapes of the inputs, not from numbers that only a run knows. A graph that needs anything else is refused
// when it is opened, with an error that names the node and matches [vision.ErrUnsupported]. Weights of Conv and of
// quantised layers must be constants of the file.
//
//	session, err := onnx.New().Open(ctx, vision.ModelFile{Path: path, SHA256: digest}, vision.SessionOptions{})
//	outputs := []vision.Tensor{{Name: "embedding"}}
//	err = session.Run(ctx, []vision.Tensor{{Name: "image", Shape: []int{1, 3, 224, 224}, Data: pixels}}, outputs)
//
// How it works: opening a file builds the graph, computes what follows from constants, puts one operator in the place
// of those that exporters spell out, packs the weights for the kernels of internal/simd and checks every shape. The
// first run with new input shapes makes a plan: what follows from shapes is computed, tensors that are only turned or
// cut stay where they are, maps are kept with their channels last, biases, activations and residual sums become part
// of the product before them, an attention becomes one step, and all intermediate tensors get a place in one block of
// memory. Later runs with these shapes only execute the plan, and allocate nothing once the caller's outputs have
// their capacity and one run at a time suffices.
//
// Model files are treated as hostile: their digest is verified, sizes are bounded, and no file makes this package panic.
package onnx

import (
	"fmt"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision"
)

// Backend opens model files. Its zero value is not usable: see [New]. It is safe for concurrent use.
type Backend struct {
	kernels       *simd.Kernels
	maxModelBytes int64
	maxRunBytes   int64
	err           error // of an option, reported by Open
}

var _ vision.Backend = (*Backend)(nil)

// New returns a backend. Without options it uses the fastest kernels that the CPU can run and the limits that the
// options document. An option that does not apply is reported by [Backend.Open].
func New(opts ...Option) *Backend {
	b := &Backend{kernels: simd.Best(), maxModelBytes: defaultMaxModelBytes, maxRunBytes: defaultMaxRunBytes}
	for _, opt := range opts {
		if err := opt(b); err != nil && b.err == nil {
			b.err = err
		}
	}
	return b
}

// Kernels names the instruction set of the backend's kernels: "avx2", "neon" or "generic".
func (b *Backend) Kernels() string { return b.kernels.Name() }

// Option changes a [Backend] that [New] makes.
type Option func(*Backend) error

const (
	defaultMaxModelBytes = 2<<30 - 1 // protobuf's own limit
	defaultMaxRunBytes   = 1 << 30
)

// WithGenericKernels uses the portable kernels even where the CPU has better ones, to compare or to debug.
// By default the fastest ones are used.
func WithGenericKernels() Option {
	return func(b *Backend) error {
		b.kernels = simd.Generic()
		return nil
	}
}

// WithMaxModelBytes refuses model files of more than n bytes. n must be in [1, 2³¹−1], which is the default.
func WithMaxModelBytes(n int64) Option {
	return func(b *Backend) error {
		if n < 1 || n > defaultMaxModelBytes {
			return fmt.Errorf("onnx: WithMaxModelBytes(%d): want 1 to %d", n, defaultMaxModelBytes)
		}
		b.maxModelBytes = n
		return nil
	}
}

// WithMaxRunBytes refuses input shapes for which one run needs more than n bytes beside the weights.
// n must be at least 1; the default is 1 GiB. Every run that is going on at the same time needs memory of its own.
func WithMaxRunBytes(n int64) Option {
	return func(b *Backend) error {
		if n < 1 {
			return fmt.Errorf("onnx: WithMaxRunBytes(%d): want at least 1", n)
		}
		b.maxRunBytes = n
		return nil
	}
}
