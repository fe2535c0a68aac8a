package vision_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// TestTextEncoderReference is the whole way of a text, in both layouts of the hub: CLIP's own vocabulary, the pure-Go
// backend, the reference's tiny tower.
func TestTextEncoderReference(t *testing.T) {
	t.Parallel()
	var index struct {
		Models map[string]struct {
			SHA256 string
			Output [][]float64
		}
	}
	require.NoError(t, json.Unmarshal(readFile(t, testenv.Data(t, "clip-reference", "tiny-onnx", "index.json")), &index))
	merges := filepath.Join(t.TempDir(), "merges.txt")
	vocabulary := unzip(t, testenv.Data(t, "clip", "bpe_simple_vocab_16e6.txt.gz"))
	require.NoError(t, os.WriteFile(merges, vocabulary, 0o600))

	for name, graph := range map[string]vision.TextGraph{
		"tiny-text-hub.onnx":    {Input: "input_ids", Mask: "attention_mask", Output: "text_embeds"},
		"tiny-text-immich.onnx": {Input: "text", Output: "embedding"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := index.Models[name]
			m := visiontest.StubModel()
			m.Textual = vision.ModelFile{Path: testenv.Data(t, "clip-reference", "tiny-onnx", name), SHA256: want.SHA256}
			m.Vocabulary = vision.ModelFile{Path: merges, SHA256: digest(string(vocabulary))}
			graph.File = vision.File{Name: name, SHA256: want.SHA256}
			graph.Tokens, graph.Tokenizer = 77, vision.TokenizerCLIP
			graph.Vocabulary = vision.File{Name: "merges.txt", SHA256: m.Vocabulary.SHA256}
			m.Manifest.Dim, m.Manifest.Textual = len(want.Output[0]), &graph
			enc, err := vision.NewTextEncoder(t.Context(), m, onnx.New())
			require.NoError(t, err)
			defer func() { require.NoError(t, enc.Close()) }()

			got, err := enc.EncodeText(t.Context(), []string{"a photo of a cat", " A photo of a\ndog and a&nbsp;cat"})
			require.NoError(t, err)
			for i, raw := range want.Output {
				norm := 0.0
				for _, x := range raw {
					norm += x * x
				}
				for k, x := range raw {
					require.InDelta(t, x/math.Sqrt(norm), got[i][k], 1e-5)
				}
			}
		})
	}
}

// TestJointEncoderTinyCLIP runs the conformance suite on real graphs.
func TestJointEncoderTinyCLIP(t *testing.T) {
	t.Parallel()
	for name, layout := range map[string]visiontest.CLIPLayout{"hub": visiontest.CLIPHub, "immich": visiontest.CLIPImmich} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model := visiontest.TinyCLIP(t, layout)
			visiontest.Run(t, func(t *testing.T) vision.Encoder {
				enc, err := vision.NewJointEncoder(t.Context(), model, onnx.New())
				require.NoError(t, err)
				return enc
			})
		})
	}
}
