package tagging

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func estimate(valence, arousal, spread float64) Tags {
	return Tags{
		Affect:         Estimate{Affect: Affect{valence, arousal}, Spread: spread, Known: true},
		AffectEvidence: []Evidence{{Tagger: "test", Detail: "made", Weight: 1}},
	}
}

func TestFuseAffect(t *testing.T) {
	t.Parallel()
	sure, vague := estimate(.6, -.4, .25), estimate(-1, 1, .58)

	alone := Fuse(sure)
	require.InDelta(t, .6, alone.Affect.Valence, 1e-9)
	require.InDelta(t, .25, alone.Affect.Spread, 1e-9)

	both := Fuse(sure, vague)
	require.Less(t, both.Affect.Distance(sure.Affect.Affect), .05, "a tagger that knows little does not drag a sure one")

	ignorant := Fuse(sure, estimate(-1, 1, UnknownSpread))
	require.Equal(t, alone.Affect, ignorant.Affect, "one that knows nothing has no say")

	conflict := Fuse(estimate(.7, .5, .25), estimate(-.7, -.5, .25))
	require.InDelta(t, 0, conflict.Affect.Valence, 1e-9)
	require.Greater(t, conflict.Affect.Spread, .5, "disagreement widens the spread")

	agreement := Fuse(sure, sure)
	require.InDelta(t, .25, agreement.Affect.Spread, 1e-9, "taggers of the same pixels are not independent")

	nobody := Fuse(Tags{}, Tags{})
	require.False(t, nobody.Affect.Known)
	require.InDelta(t, UnknownSpread, nobody.Affect.Spread, 0)
	require.Empty(t, nobody.Moods)
}

// Each axis is pooled by itself: who is not relied on in one may be the only one to know of the other.
func TestFusePoolsEachAxis(t *testing.T) {
	t.Parallel()
	on := func(valence, arousal float64) Reliability { return Reliability{Valence: valence, Arousal: arousal} }
	prior := UnknownSpread * UnknownSpread
	a, b := estimate(.6, -.4, .2), estimate(-.6, .4, .4)
	for _, row := range []struct {
		name         string
		answers      []answer
		want         Affect
		variance     float64
		disagreement float64
	}{
		{"one that knows valence only", []answer{{"a", a, on(.9, 0)}}, Affect{.6, 0}, (.04 + prior) / 2, 0},
		{"one that knows arousal only", []answer{{"a", a, on(0, .9)}}, Affect{0, -.4}, (prior + .04) / 2, 0},
		{"one for each", []answer{{"a", a, on(.9, 0)}, {"b", b, on(0, .5)}}, Affect{.6, .4}, (.04 + .16) / 2, 0},
		{"the other one for each", []answer{{"a", a, on(0, .9)}, {"b", b, on(.5, 0)}}, Affect{-.6, -.4}, (.16 + .04) / 2, 0},
		{
			"two that differ in valence", []answer{{"a", estimate(.6, 0, .2), on(.5, 0)}, {"b", estimate(-.2, .9, .2), on(.5, 0)}},
			Affect{.2, 0}, (.04 + .16 + prior) / 2, .4 / math.Sqrt2,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, disagreement, evidence := poolAffect(row.answers)
			require.True(t, got.Known)
			require.InDelta(t, row.want.Valence, got.Valence, 1e-9)
			require.InDelta(t, row.want.Arousal, got.Arousal, 1e-9)
			require.InDelta(t, math.Sqrt(row.variance), got.Spread, 1e-9)
			require.InDelta(t, row.disagreement, disagreement, 1e-9)
			require.Len(t, evidence, len(row.answers))
		})
	}
	nobody, _, _ := poolAffect([]answer{{"a", a, on(0, 0)}})
	require.Equal(t, Estimate{Spread: UnknownSpread}, nobody)
	require.InDelta(t, .6, fused(t, Named{"x", says(a)}, WithReliability("x", on(.9, 0))).Affect.Valence, 1e-9)
}

// Nobody is believed without bounds: neither one who claims to be all but certain, nor one who was measured to be perfect.
func TestFuseBoundsBelief(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 0, Fuse(estimate(.6, 0, .001), estimate(-.6, 0, .1)).Affect.Valence, 1e-9, "a spread below .1 is not believed")
	require.Greater(t, Fuse(estimate(.6, 0, .1), estimate(-.6, 0, .2)).Affect.Valence, .3)

	against := func(a, b float64) float64 {
		return fused(t, Named{"a", says(estimate(.6, 0, .3))}, Named{"b", says(estimate(-.6, 0, .3))},
			WithReliability("a", Reliability{Valence: a, Arousal: a}), WithReliability("b", Reliability{Valence: b, Arousal: b})).Affect.Valence
	}
	require.InDelta(t, 0, against(1, .97), 1e-9, "nor a reliability above .97")
	require.InDelta(t, .6*(15.92-4.26)/(15.92+4.26), against(.97, .9), .001, "r²/(1−r²) is 15.92 and 4.26")
}

