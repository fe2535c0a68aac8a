package optimize

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/clipgraph"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// tower is a tiny vision tower in the layout of the hub.
func tower(activation clipgraph.Activation, primitive bool) *onnxfile.Model {
	v := clipgraph.TinyVision(clipgraph.Hub, activation)
	v.Primitive = primitive
	return v.Model()
}

// modelOf writes a graph and describes it as the tiny CLIP, without a known answer.
func modelOf(t *testing.T, m *onnxfile.Model) vision.Model {
	t.Helper()
	data, err := m.Marshal()
	require.NoError(t, err)
	return modelOfBytes(t, data)
}

func modelOfBytes(t *testing.T, data []byte) vision.Model {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.onnx")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	sum := sha256.Sum256(data)
	model := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	model.Visual = vision.ModelFile{Path: path, SHA256: hex.EncodeToString(sum[:])}
	model.Manifest.Visual.File.SHA256 = model.Visual.SHA256
	model.Manifest.Known = nil
	return model
}

// spoiler is the pure-Go backend, except that the second session is wrong by a little.
type spoiler struct {
	opened int
	by     float32
}

func (s *spoiler) Open(ctx context.Context, file vision.ModelFile, opts vision.SessionOptions) (vision.Session, error) {
	session, err := onnx.New().Open(ctx, file, opts)
	s.opened++
	if err != nil || s.opened != 2 {
		return session, err
	}
	return &spoiled{Session: session, by: s.by}, nil
}

type spoiled struct {
	vision.Session
	by float32
}

func (s *spoiled) Run(ctx context.Context, in, out []vision.Tensor) error {
	err := s.Session.Run(ctx, in, out)
	out[0].Data[7] += s.by
	return err
}
