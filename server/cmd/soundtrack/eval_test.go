package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// What is measured of a model with a text tower is what its users get: its texts read it. Without them it is refused, rather
// than to measure colours.
func TestEvalPicturesMeasuresWhatReadsTheEncoder(t *testing.T) {
	s := newStandIn(t)
	var out, stderr bytes.Buffer
	io := streams{&out, &stderr}
	eval := evalPicturesCmd{Models: modelFlags{
		Encoder: soundtrack.PresetCLIPOpenAI, Backend: "go", hubFlags: hubFlags{Manifest: []string{s.folder}, CacheDir: os.Getenv("SOUNDTRACK_CACHE_DIR")},
	}}
	_, err := eval.taggers(t.Context(), io)
	require.ErrorIs(t, err, soundtrack.ErrNoZeroShot)

	data := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(data, "oasis"), 0o755))
	write(t, filepath.Join(data, "oasis"), "oasis.csv", "group,category,image,valence_mean,arousal_mean\nDog,Animal,images/Dog_1.jpg,5,3\n")
	code, _, text := command(t, "eval", "pictures", "--data", data, "--backend", "go", "--encoder", soundtrack.PresetCLIPOpenAI, "--manifest", s.folder)
	require.Equal(t, exitFailed, code)
	require.Contains(t, text, "soundtrack models pull "+soundtrack.PresetCLIPOpenAI)

	code, _, text = command(t, "models", "pull", soundtrack.PresetCLIPOpenAI, "--manifest", s.folder)
	require.Zero(t, code, text)
	taggers, err := eval.taggers(t.Context(), io)
	require.NoError(t, err)
	require.Len(t, taggers, 1)
	require.Equal(t, tagging.ZeroShotName, taggers[0].Name)
	reader, ok := taggers[0].Tagger.(*tagging.ZeroShotTagger)
	require.True(t, ok)
	require.Equal(t, vision.ModelInfo{ID: s.manifest.ID, Digest: s.manifest.Visual.File.SHA256}.Space(), reader.Space())

	small := evalPicturesCmd{Models: modelFlags{Backend: "go"}}
	taggers, err = small.taggers(t.Context(), io)
	require.NoError(t, err)
	require.Empty(t, taggers, "the small model is read by taggers that need no texts")
}
