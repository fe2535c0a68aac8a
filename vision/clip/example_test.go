package clip_test

import (
	"fmt"

	"github.com/soundtrack-go/sdk/vision/clip"
)

// What there is, and how much of it is for texts.
func ExampleManifests() {
	for _, m := range clip.Manifests() {
		texts := "pictures only"
		if m.Textual != nil {
			texts = fmt.Sprintf("%d tokens of text", m.Textual.Tokens)
		}
		fmt.Println(m.ID, m.Dim, texts)
	}
	// Output:
	// clip-vit-b32-laion 512 77 tokens of text
	// siglip2-b16 768 pictures only
	// clip-vit-b32-openai 512 77 tokens of text
	// clip-vit-b32-openai-int8 512 77 tokens of text
}
