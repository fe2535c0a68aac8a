package headfit

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/soundtrack-go/sdk/internal/affecthead"
	"github.com/soundtrack-go/sdk/tagging"
)

// Score compares estimates with ratings.
type Score = affecthead.Score

// Compare scores estimates, one for each rating. A correlation with something that does not vary is 0.
func Compare(name string, estimates []tagging.Estimate, ratings []tagging.Affect) Score {
	s := Score{Name: name}
	inside, spreads := 0, false
	for _, e := range estimates {
		spreads = spreads || e.Spread > 0
	}
	for i, axis := range axes {
		var x, y []float64
		var distance float64
		for k, e := range estimates {
			got, want := axis(e.Affect), axis(ratings[k])
			x, y = append(x, got), append(y, want)
			distance += math.Abs(got-want) / float64(len(estimates))
			if math.Abs(got-want) <= e.Spread {
				inside++
			}
		}
		*[2]*float64{&s.Valence, &s.Arousal}[i] = round(correlation(x, y))
		*[2]*float64{&s.ValenceMAE, &s.ArousalMAE}[i] = round(distance)
	}
	if spreads {
		s.Inside = round(float64(inside) / float64(2*len(estimates)))
	}
	return s
}

func correlation(x, y []float64) float64 {
	if len(x) < 2 || floats.Max(x) == floats.Min(x) || floats.Max(y) == floats.Min(y) {
		return 0
	}
	return stat.Correlation(x, y, nil)
}

// line is the least-squares line y = base + slope·x; slope is 0 where x does not vary.
func line(x, y []float64) (base, slope float64) {
	if floats.Max(x) == floats.Min(x) {
		return mean(y), 0
	}
	return stat.LinearRegression(x, y, nil, false)
}

func mean(y []float64) float64 { return stat.Mean(y, nil) }

// round keeps three digits: more would be noise.
func round(x float64) float64 { return math.Round(1000*x) / 1000 }
