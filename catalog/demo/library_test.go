package demo

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

func TestSongsAreComplete(t *testing.T) {
	t.Parallel()
	songs := Songs()
	require.Len(t, songs, 24)
	quadrants, artists := map[tagging.Quadrant]int{}, map[string]int{}
	for i, s := range songs {
		n, err := s.Normalise()
		require.NoError(t, err)
		require.True(t, n.PlayableOffline())
		require.Equal(t, Tracks()[i].Name, n.Previews[0].Ref)
		require.GreaterOrEqual(t, len(n.Concepts), 3)
		for _, c := range n.Concepts {
			_, known := tagging.DefaultVocabulary().Lookup(c.Concept)
			require.True(t, known, c.Concept)
		}
		require.NotEqual(t, catalog.TempoUnknown, n.TempoBand())
		require.InDelta(t, 25, n.Duration, 6)
		quadrants[n.Affect.Quadrant()]++
		artists[n.Artist]++
	}
	require.Equal(t, map[tagging.Quadrant]int{tagging.Joyful: 6, tagging.Tense: 6, tagging.Melancholic: 6, tagging.Serene: 6}, quadrants)
	require.Len(t, artists, 6)
}

func read(t *testing.T, l *Library, name string) []byte {
	t.Helper()
	file, err := l.Open(t.Context(), name)
	require.NoError(t, err)
	defer file.Close()
	data, err := io.ReadAll(file)
	require.NoError(t, err)
	return data
}

func TestLibraryRendersOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "folder")
	l, name := NewLibrary(dir), Tracks()[0].Name
	first := read(t, l, name)
	path := filepath.Join(dir, name+".wav")
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(path, old, old))
	require.Equal(t, first, read(t, l, name))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.WithinDuration(t, old, info.ModTime(), time.Second, "the file is not written again")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file is left")
}

// A file that a crash cut short, or that was damaged, is rendered again and never played.
func TestLibraryMendsFiles(t *testing.T) {
	t.Parallel()
	l, name := NewLibrary(t.TempDir()), Tracks()[0].Name
	whole := read(t, l, name)
	path := filepath.Join(l.dir, name+".wav")
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)/2] ^= 1
	edited := append(append([]byte(nil), whole[:40]...), 0xff, 0xff, 0xff, 0xff)
	for what, damage := range map[string][]byte{
		"cut": whole[:len(whole)/2], "empty": {}, "flipped": flipped, "header": edited, "other": []byte("<html>not found</html>"),
	} {
		require.NoError(t, os.WriteFile(path, damage, 0o600))
		require.Equal(t, whole, read(t, l, name), what)
	}
}

func TestLibraryRefusesNames(t *testing.T) {
	t.Parallel()
	l := NewLibrary(t.TempDir())
	for _, name := range []string{"", "nobody", "../secret", Tracks()[0].Name + ".wav", "/etc/passwd"} {
		_, err := l.Open(t.Context(), name)
		require.ErrorIs(t, err, ErrNotFound, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, l.Ensure(ctx, nil), context.Canceled)
}

func TestLibraryIsConcurrent(t *testing.T) {
	t.Parallel()
	l, name := NewLibrary(t.TempDir()), Tracks()[1].Name
	want := read(t, l, name)
	require.NoError(t, os.Remove(filepath.Join(l.dir, name+".wav")))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			file, err := l.Open(t.Context(), name)
			if err != nil {
				t.Error(err)
				return
			}
			defer file.Close()
			if got, err := io.ReadAll(file); err != nil || string(got) != string(want) {
				t.Errorf("%v: another track", err)
			}
		})
	}
	group.Wait()
}
