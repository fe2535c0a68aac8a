package headfit

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

var model = vision.ModelInfo{ID: "made", Dim: 24, Digest: "00112233445566778899"}

// made are pictures of which some features say how they feel. Of each group there are three, which look alike.
func made(groups int, rate func(rng *rand.Rand, embedding, texture []float32) tagging.Affect) []Example {
	rng := rand.New(rand.NewPCG(11, 11))
	var examples []Example
	for g := range groups {
		centre, texture := numbers(rng, 24, 1), numbers(rng, 10, 1)
		for k := range 3 {
			e := &vision.Encoding{Model: model, Embedding: near(rng, centre), Outputs: map[string][]float32{"map": near(rng, texture)}}
			name := fmt.Sprintf("%d-%d.jpg", g, k)
			examples = append(examples, Example{
				Rating{Picture: name, Group: fmt.Sprint(g), Affect: rate(rng, e.Embedding, e.Outputs["map"])}, e,
			})
		}
	}
	return examples
}

func numbers(rng *rand.Rand, n int, size float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(size * rng.NormFloat64())
	}
	return x
}

func near(rng *rand.Rand, x []float32) []float32 {
	y := numbers(rng, len(x), .2)
	for i := range y {
		y[i] += x[i]
	}
	return y
}

// plain ratings are sums of features, with a little noise.
func plain(rng *rand.Rand, embedding, texture []float32) tagging.Affect {
	return tagging.Affect{
		Valence: .2*float64(embedding[0]-embedding[1]) + .15*rng.NormFloat64(), Arousal: .5*math.Tanh(float64(texture[0])) + .15*rng.NormFloat64(),
	}.Clamp()
}

var linear = Settings{Valence: Readout{Kernel: Linear, Embedding: true, Maps: true, Noise: .3}, Arousal: Readout{Kernel: Gaussian, Maps: true, Width: 2, Noise: .1}}

func TestFitLearnsWhatThereIs(t *testing.T) {
	t.Parallel()
	examples := made(60, plain)
	result, err := Fit(t.Context(), examples, linear, 3, Source{Name: "made.csv", Digest: "abc"})
	require.NoError(t, err)
	d := result.Description()
	require.Greater(t, d.Fit.LeftOut.Valence, .75)
	require.Greater(t, d.Fit.LeftOut.Arousal, .4)
	require.InDelta(t, .68, d.Fit.LeftOut.Inside, .08)
	require.Equal(t, 180, d.Data.Pictures)
	require.Equal(t, 60, d.Data.Groups)
	require.Equal(t, 3, d.Fit.Tries)
	require.Zero(t, d.Temperature, "the encoder has no labels")
	last := d.Fit.Controls[len(d.Fit.Controls)-1]
	require.Contains(t, last.Name, "shuffled")
	require.InDelta(t, 0, last.Valence, .2)
	require.InDelta(t, 0, last.Arousal, .2)
	require.Zero(t, d.Fit.Controls[0].Valence, "a constant does not vary")
}

// Ratings that are known to lie off by .3 cannot make the head surer than that.
func TestErrorOfRatingsWidensTheSpread(t *testing.T) {
	t.Parallel()
	examples := made(60, plain)
	spread := func(off float64) float64 {
		result, err := Fit(t.Context(), examples, linear, 1, Source{Name: "made.csv", Error: off})
		require.NoError(t, err)
		require.Equal(t, off, result.Description().Data.Error)
		require.InDelta(t, result.Description().Spread.At(0), result.LeftOut[0].Spread, .02, "left out, it is as wide")
		return result.Description().Spread.At(0)
	}
	exact := spread(0)
	require.InDelta(t, math.Hypot(exact, .3), spread(.3), .02)
}

// Groups whose pictures look alike and have the same rating, at random: whoever splits them seems to know everything.
func TestGroupsAreNotSplit(t *testing.T) {
	t.Parallel()
	examples := made(60, plain)
	rng := rand.New(rand.NewPCG(5, 5))
	for i := range examples {
		if i%3 == 0 {
			examples[i].Affect = tagging.Affect{Valence: 2*rng.Float64() - 1, Arousal: 2*rng.Float64() - 1}
		} else {
			examples[i].Affect = examples[i-1].Affect
		}
	}
	score := func() Score {
		estimates, err := LeftOut(t.Context(), examples, linear)
		require.NoError(t, err)
		ratings := make([]tagging.Affect, len(examples))
		for i, e := range examples {
			ratings[i] = e.Affect
		}
		return Compare("", estimates, ratings)
	}
	require.Less(t, score().Valence, .3)
	for i := range examples {
		examples[i].Group = examples[i].Picture
	}
	require.Greater(t, score().Valence, .45, "the test can tell")
}

