package soundtrack_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// sunset draws a picture, so that the examples need no file.
func sunset() *bytes.Reader {
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			img.Set(x, y, color.RGBA{R: 250, G: uint8(200 - y/2), B: uint8(60 + y/3), A: 255})
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		log.Fatal(err)
	}
	return bytes.NewReader(file.Bytes())
}

// One call. The examples choose the palette preset, which needs no model; leave the option out for real use.
func Example() {
	ctx := context.Background()
	rec, err := soundtrack.Open(ctx, soundtrack.WithPreset(soundtrack.PresetPalette))
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	out, err := rec.Recommend(ctx, soundtrack.Request{Image: sunset()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(out.Picks), "songs, understood by", out.Encoder.ID)
	fmt.Println(out.Degraded[0].Reason)
	// Output:
	// 5 songs, understood by palette
	// only colours were read, and colours say little about a mood
}

func ExampleRecommender_Recommend_filter() {
	ctx := context.Background()
	rec, err := soundtrack.Open(ctx, soundtrack.WithPreset(soundtrack.PresetPalette))
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	out, err := rec.Recommend(ctx, soundtrack.Request{
		Image:  sunset(),
		Count:  3,
		Filter: catalog.Filter{Languages: []string{"fr"}, YearFrom: 1960, YearTo: 1969},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, pick := range out.Picks {
		fmt.Println(pick.Song.Language, pick.Song.Year/10*10)
	}
	// Output:
	// fr 1960
	// fr 1960
	// fr 1960
}

// Dials re-rank an earlier answer without its picture.
func ExampleRecommender_Recommend_dial() {
	ctx := context.Background()
	rec, err := soundtrack.Open(ctx, soundtrack.WithEncoder(beach{}), soundtrack.WithTagger(joyful{}))
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	first, err := rec.Recommend(ctx, soundtrack.Request{Image: sunset(), Count: 20})
	if err != nil {
		log.Fatal(err)
	}
	opposite, err := rec.Recommend(ctx, soundtrack.Request{Analysis: &first.Analysis, Count: 20, Dials: match.Dials{Contrast: 1}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("matching songs are pleasant:", meanValence(first.Picks) > .4)
	fmt.Println("contrasting ones are not:", meanValence(opposite.Picks) < -.4)
	// Output:
	// matching songs are pleasant: true
	// contrasting ones are not: true
}

func ExampleWithSongs() {
	ctx := context.Background()
	rec, err := soundtrack.Open(ctx,
		soundtrack.WithPreset(soundtrack.PresetPalette),
		soundtrack.WithoutSeed(),
		soundtrack.WithSongs(
			catalog.Song{Title: "My Song", Artist: "Me", Affect: feels(.6, -.2)},
			catalog.Song{Title: "My Other Song", Artist: "My Band", Affect: feels(-.5, .5)},
		),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	out, err := rec.Recommend(ctx, soundtrack.Request{Image: sunset(), Count: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Picks[0].Song.Title)
	// Output: My Song
}

func ExampleWithEncoder() {
	ctx := context.Background()
	rec, err := soundtrack.Open(ctx, soundtrack.WithEncoder(beach{}))
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	out, err := rec.Analyze(ctx, soundtrack.Request{Image: sunset()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Encoder.ID, out.Analysis.Space, len(out.Analysis.Embedding))
	// Output: beach beach@1 2
}

func ExampleWithStore() {
	ctx := context.Background()
	store, err := catalog.NewMemory(catalog.Song{Title: "The Only One", Artist: "Somebody", Affect: feels(.2, 0)})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close() // what the caller brings, the caller closes
	rec, err := soundtrack.Open(ctx, soundtrack.WithPreset(soundtrack.PresetPalette), soundtrack.WithStore(store))
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	out, err := rec.Recommend(ctx, soundtrack.Request{Image: sunset()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Picks[0].Song.Title)
	fmt.Println(out.Degraded[len(out.Degraded)-1])
	// Output:
	// The Only One
	// picks: only 1 of 5 songs fit the filters and words (loosen a filter or drop a word)
}

// beach is an encoder that sees the same in every picture.
type beach struct{}

func (beach) Info() vision.ModelInfo { return vision.ModelInfo{ID: "beach", Dim: 2, Digest: "1"} }

func (beach) Encode(_ context.Context, pictures []*vision.Picture) ([][]float32, error) {
	embeddings := make([][]float32, len(pictures))
	for i := range embeddings {
		embeddings[i] = []float32{.6, .8}
	}
	return embeddings, nil
}

// joyful is a tagger that feels the same about every picture.
type joyful struct{}

func (joyful) Tag(context.Context, *vision.Observation) (tagging.Tags, error) {
	return tagging.Tags{Affect: feels(.7, .5), AffectEvidence: []tagging.Evidence{{Tagger: "joyful", Detail: "always", Weight: 1}}}, nil
}

func feels(valence, arousal float64) tagging.Estimate {
	return tagging.Estimate{Affect: tagging.Affect{Valence: valence, Arousal: arousal}, Spread: .25, Known: true}
}

func meanValence(picks []match.Pick) float64 {
	var sum float64
	for _, p := range picks {
		sum += p.Song.Affect.Valence
	}
	return sum / float64(len(picks))
}
