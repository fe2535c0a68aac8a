package vocabreview

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
)

func TestAlike(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, a, b string
		want       bool
	}{
		{"a letter changed", "lighthouse", "lighthause", true},
		{"a letter more", "cathedral", "cathedrall", true},
		{"a letter less", "accordions", "accordion", true},
		{"the first", "phonograph", "bhonograph", true},
		{"the first is missing", "honograph", "phonograph", true},
		{"two letters", "lighthouse", "lightheuze", false},
		{"a letter more and one changed", "cathedral", "kathedrall", false},
		{"the same word", "lighthouse", "lighthouse", false},
		{"short words", "rowboats", "towboats", false},
		{"two letters more", "lighthouse", "lighthousing", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, row.want, alike(row.a, row.b))
			require.Equal(t, row.want, alike(row.b, row.a), "the order does not matter")
		})
	}
}

// The rule is one of those by which pairs are found, and the reason says so.
func TestNearDuplicatesAreSpeltAlike(t *testing.T) {
	t.Parallel()
	v, err := tagging.ReadVocabulary(strings.NewReader(`id,kind,valence,arousal,spread,synonyms,implies,related
harmonium,object,.2,0,.3,,,
melodium,object,.2,0,.3,harmonius,,
`))
	require.NoError(t, err)
	require.Equal(t, []Pair{{"harmonium", "melodium", `"harmonium" and "harmonius" are spelt alike`}}, NearDuplicates(v.Concepts()))
}
