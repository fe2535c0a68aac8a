package tagging

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// noScene is what teacher.csv says of pictures that are nowhere: portraits, close-ups and things on plain ground.
const noScene = "none"

// teacherRows reads teacher.csv, without its header, and finds its columns.
func teacherRows(t *testing.T) (rows [][]string, column func(name string) int) {
	t.Helper()
	file, err := OwnLabels().Open("teacher.csv")
	require.NoError(t, err)
	defer file.Close()
	rows, err = csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	header := rows[0]
	return rows[1:], func(name string) int {
		i := slices.Index(header, name)
		require.GreaterOrEqual(t, i, 0, name)
		return i
	}
}

func TestTeacherIsConsistent(t *testing.T) {
	t.Parallel()
	rows, column := teacherRows(t)
	picture, people, era, scene, concepts := column("picture"), column("people"), column("era"), column("scene"), column("concepts")
	require.Len(t, rows, 491)
	seen := map[string]bool{}
	for _, row := range rows {
		name := row[picture]
		require.False(t, seen[name], name)
		seen[name] = true
		require.Contains(t, []string{"none", "one", "two", "group"}, row[people], name)
		require.Contains(t, []string{"modern", "old"}, row[era], name)
		if row[scene] != noScene {
			place, ok := DefaultVocabulary().Lookup(row[scene])
			require.True(t, ok, "%s: no concept %q", name, row[scene])
			require.Equal(t, KindScene, place.Kind, "%s: %s", name, place.ID)
		}
		ids := strings.Split(row[concepts], ";")
		require.LessOrEqual(t, len(ids), 8, name)
		for i, id := range ids {
			_, ok := DefaultVocabulary().Lookup(id)
			require.True(t, ok, "%s: no concept %q", name, id)
			require.NotContains(t, ids[:i], id, "%s: twice", name)
			require.NotEqual(t, row[scene], id, "%s: the scene has a column of its own", name)
		}
	}
}

// Columns that were made apart say the same of pictures; rows that slipped by one would not.
func TestTeacherColumnsAgree(t *testing.T) {
	t.Parallel()
	rows, column := teacherRows(t)
	people, concepts := column("people"), column("concepts")
	with := map[bool][2]int{} // whether somebody is there, to the pictures that have a concept of people, and all
	for _, row := range rows {
		named := slices.ContainsFunc(strings.Split(row[concepts], ";"), func(id string) bool {
			c, _ := DefaultVocabulary().Lookup(id)
			return c.Kind == KindPeople
		})
		counts := with[row[people] != "none"]
		if named {
			counts[0]++
		}
		counts[1]++
		with[row[people] != "none"] = counts
	}
	require.Greater(t, float64(with[true][0]), .9*float64(with[true][1]), "%v", with)
	require.Less(t, float64(with[false][0]), .2*float64(with[false][1]), "animals have eyes and faces: %v", with)
}
