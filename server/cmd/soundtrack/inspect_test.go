package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision/clip"
)

// The crop is byte for byte what the reference implementations show the network, each by its flags, and needs neither
// weights nor network.
func TestInspectCrop(t *testing.T) {
	t.Parallel()
	folder := testenv.Data(t, "clip-reference", "preprocess")
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	require.NoError(t, err)
	var golden struct {
		Pictures []struct {
			File  string
			Crops map[string]struct {
				SHA256 string `json:"sha256_hwc"`
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &golden))
	want := map[string]string{} // file and rule → digest
	for _, p := range golden.Pictures {
		for rule, crop := range p.Crops {
			want[p.File+" "+rule] = crop.SHA256
		}
	}
	for _, row := range []struct {
		file, rule string
		flags      []string
	}{
		{"rgb-gradient-640x480.png", "hf_pil", nil},
		{"rgb-3x500.png", "hf_pil", nil},
		{"png-rgba-320x240.png", "hf_pil", nil},
		{"png-rgba-320x240.png", "hf_pil_alpha_dropped", []string{"--alpha", "drop"}},
		{"jpeg-exif6-480x320.jpg", "hf_pil_upright", nil},
		{"jpeg-exif6-480x320.jpg", "hf_pil", []string{"--no-upright"}},
		{"jpeg-444-427x640.jpg", "open_clip", []string{"--crop-rule", "shortest-torchvision"}},
	} {
		t.Run(row.file+" "+row.rule, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			out := filepath.Join(dir, "seen.png")
			args := []string{"inspect", filepath.Join(folder, "pictures", row.file), "--preset", clip.IDOpenAI, "--crop", out, "--offline", "--cache-dir", dir}
			ok(t, append(args, row.flags...)...)
			require.NotEmpty(t, want[row.file+" "+row.rule])
			require.Equal(t, want[row.file+" "+row.rule], digestOfPixels(t, out))
		})
	}
}

// digestOfPixels hashes the rows of a PNG, three bytes a pixel.
func digestOfPixels(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	img, err := png.Decode(file)
	require.NoError(t, err)
	sum := sha256.New()
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			_, _ = sum.Write([]byte{c.R, c.G, c.B})
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func TestInspectEmbedding(t *testing.T) {
	hub := newStandIn(t)
	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{200, 150, 40, 255})
	args := []string{"inspect", picture, "--preset", soundtrack.PresetCLIPOpenAI, "--manifest", hub.folder, "--embedding", "--backend", "go"}
	var found struct {
		Picture, Format, Preset, Space string
		Width, Height                  int
		Preprocess                     struct{ Size int }
		Encoder                        struct{ Backend, Device string }
		Embedding                      []float64
	}
	require.NoError(t, json.Unmarshal([]byte(ok(t, append(args, "--json")...)), &found))
	require.Equal(t, []any{picture, "png", 96, 64}, []any{found.Picture, found.Format, found.Width, found.Height})
	require.Equal(t, 224, found.Preprocess.Size)
	require.Contains(t, found.Encoder.Backend, "pure Go")
	require.Equal(t, hub.manifest.ID+"@"+hub.manifest.Visual.File.SHA256[:12], found.Space)
	require.Len(t, found.Embedding, hub.manifest.Dim)
	var squares float64
	for _, x := range found.Embedding {
		squares += x * x
	}
	require.InDelta(t, 1, math.Sqrt(squares), 1e-5)
	require.Len(t, hub.asked(), 1, "the text tower is not fetched")
	require.Len(t, strings.Fields(ok(t, args...)), hub.manifest.Dim, "one number a line")
}

func TestInspectTokens(t *testing.T) {
	hub := newStandIn(t)
	ids := func(text string) []int64 {
		out := ok(t, "inspect", "--preset", soundtrack.PresetCLIPOpenAI, "--manifest", hub.folder, "--tokens", text)
		var line struct{ IDs []int64 }
		require.NoError(t, json.Unmarshal([]byte(out), &line))
		return line.IDs
	}
	require.Len(t, ids("the cat"), 4, "start, two words, end")
	require.Len(t, hub.asked(), 1, "the vocabulary is enough")

	require.Len(t, ids(strings.Repeat("x", 200)), 77)
	require.Len(t, ids(""), 2)
}

// The vocabulary may also be brought along, as OpenAI publishes it.
func TestInspectTokensWithVocabulary(t *testing.T) {
	t.Parallel()
	vocabulary := testenv.Data(t, "clip", "bpe_simple_vocab_16e6.txt.gz")
	out := ok(t, "inspect", "--vocabulary", vocabulary, "--tokens", "a photo of a cat")
	require.JSONEq(t, `{"ids":[49406,320,1125,539,320,2368,49407]}`, out)
}

func TestInspectErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	picture := drawing(t, dir, "a.png", color.RGBA{1, 2, 3, 255})
	for _, row := range []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"nothing", []string{"inspect"}, exitUsage, "--tokens"},
		{"no preset", []string{"inspect", picture}, exitUsage, "--preset"},
		{"palette", []string{"inspect", picture, "--preset", "palette"}, exitUsage, "--preset"},
		{"unknown", []string{"inspect", picture, "--preset", "huge"}, exitUsage, "models list"},
		{"no texts", []string{"inspect", "--preset", "siglip2-b16", "--tokens", "x"}, exitUsage, "embeds no texts"},
		{"crop rule", []string{"inspect", picture, "--preset", "compact", "--crop-rule", "round"}, exitUsage, "shortest-torchvision"},
		{"no file", []string{"inspect", filepath.Join(dir, "none"), "--preset", "compact"}, exitFailed, "no such file"},
		{"no picture", []string{"inspect", write(t, dir, "x.png", "text"), "--preset", "compact"}, exitFailed, "x.png"},
		{"no weights", []string{"inspect", picture, "--preset", clip.IDLAION, "--embedding", "--offline", "--cache-dir", dir}, exitLater, "HF_ENDPOINT"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			code, _, stderr := command(t, row.args...)
			require.Equal(t, row.code, code, stderr)
			require.Contains(t, stderr, row.err)
		})
	}
}
