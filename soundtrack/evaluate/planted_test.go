package evaluate_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/soundtrack/evaluate"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/headfit"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// Photographs of one theme look alike, and those of different themes have nothing in common: an encoder that says noise, one
// for each theme. Whoever has seen a photograph, or another of its theme, knows how it feels by heart; whoever has not can
// know nothing. So any leak from the pictures that are measured into what was fitted shows as an understanding that cannot be.
func TestNothingIsLearntFromNoise(t *testing.T) {
	if testing.Short() {
		t.Skip("fits all heads and probes")
	}
	t.Parallel()
	planted := plant(t)
	report, err := evaluate.Pictures(t.Context(), evaluate.PictureOptions{
		Data: planted.data, Encoder: planted, Era: true, Taggers: []tagging.Named{{Name: "mourner", Tagger: mourner{planted}}},
	})
	require.NoError(t, err)

	var text strings.Builder
	require.NoError(t, report.Write(&text))
	t.Log("\n" + text.String())
	require.True(t, report.HeadShips)
	require.Equal(t, []string{"labels", "scenes", "palette", "mourner"}, report.Fused)
	require.InDelta(t, 1, report.Teacher.All.Valence, 1e-6, "people of this test feel as the teacher does")
	for _, row := range append([]evaluate.AffectRow{report.WithHead, report.WithoutHead}, report.Parts...) {
		require.Less(t, row.All.Valence, .3, row.Name)
		require.Less(t, row.All.Arousal, .3, row.Name)
	}
	require.InDelta(t, .5, report.Era.AUC, .2)
	require.InDelta(t, .5, report.Era.AUCGrey, .2)

	leaking := planted.leftOut(t, func(r headfit.Rating) string { return r.Picture })
	require.Greater(t, leaking.Valence, .8, "leaving out the picture and not its theme would be noticed")
	require.Greater(t, leaking.Arousal, .8)
	clean := planted.leftOut(t, func(r headfit.Rating) string { return r.Group })
	require.InDelta(t, clean.Valence, report.Parts[0].All.Valence, .05, "it is the head that is left out by themes")

	checkMourner(t, report, text.String())
	checkKeys(t, report)
}

// Of a model with a text tower what its users get is measured: the reader of its texts, and no probe or head that they have
// not. With random weights it understands nothing, and the report says so.
func TestPicturesReadByTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("searches settings of heads")
	}
	t.Parallel()
	encoder, err := vision.NewJointEncoder(t.Context(), visiontest.TinyCLIP(t, visiontest.CLIPHub), onnx.New())
	require.NoError(t, err)
	defer func() { require.NoError(t, encoder.Close()) }()
	reader, err := tagging.NewZeroShot(t.Context(), encoder)
	require.NoError(t, err)
	report, err := evaluate.Pictures(t.Context(), evaluate.PictureOptions{
		Data: plant(t).data, Encoder: encoder, Era: true, Taggers: []tagging.Named{{Name: tagging.ZeroShotName, Tagger: reader}},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"palette", "clip"}, report.Fused)
	require.False(t, report.HeadShips)
	require.Nil(t, report.Era)
	var parts []string
	for _, row := range report.Parts {
		parts = append(parts, row.Name)
	}
	require.Equal(t, []string{"head alone", "clip alone"}, parts)
	require.Positive(t, report.Parts[1].All.Inside, "it said something")
	require.Less(t, report.WithoutHead.All.Valence, .5)

	var estimates []tagging.Estimate
	var norms []tagging.Affect
	for _, p := range report.Points {
		estimates, norms = append(estimates, p.Estimate), append(norms, p.Photograph.Norm)
	}
	require.Equal(t, report.WithoutHead.All, headfit.Compare("", estimates, norms), "points are of what users get")
	var text strings.Builder
	require.NoError(t, report.Write(&text))
	require.Contains(t, text.String(), "fused of palette, clip")
	require.Contains(t, text.String(), "No affect head ships for this encoder")
}

