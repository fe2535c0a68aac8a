package match_test

import (
	"context"
	"fmt"
	"log"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/tagging"
)

func concepts(ids ...string) tagging.ConceptVector {
	var weights []tagging.ConceptWeight
	for _, id := range ids {
		weights = append(weights, tagging.ConceptWeight{Concept: id, Weight: 1})
	}
	return tagging.NewConceptVector(weights...)
}

func judged(valence, arousal float64) tagging.Estimate {
	return tagging.Estimate{Affect: tagging.Affect{Valence: valence, Arousal: arousal}, Spread: .25, Known: true}
}

func songs() []catalog.Song {
	return []catalog.Song{
		{Title: "Harbour Lights", Artist: "The Quays", Year: 1951, Affect: judged(.5, -.4), Concepts: concepts("sea", "sunset")},
		{Title: "Machine Hall", Artist: "Iron Seven", Year: 1998, Affect: judged(-.5, .7), Concepts: concepts("factory", "night")},
		{Title: "Slow Tide", Artist: "Mara Lund", Year: 2016, Affect: judged(-.4, -.45), Concepts: concepts("sea", "rain")},
	}
}

// A picture of a calm evening by the sea, and then the same with the opposite mood.
func Example() {
	ctx := context.Background()
	store, err := catalog.NewMemory(songs()...)
	if err != nil {
		log.Fatal(err)
	}
	ranker, err := match.New()
	if err != nil {
		log.Fatal(err)
	}
	query := match.Query{
		Tags:  tagging.Tags{Affect: judged(.5, -.35), Concepts: concepts("sea", "sunset")},
		Count: 1,
	}
	for _, contrast := range []float64{0, 1} {
		query.Dials.Contrast = contrast
		target, err := ranker.Target(query)
		if err != nil {
			log.Fatal(err)
		}
		candidates, err := store.Candidates(ctx, target.StoreQuery(0, query.Filter))
		if err != nil {
			log.Fatal(err)
		}
		picks, err := ranker.Rank(ctx, query, candidates)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(picks[0].Song.Title)
		fmt.Println(picks[0].Why())
	}
	// Output:
	// Harbour Lights
	// Both feel calm and pleasant; both evoke sea and sunset.
	// Slow Tide
	// Both evoke sea; the picture feels calm and pleasant, the song melancholic and subdued: the contrast asked for.
}

// Words that the vocabulary does not know do nothing, and the target says so.
func ExampleRanker_Target() {
	ranker, err := match.New()
	if err != nil {
		log.Fatal(err)
	}
	target, err := ranker.Target(match.Query{
		Tags:    tagging.Tags{Affect: judged(-.7, -.2)},
		Include: []string{"ocean", "blorp"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(target.Included, target.Unknown)
	fmt.Printf("care: %v, valence at most %.1f\n", target.Care.Guards(), target.Care.MaxValence)
	// Output:
	// [sea] [blorp]
	// care: true, valence at most 0.0
}
