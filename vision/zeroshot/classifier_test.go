package zeroshot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/zeroshot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// table is a text encoder that knows some prompts. It divides nothing by its length.
type table struct {
	vectors map[string][]float32
	calls   atomic.Int64 // texts that were embedded
	err     error
}

func (e *table) EncodeText(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, 0, len(texts))
	for _, text := range texts {
		e.calls.Add(1)
		v, ok := e.vectors[text]
		if !ok {
			return nil, fmt.Errorf("no vector for %q", text)
		}
		out = append(out, v)
	}
	return out, errors.Join(e.err, ctx.Err())
}

// reference is shared/data/clip-reference/zeroshot.json.
type reference struct {
	ImageRaw     [][]float32            `json:"image_raw"`
	TextRaw      [][][]float32          `json:"text_raw"` // by label and template
	ClassVectors [][]float64            `json:"class_vectors"`
	Cosines      [][]float64            `json:"cosines"`
	Probs        [][]float64            `json:"probs"`
	Other        map[string][][]float64 `json:"temperature_other"`
	Wrong        map[string][][]float64 `json:"must_not_equal"`
}

func openReference(t *testing.T) (reference, *table) {
	t.Helper()
	data, err := os.ReadFile(testenv.Data(t, "clip-reference", "zeroshot.json"))
	require.NoError(t, err)
	var r reference
	require.NoError(t, json.Unmarshal(data, &r))
	require.Len(t, r.Wrong, 4)
	encoder := &table{vectors: map[string][]float32{}}
	for l, templates := range r.TextRaw {
		for k, v := range templates {
			encoder.vectors[fmt.Sprintf("template %d of %c", k, 'a'+l)] = v
		}
	}
	return r, encoder
}

var (
	referenceLabels    = []string{"a", "b", "c"}
	referenceTemplates = zeroshot.WithTemplates("template 0 of {}", "template 1 of {}")
)

func TestClassifierReference(t *testing.T) {
	t.Parallel()
	r, encoder := openReference(t)
	c, err := zeroshot.New(t.Context(), encoder, referenceLabels, referenceTemplates)
	require.NoError(t, err)
	for l, want := range r.ClassVectors {
		for i := range want {
			require.InDelta(t, want[i], c.Vectors()[l][i], 1e-6)
		}
	}
	got := classifyAll(t, c, r.ImageRaw)
	for p := range got {
		for l, m := range got[p] {
			require.Equal(t, referenceLabels[l], m.Label)
			require.Equal(t, l, m.Index)
			require.InDelta(t, r.Cosines[p][l], m.Cosine, 1e-6)
			require.InDelta(t, r.Probs[p][l], m.Probability, 1e-5)
		}
	}

	// The four ways to get it wrong are another thing by far, so that the test above tells them apart.
	for name, wrong := range r.Wrong {
		require.Greater(t, farthest(got, wrong), 0.1, name)
	}

	// From the vectors alone it is the same.
	again, err := zeroshot.NewFromVectors(referenceLabels, c.Vectors(), zeroshot.WithScore(nil))
	require.NoError(t, err)
	for p, matches := range classifyAll(t, again, r.ImageRaw) {
		for l := range matches {
			require.InDelta(t, got[p][l].Probability, matches[l].Probability, 1e-6)
		}
	}
	for name, scale := range map[string]float64{"scale_1": 1, "scale_10": 10} {
		c, err := zeroshot.New(t.Context(), encoder, referenceLabels, referenceTemplates,
			zeroshot.WithScore(&vision.Score{Kind: vision.ScoreSoftmax, Scale: scale}))
		require.NoError(t, err)
		require.Less(t, farthest(classifyAll(t, c, r.ImageRaw), r.Other[name]), 1e-6)
	}
}

func classifyAll(t *testing.T, c *zeroshot.Classifier, embeddings [][]float32) []zeroshot.Matches {
	t.Helper()
	out := make([]zeroshot.Matches, len(embeddings))
	for i, v := range embeddings {
		var err error
		out[i], err = c.Classify(v)
		require.NoError(t, err)
	}
	return out
}

