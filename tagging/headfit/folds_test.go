package headfit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/soundtrack-go/sdk/tagging"
)

// labelled are pictures by an encoder that has ImageNet's labels too: each shows one, and feels as the table says of it and as
// one feature adds.
func labelled(groups int) []Example {
	rng := rand.New(rand.NewPCG(21, 4))
	labels := tagging.ImageNetLabels()
	examples := made(groups, func(rng *rand.Rand, embedding, _ []float32) tagging.Affect {
		return tagging.Affect{Valence: .3 * float64(embedding[0]), Arousal: -.3 * float64(embedding[1])}
	})
	for i := range examples {
		e := *examples[i].Encoding
		logits := make([]float32, len(labels))
		label := rng.IntN(len(labels))
		logits[label] = 20
		outputs := map[string][]float32{"logits": logits}
		for name, values := range e.Outputs {
			outputs[name] = values
		}
		e.Outputs = outputs
		// The embedding knows the label's feeling too: who fits what the prior says already says it twice.
		e.Embedding = append([]float32{}, e.Embedding...)
		e.Embedding[2] = 3 * float32(labels[label].Affect.Valence)
		e.Embedding[3] = 3 * float32(labels[label].Affect.Arousal)
		examples[i].Encoding = &e
		examples[i].Affect.Valence += .8 * (labels[label].Affect.Valence - centre[0])
		examples[i].Affect.Arousal += .8 * (labels[label].Affect.Arousal - centre[1])
	}
	return examples
}

var onTable = Settings{
	Temperature: .7,
	Valence:     Readout{Kernel: Linear, Embedding: true, Maps: true, Noise: 2, Gain: .8},
	Arousal:     Readout{Kernel: Gaussian, Embedding: true, Width: 1, Noise: .5, Gain: .8},
}

// slowly is what a fold is told, by the formula of the package: everything is worked out from the other pictures alone, with
// an inverse matrix and no sharing.
func slowly(t *testing.T, p *prepared, axis int, r Readout, test, train []int) []float64 {
	t.Helper()
	n := float64(len(train))
	z := make([][]float64, len(p.examples))
	start := 0
	for b, block := range p.blocks {
		for k := start; k < start+block.Size; k++ {
			var mean, variance float64
			for _, i := range train {
				mean += float64(p.raw[i][k]) / n
			}
			for _, i := range train {
				variance += math.Pow(float64(p.raw[i][k])-mean, 2) / n
			}
			if (b == 0 && r.Embedding) || (b > 0 && r.Maps) {
				for i := range z {
					z[i] = append(z[i], (float64(p.raw[i][k])-mean)*math.Sqrt(block.Weight/float64(block.Size)/variance))
				}
			}
		}
		start += block.Size
	}
	_, products := newProducts(p.blocks, p.raw, train)
	_, width, err := products.kernel(r)
	require.NoError(t, err)
	kernel := func(i, j int) (product float64) {
		var distance float64
		for k := range z[i] {
			product += z[i][k] * z[j][k]
			distance += (z[i][k] - z[j][k]) * (z[i][k] - z[j][k])
		}
		if r.Kernel == Linear {
			return product
		}
		return math.Exp(-distance / width)
	}
	prior := func(i int) float64 { return p.offset[axis] + r.Gain*(axes[axis](p.table[i].Affect)-centre[axis]) }
	system, inverse := mat.NewDense(len(train), len(train), nil), new(mat.Dense)
	y := mat.NewVecDense(len(train), nil)
	for a, i := range train {
		y.SetVec(a, axes[axis](p.ratings[i])-prior(i))
		for b, j := range train {
			system.Set(a, b, kernel(i, j))
		}
		system.Set(a, a, system.At(a, a)+r.Noise)
	}
	require.NoError(t, inverse.Inverse(system))
	var dual mat.VecDense
	dual.MulVec(inverse, y)
	var said []float64
	for _, i := range test {
		sum := prior(i)
		for b, j := range train {
			sum += dual.AtVec(b) * kernel(i, j)
		}
		said = append(said, max(-1, min(1, sum)))
	}
	return said
}

