package tagging

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
	"github.com/soundtrack-go/sdk/vision/zeroshot"
)

const zeroShotConcepts = `id,kind,valence,arousal,spread,synonyms,implies,imagenet,coco
beach,scene,.7,0,.2,,,,
forest,scene,.5,-.3,.3,,,,
dog,object,.6,.1,.25,,,,
coffin,object,-.8,0,.2,,,,
joyful,mood,.8,.4,.2,,,,
grieving,mood,-.8,-.1,.2,,,,
anthemic,music,.5,.6,.3,,,,
1930s,era,.1,0,.5,,,,
1970s,era,.4,.2,.5,,,,
2010s,era,.3,.2,.5,,,,
medieval,era,.1,.1,.5,,,,
`

// axes is a text tower that gives each concept an axis of its own, whatever the template, and "something" another.
type axes struct {
	ids    []string
	calls  int
	closed bool
}

func (a *axes) Info() vision.ModelInfo {
	return vision.ModelInfo{ID: "axes", Dim: len(a.ids) + 2, Digest: "0123456789abcdef"}
}

func (a *axes) EncodeText(_ context.Context, texts []string) ([][]float32, error) {
	if a.closed {
		return nil, errors.New("closed")
	}
	a.calls += len(texts)
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = make([]float32, len(a.ids)+2)
		at := len(a.ids) // something
		for k, id := range a.ids {
			if strings.Contains(text, id) {
				at = k
			}
		}
		out[i][at] = 1
	}
	return out, nil
}

// sees is an observation whose embedding has the given cosines with concepts, and .2 with "something".
func (a *axes) sees(cosines map[string]float64) *vision.Observation {
	v := make([]float32, len(a.ids)+2)
	rest := 1.
	set := func(at int, cosine float64) { v[at], rest = float32(cosine), rest-cosine*cosine }
	set(len(a.ids), .2)
	for k, id := range a.ids {
		if c, ok := cosines[id]; ok {
			set(k, c)
		} else {
			set(k, .15)
		}
	}
	v[len(v)-1] = float32(math.Sqrt(rest))
	return &vision.Observation{Encoding: &vision.Encoding{Model: a.Info(), Embedding: v}}
}

func newAxes(t *testing.T, opts ...ZeroShotOption) (*axes, *ZeroShotTagger) {
	t.Helper()
	v, err := ReadVocabulary(strings.NewReader(zeroShotConcepts))
	require.NoError(t, err)
	a := &axes{}
	for _, c := range v.Concepts() {
		a.ids = append(a.ids, c.ID)
	}
	z, err := NewZeroShot(t.Context(), a, append(opts, WithZeroShotVocabulary(v))...)
	require.NoError(t, err)
	return a, z
}

func zeroShotTags(t *testing.T, z *ZeroShotTagger, o *vision.Observation) Tags {
	t.Helper()
	tags, err := z.Tag(t.Context(), o)
	require.NoError(t, err)
	return tags
}

func TestZeroShotSees(t *testing.T) {
	t.Parallel()
	a, z := newAxes(t)
	tags := zeroShotTags(t, z, a.sees(map[string]float64{"beach": .28, "joyful": .26}))
	require.Len(t, tags.Scenes, 1)
	require.Equal(t, "beach", tags.Scenes[0].Concept)
	// Of two scenes and "something", which counts for both: e²⁸ / (e²⁸ + e¹⁵ + 2e²⁰).
	require.InDelta(t, 1/(1+math.Exp(-13)+2*math.Exp(-8)), tags.Scenes[0].Confidence, 1e-4)
	require.Contains(t, tags.Scenes[0].Evidence[0].Detail, "looks like beach")
	require.Empty(t, tags.Objects, "nothing beats something")
	require.Equal(t, "joyful", tags.Moods[0].Concept)
	require.Greater(t, tags.Affect.Valence, .6)
	require.Less(t, tags.Affect.Spread, .3)
	require.Equal(t, ZeroShotName, tags.AffectEvidence[0].Tagger)
	require.Positive(t, tags.Concepts.Weight("beach"))

	nothing := zeroShotTags(t, z, a.sees(nil))
	require.False(t, nothing.Affect.Known)
	require.Empty(t, nothing.Concepts)

	other := a.sees(map[string]float64{"beach": .28})
	other.Encoding.Model.Digest = "of other weights"
	require.Equal(t, Tags{Affect: Estimate{Spread: UnknownSpread}}, zeroShotTags(t, z, other))
	require.Equal(t, Tags{Affect: Estimate{Spread: UnknownSpread}}, zeroShotTags(t, z, &vision.Observation{}))
}

