package tagging

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecogniseCare(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		seen ConceptVector
		want map[CareTopic]float64
	}{
		{"a funeral", vector("funeral", .9, "flower", .8), map[CareTopic]float64{CareGrief: .9}},
		{"a grave and mourners are one reason", vector("cemetery", .6, "grieving", .5), map[CareTopic]float64{CareGrief: .54}},
		{"war", vector("war", .7, "soldier", .9), map[CareTopic]float64{CareViolence: .7}},
		{"a hospital", vector("hospital", .5, "doctor", .4), map[CareTopic]float64{CareMedical: .5, CareGrief: 0}},
		{"a flood", vector("flood", 1., "river", 1.), map[CareTopic]float64{CareDisaster: 1}},
		{"an explosion is both", vector("explosion", 1.), map[CareTopic]float64{CareDisaster: .9, CareViolence: .8}},
		{"a hearth", vector("fire", .6, "home", .9), nil},
		{"a birthday", vector("birthday", 1., "candle", .9, "joyful", .8), nil},
		{"hardly seen", vector("funeral", .19), nil},
		{"nothing", nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			care := RecogniseCare("test", row.seen)
			require.True(t, slices.IsSortedFunc(care, func(a, b Care) int { return -cmp.Compare(a.Confidence, b.Confidence) }))
			for _, c := range care {
				require.InDelta(t, row.want[c.Topic], c.Confidence, 1e-9, c.Topic)
				require.Equal(t, "test", c.Evidence[0].Tagger)
				require.LessOrEqual(t, len(c.Evidence), maxCareEvidence)
			}
			for topic, confidence := range row.want {
				if confidence > 0 {
					require.True(t, slices.ContainsFunc(care, func(c Care) bool { return c.Topic == topic }), topic)
				}
			}
		})
	}
}

// Every concept of care.csv is unpleasant on average: a list that had slipped a row would not be.
func TestCareListIsConsistent(t *testing.T) {
	t.Parallel()
	signs, err := readCare(careCSV)
	require.NoError(t, err)
	topics := map[CareTopic]int{}
	for id, list := range signs {
		c, ok := DefaultVocabulary().Lookup(id)
		require.True(t, ok, id)
		for _, s := range list {
			topics[s.topic]++
			require.Less(t, c.Affect.Valence, .6-s.strength/1.5, "%s means %s with %v", id, s.topic, s.strength)
		}
	}
	for _, topic := range CareTopics() {
		require.GreaterOrEqual(t, topics[topic], 8, topic)
	}
	for _, bad := range []string{"grief,no-such-concept,1", "boredom,funeral,1", "grief,funeral,1.5", "grief,funeral,0", "grief,funeral,much", "grief"} {
		_, err := readCare("topic,concept,strength\n" + bad + "\n")
		require.Error(t, err, bad)
	}
}

// What the taggers say of care and what their concepts mean is one list; the words of the fused mood are no sight.
func TestFusionGathersCare(t *testing.T) {
	t.Parallel()
	seen := estimate(-.6, -.2, .3)
	seen.Concepts = vector("cemetery", .5, "tree", .9)
	told := Tags{Care: []Care{{Topic: CareGrief, Confidence: .8, Evidence: []Evidence{{Tagger: "llm", Detail: "mourners at a grave", Weight: .8}}}}}
	fused := fuse([]answer{{"clip", seen, ReliabilityOf("clip")}, {"llm", told, ReliabilityOf("llm")}})
	require.Len(t, fused.Care, 1)
	require.InDelta(t, .8, fused.Care[0].Confidence, 0)
	require.Equal(t, []string{"llm", "clip"}, []string{fused.Care[0].Evidence[0].Tagger, fused.Care[0].Evidence[1].Tagger})
	require.Equal(t, []Care{told.Care[0]}, told.Care, "the inputs are not changed")

	require.Empty(t, Fuse(estimate(-.7, -.3, .2)).Care, "a sad estimate alone shows no topic")
}
