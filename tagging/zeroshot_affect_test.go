package tagging

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// zeroShotOf is a tagger that reads nothing by itself, over four concepts and three hundred props.
func zeroShotOf(t *testing.T) *ZeroShotTagger {
	t.Helper()
	var file strings.Builder
	file.WriteString(`id,kind,valence,arousal,spread,synonyms,implies,imagenet,coco
battlefield,object,-.8,.6,.2,,,,
vehicle,object,.1,0,.5,,,,
joyful,mood,.8,.4,.2,,,,
grieving,mood,-.8,-.1,.2,,,,
`)
	for i := range 300 {
		fmt.Fprintf(&file, "prop-%d,object,-.6,.6,.2,,,,\n", i)
	}
	v, err := ReadVocabulary(strings.NewReader(file.String()))
	require.NoError(t, err)
	return &ZeroShotTagger{vocabulary: v}
}

// reads is a kind's reading in which concepts have the given probabilities and nothing has none.
func reads(k Kind, none float64, p map[string]float64) zeroShotReading {
	r := zeroShotReading{zeroShotKind: &zeroShotKind{kind: k}, none: none}
	for _, id := range slices.Sorted(maps.Keys(p)) {
		r.ids, r.p = append(r.ids, id), append(r.p, p[id])
	}
	return r
}

// An affect is as sure as what was recognised, and no surer. The numbers are worked out by hand from the formula of
// feelingOf: means Σwμ, variances Σw(μ²+σ²) − (Σwμ)², averaged over the axes.
func TestZeroShotAffectIsNoSurerThanWhatWasSeen(t *testing.T) {
	t.Parallel()
	z := zeroShotOf(t)
	// p of battlefield and of 299 props, which sum to all but .0126. Each prop is too improbable to be named; all of them are
	// as unpleasant as it.
	crowd := map[string]float64{"battlefield": .21}
	for i := range 299 {
		crowd[fmt.Sprint("prop-", i)] = .0026
	}
	nothing := reads(KindObject, .97, map[string]float64{"vehicle": .02, "battlefield": .01})
	weak := Estimate{Affect: Affect{-.168, .126}, Spread: .61298} // .21·(.5+.04) + .79·.36 − (.168²+.126²)/2 = .37575
	for _, row := range []struct {
		name     string
		readings []zeroShotReading
		want     Estimate
	}{
		{
			"one sure concept", // .95·(.325+.04) + .05·.36 − (.76²+.095²)/2 = .07144
			[]zeroShotReading{reads(KindMood, .05, map[string]float64{"grieving": .95})},
			Estimate{Affect: Affect{-.76, -.095}, Spread: .26728},
		},
		{
			"a kind in which nothing was named has no doubt",
			[]zeroShotReading{reads(KindMood, .05, map[string]float64{"grieving": .95}), nothing},
			Estimate{Affect: Affect{-.76, -.095}, Spread: .26728},
		},
		{"one weak concept", []zeroShotReading{reads(KindObject, .79, map[string]float64{"battlefield": .21})}, weak},
		{"one weak concept, where others are as sure of something else", []zeroShotReading{
			reads(KindObject, .2, map[string]float64{"battlefield": .21, "prop-0": .19, "prop-1": .19, "prop-2": .19}),
		}, weak},
		{"a weak concept among hundreds of tiny ones", []zeroShotReading{reads(KindObject, .0126, crowd)}, weak},
		{
			"two sure ones that conflict", // .49·(.4+.04) + .49·(.325+.04) + .02·.36 − (0²+.147²)/2 = .390845
			[]zeroShotReading{reads(KindMood, .02, map[string]float64{"joyful": .49, "grieving": .49})},
			Estimate{Affect: Affect{0, .147}, Spread: .62518},
		},
		{
			// Of spreads .5 and .2, 1/.25 − 1/.36 = 1.2222 and 1/.04 − 1/.36 = 22.2222 are known: .05213 and .94787 of the say.
			// .9·(.05213·.255 + .94787·.365) + .1·.36 − (.67777²+.08531²)/2 = .12601
			"what a concept knows counts",
			[]zeroShotReading{
				reads(KindObject, .1, map[string]float64{"vehicle": .9}), reads(KindMood, .1, map[string]float64{"grieving": .9}),
			},
			Estimate{Affect: Affect{-.67777, -.08531}, Spread: .35498},
		},
		{
			// Each for itself, they sum to 1.1, but nothing is surer than .6: .6·6/11 = .32727 and .6·5/11 = .27273.
			// .32727·.44 + .27273·.365 + .4·.36 − (.04364²+.10364²)/2 = .38122
			"sigmoids are no surer together than the surest",
			[]zeroShotReading{reads(KindMood, .4, map[string]float64{"joyful": .6, "grieving": .5})},
			Estimate{Affect: Affect{.04364, .10364}, Spread: .61743},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			tags := z.tags(row.readings)
			require.True(t, tags.Affect.Known)
			require.InDelta(t, row.want.Valence, tags.Affect.Valence, 2e-5)
			require.InDelta(t, row.want.Arousal, tags.Affect.Arousal, 2e-5)
			require.InDelta(t, row.want.Spread, tags.Affect.Spread, 2e-5)
			var shown float64
			for _, e := range tags.AffectEvidence {
				shown += e.Weight
			}
			require.LessOrEqual(t, shown, 1-row.readings[0].none+1e-9, "evidence claims no more than was seen")
		})
	}
	require.False(t, z.tags([]zeroShotReading{nothing}).Affect.Known)
}
