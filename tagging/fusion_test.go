package tagging

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func says(tags Tags) Tagger {
	return taggerFunc(func(context.Context, *vision.Observation) (Tags, error) { return tags, nil })
}

func fused(t *testing.T, opts ...FusionOption) Tags {
	t.Helper()
	f, err := NewFusion(opts...)
	require.NoError(t, err)
	tags, err := f.Tag(t.Context(), &vision.Observation{})
	require.NoError(t, err)
	return tags
}

// Who was measured to know leads, as far as it claims to know; and what keeps apart is told apart.
func TestFusionLeadsByReliability(t *testing.T) {
	t.Parallel()
	labels, model := Named{LabelsName, says(estimate(.6, .4, .35))}, Named{"llm", says(estimate(-.6, -.2, .25))}
	led := fused(t, labels, model)
	require.Less(t, led.Affect.Valence, -.5, "a language model leads where it answers")
	require.Greater(t, led.Disagreement, .1)
	require.GreaterOrEqual(t, led.Affect.Spread, led.Disagreement)
	require.Greater(t, led.Affect.Spread, fused(t, model).Affect.Spread, "disagreement widens the spread")
	require.Greater(t, led.AffectEvidence[0].Weight, .9)

	unsure := Named{"llm", says(estimate(-.6, -.2, .59))}
	require.Positive(t, fused(t, labels, unsure).Affect.Valence, "a guess does not lead, whoever makes it")

	distrusted := fused(t, labels, model, WithReliability("llm", Reliability{Valence: .1, Arousal: .9}))
	require.Greater(t, distrusted.Affect.Valence, .5, "each axis has its own reliability")
	require.Less(t, distrusted.Affect.Arousal, 0.)

	alone := fused(t, labels)
	require.Equal(t, estimate(.6, .4, .35).Affect.Valence, alone.Affect.Valence)
	require.Zero(t, alone.Disagreement)
	agreed := fused(t, labels, Named{"other", says(estimate(.6, .4, .35))})
	require.Zero(t, agreed.Disagreement)
}

// The head has the labels' affect in it, which must not count twice; where the head has nothing to say, the labels do.
func TestFusionCountsLabelsOnce(t *testing.T) {
	t.Parallel()
	labels := Named{LabelsName, says(estimate(.6, .4, .35))}
	both := fused(t, labels, Named{HeadName, says(estimate(-.2, -.1, .25))})
	require.InDelta(t, -.2, both.Affect.Valence, 1e-12)
	require.InDelta(t, -.1, both.Affect.Arousal, 1e-12)
	require.Zero(t, both.Disagreement)
	silent := fused(t, labels, Named{HeadName, says(Tags{Affect: Estimate{Spread: UnknownSpread}})})
	require.InDelta(t, .6, silent.Affect.Valence, 1e-12)
}

func TestFusionScalesWhatIsLessReliable(t *testing.T) {
	t.Parallel()
	dog := Tags{Objects: []Tag{{Concept: "dog", Name: "dog", Confidence: .9, Evidence: []Evidence{{Tagger: LabelsName}}}}, Concepts: vector("dog", .9)}
	cat := Tags{Objects: []Tag{{Concept: "cat", Name: "cat", Confidence: .8, Evidence: []Evidence{{Tagger: "llm"}}}}, Concepts: vector("cat", .8)}
	require.InDelta(t, .9, fused(t, Named{LabelsName, says(dog)}).Objects[0].Confidence, 0, "alone it counts in full")
	both := fused(t, Named{LabelsName, says(dog)}, Named{"llm", says(cat)})
	require.Equal(t, "cat", both.Objects[0].Concept)
	require.InDelta(t, .9*.6/.9, both.Objects[1].Confidence, 1e-9)
	require.InDelta(t, .9*.6/.9, both.Concepts.Weight("dog"), 1e-9)
	require.InDelta(t, .9, dog.Objects[0].Confidence, 0, "the inputs are not changed")
}