func TestSearchChoosesHonestly(t *testing.T) {
	t.Parallel()
	var done, total int
	report := WithProgress(func(d, t int) { done, total = d, t })
	result, err := Search(t.Context(), made(50, plain), Source{Name: "made.csv"}, report)
	require.NoError(t, err)
	require.NotEqual(t, result.Settings.Valence, result.Settings.Arousal)
	require.Positive(t, done)
	require.Equal(t, total, done)
	require.Greater(t, result.Description().Fit.LeftOut.Valence, .7)
	require.Equal(t, len(candidates(false, true)), result.Description().Fit.Tries)
	require.LessOrEqual(t, len(candidates(true, true)), 30, "few, so that the best is not luck")
}

// What is stored, in bytes and half the precision, says what was fitted; and a folder of heads finds it by the digest.
func TestStoredHead(t *testing.T) {
	t.Parallel()
	examples := made(40, plain)
	result, err := Fit(t.Context(), examples, linear, 1, Source{Name: "made.csv"})
	require.NoError(t, err)
	var description, weights bytes.Buffer
	require.NoError(t, result.Write(&description, &weights))
	head, err := tagging.ReadAffectHead(fstest.MapFS{
		"made.head.json": {Data: description.Bytes()}, "made.head.bin": {Data: weights.Bytes()},
	}, ".")
	require.NoError(t, err)
	p, err := prepare(examples, 0)
	require.NoError(t, err)
	all := make([]int, len(examples))
	for i := range all {
		all[i] = i
	}
	_, products := newProducts(p.blocks, p.raw, all)
	var exact [2][]float64
	for i, task := range p.tasks(linear) {
		l, _, err := p.learner(task.readout, products)
		require.NoError(t, err)
		_, exact[i], err = p.fit(task, l, all)
		require.NoError(t, err)
	}
	for i, e := range examples {
		tags, err := head.Tag(t.Context(), &vision.Observation{Encoding: e.Encoding})
		require.NoError(t, err)
		require.InDelta(t, exact[0][i], tags.Affect.Valence, 1e-4)
		require.InDelta(t, exact[1][i], tags.Affect.Arousal, .01, "bytes cost no more than this")
	}
}

func TestFitRefuses(t *testing.T) {
	t.Parallel()
	examples := made(40, plain)
	few := made(9, plain)
	for len(few) < LeastExamples { // enough pictures of too few groups
		few = append(few, few[0])
	}
	mixed := made(40, plain)
	other := *mixed[3].Encoding
	other.Model.Digest = "x"
	mixed[3].Encoding = &other
	nothing := linear
	nothing.Valence = Readout{Kernel: Linear, Noise: 1}
	gaussianOnNothing := linear
	gaussianOnNothing.Valence = Readout{Kernel: Gaussian, Noise: 1, Width: 1}
	// Groups that come into one fold leave hardly a picture to learn from without it.
	crowded := made(14, plain)[:40]
	for i, group := 0, 0; i < 39; group++ {
		if name := fmt.Sprint(group); FoldOf(name, Folds) == 5 {
			crowded[i].Group = name
			i++
		}
	}
	copies := made(40, plain)
	for i := range copies[:110] {
		copies[i].Encoding = copies[0].Encoding
	}
	gaussian := linear
	gaussian.Arousal.Maps, gaussian.Arousal.Embedding = false, true
	singular := linear
	singular.Valence.Noise = 0
	for _, row := range []struct {
		name     string
		examples []Example
		settings Settings
		says     string
	}{
		{"too few", examples[:10], linear, "want 30"},
		{"too few groups", few, linear, "9 groups of pictures: want at least 10 to leave some out; add groups"},
		{"two encoders", mixed, linear, "two encoders"},
		{"reads nothing", examples, nothing, "reads nothing"},
		{"reads nothing, Gaussian", examples, gaussianOnNothing, "reads nothing"},
		{"groups of one fold", crowded, linear, "39 of 40 pictures are in one fold of groups"},
		{"copies", copies, gaussian, "most pictures look the same to the encoder; remove copies"},
		{"copies, no noise", copies, singular, "is the noise 0?"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Fit(t.Context(), row.examples, row.settings, 1, Source{})
			require.ErrorIs(t, err, ErrFit)
			require.ErrorContains(t, err, row.says)
		})
	}
}

func TestReadRatings(t *testing.T) {
	t.Parallel()
	ratings, columns, err := ReadRatings(strings.NewReader(`picture,valence_a,valence_b,arousal,group,mood,sd_valence
a.jpg,1,3,7,sea,x,5
b.jpg,7,7,1,,y,5
`), Scale{1, 7})
	require.NoError(t, err)
	require.Equal(t, Columns{Valence: []string{"valence_a", "valence_b"}, Arousal: []string{"arousal"}}, columns)
	require.Len(t, ratings, 2)
	require.Equal(t, "sea", ratings[0].Group)
	require.InDelta(t, -2./3, ratings[0].Affect.Valence, 1e-12)
	require.InDelta(t, 1, ratings[0].Affect.Arousal, 1e-12)
	require.Equal(t, Rating{Picture: "b.jpg", Group: "b.jpg", Affect: tagging.Affect{Valence: 1, Arousal: -1}}, ratings[1])
}

