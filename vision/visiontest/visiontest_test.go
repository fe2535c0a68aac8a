package visiontest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStubEncoder(t *testing.T) {
	t.Parallel()
	Run(t, func(t *testing.T) vision.Encoder {
		enc, err := vision.NewEncoder(t.Context(), StubModel(), new(Stub))
		require.NoError(t, err)
		return enc
	})
}

// TestReferenceBackend shows that the suite can be passed: by a backend that knows one model by heart.
func TestReferenceBackend(t *testing.T) {
	t.Parallel()
	RunBackend(t, func(*testing.T) vision.Backend { return reference{} })
}

type reference struct{}

func (reference) Open(ctx context.Context, f vision.ModelFile, _ vision.SessionOptions) (vision.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, errors.New("reference: digest")
	}
	m, err := onnxfile.Parse(data)
	if err != nil {
		return nil, err
	}
	for _, n := range m.Graph.Nodes {
		if !slices.Contains([]string{"Conv", "Clip", "GlobalAveragePool", "Flatten", "Gemm"}, n.Op) {
			return nil, fmt.Errorf("reference: node %s: operator %s: %w", n.Name, n.Op, vision.ErrUnsupported)
		}
	}
	if len(m.Graph.Nodes) == 0 {
		return nil, errors.New("reference: no nodes")
	}
	return &referenceSession{}, nil
}

type referenceSession struct {
	mu     sync.RWMutex
	closed bool
}

func (s *referenceSession) Signature() vision.Signature {
	return vision.Signature{
		Inputs: []vision.TensorInfo{{Name: "image", Type: "float32", Shape: []int{-1, 3, TinySize, TinySize}}},
		Outputs: []vision.TensorInfo{
			{Name: "embedding", Type: "float32", Shape: []int{-1, TinyDim}},
			{Name: "map", Type: "float32", Shape: []int{-1, tinyMaps, tinySide, tinySide}},
		},
	}
}

func (*referenceSession) Info() vision.SessionInfo {
	return vision.SessionInfo{Backend: "reference", Device: "CPU"}
}

func (s *referenceSession) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *referenceSession) Run(ctx context.Context, in, out []vision.Tensor) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errors.New("reference: closed")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(in) != 1 || in[0].Name != "image" || len(in[0].Shape) != 4 ||
		!slices.Equal(in[0].Shape[1:], []int{3, TinySize, TinySize}) || len(in[0].Data) != in[0].Shape[0]*3*TinySize*TinySize {
		return errors.New("reference: input")
	}
	embedding, maps := tinyRun(in[0].Data)
	n := in[0].Shape[0]
	for i := range out {
		switch out[i].Name {
		case "embedding":
			setShape(&out[i], n, TinyDim)
			copy(out[i].Data, embedding)
		case "map":
			setShape(&out[i], n, tinyMaps, tinySide, tinySide)
			copy(out[i].Data, maps)
		default:
			return fmt.Errorf("reference: no output %q", out[i].Name)
		}
	}
	return nil
}

// TestTinyModel pins the reference, so that it cannot drift: ONNX Runtime 1.32 gives these numbers for a black picture.
func TestTinyModel(t *testing.T) {
	t.Parallel()
	got, _ := tinyRun(make([]float32, 3*TinySize*TinySize))
	for i, want := range []float64{0.09992146, 1.1267772, 0.5381542, -0.9925099, -0.22674778} {
		require.InDelta(t, want, got[i], 1e-6)
	}
}

func TestPicturesDiffer(t *testing.T) {
	t.Parallel()
	require.Equal(t, "100×131 image", Noise(100, 131, 1).String())
	require.NotEqual(t, Noise(4, 4, 1).Image().At(0, 0), Noise(4, 4, 2).Image().At(0, 0))
	require.Equal(t, Noise(4, 4, 1).Image().At(3, 3), Noise(4, 4, 1).Image().At(3, 3))
}