func TestFusionOfEras(t *testing.T) {
	t.Parallel()
	date := time.Date(2004, 5, 1, 0, 0, 0, 0, time.UTC)
	dated := Era{Label: EraModern, Decade: 2000, Captured: date, Confidence: .95}
	old := Era{Label: EraOld, Confidence: .8, Decades: []DecadeShare{{1920, .5}, {1930, .4}}}
	guess := Era{Decades: []DecadeShare{{1930, .2}, {1940, .8}}}
	by := func(names []string, list ...Era) Era {
		answers := make([]answer, len(list))
		for i, e := range list {
			answers[i] = answer{tags: Tags{Era: e}, rely: evenly}
			if names != nil {
				answers[i].rely = ReliabilityOf(names[i])
			}
		}
		return fuseEra(answers)
	}
	era := func(list ...Era) Era { return by(nil, list...) }
	require.Equal(t, EraModern, era(dated).Label)
	require.Equal(t, 2000, era(dated, guess).Decade)
	require.Empty(t, era(dated, guess).Decades, "who has a date needs no guess")
	require.Equal(t, EraOld, era(old, guess).Label)
	pooled := era(old, guess).Decades
	require.Equal(t, []int{1920, 1930, 1940}, []int{pooled[0].Decade, pooled[1].Decade, pooled[2].Decade})
	require.InDeltaSlice(t, []float64{.25, .3, .4}, []float64{pooled[0].Share, pooled[1].Share, pooled[2].Share}, 1e-9)
	require.Equal(t, EraUnknown, era(old, Era{Label: EraModern, Confidence: .5}).Label, "a doubt")
	require.Equal(t, EraOld, era(old, Era{Label: EraModern, Confidence: .2}).Label)
	require.InDelta(t, .6, era(old, Era{Label: EraModern, Confidence: .2}).Confidence, 1e-9)
	require.Equal(t, Era{}, era(Era{}))

	modern := Era{Label: EraModern, Confidence: 1}
	guessed := Era{Label: EraOld, Confidence: .7}
	doubted := by([]string{EraName, ZeroShotName}, modern, guessed)
	require.InDelta(t, 1-.7*.6/.9, doubted.Confidence, 1e-9, "a doubt counts by its tagger's reliability")
	require.Equal(t, EraUnknown, by([]string{EraName, "llm"}, modern, guessed).Label)
}

// A date lost to a guess: EraTagger's 2014 beside CLIP's "old .9" was "unknown". Whoever else doubts it, the date stays.
func TestFusionKeepsCaptureDates(t *testing.T) {
	t.Parallel()
	date := time.Date(2014, 5, 1, 0, 0, 0, 0, time.UTC)
	dated := Tags{Era: Era{
		Label: EraModern, Decade: 2010, Captured: date, Confidence: .95, Evidence: []Evidence{{Tagger: EraName, Detail: "capture date 2014-05-01", Weight: 1}},
	}}
	scan := Tags{Era: Era{Evidence: dated.Era.Evidence}} // what EraTagger says of a date on what looks old
	for _, row := range []struct {
		name       string
		taggers    []FusionOption
		decade     int
		confidence float64
	}{
		{"alone", []FusionOption{Named{EraName, says(dated)}}, 2010, .95},
		{"clip thinks it old", []FusionOption{Named{EraName, says(dated)}, Named{ZeroShotName, says(oldEra(.9))}}, 2010, .5},
		{"a language model has a slight doubt", []FusionOption{Named{EraName, says(dated)}, Named{"llm", says(oldEra(.3))}}, 2010, .95 - .3*.8/.9},
		{"all think it old", []FusionOption{Named{"llm", says(oldEra(1))}, Named{ZeroShotName, says(oldEra(1))}, Named{EraName, says(dated)}}, 2010, .5},
		{"the era tagger found a scan", []FusionOption{Named{EraName, says(scan)}, Named{ZeroShotName, says(oldEra(.9))}}, 0, .9},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			era := fused(t, row.taggers...).Era
			require.Equal(t, row.decade, era.Decade)
			require.InDelta(t, row.confidence, era.Confidence, 1e-9)
			require.Equal(t, row.decade == 0, era.Captured.IsZero())
			require.Equal(t, row.decade == 0, era.Label == EraOld)
			require.Len(t, era.Evidence, len(row.taggers), "the doubt is shown")
			require.NoError(t, Tags{Era: era}.Validate())
		})
	}
}

