package evaluate

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/tagging"
)

func TestRecogniseCare(t *testing.T) {
	t.Parallel()
	shows := func(topic tagging.CareTopic, confidence float64) tagging.Tags {
		return tagging.Tags{Care: []tagging.Care{{Topic: topic, Confidence: confidence}}}
	}
	sad := tagging.Tags{Affect: tagging.Estimate{Affect: tagging.Affect{Valence: -.8}, Spread: .2, Known: true}}
	var photographs []Photograph
	var tags []tagging.Tags
	for _, p := range []struct {
		theme   string
		valence float64
		tags    tagging.Tags
	}{
		{"Memorial", 2, shows(tagging.CareGrief, .9)},
		{"Memorial", 5, shows(tagging.CareGrief, .3)}, // too weak to count
		{"Sad face", 2.5, sad},
		{"Hangover", 2.9, shows(tagging.CareGrief, .9)}, // one may see grief in it
		{"Dog", 6, shows(tagging.CareGrief, .5)},
		{"Dog", 6, shows(tagging.CareViolence, .5)},
		{"Dog", 6, tagging.Tags{}},
	} {
		photographs = append(photographs, Photograph{
			Picture: "oasis/images/" + p.theme + ".jpg", Theme: p.theme, Norm: tagging.Affect{Valence: (p.valence - 4) / 3},
		})
		tags = append(tags, p.tags)
	}
	r := recogniseCare(photographs, tags)
	require.Equal(t, 3, r.AnyTopic.Of)
	require.Equal(t, 4, r.AnyTopic.Others)
	require.InDelta(t, 2./3, r.AnyTopic.Recall.Share, 1e-12)
	require.InDelta(t, .5, r.AnyTopic.FalseAlarms.Share, 1e-12)
	require.InDelta(t, 1, r.Heavy.Recall.Share, 1e-12, "the mood of the sad face, too")

	require.Len(t, r.Topics, len(tagging.CareTopics()))
	grief := r.Topics[0]
	require.Equal(t, tagging.CareGrief, grief.Topic)
	require.Equal(t, 3, grief.Of)
	require.Equal(t, 3, grief.Others, "what is unclear is neither")
	require.InDelta(t, 1./3, grief.Recall.Share, 1e-12)
	require.InDelta(t, 1./3, grief.FalseAlarms.Share, 1e-12)
	// Grief is said of two of six. For the memorial of which it is, one of the five others has it; for the other two, two have.
	require.InDelta(t, (1./5+2./5+2./5)/3, grief.Recall.Control, 1e-12)
	require.Equal(t, []string{"oasis/images/Memorial.jpg", "oasis/images/Sad face.jpg"}, grief.Missed)
	require.Equal(t, []string{"oasis/images/Dog.jpg"}, grief.Mistaken)

	var text strings.Builder
	require.NoError(t, r.write(&text))
	require.Contains(t, text.String(), "grief, missed: Memorial, Sad face\n")
	require.Contains(t, text.String(), "violence, false: Dog\n")
	require.Equal(t, "a, a, a, a, a, a, a, a, a, a, a, a, and 3 more", pictureNames(slices.Repeat([]string{"x/a.jpg"}, 15)))
	require.Equal(t, Recognition{}, new(recognitionCount).recognition(), "of nothing, nothing")
}

// The table names themes that there are, each once for a topic.
func TestCareThemes(t *testing.T) {
	t.Parallel()
	photographs, err := ReadOASIS(os.DirFS(testenv.Data(t)))
	require.NoError(t, err)
	var topics []tagging.CareTopic
	for _, row := range careThemes {
		topics = append(topics, row.topic)
		seen := map[string]bool{}
		for _, theme := range slices.Concat(row.shows, row.unclear) {
			require.False(t, seen[theme], "%s twice", theme)
			seen[theme] = true
			require.True(t, slices.ContainsFunc(photographs, func(p Photograph) bool { return p.Theme == theme }), theme)
		}
		require.True(t, slices.IsSorted(row.shows))
		require.True(t, slices.IsSorted(row.unclear))
	}
	require.Equal(t, tagging.CareTopics(), topics)
}
