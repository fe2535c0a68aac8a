package evaluate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
)

// tagged are the tags of a picture of which things and scenes were named, surest first.
func tagged(objects, scenes string) tagging.Tags {
	var tags tagging.Tags
	var vector []tagging.ConceptWeight
	for list, ids := range map[*[]tagging.Tag]string{&tags.Objects: objects, &tags.Scenes: scenes} {
		for i, id := range strings.Fields(ids) {
			confidence := 1 / float64(i+2)
			*list = append(*list, tagging.Tag{Concept: id, Confidence: confidence})
			vector = append(vector, tagging.ConceptWeight{Concept: id, Weight: confidence})
		}
	}
	tags.Concepts = tagging.NewConceptVector(vector...)
	return tags
}

func TestCountNamed(t *testing.T) {
	t.Parallel()
	pictures := []looked{
		{picture: "a", concepts: []string{"dog", "ball", "snow"}, scene: "park"},
		{picture: "b", concepts: []string{"cat"}},
		{picture: "c", concepts: []string{"boat"}, scene: "lake"},
	}
	implied := tagged("", "")
	implied.Concepts = tagging.NewConceptVector(tagging.ConceptWeight{Concept: "boat", Weight: .3}, tagging.ConceptWeight{Concept: "lake", Weight: .2})
	r := countNamed(pictures, []tagging.Tags{tagged("dog cat", "forest park snow"), tagged("", "lake"), implied})
	require.Equal(t, 3, r.Pictures)
	require.Equal(t, 4, r.Things.Nouns)
	require.InDelta(t, 1./4, r.Things.Named.Share, 1e-12, "the dog; the cat is in another picture")
	require.InDelta(t, 2./4, r.Things.Implied.Share, 1e-12, "and the boat")
	require.Equal(t, 1, r.Places.Nouns)
	require.InDelta(t, 1, r.Places.Named.Share, 1e-12, "snow is a scene of the answer")
	require.Equal(t, 2, r.Scenes, "a cat on a sofa is nowhere")
	require.InDelta(t, 1./2, r.SceneNamed.Share, 1e-12, "the park")
	require.Zero(t, r.SceneFirst.Share, "which the forest is surer than")
	require.InDelta(t, 1, r.SceneImplied.Share, 1e-12)

	// Of other pictures' answers, a's names the cat of b and b's the lake of c, in some of the orders.
	require.InDelta(t, 1./8, r.Things.Named.Control, .05)
	require.Zero(t, r.Places.Named.Control)
	require.InDelta(t, 1./4, r.SceneNamed.Control, .1)
	require.Equal(t, r.SceneNamed.Control, r.SceneFirst.Control)
}

func TestCountNamedOfNothing(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	require.NoError(t, countNamed(nil, nil).write(&text))
	require.NotContains(t, text.String(), "NaN")
	require.Contains(t, text.String(), "0 pictures")
}

func TestReadLooked(t *testing.T) {
	t.Parallel()
	pictures, err := readLooked()
	require.NoError(t, err)
	require.Len(t, pictures, 491)
	byName := map[string]looked{}
	somewhere := 0
	for _, p := range pictures {
		byName[p.picture] = p
		somewhere += one(p.scene != "")
	}
	require.InDelta(t, 300, somewhere, 30)
	clown := byName["oasis/images/Scary_face_2.jpg"]
	require.Empty(t, clown.scene)
	require.Contains(t, clown.concepts, "clown")
	require.NotContains(t, clown.concepts, "scary", "nobody points at a mood")
}