// farthest is the largest difference of a probability.
func farthest(got []zeroshot.Matches, want [][]float64) float64 {
	worst := 0.0
	for p := range got {
		for l, m := range got[p] {
			worst = max(worst, math.Abs(m.Probability-want[p][l]))
		}
	}
	return worst
}

// TestClassifierWrongWays computes the four wrong variants from the same vectors: what the file forbids is what we think.
func TestClassifierWrongWays(t *testing.T) {
	t.Parallel()
	r, _ := openReference(t)
	for name, way := range map[string]func(picture []float64) []float64{
		"mean_without_renormalise": func(v []float64) []float64 {
			return softmax(eachLabel(r, func(units, _ [][]float64) float64 { return 100 * dot(v, mean(units)) }))
		},
		"mean_of_raw_then_normalise": func(v []float64) []float64 {
			return softmax(eachLabel(r, func(_, raw [][]float64) float64 { return 100 * dot(v, unit(mean(raw))) }))
		},
		"softmax_over_all_prompts_then_sum": func(v []float64) []float64 {
			var logits []float64
			eachLabel(r, func(units, _ [][]float64) float64 {
				for _, u := range units {
					logits = append(logits, 100*dot(v, u))
				}
				return 0
			})
			p := softmax(logits)
			return []float64{p[0] + p[1], p[2] + p[3], p[4] + p[5]}
		},
		"mean_of_probabilities": func(v []float64) []float64 {
			out := make([]float64, 3)
			for k := range 2 {
				for l, p := range softmax(eachLabel(r, func(units, _ [][]float64) float64 { return 100 * dot(v, units[k]) })) {
					out[l] += p / 2
				}
			}
			return out
		},
	} {
		for p, raw := range r.ImageRaw {
			require.InDeltaSlice(t, r.Wrong[name][p], way(unit(widen(raw))), 1e-6, name)
		}
	}
}

// eachLabel calls fn with the vectors of each label, once of unit length and once as they are.
func eachLabel(r reference, fn func(units, raw [][]float64) float64) []float64 {
	var out []float64
	for _, templates := range r.TextRaw {
		var units, raw [][]float64
		for _, v := range templates {
			raw = append(raw, widen(v))
			units = append(units, unit(widen(v)))
		}
		out = append(out, fn(units, raw))
	}
	return out
}

func widen(v []float32) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func unit(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = x / math.Sqrt(dot(v, v))
	}
	return out
}

func mean(vectors [][]float64) []float64 {
	out := make([]float64, len(vectors[0]))
	for _, v := range vectors {
		for i, x := range v {
			out[i] += x / float64(len(vectors))
		}
	}
	return out
}

