package soundtrack

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// cachedCLIP puts both towers of a tiny CLIP into the cache of hub and returns its manifest, under the id of a preset.
func cachedCLIP(t *testing.T, hub *modelhub.Hub, id string) vision.Manifest {
	t.Helper()
	model := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	m := model.Manifest
	m.ID = id
	for path, f := range map[string]vision.File{
		model.Visual.Path: m.Visual.File, model.Textual.Path: m.Textual.File, model.Vocabulary.Path: m.Textual.Vocabulary,
	} {
		copyInto(t, hub, path, f)
	}
	return m
}

func copyInto(t *testing.T, hub *modelhub.Hub, path string, f vision.File) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	place := filepath.Join(hub.Dir(), f.SHA256, f.Name)
	require.NoError(t, os.MkdirAll(filepath.Dir(place), 0o755))
	require.NoError(t, os.WriteFile(place, data, 0o600))
}

func textTowerOf(hub *modelhub.Hub, m vision.Manifest) string {
	return filepath.Join(hub.Dir(), m.Textual.File.SHA256, m.Textual.File.Name)
}

// The text tower is needed once: then the vectors of the vocabulary are kept.
func TestCLIPIsReadByItsTexts(t *testing.T) {
	t.Parallel()
	hub := offlineHub(t)
	m := cachedCLIP(t, hub, PresetCLIPLAION)
	var embedded []int // as told, with the total
	open := func() *openedEncoder {
		c := quietConfig()
		c.prompting = func(done, total int) { embedded = append(embedded, done, total) }
		opened, err := openBest(t.Context(), c, hub, []vision.Manifest{m})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, opened.close()) })
		require.Equal(t, PresetCLIPLAION, opened.choice.ID)
		return opened
	}
	first := open()
	require.NotNil(t, first.reader)
	require.Empty(t, first.degraded)
	require.Equal(t, first.encoder.Info().Space(), first.reader.Space())

	require.Equal(t, embedded[len(embedded)-1], embedded[len(embedded)-2], "all are done at last")
	embedded = nil

	text := textTowerOf(hub, m)
	tower, err := os.ReadFile(text)
	require.NoError(t, err)
	require.NoError(t, os.Remove(text))
	require.NotNil(t, open().reader)
	require.Empty(t, embedded, "nothing is embedded a second time")

	require.NoError(t, os.RemoveAll(filepath.Join(hub.Dir(), conceptFolder)))
	mute := open()
	require.Nil(t, mute.reader)
	require.Len(t, mute.degraded, 1)
	require.Equal(t, "tagging", mute.degraded[0].Part)
	require.Contains(t, mute.degraded[0].Reason, "its text tower is not in the cache")
	require.Equal(t, "soundtrack models pull "+PresetCLIPLAION, mute.degraded[0].Remedy)

	require.NoError(t, os.WriteFile(text, bytes.Repeat([]byte("?"), len(tower)), 0o600))
	broken := open()
	require.Nil(t, broken.reader)
	require.Contains(t, broken.degraded[0].Reason, "cannot be used")
	require.Contains(t, broken.degraded[0].Remedy, "models verify")

	require.NoError(t, os.WriteFile(text, tower, 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = openBest(ctx, quietConfig(), hub, []vision.Manifest{m})
	require.ErrorIs(t, err, context.Canceled)
}

// Without a choice a model that nobody can read must not take the small one's place, and one that can be read does.
func TestBestIsTheBestThatCanBeRead(t *testing.T) {
	t.Parallel()
	small := testenv.CompactModel(t)
	hub := offlineHub(t)
	copyInto(t, hub, small.Visual.Path, small.Manifest.Visual.File)
	readable, mute := cachedCLIP(t, hub, PresetCLIPOpenAI), standIn(t, hub, PresetCLIPLAION)

	opened, err := openBest(t.Context(), quietConfig(), hub, []vision.Manifest{mute, small.Manifest})
	require.NoError(t, err)
	require.Equal(t, PresetCompact, opened.choice.ID)
	require.Len(t, opened.degraded, 1)
	require.Equal(t, "encoder", opened.degraded[0].Part)
	require.Contains(t, opened.degraded[0].Reason, PresetCLIPLAION)
	require.NotEmpty(t, opened.degraded[0].Remedy)
	require.NoError(t, opened.close())

	opened, err = openBest(t.Context(), quietConfig(), hub, []vision.Manifest{mute, readable, small.Manifest})
	require.NoError(t, err)
	require.Equal(t, PresetCLIPOpenAI, opened.choice.ID)
	require.NotNil(t, opened.reader)
	require.NoError(t, opened.close())

	c := quietConfig()
	c.tagger = tagging.PaletteTagger{}
	opened, err = openBest(t.Context(), c, hub, []vision.Manifest{mute, readable, small.Manifest})
	require.NoError(t, err)
	require.Equal(t, PresetCLIPLAION, opened.choice.ID, "the program's own tagger may read it")
	require.NoError(t, opened.close())
}

// A picture goes all the way through both towers of a CLIP model to songs.
func TestCLIPAnswers(t *testing.T) {
	t.Parallel()
	hub := offlineHub(t)
	m := cachedCLIP(t, hub, PresetCLIPLAION)
	seen := tagging.Named{Name: "own", Tagger: ownTagger{}}
	rec, err := Open(t.Context(), WithManifest(m), WithModelHub(hub), WithBackend(onnx.New()), WithFusion(seen))
	require.NoError(t, err)
	defer func() { require.NoError(t, rec.Close()) }()
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		img.Set(i%64, i/64, color.RGBA{R: uint8(i % 251), G: uint8(i / 64), B: 90, A: 255})
	}
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, img))
	out, err := rec.Recommend(t.Context(), Request{Image: &file})
	require.NoError(t, err)
	require.Len(t, out.Picks, 5)
	require.Empty(t, out.Degraded)
	require.Equal(t, m.ID+"@"+m.Visual.File.SHA256[:12], out.Analysis.Space)
	require.NotEmpty(t, out.Analysis.Tags.Era.Decades, "only prompts guess decades")
	require.Equal(t, "read by our own", out.Analysis.Tags.Caption)

	state, err := out.Analysis.MarshalBinary()
	require.NoError(t, err)
	var back Analysis
	require.NoError(t, back.UnmarshalBinary(state))
	require.Equal(t, out.Analysis.Tags, back.Tags)
}

type ownTagger struct{}

func (ownTagger) Tag(context.Context, *vision.Observation) (tagging.Tags, error) {
	return tagging.Tags{Affect: tagging.Estimate{Spread: tagging.UnknownSpread}, Caption: "read by our own"}, nil
}
