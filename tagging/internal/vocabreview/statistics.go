package vocabreview

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/soundtrack-go/sdk/tagging"
)

// KindStatistics describes the concepts of one kind.
type KindStatistics struct {
	Kind                     tagging.Kind
	Count                    int
	Valence, Arousal, Spread float64 // means
	LeastValence             float64
	LargestValence           float64
	Unpleasant               float64 // share of concepts with a valence below 0
}

// ByKind describes each kind, in the order in which the kinds come in concepts.
func ByKind(concepts []tagging.Concept) []KindStatistics {
	var all []KindStatistics
	for _, c := range concepts {
		i := slices.IndexFunc(all, func(s KindStatistics) bool { return s.Kind == c.Kind })
		if i < 0 {
			i = len(all)
			all = append(all, KindStatistics{Kind: c.Kind, LeastValence: math.Inf(1), LargestValence: math.Inf(-1)})
		}
		s := &all[i]
		s.Count++
		s.Valence += c.Affect.Valence
		s.Arousal += c.Affect.Arousal
		s.Spread += c.Affect.Spread
		s.LeastValence = min(s.LeastValence, c.Affect.Valence)
		s.LargestValence = max(s.LargestValence, c.Affect.Valence)
		if c.Affect.Valence < 0 {
			s.Unpleasant++
		}
	}
	for i := range all {
		n := float64(all[i].Count)
		for _, sum := range []*float64{&all[i].Valence, &all[i].Arousal, &all[i].Spread, &all[i].Unpleasant} {
			*sum /= n
		}
	}
	return all
}

// Agreement says how well the two passes over one axis agree.
type Agreement struct {
	Correlation float64 // Pearson's r
	Difference  float64 // mean absolute
}

// Agreements compares the passes of concepts.
func Agreements(concepts []tagging.Concept) (valence, arousal Agreement) {
	axis := func(of func(tagging.Affect) float64) Agreement {
		var a, b []float64
		var difference float64
		for _, c := range concepts {
			a, b = append(a, of(c.Passes[0])), append(b, of(c.Passes[1]))
			difference += math.Abs(a[len(a)-1] - b[len(b)-1])
		}
		return Agreement{stat.Correlation(a, b, nil), difference / float64(len(concepts))}
	}
	return axis(func(p tagging.Affect) float64 { return p.Valence }), axis(func(p tagging.Affect) float64 { return p.Arousal })
}

// Cycle returns concepts each of which implies the next with at least the weight least while the next does not imply it, and
// the last of which implies the first; nil if there are none. A concept that implies another one way is narrower, so that
// such a cycle contradicts itself; two that imply each other are merely associated.
func Cycle(concepts []tagging.Concept, least float64) []string {
	implied := map[string]map[string]float64{}
	for _, c := range concepts {
		implied[c.ID] = map[string]float64{}
		for _, w := range c.Implies {
			implied[c.ID][w.Concept] = w.Weight
		}
	}
	const visiting, done = 1, 2
	state := map[string]int{}
	var path []string
	var visit func(id string) []string
	visit = func(id string) []string {
		switch state[id] {
		case visiting:
			return slices.Clone(path[slices.Index(path, id):])
		case done:
			return nil
		}
		state[id] = visiting
		path = append(path, id)
		for broader, weight := range implied[id] {
			if _, back := implied[broader][id]; weight >= least && !back {
				if cycle := visit(broader); cycle != nil {
					return cycle
				}
			}
		}
		path = path[:len(path)-1]
		state[id] = done
		return nil
	}
	for _, c := range concepts {
		if cycle := visit(c.ID); cycle != nil {
			return cycle
		}
	}
	return nil
}