// checkMourner counts what a tagger says of whole themes: that Sad face, of the themes of grief, and Dog mourn.
func checkMourner(t *testing.T, report *evaluate.PictureReport, text string) {
	t.Helper()
	grief := report.Care.Topics[0]
	require.Equal(t, tagging.CareGrief, grief.Topic)
	const memorial, miserable, sadFace, sadPose, dogs, unclear = 3, 2, 8, 5, 18, 3 + 1 + 4
	of, others := memorial+miserable+sadFace+sadPose, 359-unclear-(memorial+miserable+sadFace+sadPose)
	require.Equal(t, of, grief.Of)
	require.Equal(t, others, grief.Others)
	require.InDelta(t, sadFace/float64(of), grief.Recall.Share, 1e-9)
	require.InDelta(t, dogs/float64(others), grief.FalseAlarms.Share, 1e-9)
	require.InDelta(t, (sadFace+dogs)/float64(of+others), grief.Recall.Control, .005, "other photographs")
	require.Len(t, grief.Missed, of-sadFace)
	require.Len(t, grief.Mistaken, dogs)
	for _, other := range report.Care.Topics[1:] {
		require.Zero(t, other.Recall.Share)
		require.Positive(t, other.Of)
	}
	sad, mourned := 0, 0
	for _, p := range report.Points {
		if 4+3*p.Photograph.Norm.Valence < evaluate.Sad {
			sad++
			if p.Photograph.Theme == "Sad face" || p.Photograph.Theme == "Dog" {
				mourned++
			}
		}
	}
	require.Equal(t, sad, report.Care.AnyTopic.Of)
	require.Positive(t, mourned)
	require.InDelta(t, float64(mourned)/float64(sad), report.Care.AnyTopic.Recall.Share, 1e-9)

	require.Regexp(t, `shows grief +18 +44\.4 %`, text)
	require.Contains(t, text, "fused of labels, scenes, palette, mourner")
	require.Contains(t, text, "Dog_1")
	require.NotContains(t, text, "NaN")
}

// Keys of JSON are all of one style; those that are data are named here.
func checkKeys(t *testing.T, report *evaluate.PictureReport) {
	t.Helper()
	raw, err := json.Marshal(struct {
		*evaluate.PictureReport
		Cheer evaluate.Cheer `json:"cheer"`
	}{report, evaluate.Cheer{Missed: []string{"a"}}})
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(raw, &tree))
	style := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	var walk func(at string, node any)
	walk = func(at string, node any) {
		switch node := node.(type) {
		case map[string]any:
			for key, child := range node {
				if !strings.HasSuffix(at, ".categories") {
					require.Regexp(t, style, key, at)
				}
				walk(at+"."+key, child)
			}
		case []any:
			for _, child := range node {
				walk(at, child)
			}
		}
	}
	walk("", tree)
}

// planted are made-up pictures under the names of the real ones, and the encoder that looks at them.
type planted struct {
	data  fstest.MapFS
	names []string // by the number that a picture carries in its pixels
}

func plant(t *testing.T) *planted {
	t.Helper()
	p := &planted{data: fstest.MapFS{}}
	norms := p.norms(t)
	var table bytes.Buffer
	rows := csv.NewWriter(&table)
	require.NoError(t, rows.Write([]string{"group", "category", "image", "valence_mean", "arousal_mean"}))
	file, err := tagging.OwnLabels().Open("scenes_pictures.csv")
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	annotations, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	for _, row := range annotations[1:] {
		name := row[0]
		p.data[name] = &fstest.MapFile{Data: numbered(t, len(p.names))}
		p.names = append(p.names, name)
		if image, ok := strings.CutPrefix(name, "oasis/"); ok {
			norm := norms[name]
			require.NoError(t, rows.Write([]string{
				theme(name), "Object", image, fmt.Sprint(4 + 3*norm.Valence), fmt.Sprint(4 + 3*norm.Arousal),
			}))
		}
	}
	rows.Flush()
	p.data["oasis/oasis.csv"] = &fstest.MapFile{Data: table.Bytes()}
	p.data["coco-mini/coco_mini.jsonl"] = &fstest.MapFile{Data: []byte(
		`{"image":"` + strings.TrimPrefix(p.first("coco-mini/"), "coco-mini/") + `","captions":["a dog","one dog"],"objects":["dog"]}`)}
	return p
}

// first is the first picture of a folder.
func (p *planted) first(folder string) string {
	for _, name := range p.names {
		if strings.HasPrefix(name, folder) {
			return name
		}
	}
	return ""
}

// norms are the teacher's ratings, as if they were people's.
func (p *planted) norms(t *testing.T) map[string]tagging.Affect {
	t.Helper()
	norms := map[string]tagging.Affect{}
	for _, r := range teacher(t) {
		norms[r.Picture] = r.Affect
	}
	return norms
}