func softmax(logits []float64) []float64 {
	out, sum := make([]float64, len(logits)), 0.0
	for i, x := range logits {
		out[i] = math.Exp(x)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func TestClassifierScores(t *testing.T) {
	t.Parallel()
	labels, vectors := []string{"east", "north", "west"}, [][]float32{{1, 0}, {0, 3}, {-1, 0}}
	classify := func(s *vision.Score) zeroshot.Matches {
		c, err := zeroshot.NewFromVectors(labels, vectors, zeroshot.WithScore(s))
		require.NoError(t, err)
		require.Equal(t, 2, c.Dim())
		matches, err := c.Classify([]float32{6, 8})
		require.NoError(t, err)
		for l, cosine := range []float64{.6, .8, -.6} {
			require.InDelta(t, cosine, matches[l].Cosine, 1e-7)
		}
		return matches
	}
	sum := math.Exp(.6) + math.Exp(.8) + math.Exp(-.6)
	for l, m := range classify(&vision.Score{Kind: vision.ScoreSoftmax, Scale: 1}) {
		require.InDelta(t, math.Exp([]float64{.6, .8, -.6}[l])/sum, m.Probability, 1e-7)
	}
	for l, m := range classify(&vision.Score{Kind: vision.ScoreSigmoid, Scale: 10, Bias: -7}) {
		require.InDelta(t, 1/(1+math.Exp(7-10*[]float64{.6, .8, -.6}[l])), m.Probability, 1e-6)
	}
	for _, kind := range []string{vision.ScoreSoftmax, vision.ScoreSigmoid} { // logits that exp cannot take
		for l, m := range classify(&vision.Score{Kind: kind, Scale: 1e6, Bias: -7e5}) {
			require.InDelta(t, []float64{0, 1, 0}[l], m.Probability, 1e-9, kind)
		}
	}
}

func TestMatchesTop(t *testing.T) {
	t.Parallel()
	c, err := zeroshot.NewFromVectors([]string{"a", "b", "c", "d"}, [][]float32{{1, 1}, {1, 0}, {1, 1}, {0, 1}})
	require.NoError(t, err)
	matches, err := c.Classify([]float32{1, 2})
	require.NoError(t, err)
	for k, want := range map[int]string{-1: "", 0: "", 1: "a", 2: "ac", 4: "acdb", 9: "acdb"} {
		got := ""
		for _, m := range matches.Top(k) {
			got += m.Label
		}
		require.Equal(t, want, got)
	}
	require.Equal(t, "a", matches[0].Label, "Top must not sort its receiver")
	require.Equal(t, "b", matches[1].Label)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, message string
		labels        []string
		option        zeroshot.Option
	}{
		{"no labels", "labels: there are none", nil, nil},
		{"blank label", `label 1, " "`, []string{"a", " "}, nil},
		{"label twice", "twice", []string{"a", "b", "a"}, nil},
		{"no templates", "templates: there are none", []string{"a"}, zeroshot.WithTemplates()},
		{"template without label", "once", []string{"a"}, zeroshot.WithTemplates("a photo")},
		{"template with two", "once", []string{"a"}, zeroshot.WithTemplates("{} {}")},
		{"blank template", "blank", []string{"a"}, zeroshot.WithTemplates("{}", "\t")},
		{"template twice", `template 1, "{}"`, []string{"a"}, zeroshot.WithTemplates("{}", "{}")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var opts []zeroshot.Option
			if c.option != nil {
				opts = append(opts, c.option)
			}
			_, err := zeroshot.New(t.Context(), &table{}, c.labels, opts...)
			require.ErrorIs(t, err, zeroshot.ErrPrompts)
			var bad *zeroshot.PromptError
			require.ErrorAs(t, err, &bad)
			require.ErrorContains(t, err, c.message)
		})
	}
	for _, opt := range []zeroshot.Option{
		zeroshot.WithCacheDir(""),
		zeroshot.WithScore(&vision.Score{Kind: "softmax"}),
		zeroshot.WithScore(&vision.Score{Kind: "other", Scale: 1}),
	} {
		_, err := zeroshot.New(t.Context(), &table{}, []string{"a"}, opt)
		require.ErrorContains(t, err, "want")
	}
}

// What the encoder does wrong is said, with the label that it concerns.
func TestNewRefusesEmbeddings(t *testing.T) {
	t.Parallel()
	for name, vectors := range map[string][2][]float32{
		"NaN":            {{1, 0}, {float32(math.NaN()), 1}},
		"Inf":            {{1, 0}, {float32(math.Inf(1)), 1}},
		"zero":           {{1, 0}, {0, 0}},
		"other length":   {{1, 0}, {1, 0, 0}},
		"empty":          {{}, {}},
		"cancelling out": {{1, 0}, {-1, 0}},
	} {
		encoder := &table{vectors: map[string][]float32{"a": vectors[0], "not a": vectors[1]}}
		_, err := zeroshot.New(t.Context(), encoder, []string{"a"}, zeroshot.WithTemplates("{}", "not {}"))
		require.ErrorIs(t, err, vision.ErrEmbedding, name)
		require.ErrorContains(t, err, `label "a"`)
		if name != "cancelling out" {
			_, err = zeroshot.NewFromVectors([]string{"a", "b"}, vectors[:])
			require.ErrorIs(t, err, vision.ErrEmbedding, name)
		}
	}
	_, err := zeroshot.New(t.Context(), few{}, []string{"a", "b"})
	require.ErrorIs(t, err, vision.ErrEmbedding)

	broken := errors.New("broken")
	_, err = zeroshot.New(t.Context(), &table{err: broken}, []string{"a"}, zeroshot.WithTemplates("{}"))
	require.ErrorContains(t, err, "no vector")
	_, err = zeroshot.New(t.Context(), &table{vectors: map[string][]float32{"a": {1}}, err: broken}, []string{"a"}, zeroshot.WithTemplates("{}"))
	require.ErrorIs(t, err, broken)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = zeroshot.New(ctx, &table{vectors: map[string][]float32{"a": {1}}}, []string{"a"}, zeroshot.WithTemplates("{}"))
	require.ErrorIs(t, err, context.Canceled)
}

