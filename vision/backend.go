package vision

import (
	"context"
	"slices"
)

// Backend executes model files. vision/onnx is the pure-Go one; vision/ort uses ONNX Runtime.
// Every backend passes visiontest.RunBackend.
type Backend interface {
	// Open loads a model. The file's digest has been verified by whoever made the ModelFile; Open verifies it again
	// against the bytes that it reads, so that a file swapped in between is refused.
	Open(ctx context.Context, model ModelFile, opts SessionOptions) (Session, error)
}

// Session is a loaded model. It is safe for concurrent use.
type Session interface {
	// Run executes the graph. Inputs and outputs are matched by name. Each output's Shape and Data are set by Run;
	// Data is reused where its capacity suffices. Outputs that are not asked for may be skipped.
	Run(ctx context.Context, inputs []Tensor, outputs []Tensor) error
	// Signature lists the graph's inputs and outputs.
	Signature() Signature
	// Info says what executes the model.
	Info() SessionInfo
	// Close frees the model. It waits for running calls, and a second Close is a no-op.
	Close() error
}

// SessionInfo says what executes a model, for people and logs.
type SessionInfo struct {
	Backend string // with its version or kernels, such as "pure Go (avx2)" or "ONNX Runtime 1.32.0"
	Device  string // "CPU" or a provider's name, such as "CUDA"
	// Note says why this is not what was asked for first, such as "no CUDA device"; empty if it is.
	Note string
}

// ModelFile is a verified model on disk.
type ModelFile struct {
	Path   string
	SHA256 string // lower-case hex
}

// SessionOptions tune a session. The zero value means one thread a run, and that many runs at once as callers ask for.
type SessionOptions struct {
	// Threads is the number of goroutines or threads that one run may use. 0 means 1.
	Threads int
}

// Tensor is a dense array in row-major order: float32 numbers, or, for inputs of an integer type such as token ids, whole
// ones. Its zero value with a name is a valid output.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
	// Ints is used in place of Data for an input whose type in the [Signature] is "int64" or "int32"; the backend refuses
	// numbers that the type cannot hold. Outputs are always float32.
	Ints []int64
}

// Signature is what a model file says about its own inputs and outputs.
type Signature struct {
	Inputs, Outputs []TensorInfo
}

// Clone returns a copy that shares nothing with s.
func (s Signature) Clone() Signature {
	clone := func(infos []TensorInfo) []TensorInfo {
		infos = slices.Clone(infos)
		for i := range infos {
			infos[i].Shape = slices.Clone(infos[i].Shape)
		}
		return infos
	}
	return Signature{Inputs: clone(s.Inputs), Outputs: clone(s.Outputs)}
}

// TensorInfo describes an input or output. A dimension of -1 is free.
type TensorInfo struct {
	Name  string
	Type  string // ONNX element type in lower case: "float32", "int64", …
	Shape []int
}
