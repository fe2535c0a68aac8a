package tagging_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/taggingtest"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
)

// observation is what the compact model would say if it were sure of the given labels.
func observation(t *testing.T, labels map[int]float32) *vision.Observation {
	t.Helper()
	logits := make([]float32, 1000)
	for label, logit := range labels {
		logits[label] = logit
	}
	embedding := make([]float32, 1280)
	for i := range embedding {
		embedding[i] = float32(1 / math.Sqrt(1280))
	}
	manifest := compact.Manifest()
	picture := uniform(t, color.RGBA{R: 40, G: 90, B: 200, A: 255})
	return &vision.Observation{
		Picture: picture, Palette: vision.NewPalette(picture),
		Encoding: &vision.Encoding{
			Model:     vision.ModelInfo{ID: manifest.ID, Dim: 1280, Digest: manifest.Visual.File.SHA256, Labels: "imagenet-1k"},
			Embedding: embedding, Outputs: map[string][]float32{"logits": logits},
		},
	}
}

func uniform(t *testing.T, c color.RGBA) *vision.Picture {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []uint8{c.R, c.G, c.B, c.A})
	}
	picture, err := vision.FromImage(img)
	require.NoError(t, err)
	return picture
}

const (
	retriever = 207
	seashore  = 978
	cockroach = 314
	rifle     = 413
)

func TestTaggersConform(t *testing.T) {
	t.Parallel()
	sure, split := observation(t, map[int]float32{retriever: 20}), observation(t, map[int]float32{seashore: 10, rifle: 10})
	blind := &vision.Observation{Picture: sure.Picture, Palette: sure.Palette}
	for name, tagger := range map[string]tagging.Tagger{
		tagging.LabelsName: tagging.LabelTagger{}, tagging.ScenesName: tagging.SceneTagger{},
		tagging.PaletteName: tagging.PaletteTagger{}, tagging.EraName: tagging.EraTagger{}, "fusion": tagging.Default(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			taggingtest.Run(t, tagger, sure, split, blind)
		})
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	tag := func(labels map[int]float32) tagging.Tags {
		tags, err := tagging.LabelTagger{}.Tag(t.Context(), observation(t, labels))
		require.NoError(t, err)
		return tags
	}
	dog, roach, beach := tag(map[int]float32{retriever: 20}), tag(map[int]float32{cockroach: 20}), tag(map[int]float32{seashore: 20})
	require.Equal(t, "dog", dog.Objects[0].Name)
	require.Contains(t, dog.Objects[0].Evidence[0].Detail, "golden retriever 1.00")
	require.Equal(t, "beach", beach.Scenes[0].Name)
	require.Greater(t, dog.Affect.Valence, .6)
	require.Less(t, roach.Affect.Valence, -.6)

	torn := tag(map[int]float32{seashore: 20, rifle: 20})
	require.Greater(t, torn.Affect.Spread, beach.Affect.Spread+.1, "a torn network says so")
	require.Positive(t, torn.Concepts.Weight("beach"))

	nothing := tag(nil)
	require.Empty(t, nothing.Objects, "a thousandth each is no sight")
}

func TestLabelsNeedTheirLabelSet(t *testing.T) {
	t.Parallel()
	o := observation(t, map[int]float32{retriever: 20})
	o.Encoding.Outputs["logits"] = make([]float32, 7)
	_, err := tagging.LabelTagger{}.Tag(t.Context(), o)
	require.ErrorContains(t, err, "7 logits")
	o.Encoding.Model.Labels = "places-365"
	tags, err := tagging.LabelTagger{}.Tag(t.Context(), o)
	require.NoError(t, err)
	require.False(t, tags.Affect.Known)
}

func TestProbesNeedTheirWeights(t *testing.T) {
	t.Parallel()
	o := observation(t, nil)
	o.Encoding.Model.Digest = "0000"
	for _, tagger := range []tagging.Tagger{tagging.SceneTagger{}, tagging.EraTagger{}} {
		tags, err := tagger.Tag(t.Context(), o)
		require.NoError(t, err)
		require.Empty(t, tags.Scenes)
		require.Equal(t, tagging.EraUnknown, tags.Era.Label)
	}
}

