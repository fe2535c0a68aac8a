package demo_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/soundtrack-go/sdk/catalog/demo"
)

func ExampleRender() {
	var wav bytes.Buffer
	if err := demo.Render(context.Background(), &wav, "slow-coffee"); err != nil {
		panic(err)
	}
	fmt.Printf("%s, %d kB\n", wav.Bytes()[8:12], wav.Len()/1000)
	// Output: WAVE, 4529 kB
}

func ExampleTracks() {
	for _, t := range demo.Tracks()[18:21] {
		fmt.Printf("%s: %s %s, %v bpm, %s\n", t.Title, t.Key, t.Mode, t.Tempo, t.Quadrant)
	}
	// Output:
	// Slow Coffee: F major, 84 bpm, serene
	// Lake Before Breakfast: Eb major, 74 bpm, serene
	// Cloud Index: B major, 76 bpm, serene
}
