package llm_test

import (
	"context"
	"fmt"
	"image"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/llm"
	"github.com/soundtrack-go/sdk/vision"
)

// A tagger beside one that needs no model. The server of the example stands for Ollama on this machine.
func ExampleNewTagger() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"choices": [{"message": {"content": "{\"light\": 0.1, \"warmth\": 0.2, \"density\": 0.1, \"motion\": 0, \"tenderness\": 0.4, \"people\": \"none\", \"things\": [], \"persons\": [], \"scenes\": [], \"looks\": [], \"moods\": [{\"concept\": \"gloomy\", \"weight\": 0.6}], \"themes\": [], \"valence\": -0.3, \"valence_confidence\": 0.6, \"arousal\": -0.5, \"arousal_confidence\": 0.5, \"decades\": [], \"care\": [], \"caption\": \"A dark empty surface.\"}"}, "finish_reason": "stop"}]}`)
	}))
	defer server.Close()

	client, err := llm.New(llm.Ollama, llm.WithBaseURL(server.URL), llm.WithModel("gemma3:12b"))
	if err != nil {
		panic(err)
	}
	tagger, err := llm.NewTagger(client)
	if err != nil {
		panic(err)
	}
	fusion, err := tagging.NewFusion(
		tagging.Named{Name: llm.Name, Tagger: tagger},
		tagging.Named{Name: tagging.PaletteName, Tagger: tagging.PaletteTagger{}})
	if err != nil {
		panic(err)
	}
	picture, err := vision.FromImage(image.NewGray(image.Rect(0, 0, 64, 64)))
	if err != nil {
		panic(err)
	}
	tags, err := fusion.Tag(context.Background(), &vision.Observation{Picture: picture})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s Valence %.1f, arousal %.1f.\n", tags.Caption, tags.Affect.Valence, tags.Affect.Arousal)
	// Output: A dark empty surface. Valence -0.3, arousal -0.5.
}

// Songs are judged offline, into a file that a later run goes on with.
func ExampleJudge_Estimate() {
	client, err := llm.New(llm.Ollama)
	if err != nil {
		panic(err)
	}
	judge, err := llm.NewJudge(client, llm.WithPrice(0.1, 0.3))
	if err != nil {
		panic(err)
	}
	cost, err := judge.Estimate([]llm.Song{{Title: "What a Wonderful World", Artist: "Louis Armstrong", Source: "user"}})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d song, %d call, %d tokens back\n", cost.Songs, cost.Calls, cost.ReplyTokens)
	// Output: 1 song, 1 call, 120 tokens back
}