func teacher(t *testing.T) []headfit.Rating {
	t.Helper()
	file, err := tagging.OwnLabels().Open("teacher.csv")
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	ratings, err := headfit.ReadTeacher(file)
	require.NoError(t, err)
	return ratings
}

// leftOut scores heads on what their groups left out.
func (p *planted) leftOut(t *testing.T, groupOf func(headfit.Rating) string) headfit.Score {
	t.Helper()
	ratings := teacher(t)
	var examples []headfit.Example
	for _, r := range ratings {
		r.Group = groupOf(r)
		examples = append(examples, headfit.Example{Rating: r, Encoding: p.encoding(r.Picture)})
	}
	estimates, err := headfit.LeftOut(t.Context(), examples, headfit.Compact())
	require.NoError(t, err)
	var rated []tagging.Estimate
	var norms []tagging.Affect
	for i, r := range ratings {
		if strings.HasPrefix(r.Picture, "oasis/") {
			rated, norms = append(rated, estimates[i]), append(norms, r.Affect)
		}
	}
	return headfit.Compare("", rated, norms)
}

// numbered is a picture that carries a number, in greys, so that it survives being turned grey.
func numbered(t *testing.T, n int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 16, 8))
	for i := range 16 * 8 {
		value := n / 200
		if i%16 >= 8 {
			value = n % 200
		}
		img.SetGray(i%16, i/16, color.Gray{Y: uint8(value)})
	}
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, img))
	return file.Bytes()
}

// theme is what photographs of OASIS have in common, by their names; other pictures are themes of their own.
func theme(name string) string {
	if !strings.HasPrefix(name, "oasis/") {
		return name
	}
	base := path.Base(name)
	return strings.ReplaceAll(base[:strings.LastIndexByte(base, '_')], "_", " ")
}

// Info is that of the compact model, so that all of its taggers are measured.
func (p *planted) Info() vision.ModelInfo {
	m := compact.Manifest()
	return vision.ModelInfo{ID: m.ID, Dim: m.Dim, Digest: m.Visual.File.SHA256, Labels: m.Labels}
}

func (p *planted) Encode(ctx context.Context, pictures []*vision.Picture) ([][]float32, error) {
	encodings, err := p.EncodeDetail(ctx, pictures)
	embeddings := make([][]float32, len(encodings))
	for i, e := range encodings {
		embeddings[i] = e.Embedding
	}
	return embeddings, err
}

func (p *planted) EncodeDetail(_ context.Context, pictures []*vision.Picture) ([]vision.Encoding, error) {
	encodings := make([]vision.Encoding, len(pictures))
	for i, picture := range pictures {
		img := picture.Image()
		at := func(x int) int { return int(color.GrayModel.Convert(img.At(x, 4)).(color.Gray).Y) }
		encodings[i] = *p.encoding(p.names[200*at(3)+at(12)])
	}
	return encodings, nil
}

// encoding is the noise of a picture's theme, with a little of its own.
func (p *planted) encoding(name string) *vision.Encoding {
	common, own := noise(theme(name)), noise("its own: "+name)
	vector := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(math.Abs(common.NormFloat64() + .2*own.NormFloat64()))
		}
		return v
	}
	e := &vision.Encoding{Model: p.Info(), Embedding: vector(p.Info().Dim), Outputs: map[string][]float32{
		"map112": vector(224), "map192": vector(384), "map320": vector(640), "logits": make([]float32, 1000),
	}}
	var sum float64
	for _, v := range e.Embedding {
		sum += float64(v) * float64(v)
	}
	for i := range e.Embedding {
		e.Embedding[i] /= float32(math.Sqrt(sum))
	}
	return e
}

func noise(seed string) *rand.Rand {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(seed))
	return rand.New(rand.NewPCG(hash.Sum64(), 5))
}

// mourner says of two themes that they show grief, and nothing else.
type mourner struct{ *planted }

func (m mourner) Tag(_ context.Context, o *vision.Observation) (tagging.Tags, error) {
	tags := tagging.Tags{Affect: tagging.Estimate{Spread: tagging.UnknownSpread}}
	for _, name := range m.names {
		if in := theme(name); (in == "Dog" || in == "Sad face") && o.Encoding.Embedding[0] == m.encoding(name).Embedding[0] {
			tags.Care = []tagging.Care{{Topic: tagging.CareGrief, Confidence: .9}}
		}
	}
	return tags, nil
}
