package tagging

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/soundtrack-go/sdk/internal/probe"
	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/tagging/internal/scenefit"
	"github.com/soundtrack-go/sdk/vision"
)

// rated is a photograph of OASIS (Kurdi, Lozano & Banaji 2017) with people's mean ratings on 1…7.
type rated struct {
	name, theme      string
	valence, arousal float64
	observation      *vision.Observation
}

// TestOASIS measures affect against people's ratings of photographs. Nothing that is tested was fitted on ratings. The
// scene probes that ship have seen these photographs, with our words for what is visible; so the honest number for
// scenes is the one whose probes were fitted without the picture's theme. Controls: colours alone, the label table with
// its rows permuted, the ratings shuffled.
//
//	go test ./tagging -run TestOASIS -v
func TestOASIS(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at some five hundred photographs")
	}
	t.Parallel()
	annotations, err := os.ReadFile("scenes_pictures.csv")
	require.NoError(t, err)
	pictures, err := scenefit.ReadAnnotations(bytes.NewReader(annotations))
	require.NoError(t, err)
	photographs := readOASIS(t)
	observations := observeAll(t, pictures)
	for i := range photographs {
		photographs[i].observation = observations["oasis/"+photographs[i].name]
		require.NotNil(t, photographs[i].observation)
	}

	measure := func(name string, tag func(rated) Tags) (valence, arousal float64) {
		valence, arousal = correlation(photographs, tag, true), correlation(photographs, tag, false)
		t.Logf("%-44s valence r %+.2f  arousal r %+.2f", name, valence, arousal)
		return valence, arousal
	}
	by := func(tagger Tagger) func(rated) Tags {
		return func(p rated) Tags {
			tags, err := tagger.Tag(t.Context(), p.observation)
			require.NoError(t, err)
			return tags
		}
	}

	t.Logf("%d photographs of %d themes", len(photographs), themes(photographs))
	measure("palette alone", by(PaletteTagger{}))
	labelValence, labelArousal := measure("labels, nothing fitted", by(LabelTagger{}))
	permutedV, permutedA := -1., -1.
	for seed := range uint64(20) {
		permuted := permutedLabels(seed)
		permutedV = max(permutedV, correlation(photographs, permuted, true))
		permutedA = max(permutedA, correlation(photographs, permuted, false))
	}
	t.Logf("%-44s valence r %+.2f  arousal r %+.2f", "labels, table permuted, largest of 20", permutedV, permutedA)

	leftOut := themeLeftOut(t, pictures, photographs)
	honestValence, honestArousal := measure("labels and scenes, theme left out", func(p rated) Tags {
		return Fuse(by(LabelTagger{})(p), sceneTags(leftOut[p.name]), by(PaletteTagger{})(p))
	})
	measure("labels and scenes as shipped (seen pictures)", by(Default()))
	rng := rand.New(rand.NewPCG(9, 9))
	shuffled := map[string]rated{}
	for i, k := range rng.Perm(len(photographs)) {
		shuffled[photographs[i].name] = photographs[k]
	}
	shuffledV, _ := measure("as shipped, pictures shuffled", func(p rated) Tags { return by(Default())(shuffled[p.name]) })

	require.Greater(t, labelValence, .42)
	require.Greater(t, labelArousal, .38)
	require.Greater(t, honestValence, .42)
	require.Greater(t, honestArousal, .38)
	require.Greater(t, labelValence, permutedV+.1, "better than any permuted table")
	require.Greater(t, labelArousal, permutedA+.1)
	require.InDelta(t, 0, shuffledV, .15)
}

// permutedLabels reads the label probabilities with another label's values: what is left of the result is not meaning.
func permutedLabels(seed uint64) func(rated) Tags {
	order := rand.New(rand.NewPCG(seed, 17)).Perm(labelCount)
	return func(p rated) Tags {
		var mixture affectMixture
		for i, share := range softmax(p.observation.Encoding.Outputs["logits"]) {
			mixture.add(ImageNetLabels()[order[i]].Affect, share)
		}
		return Tags{Affect: mixture.estimate()}
	}
}

func correlation(photographs []rated, tag func(rated) Tags, valence bool) float64 {
	var got, want []float64
	for _, p := range photographs {
		affect := tag(p).Affect
		if valence {
			got, want = append(got, affect.Valence), append(want, p.valence)
		} else {
			got, want = append(got, affect.Arousal), append(want, p.arousal)
		}
	}
	return stat.Correlation(got, want, nil)
}

// themeLeftOut fits the scene probes without each photograph's theme, in ten folds of themes, and returns the scene
// probabilities of each photograph.
func themeLeftOut(t *testing.T, pictures []scenefit.Picture, photographs []rated) map[string]map[string]float64 {
	t.Helper()
	const folds = 10
	fold := map[string]int{}
	theme := map[string]string{}
	for _, p := range photographs {
		if _, ok := fold[p.theme]; !ok {
			fold[p.theme] = len(fold) % folds
		}
		theme["oasis/"+p.name] = p.theme
	}
	probabilities := map[string]map[string]float64{}
	for f := range folds {
		var rest []scenefit.Picture
		for _, p := range pictures {
			if name, ok := theme[p.Name]; !ok || fold[name] != f {
				rest = append(rest, p)
			}
		}
		entries, _, err := scenefit.Scenes(rest)
		require.NoError(t, err)
		for _, p := range photographs {
			if fold[p.theme] == f {
				probabilities[p.name] = sceneProbabilities(probe.File{Entries: entries}, p.observation.Encoding.Embedding)
			}
		}
	}
	return probabilities
}

// observeAll looks at the annotated pictures with the compact model and fills in their rooted embeddings.
func observeAll(t *testing.T, pictures []scenefit.Picture) map[string]*vision.Observation {
	t.Helper()
	observer, err := vision.NewObserver(vision.WithEncoder(testenv.CompactEncoder(t)))
	require.NoError(t, err)
	data := testenv.Data(t)
	observations := make(map[string]*vision.Observation, len(pictures))
	var mu sync.Mutex
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				o, err := observe(t, observer, filepath.Join(data, pictures[i].Name))
				if err != nil {
					t.Errorf("%s: %v", pictures[i].Name, err)
					continue
				}
				pictures[i].Root = probe.Root(o.Encoding.Embedding)
				mu.Lock()
				observations[pictures[i].Name] = o
				mu.Unlock()
			}
		})
	}
	for i := range pictures {
		next <- i
	}
	close(next)
	group.Wait()
	require.False(t, t.Failed())
	return observations
}

func observe(t *testing.T, observer *vision.Observer, path string) (*vision.Observation, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	picture, err := vision.Decode(t.Context(), file)
	if err != nil {
		return nil, err
	}
	return observer.Observe(t.Context(), picture)
}

func readOASIS(t *testing.T) []rated {
	t.Helper()
	file, err := os.Open(testenv.Data(t, "oasis", "oasis.csv"))
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var photographs []rated
	for _, row := range rows[1:] {
		p := rated{name: row[column["image"]], theme: row[column["group"]]}
		p.valence, err = strconv.ParseFloat(row[column["valence_mean"]], 64)
		require.NoError(t, err)
		p.arousal, err = strconv.ParseFloat(row[column["arousal_mean"]], 64)
		require.NoError(t, err)
		photographs = append(photographs, p)
	}
	require.NotEmpty(t, photographs)
	return photographs
}

func themes(photographs []rated) int {
	seen := map[string]bool{}
	for _, p := range photographs {
		seen[p.theme] = true
	}
	return len(seen)
}