func TestPaletteIsHumble(t *testing.T) {
	t.Parallel()
	tag := func(c color.RGBA) tagging.Tags {
		picture := uniform(t, c)
		tags, err := tagging.PaletteTagger{}.Tag(t.Context(), &vision.Observation{Picture: picture, Palette: vision.NewPalette(picture)})
		require.NoError(t, err)
		return tags
	}
	yellow, black := tag(color.RGBA{255, 220, 40, 255}), tag(color.RGBA{20, 20, 22, 255})
	require.Greater(t, yellow.Affect.Valence, black.Affect.Valence)
	require.Greater(t, yellow.Affect.Arousal, black.Affect.Arousal)
	require.Greater(t, yellow.Affect.Spread, .5)
	require.Less(t, math.Abs(yellow.Affect.Valence), .34)
	require.Len(t, yellow.Colours, 1)
	require.InDelta(t, 1, yellow.Colours[0].Share, 1e-9)
}

// dated is a JPEG whose EXIF has nothing but DateTimeOriginal.
func dated(t *testing.T, date string) *vision.Picture {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, image.NewRGBA(image.Rect(0, 0, 64, 48)), nil))
	le := binary.LittleEndian
	tiff := le.AppendUint32([]byte("II*\x00"), 8)
	tiff = append(tiff, 1, 0)                                                // IFD0 with one entry
	tiff = le.AppendUint16(tiff, 0x8769)                                     // pointer to the EXIF IFD
	tiff = le.AppendUint32(le.AppendUint32(le.AppendUint16(tiff, 4), 1), 26) // one LONG: 26
	tiff = append(tiff, 0, 0, 0, 0)
	tiff = append(tiff, 1, 0)
	tiff = le.AppendUint16(tiff, 0x9003)
	tiff = le.AppendUint32(le.AppendUint32(le.AppendUint16(tiff, 2), 20), 44) // 20 ASCII at 44
	tiff = append(tiff, 0, 0, 0, 0)
	tiff = append(tiff, date+"\x00"...)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(segment)+2))
	picture, err := vision.Decode(t.Context(), io.MultiReader(bytes.NewReader(head), bytes.NewReader(segment), bytes.NewReader(file.Bytes()[2:])))
	require.NoError(t, err)
	return picture
}

func TestEraFromCaptureDate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		date   string
		label  tagging.EraLabel
		decade int
	}{
		{"2004:07:01 12:00:00", tagging.EraModern, 2000},
		{"1999:12:31 23:59:59", tagging.EraModern, 1990},
		{"1970:01:01 00:00:00", tagging.EraUnknown, 0}, // a clock that was never set
	} {
		tags, err := tagging.EraTagger{}.Tag(t.Context(), &vision.Observation{Picture: dated(t, row.date)})
		require.NoError(t, err)
		require.Equal(t, row.label, tags.Era.Label, row.date)
		require.Equal(t, row.decade, tags.Era.Decade, row.date)
	}
	tags, err := tagging.EraTagger{}.Tag(t.Context(), &vision.Observation{})
	require.NoError(t, err)
	require.Equal(t, "unknown", tags.Era.Label.String())
	require.Zero(t, tags.Era.Decade)
}

// The table has its own short names for the labels; they must be those that package compact gives the classes.
func TestLabelNamesAgreeWithTheModel(t *testing.T) {
	t.Parallel()
	for i, label := range tagging.ImageNetLabels() {
		require.Equal(t, compact.LabelName(i), label.Name)
	}
}

// A few values that any reader can judge, so that a shifted row or a swapped column fails.
func TestLabelTableAgreesWithCommonSense(t *testing.T) {
	t.Parallel()
	labels := tagging.ImageNetLabels()
	for _, pair := range [][2]int{{retriever, cockroach}, {seashore, rifle}, {985, 743}, {928, 412}} { // daisy, prison; ice cream, ashcan
		require.Greater(t, labels[pair[0]].Affect.Valence, labels[pair[1]].Affect.Valence+.5, labels[pair[0]].Name)
	}
	for _, pair := range [][2]int{{2, 721}, {rifle, 978}, {980, 508}} { // shark, pillow; rifle, seashore; volcano, keyboard
		require.Greater(t, labels[pair[0]].Affect.Arousal, labels[pair[1]].Affect.Arousal+.3, labels[pair[0]].Name)
	}
}
