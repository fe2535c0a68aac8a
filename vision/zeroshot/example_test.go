package zeroshot_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/soundtrack-go/sdk/vision/zeroshot"
)

// colours stands in for a text tower: it embeds a text as the colours that it names.
type colours struct{}

func (colours) EncodeText(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		v := []float32{.2, .2, .2}
		for k, name := range []string{"red", "green", "blue"} {
			if strings.Contains(text, name) {
				v[k] = 1
			}
		}
		out[i] = v
	}
	return out, nil
}

func Example() {
	ctx := context.Background()
	classifier, err := zeroshot.New(ctx, colours{}, []string{"red rose", "green meadow", "blue sea"},
		zeroshot.WithTemplates("a photo of a {}.", "a painting of a {}."))
	if err != nil {
		fmt.Println(err)
		return
	}
	embedding := []float32{.3, .9, .4} // of a picture, from an encoder into the same space
	matches, err := classifier.Classify(embedding)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range matches.Top(2) {
		fmt.Printf("%s: %.2f (cosine %.2f)\n", m.Label, m.Probability, m.Cosine)
	}
	// Output:
	// green meadow: 1.00 (cosine 0.97)
	// blue sea: 0.00 (cosine 0.60)
}

func ExampleNewFromVectors() {
	classifier, err := zeroshot.NewFromVectors([]string{"day", "night"}, [][]float32{{.8, .6}, {.6, .8}})
	if err != nil {
		fmt.Println(err)
		return
	}
	matches, err := classifier.Classify([]float32{.72, .69})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(matches.Top(1)[0].Label)
	// Output: day
}