func TestLeftOutIsFittedWithout(t *testing.T) {
	t.Parallel()
	p, err := prepare(labelled(12), onTable.Temperature)
	require.NoError(t, err)
	found, err := p.leftOut(t.Context(), p.tasks(onTable))
	require.NoError(t, err)
	folds, err := p.folds()
	require.NoError(t, err)
	for axis, r := range []Readout{onTable.Valence, onTable.Arousal} {
		for _, test := range folds[:3] {
			for k, want := range slowly(t, p, axis, r, test, p.others(test)) {
				require.InDelta(t, want, found[axis][test[k]], 1e-4, "axis %d", axis)
			}
		}
	}
}

// The table's part and the rest are both found, each once, and the control by shuffled ratings is left no table to go by.
func TestFitOnTheLabelTable(t *testing.T) {
	t.Parallel()
	result, err := Fit(t.Context(), labelled(40), onTable, 1, Source{})
	require.NoError(t, err)
	d := result.Description()
	require.InDelta(t, .8, d.Valence.Gain, 0)
	require.InDelta(t, .7, d.Temperature, 0)
	require.Greater(t, d.Fit.LeftOut.Valence, .85)
	require.Len(t, d.Fit.Controls, 3)
	require.Contains(t, d.Fit.Controls[1].Name, "label table")
	require.Greater(t, d.Fit.LeftOut.Valence, d.Fit.Controls[1].Valence+.1, "a feature tells what the table does not")
	require.Greater(t, d.Fit.Controls[1].Valence, .4, "the table tells something")
	require.InDelta(t, 0, d.Fit.Controls[2].Valence, .15)
	require.InDelta(t, 0, d.Fit.Controls[2].Arousal, .15)
}

// With one standardisation for all, the shortcut for many pictures says exactly what a fit without each fold does; with the
// fold's own, nearly.
func TestLeavingOutAtOnce(t *testing.T) {
	t.Parallel()
	p, err := prepare(labelled(20), onTable.Temperature)
	require.NoError(t, err)
	folds, err := p.folds()
	require.NoError(t, err)
	tasks := append(p.tasks(onTable), task{0, onTable.Arousal, p.ratings}, task{1, Readout{Kernel: Network, Embedding: true, Noise: 1}, p.ratings})
	numbers := func() [][]float64 {
		out := make([][]float64, len(tasks))
		for t := range out {
			out[t] = make([]float64, len(p.examples))
		}
		return out
	}
	atOnce, same := numbers(), numbers()
	require.NoError(t, p.leaveOutAtOnce(t.Context(), folds, tasks, atOnce))
	_, products := newProducts(p.blocks, p.raw, p.everything())
	for _, test := range folds {
		for i, task := range tasks[:3] {
			// What was measured on all pictures stays; only what is learned from changes.
			k, _, err := products.kernel(task.readout)
			require.NoError(t, err)
			train := p.others(test)
			factor, err := factorise(k, train, task.readout.Noise)
			require.NoError(t, err)
			require.NoError(t, p.say(&ridge{k, train, factor}, train, test, tasks, []int{i}, same))
		}
	}
	for i := range tasks[:3] {
		require.InDeltaSlice(t, same[i], atOnce[i], 1e-9)
	}
	slow, err := p.leftOut(t.Context(), tasks)
	require.NoError(t, err)
	for i := range tasks {
		require.Greater(t, correlation(slow[i], atOnce[i]), .98, fmt.Sprint(tasks[i].readout))
	}
}

func TestManyPicturesAreLeftOutAtOnce(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		groups int
		atOnce bool
	}{{mostExact / 3, false}, {mostExact/3 + 1, true}} { // of three pictures each
		p, err := prepare(made(row.groups, plain), 0)
		require.NoError(t, err)
		tasks := p.tasks(linear)[:1]
		found, err := p.leftOut(t.Context(), tasks)
		require.NoError(t, err)
		folds, err := p.folds()
		require.NoError(t, err)
		atOnce := [][]float64{make([]float64, len(p.examples))}
		require.NoError(t, p.leaveOutAtOnce(t.Context(), folds, tasks, atOnce))
		require.Equal(t, row.atOnce, slices.Equal(found[0], atOnce[0]))
	}
}

