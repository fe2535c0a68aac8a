package vision_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"image"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/bmp"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
)

// goldenPicture is an entry of shared/data/clip-reference/preprocess/manifest.json.
type goldenPicture struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Format string `json:"format"`
	Mode   string `json:"mode"`
	Alpha  bool   `json:"alpha"`
	Crops  map[string]struct {
		SHA256 string `json:"sha256_hwc"`
	} `json:"crops"`
	Tensor map[string]string `json:"tensor_sha256_chw_f32le"`
}

func goldenPictures(t *testing.T) (dir string, list []goldenPicture) {
	dir = testenv.Data(t, "clip-reference", "preprocess")
	var manifest struct{ Pictures []goldenPicture }
	require.NoError(t, json.Unmarshal(readFile(t, filepath.Join(dir, "manifest.json")), &manifest))
	require.NotEmpty(t, manifest.Pictures)
	return dir, manifest.Pictures
}

// open decodes a golden picture; BMP, which Decode does not know, as a user would do it.
func (g goldenPicture) open(t *testing.T, dir string, opts ...vision.DecodeOption) *vision.Picture {
	t.Helper()
	data := readFile(t, filepath.Join(dir, "pictures", g.File))
	sum := sha256.Sum256(data)
	require.Equal(t, g.SHA256, hex.EncodeToString(sum[:]))
	if g.Format == "BMP" {
		img, err := bmp.Decode(bytes.NewReader(data))
		require.NoError(t, err)
		return fromImage(t, img)
	}
	// One of them is 3 × 500, beyond the default aspect.
	return decode(t, data, append(opts, vision.WithLimits(vision.Limits{Aspect: 1000}))...)
}

// hwc lists the samples of an opaque image row by row, RGB interleaved.
func hwc(m *image.RGBA) []byte {
	out := make([]byte, 0, 3*len(m.Pix)/4)
	for y := range m.Rect.Dy() {
		for row := m.Pix[y*m.Stride:][:4*m.Rect.Dx()]; len(row) > 0; row = row[4:] {
			out = append(out, row[:3]...)
		}
	}
	return out
}

// TestPreprocessGolden holds crops and tensors against Hugging Face's PIL processor (transformers 5.23, Pillow 13), bit for
// bit, JPEG included: our decoder is libjpeg-turbo's twin.
func TestPreprocessGolden(t *testing.T) {
	t.Parallel()
	dir, pictures := goldenPictures(t)
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	for _, g := range pictures {
		t.Run(g.File, func(t *testing.T) {
			t.Parallel()
			if g.Mode == "I;16" {
				t.Skip("Pillow clips 16-bit grey at 255; we keep the high byte, and say so")
			}
			stored := g.open(t, dir, vision.WithOrientation(false))
			checkGolden(t, prep, stored, g, "hf_pil")
			upright := g.open(t, dir)
			checkGolden(t, prep, upright, g, "hf_pil_upright")
			if g.Mode != "P" { // this golden dropped alpha bands only; for palettes see TestDecodeAlpha
				dropped := g.open(t, dir, vision.WithOrientation(false), vision.WithAlpha(vision.AlphaDrop))
				checkGolden(t, prep, dropped, g, "hf_pil_alpha_dropped")
			}
		})
	}
}

// TestPreprocessGoldenTorchvision holds the other crop offset against open_clip's own transform, for the pictures on which
// open_clip and Hugging Face differ in nothing else: palettes, CMYK and transparency are converted at another point.
func TestPreprocessGoldenTorchvision(t *testing.T) {
	t.Parallel()
	dir, pictures := goldenPictures(t)
	recipe := clipRecipe
	recipe.Crop = vision.CropShortestTorchvision
	prep, err := vision.NewPreprocessor(recipe)
	require.NoError(t, err)
	shifted := 0
	for _, g := range pictures {
		if (g.Mode != "RGB" && g.Mode != "L") || g.Alpha {
			continue
		}
		checkGolden(t, prep, g.open(t, dir, vision.WithOrientation(false)), g, "open_clip")
		if g.Crops["open_clip"].SHA256 != g.Crops["hf_pil"].SHA256 {
			shifted++
		}
	}
	require.NotZero(t, shifted, "no golden tells the two offsets apart")
}

func checkGolden(t *testing.T, prep *vision.Preprocessor, pic *vision.Picture, g goldenPicture, rule string) {
	t.Helper()
	got, err := prep.Crop(pic)
	require.NoError(t, err)
	sum := sha256.Sum256(hwc(got))
	require.Equal(t, g.Crops[rule].SHA256, hex.EncodeToString(sum[:]), "%s: %s", g.File, rule)
	if rule == "hf_pil" {
		tensor := make([]float32, prep.Len())
		require.NoError(t, prep.Preprocess(tensor, pic))
		raw := make([]byte, 0, 4*len(tensor))
		for _, v := range tensor {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		sum := sha256.Sum256(raw)
		require.Equal(t, g.Tensor[rule], hex.EncodeToString(sum[:]))
	}
}

func difference(a, b []byte) (mean float64, worst int) {
	for i := range a {
		d := int(a[i]) - int(b[i])
		d = max(d, -d)
		mean += float64(d)
		worst = max(worst, d)
	}
	return mean / float64(len(a)), worst
}

// TestPreprocessTable holds the float step against the reference's table, byte by byte: each of the 256 samples is shown as
// a flat picture, and the tensor read.
func TestPreprocessTable(t *testing.T) {
	t.Parallel()
	want := readFile(t, testenv.Data(t, "clip-reference", "preprocess", "norm_lut_hf_pil.f32"))
	recipe := clipRecipe
	recipe.Size = 1
	prep, err := vision.NewPreprocessor(recipe)
	require.NoError(t, err)
	got := make([]byte, 3*256*4)
	for x := range 256 {
		var tensor [3]float32
		m := image.NewGray(image.Rect(0, 0, 1, 1))
		m.Pix[0] = uint8(x)
		require.NoError(t, prep.Preprocess(tensor[:], fromImage(t, m)))
		for c, v := range tensor {
			binary.LittleEndian.PutUint32(got[4*(256*c+x):], math.Float32bits(v))
		}
	}
	require.Equal(t, want, got)
}
