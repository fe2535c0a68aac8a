package headfit

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// depends are pictures of which one thing pleases where another is there and displeases where it is not. Either is spread
// over twenty of six hundred features: no sum of features tells, and by all of them no two pictures look alike.
func depends() []Example {
	rng := rand.New(rand.NewPCG(2, 3))
	var examples []Example
	for g := range 12 { // few, for each fold costs time
		for k := range 25 {
			one, other := rng.NormFloat64(), rng.NormFloat64()
			e := &vision.Encoding{Model: model, Embedding: numbers(rng, 600, 1)}
			for i := range 20 {
				e.Embedding[i] = .2*e.Embedding[i] + float32(one)
				e.Embedding[20+i] = .2*e.Embedding[20+i] + float32(other)
			}
			affect := tagging.Affect{Valence: .6*math.Tanh(2*one*other) + .1*rng.NormFloat64(), Arousal: .3 * rng.NormFloat64()}
			examples = append(examples, Example{Rating{Picture: fmt.Sprintf("%d-%d.jpg", g, k), Group: fmt.Sprint(g), Affect: affect.Clamp()}, e})
		}
	}
	return examples
}

// A network says what no ridge and hardly a Gaussian kernel can, a search finds that out, and what is stored says the same.
func TestSearchChoosesANetworkWhereItWins(t *testing.T) {
	t.Parallel()
	examples := depends()
	result, err := Search(t.Context(), examples, Source{Name: "made.csv"})
	require.NoError(t, err)
	require.Equal(t, Network, result.Settings.Valence.Kernel)
	require.Greater(t, result.Description().Fit.LeftOut.Valence, .75)
	require.Equal(t, parts*unitsEach, result.Description().Valence.Units)
	for _, r := range candidates(false, false) {
		if r.Kernel == Network {
			continue
		}
		other, err := LeftOut(t.Context(), examples, Settings{Valence: r, Arousal: Readout{Kernel: Linear, Embedding: true, Noise: 1}})
		require.NoError(t, err)
		require.Less(t, Compare("", other, affects(examples)).Valence, .5, r)
	}

	var description, weights bytes.Buffer
	require.NoError(t, result.Write(&description, &weights))
	head, err := tagging.ReadAffectHead(fstest.MapFS{
		"made.head.json": {Data: description.Bytes()}, "made.head.bin": {Data: weights.Bytes()},
	}, ".")
	require.NoError(t, err)
	p, err := prepare(examples, 0)
	require.NoError(t, err)
	_, products := newProducts(p.blocks, p.raw, p.everything())
	l, _, err := p.learner(result.Settings.Valence, products)
	require.NoError(t, err)
	_, exact, err := p.fit(task{0, result.Settings.Valence, p.ratings}, l, products.train)
	require.NoError(t, err)
	for i, e := range examples {
		tags, err := head.Tag(t.Context(), &vision.Observation{Encoding: e.Encoding})
		require.NoError(t, err)
		require.InDelta(t, exact[i], tags.Affect.Valence, 1e-4)
	}
}

func affects(examples []Example) (ratings []tagging.Affect) {
	for _, e := range examples {
		ratings = append(ratings, e.Affect)
	}
	return ratings
}

// Where there is nothing to learn, a network that stops in time says next to nothing.
func TestNetworkStopsInTime(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(6, 6))
	var fit, check []sample
	for range 60 {
		s := sample{y: rng.NormFloat64()}
		for range 20 {
			s.x = append(s.x, rng.NormFloat64())
		}
		fit, check = append(fit, s), append(check, sample{s.x, -s.y})
	}
	l := trainLayer(fit, check, 1, 1)
	require.InDelta(t, 0, l.at(fit[0].x, new([unitsEach]float64)), 1e-9, "what it learns is wrong where it is checked")
	l = trainLayer(fit, fit, 1, 1)
	require.Less(t, l.loss(fit), .5*(&layer{20, make([]float64, unitsEach*22)}).loss(fit), "the test can tell")
}