func oldEra(confidence float64) Tags {
	return Tags{Era: Era{Label: EraOld, Confidence: confidence, Evidence: []Evidence{{Tagger: "clip", Detail: "looks like an old photograph", Weight: 1}}}}
}

// sleeper answers after a while, or when its time is up.
func sleeper(d time.Duration, tags Tags) Tagger {
	return taggerFunc(func(ctx context.Context, _ *vision.Observation) (Tags, error) {
		select {
		case <-time.After(d):
			return tags, nil
		case <-ctx.Done():
			return Tags{}, ctx.Err()
		}
	})
}

func TestFusionAsksAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		tags := fused(t, Named{"a", sleeper(3*time.Second, Tags{Caption: "a"})}, Named{"b", sleeper(time.Second, Tags{Caption: "b"})})
		require.Equal(t, 3*time.Second, time.Since(start))
		require.Equal(t, "a", tags.Caption, "the order is that of the taggers and not of their answers")
	})
}

func TestFusionBoundsSlowTaggers(t *testing.T) {
	t.Parallel()
	deaf := taggerFunc(func(context.Context, *vision.Observation) (Tags, error) {
		time.Sleep(time.Hour)
		return Tags{}, nil
	})
	late := []Degradation{{Part: "slow", Reason: "took too long"}, {Part: "deaf", Reason: "took too long"}}
	taggers := []FusionOption{Named{"slow", sleeper(time.Minute, estimate(-1, 0, .2))}, Named{"deaf", deaf}, Named{"quick", says(estimate(.5, 0, .3))}}
	for name, row := range map[string]struct {
		opts     []FusionOption
		deadline time.Duration
		want     time.Duration
	}{
		"timeout":                      {[]FusionOption{WithTaggerTimeout(2 * time.Second)}, 0, 2 * time.Second},
		"three quarters of the time":   {nil, 8 * time.Second, 6 * time.Second},
		"the shorter one: the share":   {[]FusionOption{WithTaggerTimeout(7 * time.Second)}, 8 * time.Second, 6 * time.Second},
		"the shorter one: the timeout": {[]FusionOption{WithTaggerTimeout(time.Second)}, 8 * time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, err := NewFusion(append(taggers, row.opts...)...)
				require.NoError(t, err)
				ctx := t.Context()
				if row.deadline > 0 {
					bounded, cancel := context.WithTimeout(ctx, row.deadline)
					defer cancel()
					ctx = bounded
				}
				start := time.Now()
				tags, err := f.Tag(ctx, &vision.Observation{})
				require.NoError(t, err)
				require.Equal(t, row.want, time.Since(start))
				require.InDelta(t, .5, tags.Affect.Valence, 1e-9)
				require.Equal(t, late, tags.Degraded)
				time.Sleep(2 * time.Hour) // the deaf one ends, too
			})
		})
	}
}

func TestFusionSurvivesPanics(t *testing.T) {
	t.Parallel()
	broken := taggerFunc(func(context.Context, *vision.Observation) (Tags, error) { panic("out of range") })
	tags := fused(t, Named{"broken", broken}, Named{"good", says(estimate(.5, 0, .3))})
	require.InDelta(t, .5, tags.Affect.Valence, 1e-9)
	require.Equal(t, []Degradation{{Part: "broken", Reason: "panicked: out of range"}}, tags.Degraded)
}

