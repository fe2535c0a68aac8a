package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// testConcepts is a small vocabulary whose numbers tests may rely on.
const testConcepts = `id,kind,valence,arousal,spread,synonyms,implies,imagenet,coco
sea,scene,.6,-.1,.3,ocean,coast:0.6,,
beach,scene,.7,0,.25,seaside,sea:0.7;summer:0.5,,
coast,scene,.6,-.15,.25,shore,sea:0.5,,
forest,scene,.5,-.3,.3,woods,tree:0.7,,
tree,object,.4,-.3,.3,,,,
city,scene,.2,.3,.35,town,,,
rain,weather,-.1,-.15,.4,rainy,melancholic:0.4,,
snow,weather,.3,-.2,.35,,winter:0.8,,
winter,season,.2,-.2,.35,wintertime,snow:0.8,,
summer,season,.7,.3,.2,summertime,,,
night,light,.1,.05,.4,midnight,,,
dancing,activity,.7,.7,.2,dance,,,
dog,animal,.6,.1,.25,puppy,,,
war,theme,-.78,.62,.25,battle,fighting:0.6,,
fighting,activity,-.6,.7,.25,fight,,,
love,theme,.75,.3,.25,,,,
joyful,mood,.8,.45,.2,joy,happy:0.9,,
happy,mood,.8,.35,.2,,,,
calm,mood,.45,-.6,.2,quiet,,,
sad,mood,-.65,-.3,.2,sorrow,melancholic:0.6,,
melancholic,mood,-.45,-.4,.2,,sad:0.7,,
tense,mood,-.5,.55,.2,,,,
vintage,era,.2,-.2,.3,,,,
1930s,era,.1,-.1,.3,,,,
`

const testToday = 2026

func testVocabulary(t testing.TB) *tagging.Vocabulary {
	t.Helper()
	v, err := tagging.ReadVocabulary(strings.NewReader(testConcepts))
	require.NoError(t, err)
	return v
}

// newRanker has the test vocabulary and a fixed year; options may override both.
func newRanker(t testing.TB, opts ...Option) *Ranker {
	t.Helper()
	r, err := New(slices.Concat([]Option{WithVocabulary(testVocabulary(t)), WithToday(testToday)}, opts)...)
	require.NoError(t, err)
	return r
}

// vector gives the first concept weight 1 and each next one .1 less.
func vector(concepts ...string) tagging.ConceptVector {
	weights := make([]tagging.ConceptWeight, len(concepts))
	for i, c := range concepts {
		weights[i] = tagging.ConceptWeight{Concept: c, Weight: 1 - .1*float64(i)}
	}
	return tagging.NewConceptVector(weights...)
}

func estimate(valence, arousal, spread float64) tagging.Estimate {
	return tagging.Estimate{Affect: tagging.Affect{Valence: valence, Arousal: arousal}, Spread: spread, Known: true}
}

// picture is a query with a sure mood and unexpanded concepts.
func picture(valence, arousal float64, concepts ...string) Query {
	return Query{Tags: tagging.Tags{Affect: estimate(valence, arousal, .2), Concepts: vector(concepts...)}}
}

// song makes a candidate by an artist of its own.
func song(title string, valence, arousal float64, concepts ...string) catalog.Candidate {
	s := catalog.Song{
		Title: title, Artist: "Artist of " + title, Year: 1990,
		Affect: estimate(valence, arousal, catalog.EstimatedSpread), Concepts: vector(concepts...),
	}
	s.ID = s.Key().ID()
	return catalog.Candidate{Song: s}
}

// songs makes n candidates that differ in everything that is ranked by, the same for the same seed.
func songs(v *tagging.Vocabulary, n int, seed uint64) []catalog.Candidate {
	random := rand.New(rand.NewPCG(seed, 1))
	genres := []string{"pop", "rock", "folk", "jazz", "classical", "electronic"}
	concepts := v.Concepts()
	out := make([]catalog.Candidate, n)
	for i := range out {
		s := catalog.Song{Title: fmt.Sprintf("Song %d", i), Artist: fmt.Sprintf("Artist %d", random.IntN(1+n/2))}
		if random.IntN(10) > 0 {
			s.Affect = estimate(2*random.Float64()-1, 2*random.Float64()-1, .2+.3*random.Float64())
			s.Sound = &catalog.Sound{Mode: random.Float64(), Loudness: random.Float64(), Tempo: random.Float64()}
		}
		if random.IntN(10) > 0 {
			s.Year = 1920 + random.IntN(107)
		}
		if random.IntN(10) > 0 {
			var weights []tagging.ConceptWeight
			for range 5 + random.IntN(4) {
				weights = append(weights, tagging.ConceptWeight{
					Concept: concepts[random.IntN(len(concepts))].ID, Weight: .4 + .6*random.Float64(),
				})
			}
			s.Concepts = tagging.NewConceptVector(weights...)
		}
		random.Shuffle(len(genres), func(i, j int) { genres[i], genres[j] = genres[j], genres[i] })
		s.Genres = append(s.Genres, genres[:random.IntN(3)]...)
		s.ID = s.Key().ID()
		out[i] = catalog.Candidate{Song: s}
		if random.IntN(3) > 0 {
			out[i].Similarity, out[i].HasSimilarity = .4*random.Float64(), true
		}
	}
	return out
}

func rank(t testing.TB, r *Ranker, q Query, candidates []catalog.Candidate) []Pick {
	t.Helper()
	picks, err := r.Rank(t.Context(), q, candidates)
	require.NoError(t, err)
	return picks
}

func titles(picks []Pick) []string {
	out := make([]string, len(picks))
	for i, p := range picks {
		out[i] = p.Song.Title
	}
	return out
}

func part(t testing.TB, p Pick, name PartName) Part {
	t.Helper()
	for _, part := range p.Parts {
		if part.Name == name {
			return part
		}
	}
	require.Failf(t, "part is missing", "%s of %q", name, p.Song.Title)
	return Part{}
}