// Where moods conflict nobody feels their mean, and the spread says so; where nothing is sure, neither is the mood.
func TestZeroShotSpreadIsThatOfTheMixture(t *testing.T) {
	t.Parallel()
	a, z := newAxes(t)
	torn := zeroShotTags(t, z, a.sees(map[string]float64{"joyful": .28, "grieving": .28}))
	require.InDelta(t, 0, torn.Affect.Valence, .05)
	require.Greater(t, torn.Affect.Spread, .55)
	sure := zeroShotTags(t, z, a.sees(map[string]float64{"joyful": .28}))
	require.Less(t, sure.Affect.Spread, .25)
	vague := zeroShotTags(t, z, a.sees(map[string]float64{"joyful": .205}))
	require.True(t, vague.Affect.Known)
	require.Greater(t, vague.Affect.Spread, .45)
	require.Less(t, vague.Affect.Valence, sure.Affect.Valence/1.5)
}

func TestZeroShotEra(t *testing.T) {
	t.Parallel()
	a, z := newAxes(t)
	for _, row := range []struct {
		cosines map[string]float64
		want    EraLabel
	}{
		{map[string]float64{"1930s": .30}, EraOld},
		{map[string]float64{"1930s": .20, "1970s": .18}, EraUnknown},
		{map[string]float64{"1970s": .30}, EraUnknown},
		{map[string]float64{"2010s": .30}, EraModern},
		{map[string]float64{"1930s": .28, "2010s": .28}, EraUnknown},
		{map[string]float64{"medieval": .35}, EraUnknown},
		{nil, EraUnknown},
	} {
		era := zeroShotTags(t, z, a.sees(row.cosines)).Era
		require.Equal(t, row.want, era.Label, "%v", row.cosines)
		require.Zero(t, era.Decade, "prompts never date a picture")
		var sum float64
		for i, d := range era.Decades {
			require.Contains(t, []int{1930, 1970, 2010}, d.Decade)
			require.True(t, i == 0 || d.Decade > era.Decades[i-1].Decade)
			sum += d.Share
		}
		require.InDelta(t, 1, sum, .003)
	}
	// Three times as wide as the prompts themselves: ten logits apart are 10/3.
	era := zeroShotTags(t, z, a.sees(map[string]float64{"1930s": .30, "1970s": .20, "2010s": .20})).Era
	require.InDelta(t, math.Exp(10./3), era.Decades[0].Share/era.Decades[1].Share, 1e-3)
}

func TestZeroShotCalibrations(t *testing.T) {
	t.Parallel()
	seen := map[string]float64{"beach": .22}
	a, plain := newAxes(t)
	_, wary := newAxes(t, WithCalibration(map[Kind]Calibration{KindScene: {Temperature: 1, Bias: 3}}))
	_, cool := newAxes(t, WithCalibration(map[Kind]Calibration{KindScene: {Temperature: 4}}))
	require.NotEmpty(t, zeroShotTags(t, plain, a.sees(seen)).Scenes)
	require.Empty(t, zeroShotTags(t, wary, a.sees(seen)).Scenes)
	require.Less(t, zeroShotTags(t, cool, a.sees(seen)).Scenes[0].Confidence, zeroShotTags(t, plain, a.sees(seen)).Scenes[0].Confidence)

	_, sigmoid := newAxes(t, WithScore(&vision.Score{Kind: vision.ScoreSigmoid, Scale: 100, Bias: -22}))
	require.InDelta(t, 1/(1+math.Exp(-6)), zeroShotTags(t, sigmoid, a.sees(map[string]float64{"beach": .28})).Scenes[0].Confidence, 1e-4)
}

// The second time no text is embedded, unless what is written about a concept has changed.
func TestZeroShotCache(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var told []int
	a, first := newAxes(t, WithZeroShotCache(dir), WithZeroShotProgress(func(done, total int) { told = append(told, done, total) }))
	require.Equal(t, (10+4)*3, a.calls, "three prompts for each concept that can be seen, and for something in each of four kinds")
	require.Equal(t, []int{9, 42, 18, 42, 27, 42, 42, 42}, told, "the kinds have two, two, two and four concepts")
	require.NoError(t, first.CacheError())
	require.Equal(t, "axes@0123456789ab", first.Space())

	v, err := ReadVocabulary(strings.NewReader(zeroShotConcepts))
	require.NoError(t, err)
	closed := &axes{ids: a.ids, closed: true}
	second, err := NewZeroShot(t.Context(), closed, WithZeroShotVocabulary(v), WithZeroShotCache(dir))
	require.NoError(t, err)
	o := a.sees(map[string]float64{"beach": .28, "dog": .25})
	require.Equal(t, zeroShotTags(t, first, o), zeroShotTags(t, second, o))

	changed, err := ReadVocabulary(strings.NewReader(strings.Replace(zeroShotConcepts, "coffin,object", "cradle,object", 1)))
	require.NoError(t, err)
	_, err = NewZeroShot(t.Context(), closed, WithZeroShotVocabulary(changed), WithZeroShotCache(dir))
	require.ErrorContains(t, err, "prompts of kind object")
}

type wordless struct{}

func (wordless) EncodeText(context.Context, []string) ([][]float32, error) { return nil, nil }

func TestZeroShotOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]ZeroShotOption{
		"vocabulary":  WithZeroShotVocabulary(nil),
		"score":       WithScore(&vision.Score{Kind: "best"}),
		"cache":       WithZeroShotCache(""),
		"progress":    WithZeroShotProgress(nil),
		"temperature": WithCalibration(map[Kind]Calibration{KindScene: {}}),
		"bias":        WithCalibration(map[Kind]Calibration{KindScene: {Temperature: 1, Bias: math.NaN()}}),
	} {
		_, err := NewZeroShot(t.Context(), &axes{}, o)
		require.Error(t, err, name)
	}
	for _, kind := range []Kind{KindGenre, "smell"} {
		_, err := NewZeroShot(t.Context(), &axes{}, WithCalibration(map[Kind]Calibration{kind: DefaultCalibration}))
		require.ErrorContains(t, err, "no picture is tagged by kind", "nobody would hear of it")
	}
	_, err := NewZeroShot(t.Context(), wordless{})
	require.ErrorContains(t, err, "does not say what it is")
}

// handMade gives the reference's vectors to labels and templates "label k".
type handMade map[string][]float32

func (h handMade) EncodeText(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = h[text]
	}
	return out, nil
}

// Without "something", and at the encoder's own temperature, the tagger's probabilities are CLIP's: those of the reference.
func TestZeroShotArithmetic(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(testenv.Data(t, "clip-reference", "zeroshot.json"))
	require.NoError(t, err)
	var ref struct {
		Scale     float64                `json:"logit_scale"`
		Images    [][]float32            `json:"image_raw"`
		Texts     [][][]float32          `json:"text_raw"`
		Logits    [][]float64            `json:"logits"`
		Probs     [][]float64            `json:"probs"`
		Other     map[string][][]float64 `json:"temperature_other"`
		Tolerance struct{ Logit, Prob float64 }
	}
	require.NoError(t, json.Unmarshal(data, &ref))
	texts := handMade{"something 0": ref.Texts[0][0], "something 1": ref.Texts[1][0]}
	for i, label := range []string{"a", "b", "c"} {
		texts[label+" 0"], texts[label+" 1"] = ref.Texts[i][0], ref.Texts[i][1]
	}
	classifier, err := zeroshot.New(t.Context(), texts, []string{"a", "b", "c", nothingInParticular}, zeroshot.WithTemplates("{} 0", "{} 1"))
	require.NoError(t, err)
	for temperature, want := range map[float64][][]float64{1: ref.Probs, 10: ref.Other["scale_10"], 100: ref.Other["scale_1"]} {
		k := &zeroShotKind{
			kind: KindObject, ids: []string{"a", "b", "c"}, classifier: classifier,
			score: vision.Score{Kind: vision.ScoreSoftmax, Scale: ref.Scale}, calibration: Calibration{Temperature: temperature, Bias: noNone},
		}
		for i, image := range ref.Images {
			r, err := k.read(image)
			require.NoError(t, err)
			require.InDeltaSlice(t, ref.Logits[i], r.logits, ref.Tolerance.Logit)
			require.InDeltaSlice(t, want[i], r.p, ref.Tolerance.Prob)
			require.Zero(t, r.none)
		}
	}
}

// TestZeroShotTinyCLIP goes the whole way with both towers of a model and the vocabulary that ships.
func TestZeroShotTinyCLIP(t *testing.T) {
	t.Parallel()
	model := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	encoder, err := vision.NewJointEncoder(t.Context(), model, onnx.New())
	require.NoError(t, err)
	defer encoder.Close()
	z, err := NewZeroShot(t.Context(), encoder, WithScore(model.Manifest.Score), WithZeroShotCache(t.TempDir()))
	require.NoError(t, err)
	require.Equal(t, encoder.Info().Space(), z.Space())
	observer, err := vision.NewObserver(vision.WithEncoder(encoder))
	require.NoError(t, err)
	prompts := DefaultVocabulary().Prompts("owl")
	owl, err := encoder.EncodeText(t.Context(), prompts)
	require.NoError(t, err)
	for _, picture := range visiontest.Pictures() {
		o, err := observer.Observe(t.Context(), picture)
		require.NoError(t, err)
		for i := range z.kinds {
			r, err := z.kinds[i].read(o.Encoding.Embedding)
			require.NoError(t, err)
			sum := r.none
			for _, p := range r.p {
				sum += p
			}
			require.InDelta(t, 1, sum, 1e-9)
			for c, id := range r.ids {
				if id == "owl" {
					require.InDelta(t, 100*cosineWithMean(o.Encoding.Embedding, owl), r.logits[c], 1e-3)
				}
			}
		}
		require.NoError(t, zeroShotTags(t, z, o).Affect.Validate())
	}
}

// cosineWithMean is the cosine of v, of unit length, with the mean of unit vectors.
func cosineWithMean(v []float32, vectors [][]float32) float64 {
	mean := make([]float64, len(v))
	for _, w := range vectors {
		for i, x := range w {
			mean[i] += float64(x)
		}
	}
	var dot, norm float64
	for i, x := range mean {
		dot += x * float64(v[i])
		norm += x * x
	}
	return dot / math.Sqrt(norm)
}