func TestFusionWith(t *testing.T) {
	t.Parallel()
	base, err := NewFusion(Named{"a", says(Tags{Caption: "a"})})
	require.NoError(t, err)
	more, err := base.With(Named{"b", says(Tags{Caption: "b", Objects: []Tag{{Name: "b", Confidence: 1}}})})
	require.NoError(t, err)
	ofBase, err := base.Tag(t.Context(), &vision.Observation{})
	require.NoError(t, err)
	ofMore, err := more.Tag(t.Context(), &vision.Observation{})
	require.NoError(t, err)
	require.Empty(t, ofBase.Objects, "the fusion stays as it is")
	require.Len(t, ofMore.Objects, 1)
	require.Equal(t, "a", ofMore.Caption)
	_, err = base.With(Named{"a", says(Tags{})})
	require.Error(t, err)
}

func caption(s string) Tagger { return says(Tags{Caption: s}) }

// The caption is that of the first tagger which has one, so it tells who is first.
func TestFusionChangesTaggers(t *testing.T) {
	t.Parallel()
	base, err := NewFusion(Named{"a", caption("a")}, Named{"b", caption("b")})
	require.NoError(t, err)
	first := func(f *Fusion) string {
		tags, err := f.Tag(t.Context(), &vision.Observation{})
		require.NoError(t, err)
		return tags.Caption
	}
	for _, row := range []struct {
		name string
		opts []FusionOption
		want string
	}{
		{"as it is", nil, "a"},
		{"without the first", []FusionOption{WithoutTagger("a")}, "b"},
		{"without the last", []FusionOption{WithoutTagger("b")}, "a"},
		{"without any", []FusionOption{WithoutTagger("b"), WithoutTagger("a")}, ""},
		{"replaced", []FusionOption{Replacing("a", caption("new a"))}, "new a"},
		{"taken out and added", []FusionOption{WithoutTagger("a"), Named{"a", caption("new a")}}, "b"},
		{"added and taken out", []FusionOption{Named{"c", caption("c")}, WithoutTagger("c")}, "a"},
		{"the last one alone", []FusionOption{WithoutTagger("a"), Replacing("b", caption("new b"))}, "new b"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f, err := base.With(row.opts...)
			require.NoError(t, err)
			require.Equal(t, row.want, first(f))
			require.Equal(t, "a", first(base), "the fusion stays as it is")
		})
	}
}

// A tagger in another's place goes by its name: in failures and for its reliability.
func TestFusionReplacesByName(t *testing.T) {
	t.Parallel()
	labels, model := Named{LabelsName, says(estimate(.6, .4, .35))}, Named{"llm", says(estimate(.6, .4, .35))}
	gloomy := says(estimate(-.6, -.2, .25))
	require.Less(t, fused(t, labels, model, Replacing("llm", gloomy)).Affect.Valence, -.5)
	require.Greater(t, fused(t, labels, model, Replacing(LabelsName, gloomy)).Affect.Valence, 0.)
	broken := taggerFunc(func(context.Context, *vision.Observation) (Tags, error) { panic("out of range") })
	require.Equal(t, "llm", fused(t, labels, model, Replacing("llm", broken)).Degraded[0].Part)
}

func TestFusionRefusesChanges(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		opts []FusionOption
		err  string
	}{
		{"unknown", []FusionOption{WithoutTagger("heads")}, `WithoutTagger("heads"): no such tagger; there are labels, scenes, head, palette, era`},
		{"out twice", []FusionOption{WithoutTagger(HeadName), WithoutTagger(HeadName)}, "there are labels, scenes, palette, era"},
		{"out before it is in", []FusionOption{WithoutTagger("llm"), Named{"llm", caption("")}}, `WithoutTagger("llm")`},
		{"replacing nobody", []FusionOption{Replacing("llm", caption(""))}, `Replacing("llm"): no such tagger`},
		{"by nobody", []FusionOption{Replacing(HeadName, nil)}, `Replacing("head", nil)`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Default().With(row.opts...)
			require.ErrorContains(t, err, row.err)
		})
	}
	_, err := NewFusion(WithoutTagger("a"))
	require.ErrorContains(t, err, "there are none")
}
