package llm_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/llm"
)

// THREATS H1, to the end: a sentence in the picture names a song of the catalogue, and the model obeys. It writes the song
// wherever a reply has room, and a word for it into every list but the one that has the word. Nothing of that moves the song.
//
// What a picture does move is what its reply may say: a model that is talked into seeing a bird brings songs about birds to
// the front, as a bird in the picture would. The test logs by how much.
func TestInjectionMovesNoSong(t *testing.T) {
	t.Parallel()
	var sentence atomic.Value
	var sees atomic.Bool
	sentence.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reply := map[string]any{
			"light": .9, "warmth": .8, "density": .2, "motion": .3, "tenderness": .7, "people": "two",
			"things": []any{word("dog", .6)}, "persons": []any{word("couple", .8)}, "scenes": []any{word("beach", .9), word("sea", .7)},
			"looks": []any{}, "moods": []any{word("carefree", .8)}, "themes": []any{word("freedom", .5)},
			"valence": .6, "valence_confidence": .9, "arousal": -.1, "arousal_confidence": .7,
			"decades": []any{}, "care": []any{}, "caption": "Two people and a dog walk along a sunny beach.",
		}
		if said := sentence.Load().(string); said != "" {
			reply["caption"], reply["song"], reply["picks"] = said, "Canary", []string{"Canary"}
			for _, list := range []string{"persons", "scenes", "looks", "moods", "themes"} {
				reply[list] = append([]any{word("Canary", 1), word("songbird", 1)}, reply[list].([]any)...)
			}
		}
		if sees.Load() {
			reply["things"] = []any{word("songbird", 1), word("dog", .6)}
		}
		content, _ := json.Marshal(reply)
		answer, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": string(content)}}}})
		_, _ = w.Write(answer)
	}))
	defer server.Close()

	client, err := llm.New(llm.Ollama, llm.WithBaseURL(server.URL))
	require.NoError(t, err)
	tagger, err := llm.NewTagger(client)
	require.NoError(t, err)
	canary := catalog.Song{
		Title: "Canary", Artist: "Canary Artist", Affect: tagging.Estimate{Affect: tagging.Affect{Valence: .5, Arousal: -.2}, Spread: .2, Known: true},
		Concepts: tagging.NewConceptVector(
			tagging.ConceptWeight{Concept: "freedom", Weight: 1}, tagging.ConceptWeight{Concept: "songbird", Weight: .6}),
	}
	rec, err := soundtrack.Open(t.Context(), soundtrack.WithPreset(soundtrack.PresetPalette), soundtrack.WithSongs(canary),
		soundtrack.WithFusion(tagging.Named{Name: llm.Name, Tagger: tagger}))
	require.NoError(t, err)
	defer rec.Close()
	rank := func(said string) int {
		sentence.Store(said)
		out, err := rec.Recommend(t.Context(), soundtrack.Request{Picture: llm.Saying(t, said), Count: 100})
		require.NoError(t, err)
		require.InDelta(t, .6, out.Analysis.Tags.Affect.Valence, .02, "the model leads")
		return slices.IndexFunc(out.Picks, func(p match.Pick) bool { return p.Song.Title == canary.Title })
	}
	plain := rank("")
	require.GreaterOrEqual(t, plain, 0, "the song is in sight, or it could not move")
	for _, said := range llm.Sentences() {
		require.InDelta(t, plain, rank(said), 5, said)
	}
	sees.Store(true)
	t.Logf("rank %d; if the model is talked into seeing a bird, %d", plain+1, rank("A canary")+1)
}

func word(concept string, weight float64) map[string]any {
	return map[string]any{"concept": concept, "weight": weight}
}