// Axes, gains and shuffled ratings cost next to nothing beside the matrix that they have in common.
func TestTasksShareTheirMatrix(t *testing.T) {
	t.Parallel()
	var tasks []task
	list := candidates(true, true)
	for axis := range axes {
		for _, r := range list {
			tasks = append(tasks, task{axis: axis, readout: r})
		}
	}
	shared := share(tasks)
	require.Len(t, shared, len(list)/2+1, "two gains of all but the network")
	for _, same := range shared[:len(shared)-1] {
		require.Len(t, same, 4)
	}
}

// The spread of a fold is none of its own business: here one holds most of what is far off.
func TestSpreadComesFromOtherFolds(t *testing.T) {
	t.Parallel()
	p, err := prepare(made(40, plain), 0)
	require.NoError(t, err)
	far := FoldOf(p.examples[0].Group, Folds)
	for i := range p.examples {
		off := .2
		if i < 60 { // half of the pictures
			p.examples[i].Group, off = p.examples[0].Group, .8
		}
		p.examples[i].Affect = tagging.Affect{Valence: off, Arousal: off}
	}
	nothing := make([]float64, len(p.examples))
	for _, e := range p.estimates([2][]float64{nothing, nothing})[:60] {
		require.InDelta(t, .2, e.Spread, .1)
	}
	for i, e := range p.estimates([2][]float64{nothing, nothing}) {
		if FoldOf(p.examples[i].Group, Folds) != far {
			require.Greater(t, e.Spread, .5, "the others know of it")
		}
	}
}

// The best of two hundred read-outs that know nothing seems to know something. What is reported must not.
func TestChoiceDoesNotFlatter(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 1))
	p, err := prepare(made(60, plain), 0)
	require.NoError(t, err)
	var ratings []float64
	for i := range p.examples {
		p.examples[i].Affect.Valence = 2*rng.Float64() - 1
		ratings = append(ratings, p.examples[i].Affect.Valence)
	}
	predictions := make([][]float64, 200)
	for c := range predictions {
		for range p.examples {
			predictions[c] = append(predictions[c], rng.NormFloat64())
		}
	}
	best, honest := p.choose(0, predictions)
	require.Greater(t, correlation(predictions[best], ratings), .15, "the test can tell")
	require.Less(t, correlation(honest, ratings), .08)
}

// What a search reports is what it chose without each fold, not the winner's own score; and its progress ends at all.
func TestSearchReportsTheHonestScore(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 8))
	examples := made(20, plain)
	for i := range examples { // what means nothing makes the choice hang on chance
		v := 2*rng.Float64() - 1
		examples[i].Affect = tagging.Affect{Valence: v, Arousal: v}
	}
	var calls [][2]int
	result, err := Search(t.Context(), examples, Source{}, WithProgress(func(done, total int) { calls = append(calls, [2]int{done, total}) }))
	require.NoError(t, err)

	p, err := prepare(examples, 0)
	require.NoError(t, err)
	var tasks []task
	for _, r := range candidates(false, true) {
		tasks = append(tasks, task{0, r, p.ratings})
	}
	found, err := p.leftOut(t.Context(), tasks)
	require.NoError(t, err)
	best, honest := p.choose(0, found)
	require.Equal(t, tasks[best].readout, result.Settings.Valence)
	var said []float64
	for _, e := range result.LeftOut {
		said = append(said, e.Valence)
	}
	require.Equal(t, honest, said)
	require.NotEqual(t, found[best], said, "the test can tell")

	require.Equal(t, result.Settings.Valence, result.Settings.Arousal, "one read-out for both is less work than foreseen")
	total := calls[0][1]
	require.Greater(t, len(calls), total/2)
	require.Equal(t, [2]int{0, total}, calls[0])
	require.Equal(t, [2]int{total, total}, calls[len(calls)-1])
	for i := 1; i < len(calls); i++ {
		require.Greater(t, calls[i][0], calls[i-1][0])
		require.Equal(t, total, calls[i][1])
	}
}