// The measured ones, of which scenes know little of arousal, and the head more of it than of valence.
func TestReliabilityOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]float64{
		LabelsName: {.55, .60}, ScenesName: {.32, .07}, PaletteName: {.20, .18}, HeadName: {.64, .70}, "llm": {.94, .90}, "anybody": {.5, .5},
	} {
		r := ReliabilityOf(name)
		require.Equal(t, want, [2]float64{r.Valence, r.Arousal}, name)
	}
}

func TestFuseLists(t *testing.T) {
	t.Parallel()
	a := Tags{
		Objects:  []Tag{{Concept: "dog", Name: "dog", Confidence: .4, Evidence: []Evidence{{Tagger: "a"}}}},
		Concepts: vector("dog", .4), Caption: "", Era: Era{Label: EraOld, Confidence: .3},
	}
	b := Tags{
		Objects:  []Tag{{Concept: "dog", Name: "dog", Confidence: .9, Evidence: []Evidence{{Tagger: "b"}}}, {Concept: "ball", Name: "ball", Confidence: .2}},
		Concepts: vector("dog", .9, "ball", .2), Caption: "a dog", Era: Era{Label: EraModern, Confidence: .9},
		Degraded: []Degradation{{Part: "x"}},
	}
	fused := Fuse(a, b)
	require.Equal(t, []string{"dog", "ball"}, []string{fused.Objects[0].Name, fused.Objects[1].Name})
	require.InDelta(t, .9, fused.Objects[0].Confidence, 0)
	require.Len(t, fused.Objects[0].Evidence, 2, "all evidence is kept")
	require.Len(t, a.Objects[0].Evidence, 1, "the inputs are not changed")
	require.InDelta(t, .9, fused.Concepts.Weight("dog"), 0)
	require.Positive(t, fused.Concepts.Weight("pet"), "the vector is expanded")
	require.Equal(t, "a dog", fused.Caption)
	require.Equal(t, EraModern, fused.Era.Label)
	require.Equal(t, "x", fused.Degraded[0].Part)
}

func TestFuseNamesMoods(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		valence, arousal float64
		want             Quadrant
	}{{.7, .6, Joyful}, {-.6, .6, Tense}, {-.6, -.5, Melancholic}, {.6, -.6, Serene}} {
		moods := Fuse(estimate(row.valence, row.arousal, .2)).Moods
		require.Len(t, moods, 3)
		for _, mood := range moods {
			c, ok := DefaultVocabulary().Lookup(mood.Concept)
			require.True(t, ok)
			require.Equal(t, row.want, c.Affect.Quadrant(), mood.Name)
		}
	}
	require.Greater(t, Fuse(estimate(.6, -.6, .2)).Moods[0].Confidence, Fuse(estimate(.6, -.6, .5)).Moods[0].Confidence)
}

type taggerFunc func(context.Context, *vision.Observation) (Tags, error)

func (f taggerFunc) Tag(ctx context.Context, o *vision.Observation) (Tags, error) { return f(ctx, o) }

func TestFusionDegrades(t *testing.T) {
	t.Parallel()
	good := taggerFunc(func(context.Context, *vision.Observation) (Tags, error) { return estimate(.5, 0, .3), nil })
	bad := taggerFunc(func(context.Context, *vision.Observation) (Tags, error) { return Tags{}, errors.New("broken") })
	slow := taggerFunc(func(context.Context, *vision.Observation) (Tags, error) { return Tags{}, context.DeadlineExceeded })
	fusion, err := NewFusion(Named{"bad", bad}, Named{"good", good}, Named{"slow", slow})
	require.NoError(t, err)
	tags, err := fusion.Tag(t.Context(), &vision.Observation{})
	require.NoError(t, err)
	require.InDelta(t, .5, tags.Affect.Valence, 1e-9)
	require.Equal(t, []Degradation{{Part: "bad", Reason: "broken"}, {Part: "slow", Reason: "took too long"}}, tags.Degraded)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = fusion.Tag(ctx, &vision.Observation{})
	require.ErrorIs(t, err, context.Canceled, "a cancelled caller gets no half answer")

	for _, taggers := range [][]FusionOption{
		{Named{"", good}}, {Named{"a", nil}}, {Named{"a", good}, Named{"a", good}},
		{WithTaggerTimeout(0)}, {WithReliability("a", Reliability{Era: 1.1})},
	} {
		_, err := NewFusion(taggers...)
		require.Error(t, err)
	}
}
