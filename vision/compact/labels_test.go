package compact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func TestLabels(t *testing.T) {
	t.Parallel()
	names := Labels()
	require.Len(t, names, 1000)
	seen := map[string]int{}
	for i, name := range names {
		require.Equal(t, name, LabelName(i))
		require.NotEmpty(t, name)
		require.Equal(t, strings.TrimSpace(name), name)
		require.LessOrEqual(t, len(strings.Fields(name)), 3, name)
		require.NotContains(t, seen, strings.ToLower(name))
		seen[strings.ToLower(name)] = i
	}
	require.Empty(t, LabelName(-1))
	require.Empty(t, LabelName(1000))
	names[0] = "changed"
	require.NotEqual(t, "changed", Labels()[0])
	for i, name := range map[int]string{1: "goldfish", 207: "golden retriever", 430: "basketball", 980: "volcano"} {
		require.Equal(t, name, LabelName(i))
	}
}

func TestManifestIsValid(t *testing.T) {
	t.Parallel()
	m := Manifest()
	require.NoError(t, m.Validate())
	require.Equal(t, ConverterName, m.Visual.File.Convert)
	m.Known.Components[0] = 9
	m.Visual.Extra[0] = vision.Output{}
	require.NotEqual(t, m, Manifest(), "each value is the caller's own")
}
