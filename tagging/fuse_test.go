package tagging

import (
	"context"
	"errors"
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
