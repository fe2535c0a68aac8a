package clip_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/clip"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// files lists a manifest's files.
func files(m vision.Manifest) []vision.File {
	list := []vision.File{m.Visual.File}
	if m.Textual != nil {
		list = append(list, m.Textual.File, m.Textual.Vocabulary)
	}
	return list
}

func TestManifests(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	names := map[string]string{} // digest → name: a file that two manifests share must have one name, and one cache entry
	for _, m := range clip.Manifests() {
		require.NoError(t, m.Validate(), m.ID)
		require.False(t, ids[m.ID], "%s is there twice", m.ID)
		ids[m.ID] = true
		require.NotEmpty(t, m.Title)
		require.Contains(t, []string{"MIT", "Apache-2.0"}, m.License)
		require.NotEmpty(t, m.Source)
		require.Equal(t, 224, m.Preprocess.Size)
		require.NotNil(t, m.Score)
		for _, f := range files(m) {
			require.Regexp(t, `^[0-9a-f]{64}$`, f.SHA256)
			if name, shared := names[f.SHA256]; shared {
				require.Equal(t, name, f.Name)
			}
			names[f.SHA256] = f.Name
			require.NotEmpty(t, f.URLs)
			for _, raw := range f.URLs {
				requirePinned(t, m.ID, raw)
			}
		}
	}
	require.Equal(t, map[string]bool{clip.IDLAION: true, clip.IDOpenAI: true, clip.IDOpenAIInt8: true, clip.IDSigLIP2: true}, ids)
}

// An address names a revision, so that no later upload is ever fetched; SigLIP2 is the documented exception.
func requirePinned(t *testing.T, id, raw string) {
	t.Helper()
	u, err := url.Parse(raw)
	require.NoError(t, err)
	require.Equal(t, "https", u.Scheme)
	_, after, ok := strings.Cut(u.Path, "/resolve/")
	require.True(t, ok, raw)
	revision, _, _ := strings.Cut(after, "/")
	if id == clip.IDSigLIP2 {
		require.Equal(t, "main", revision)
		return
	}
	require.Regexp(t, regexp.MustCompile(`^[0-9a-f]{40}$`), revision)
}

// Values are the caller's to change: the next caller gets them as they are.
func TestManifestsAreCopies(t *testing.T) {
	t.Parallel()
	changed := clip.OpenAI()
	changed.Textual.Input, changed.Visual.File.URLs[0], changed.Score.Scale = "x", "y", 1
	require.NotEqual(t, changed.Textual.Input, clip.OpenAI().Textual.Input)
	require.NotEqual(t, changed.Visual.File.URLs[0], clip.OpenAI().Visual.File.URLs[0])
	require.EqualValues(t, 100, clip.OpenAI().Score.Scale)
}

// A preset can be written out as JSON and read back: where somebody starts who writes a manifest.
func TestManifestsSurviveJSON(t *testing.T) {
	t.Parallel()
	for _, m := range clip.Manifests() {
		text, err := json.Marshal(m)
		require.NoError(t, err)
		back, err := modelhub.ReadManifest(strings.NewReader(string(text)))
		require.NoError(t, err)
		require.Equal(t, m, back)
	}
}