func TestReadRatingsRefuses(t *testing.T) {
	t.Parallel()
	const header = "picture,valence,arousal\n"
	for _, row := range []struct {
		name, text string
		scale      Scale
		line       int // 0: the file as a whole
		says       string
	}{
		{"empty", "", Scale{1, 7}, 0, "EOF"},
		{"no column", "picture,valence\na,1\n", Scale{1, 7}, 1, "arousal"},
		// A deviation was once averaged into the mean: 6.8 and 1.2 read as a valence of 0.
		{"a deviation", "picture,valence_mean,valence_sd,arousal\na,6.8,1.2,1\n", Scale{1, 7}, 1, `column "valence_mean": are these ratings? Call them valence, or valence_a`},
		{"a deviation beside", "picture,valence,arousal,arousal_sd\na,6.8,1.2,1\n", Scale{1, 7}, 1, `column "arousal_sd"`},
		{"a column of another make", "picture,valence,valence2,arousal\na,6.8,1.2,1\n", Scale{1, 7}, 1, `column "valence2"`},
		{"no rows", header, Scale{1, 7}, 0, "no rows"},
		{"off the scale", header + "a,1,7\nb,8,1\n", Scale{1, 7}, 3, "outside the scale of 1 to 7"},
		{"another scale", header + "a,.3,.9\nb,-.2,.1\n", Scale{1, 7}, 2, "outside"},
		{"a narrow scale", header + "a,3,1\nb,3.5,7\n", Scale{1, 7}, 0, "right scale"},
		{"no number", header + "a,happy,1\n", Scale{1, 7}, 2, `"happy" is no number`},
		{"not finite", header + "a,NaN,1\n", Scale{1, 7}, 2, "outside"},
		{"twice", header + "a,1,1\na,7,7\n", Scale{1, 7}, 3, "twice"},
		{"no picture", header + ",1,1\n", Scale{1, 7}, 2, "no picture"},
		{"scale upside down", header + "a,1,1\n", Scale{7, 1}, 0, "lower end first"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := ReadRatings(strings.NewReader(row.text), row.scale)
			require.ErrorIs(t, err, ErrRatings)
			require.ErrorContains(t, err, row.says)
			var at *RatingsError
			if row.line > 0 {
				require.ErrorAs(t, err, &at)
				require.Equal(t, row.line, at.Line)
			}
		})
	}
}

func TestFoldsDependOnNamesOnly(t *testing.T) {
	t.Parallel()
	seen := map[int]int{}
	for i := range 2000 {
		f := FoldOf(fmt.Sprint("theme", i), 10)
		require.Equal(t, f, FoldOf(fmt.Sprint("theme", i), 10))
		seen[f]++
	}
	require.Len(t, seen, 10)
	for f, n := range seen {
		require.InDelta(t, 200, n, 60, f)
	}
}

func TestReadTeacher(t *testing.T) {
	t.Parallel()
	file, err := tagging.OwnLabels().Open("teacher.csv")
	require.NoError(t, err)
	defer file.Close()
	ratings, err := ReadTeacher(file)
	require.NoError(t, err)
	require.Len(t, ratings, 410)
	groups := map[string]int{}
	for _, r := range ratings {
		require.False(t, strings.HasPrefix(r.Picture, "historic/"))
		groups[r.Group]++
	}
	require.Len(t, groups, 161)
	require.Equal(t, 8, groups["Alcohol"], "photographs of a theme belong together")
}

// Passes that were made apart say the same of almost every photograph; a pass whose rows slipped by one would not.
func TestTeacherPassesAgree(t *testing.T) {
	t.Parallel()
	file, err := tagging.OwnLabels().Open("teacher.csv")
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+491)
	column := func(name string) []float64 {
		k := slices.Index(rows[0], name)
		require.GreaterOrEqual(t, k, 0, name)
		var values []float64
		for _, row := range rows[1:] {
			v, err := strconv.ParseFloat(row[k], 64)
			require.NoError(t, err)
			values = append(values, v)
		}
		return values
	}
	for _, axis := range []string{"valence_", "arousal_"} {
		for _, pair := range []string{"ab", "ac", "ad", "bc", "bd", "cd"} {
			x, y := column(axis+pair[:1]), column(axis+pair[1:])
			require.Greater(t, correlation(x, y), .94, axis+pair)
			require.Less(t, floats.Distance(x, y, math.Inf(1)), 2., "no photograph is another's, %s%s", axis, pair)
			require.InDelta(t, mean(x), mean(y), .2, axis+pair)
		}
	}
}
