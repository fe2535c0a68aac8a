package scenefit

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Old photographs differ in grain and are grey. A probe that goes by colour would call every grey twin old.
func TestEraDoesNotGoByColour(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 8))
	// Features: colour, grain, three of no meaning, one that never varies.
	features := func(colour, grain float64) []float32 {
		x := []float32{float32(colour), float32(grain), 0, 0, 0, 7}
		for k := range 5 {
			x[k] += float32(.3 * rng.NormFloat64())
		}
		return x
	}
	var pictures []EraPicture
	for i := range 120 {
		name, colour, grain := fmt.Sprintf("oasis/%d.jpg", i), 3., 0.
		if i%4 == 0 {
			name, colour, grain = fmt.Sprintf("historic/%d.jpg", i), 0, 2
		}
		pictures = append(pictures, EraPicture{Picture{Name: name}, features(colour, grain), features(0, grain)})
	}
	unclear := EraPicture{Picture{Name: "oasis/looks-old.jpg", Words: []string{"old-photograph"}}, features(0, 50), features(0, 50)}
	require.True(t, unclear.Unclear())
	p, err := Era(append(pictures, unclear))
	require.NoError(t, err)
	for _, one := range pictures {
		if one.Old() {
			require.Greater(t, p.Probability(one.Plain), .5)
		} else {
			require.Less(t, p.Probability(one.Plain), .5)
			require.Less(t, p.Probability(one.Grey), .5)
		}
	}
}

func TestScenesDropWhatCannotBeLearned(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 9))
	var pictures []Picture
	for i := range 60 {
		p := Picture{Name: fmt.Sprint(i), Root: make([]float32, 20), Words: []string{"thing"}}
		for k := range p.Root {
			p.Root[k] = float32(rng.Float64())
		}
		if i%5 == 0 {
			p.Words, p.Root[3] = append(p.Words, "snow"), 4
		}
		if i%7 == 0 { // no feature tells
			p.Words = append(p.Words, "prison")
		}
		pictures = append(pictures, p)
	}
	entries, dropped, err := Scenes(pictures)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "snow", entries[0].Name)
	require.Equal(t, 12, entries[0].Positives)
	require.Contains(t, fmt.Sprint(dropped), "prison: AUC")
	require.Contains(t, fmt.Sprint(dropped), "sea: 0 pictures")
}
