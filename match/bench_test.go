package match

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
)

func BenchmarkRank(b *testing.B) {
	for _, n := range []int{200, 600, 1000, 5000} {
		for _, count := range []int{5, 100} {
			b.Run(fmt.Sprintf("n=%d/count=%d", n, count), func(b *testing.B) {
				v := tagging.DefaultVocabulary()
				r, err := New()
				require.NoError(b, err)
				candidates := songs(v, n, 1)
				q := queries(b)["full"]
				q.Tags.Concepts = v.Expand(vector("beach", "sea", "sunset", "summer", "calm"))
				q.Count = count
				b.ReportAllocs()
				for b.Loop() {
					if _, err := r.Rank(b.Context(), q, candidates); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkTarget(b *testing.B) {
	r, err := New()
	require.NoError(b, err)
	q := queries(b)["wished"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Target(q); err != nil {
			b.Fatal(err)
		}
	}
}
