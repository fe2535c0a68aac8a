package visiontest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/soundtrack-go/sdk/vision"
)

// StubDim is the length of [Stub]'s embeddings.
const StubDim = 6

// StubSize is the side of [Stub]'s input.
const StubSize = 16

// Stub is a backend that needs no file. Its embedding holds, for each channel, the mean and the mean of a ramp over the
// picture, so that different pictures differ; its further outputs are "logits" [N, 4] and "map" [N, 2, 4, 4].
// The zero value works. Set the hooks before the first Open.
type Stub struct {
	// Signature replaces the default one, if it has inputs.
	Signature vision.Signature
	// OpenErr is returned by Open.
	OpenErr error
	// BeforeRun is called at the start of each Run, for instance to block it. An error ends the Run.
	BeforeRun func(ctx context.Context, inputs []vision.Tensor) error
	// Spoil is called with the outputs at the end of each Run, to damage them.
	Spoil func(outputs []vision.Tensor)
	// CloseErr is returned by the first Close of a session.
	CloseErr error
}

// StubModel is a model for [Stub]. Its manifest is valid and its file does not exist.
func StubModel() vision.Model {
	const digest = "5057ab0000000000000000000000000000000000000000000000000000000000"
	return vision.Model{
		Manifest: vision.Manifest{
			ID:  "stub",
			Dim: StubDim,
			Visual: vision.Graph{
				File:   vision.File{Name: "stub.onnx", SHA256: digest},
				Input:  "image",
				Output: "embedding",
				Extra:  []vision.Output{{Name: "logits"}, {Name: "map", Reduce: vision.ReduceMeanStd}},
			},
			Preprocess: vision.Preprocess{
				Size: StubSize, Crop: vision.CropShortest,
				Mean: [3]float64{.5, .5, .5}, Std: [3]float64{.5, .5, .5},
			},
			Labels: "stub-4",
		},
		Visual: vision.ModelFile{Path: "stub.onnx", SHA256: digest},
	}
}

// StubSignature is what a graph for [StubModel] says about itself.
func StubSignature() vision.Signature {
	return vision.Signature{
		Inputs: []vision.TensorInfo{{Name: "image", Type: "float32", Shape: []int{-1, 3, StubSize, StubSize}}},
		Outputs: []vision.TensorInfo{
			{Name: "embedding", Type: "float32", Shape: []int{-1, StubDim}},
			{Name: "logits", Type: "float32", Shape: []int{-1, 4}},
			{Name: "map", Type: "float32", Shape: []int{-1, 2, 4, 4}},
		},
	}
}

// Open implements [vision.Backend].
func (s *Stub) Open(ctx context.Context, _ vision.ModelFile, _ vision.SessionOptions) (vision.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.OpenErr != nil {
		return nil, s.OpenErr
	}
	return &stubSession{stub: s}, nil
}

type stubSession struct {
	stub   *Stub
	mu     sync.RWMutex // held for reading by runs
	closed bool
}

func (s *stubSession) Signature() vision.Signature {
	if len(s.stub.Signature.Inputs) > 0 {
		return s.stub.Signature
	}
	return StubSignature()
}

func (s *stubSession) Info() vision.SessionInfo {
	return vision.SessionInfo{Backend: "stub", Device: "CPU"}
}

func (s *stubSession) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.stub.CloseErr
}

func (s *stubSession) Run(ctx context.Context, inputs, outputs []vision.Tensor) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errors.New("visiontest: stub session is closed")
	}
	if s.stub.BeforeRun != nil {
		if err := s.stub.BeforeRun(ctx, inputs); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	in := inputs[0]
	n := in.Shape[0]
	per := len(in.Data) / n
	for k := range outputs {
		out := &outputs[k]
		switch out.Name {
		case "embedding":
			setShape(out, n, StubDim)
			for i := range n {
				stubEmbedding(out.Data[i*StubDim:(i+1)*StubDim], in.Data[i*per:(i+1)*per])
			}
		case "logits":
			setShape(out, n, 4)
			for i := range out.Data {
				out.Data[i] = in.Data[i/4*per+i%4]
			}
		case "map":
			setShape(out, n, 2, 4, 4)
			for i := range out.Data {
				out.Data[i] = in.Data[i/32*per+i%32]
			}
		default:
			return fmt.Errorf("visiontest: stub has no output %q", out.Name)
		}
	}
	if s.stub.Spoil != nil {
		s.stub.Spoil(outputs)
	}
	return nil
}

// stubEmbedding writes, for each channel, 1 + the mean of its samples and the mean of samples × position.
func stubEmbedding(dst, in []float32) {
	plane := len(in) / 3
	for c := range 3 {
		sum, ramp := 0.0, 0.0
		for i, v := range in[c*plane : (c+1)*plane] {
			sum += float64(v)
			ramp += float64(v) * float64(i) / float64(plane)
		}
		dst[2*c] = float32(1.5 + sum/float64(plane))
		dst[2*c+1] = float32(ramp / float64(plane))
	}
}

// setShape gives t a shape, and data of that many elements, reusing memory.
func setShape(t *vision.Tensor, shape ...int) {
	n := 1
	for _, d := range shape {
		n *= d
	}
	t.Shape = append(t.Shape[:0], shape...)
	if cap(t.Data) < n {
		t.Data = make([]float32, n)
	}
	t.Data = t.Data[:n]
}