// few is an encoder that returns fewer embeddings than it got texts.
type few struct{}

func (few) EncodeText(context.Context, []string) ([][]float32, error) { return [][]float32{{1}}, nil }

func TestNewFromVectorsRefuses(t *testing.T) {
	t.Parallel()
	one := [][]float32{{1, 0}}
	_, err := zeroshot.NewFromVectors(nil, nil)
	require.ErrorIs(t, err, zeroshot.ErrPrompts)
	_, err = zeroshot.NewFromVectors([]string{"a", "b"}, one)
	require.ErrorIs(t, err, vision.ErrEmbedding)
	for _, opt := range []zeroshot.Option{zeroshot.WithTemplates("{}"), zeroshot.WithCacheDir("somewhere")} {
		_, err = zeroshot.NewFromVectors([]string{"a"}, one, opt)
		require.ErrorContains(t, err, "it embeds nothing", "an option that cannot apply is an error")
	}
	_, err = zeroshot.NewFromVectors([]string{"a"}, one, zeroshot.WithScore(&vision.Score{}))
	require.ErrorContains(t, err, "WithScore")
}

func TestClassifyRefuses(t *testing.T) {
	t.Parallel()
	c, err := zeroshot.NewFromVectors([]string{"a"}, [][]float32{{1, 0}})
	require.NoError(t, err)
	for _, v := range [][]float32{nil, {1}, {1, 2, 3}, {0, 0}, {float32(math.NaN()), 0}, {0, float32(math.Inf(-1))}} {
		_, err := c.Classify(v)
		require.ErrorIs(t, err, vision.ErrEmbedding)
	}
}

// The classifier keeps nothing of what it is given, and gives nothing of its own away.
func TestClassifierOwnsItsData(t *testing.T) {
	t.Parallel()
	labels, vectors := []string{"a", "b"}, [][]float32{{1, 0}, {0, 1}}
	c, err := zeroshot.NewFromVectors(labels, vectors)
	require.NoError(t, err)
	embedding := []float32{3, 4}
	want, err := c.Classify(embedding)
	require.NoError(t, err)
	require.Equal(t, []float32{3, 4}, embedding)
	labels[0], vectors[0][0] = "x", 7
	c.Labels()[0], c.Vectors()[0][0] = "x", 7
	got, err := c.Classify(embedding)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// TestNewAsksInParts has more prompts than one call of the encoder takes.
func TestNewAsksInParts(t *testing.T) {
	t.Parallel()
	encoder := &table{vectors: map[string][]float32{}}
	var labels []string
	for i := range 301 {
		label := fmt.Sprint("label ", i)
		labels = append(labels, label)
		for k, template := range []string{"one {}", "two {}", "three {}"} {
			encoder.vectors[strings.Replace(template, "{}", label, 1)] = []float32{float32(i), 1, float32(k)}
		}
	}
	c, err := zeroshot.New(t.Context(), encoder, labels, zeroshot.WithTemplates("one {}", "two {}", "three {}"))
	require.NoError(t, err)
	require.EqualValues(t, 903, encoder.calls.Load())
	require.Equal(t, labels, c.Labels())
	require.NoError(t, c.CacheError())
	matches, err := c.Classify([]float32{1, 0, 0})
	require.NoError(t, err)
	require.Equal(t, "label 300", matches.Top(1)[0].Label)
	require.Equal(t, 0, matches.Top(301)[300].Index)
}
