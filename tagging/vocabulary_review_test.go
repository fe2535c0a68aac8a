package tagging_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/internal/vocabreview"
)

// TestVocabularyPassesReview holds concepts.csv to what "go run ./gen/concepts" prints.
func TestVocabularyPassesReview(t *testing.T) {
	t.Parallel()
	concepts := tagging.DefaultVocabulary().Concepts()
	for _, pair := range vocabreview.NearDuplicates(concepts) {
		t.Errorf("%v: merge or link them, or enter them in internal/vocabreview/apart.txt", pair)
	}
	for _, pair := range vocabreview.Apart() {
		for _, id := range pair {
			_, ok := tagging.DefaultVocabulary().Lookup(id)
			require.True(t, ok, "apart.txt: %s", id)
		}
	}
	require.Empty(t, vocabreview.Cycle(concepts, .5), "what implies one way is narrower")

	valence, arousal := vocabreview.Agreements(concepts)
	for _, axis := range []vocabreview.Agreement{valence, arousal} {
		require.Greater(t, axis.Correlation, .9)
		require.Less(t, axis.Difference, .12)
	}
	for _, c := range concepts {
		require.Less(t, c.Passes[0].Distance(c.Passes[1]), .5, "%s: the passes contradict each other", c.ID)
	}
}

// The label table was judged by others, on the same scale: where a concept shows as one or two labels, both should say the
// same. They need not: a punching bag is no fight.
func TestVocabularyAgreesWithLabels(t *testing.T) {
	t.Parallel()
	labels := tagging.ImageNetLabels()
	var concept, label [2][]float64
	for _, c := range tagging.DefaultVocabulary().Concepts() {
		if n := len(c.ImageNet); n < 1 || n > 2 || c.Kind.Mood() || c.Kind == tagging.KindTheme || c.Kind == tagging.KindEra {
			continue
		}
		var mean tagging.Affect
		for _, class := range c.ImageNet {
			mean.Valence += labels[class].Affect.Valence / float64(len(c.ImageNet))
			mean.Arousal += labels[class].Affect.Arousal / float64(len(c.ImageNet))
		}
		concept[0], label[0] = append(concept[0], c.Affect.Valence), append(label[0], mean.Valence)
		concept[1], label[1] = append(concept[1], c.Affect.Arousal), append(label[1], mean.Arousal)
	}
	for axis, name := range []string{"valence", "arousal"} {
		r := stat.Correlation(concept[axis], label[axis], nil)
		t.Logf("%s of %d concepts: r = %.2f", name, len(concept[axis]), r)
		require.Greater(t, r, .8, name)
	}
	require.Greater(t, len(concept[0]), 250)
}

// A kind that is all sunshine would make every picture of it cheerful. Places, food and instruments are pleasant to most
// people; everything else has its dark side.
func TestVocabularyIsNotLopsided(t *testing.T) {
	t.Parallel()
	pleasant := []tagging.Kind{tagging.KindPlace, tagging.KindFood, tagging.KindInstrument}
	for _, s := range vocabreview.ByKind(tagging.DefaultVocabulary().Concepts()) {
		require.Less(t, s.Valence, .55, s.Kind)
		require.Greater(t, s.Valence, -.2, s.Kind)
		require.InDelta(t, .08, s.Arousal, .25, s.Kind)
		require.Less(t, s.LargestValence, .9, s.Kind)
		if !slices.Contains(pleasant, s.Kind) {
			require.GreaterOrEqual(t, s.Unpleasant, .05, s.Kind)
			require.Less(t, s.LeastValence, -.05, s.Kind)
		}
	}
}

func TestReviewFinds(t *testing.T) {
	t.Parallel()
	v, err := tagging.ReadVocabulary(strings.NewReader(`id,kind,valence,arousal,spread,synonyms,implies,related
shop,scene,.3,0,.3,,,
toy-shop,scene,.6,.2,.2,,,
boot,object,.2,0,.3,,,
shoe,object,.2,0,.3,boots,,
photograph,object,.2,-.2,.3,,,
gramophone,object,.3,-.1,.3,phonograph,,
tornado,weather,-.55,.7,.2,,storm:.9;wind:.8;scary:.5,
cyclone,weather,-.5,.7,.2,,storm:.9;wind:.9;scary:.4,
storm,weather,-.3,.5,.3,,wind:.7,
wind,weather,.1,.2,.3,,,
scary,mood,-.6,.7,.2,,,
bookshop,scene,.4,-.3,.2,,shop:.7,
book-shop,scene,.4,-.3,.2,bookshops,,bookshop
`))
	require.NoError(t, err)
	var found [][2]string
	for _, pair := range vocabreview.NearDuplicates(v.Concepts()) {
		found = append(found, [2]string{pair.A, pair.B})
	}
	require.Equal(t, [][2]string{
		{"book-shop", "shop"}, {"boot", "shoe"}, {"cyclone", "tornado"}, {"shop", "toy-shop"},
	}, found, "linked pairs and those of apart.txt, as photograph and gramophone, have been looked at")
}

func TestReviewFindsCycles(t *testing.T) {
	t.Parallel()
	v, err := tagging.ReadVocabulary(strings.NewReader(`id,kind,valence,arousal,spread,implies
dog,animal,.6,.1,.2,pet:.8
pet,animal,.6,0,.2,animal:.8
animal,animal,.3,0,.3,dog:.6
calm,mood,.5,-.6,.2,serene:.8
serene,mood,.6,-.6,.2,calm:.8
`))
	require.NoError(t, err)
	require.Equal(t, []string{"dog", "pet", "animal"}, vocabreview.Cycle(v.Concepts(), .5))
	require.Empty(t, vocabreview.Cycle(v.Concepts(), .7), "calm and serene are associates, not broader than each other")
}
