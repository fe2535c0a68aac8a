package tagging

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func vector(pairs ...any) ConceptVector {
	var weights []ConceptWeight
	for i := 0; i < len(pairs); i += 2 {
		weights = append(weights, ConceptWeight{Concept: pairs[i].(string), Weight: pairs[i+1].(float64)})
	}
	return NewConceptVector(weights...)
}

func TestNewConceptVector(t *testing.T) {
	t.Parallel()
	got := vector("sea", .5, "beach", .2, "sea", .9, "rain", 0., "fog", -1., "ice", math.NaN(), "fire", math.Inf(1), "", 1.)
	require.Equal(t, ConceptVector{{"beach", .2}, {"sea", .9}}, got)
	require.InDelta(t, .9, got.Weight("sea"), 0)
	require.Zero(t, got.Weight("rain"))
}

func TestNewRankedVector(t *testing.T) {
	t.Parallel()
	got := NewRankedVector("z", "y", "x", "w", "v", "u", "t", "s", "r", "q")
	require.InDelta(t, 1, got.Weight("z"), 0)
	require.InDelta(t, .92, got.Weight("y"), 1e-12)
	require.InDelta(t, .4, got.Weight("q"), 1e-12)
	require.Empty(t, NewRankedVector())
}

func TestCosine(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		a, b ConceptVector
		want float64
	}{
		{"same", vector("a", .3, "b", .4), vector("a", .6, "b", .8), 1},
		{"disjoint", vector("a", 1.), vector("b", 1.), 0},
		{"half", vector("a", 1., "b", 1.), vector("a", 1., "c", 1.), .5},
		{"empty", nil, vector("a", 1.), 0},
	} {
		require.InDelta(t, row.want, row.a.Cosine(row.b), 1e-12, row.name)
		require.InDelta(t, row.want, row.b.Cosine(row.a), 1e-12, row.name)
	}
}

func TestSharedAndTop(t *testing.T) {
	t.Parallel()
	a, b := vector("a", .1, "b", .9, "c", .5), vector("b", .5, "c", 1., "d", 1.)
	require.Equal(t, []ConceptWeight{{"c", .5}, {"b", .45}}, a.Shared(b))
	require.Equal(t, []ConceptWeight{{"b", .9}, {"c", .5}}, a.Top(2))
	require.Len(t, a.Top(9), 3)
	require.Equal(t, "a", a[0].Concept, "Top does not change the vector")
}

func TestAffect(t *testing.T) {
	t.Parallel()
	require.Equal(t, Affect{1, -1}, Affect{7, -7}.Clamp())
	require.Equal(t, Affect{}, Affect{math.NaN(), 0}.Clamp())
	require.InDelta(t, 5, Affect{3, 4}.Distance(Affect{}), 0)
	for _, row := range []struct {
		a    Affect
		want Quadrant
	}{{Affect{.5, .5}, Joyful}, {Affect{-.5, .5}, Tense}, {Affect{-.5, -.5}, Melancholic}, {Affect{.5, -.5}, Serene}, {Affect{}, Serene}} {
		require.Equal(t, row.want, row.a.Quadrant())
	}
	for _, bad := range []Affect{{1.1, 0}, {0, -1.1}, {math.NaN(), 0}, {0, math.Inf(-1)}} {
		require.Error(t, bad.Validate())
	}
}
