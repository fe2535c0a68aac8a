package soundtrack

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// standIn puts a tiny model into the cache of hub and returns its manifest, under the id of a preset.
func standIn(t *testing.T, hub *modelhub.Hub, id string) vision.Manifest {
	t.Helper()
	file := visiontest.TinyModel(t)
	m := vision.Manifest{
		ID: id, Dim: visiontest.TinyDim,
		Visual: vision.Graph{
			File: vision.File{Name: id + ".onnx", SHA256: file.SHA256}, Input: "image", Output: "embedding",
		},
		Preprocess: vision.Preprocess{Size: visiontest.TinySize, Crop: vision.CropShortest, Std: [3]float64{1, 1, 1}},
	}
	data, err := os.ReadFile(file.Path)
	require.NoError(t, err)
	place := filepath.Join(hub.Dir(), file.SHA256, m.Visual.File.Name)
	require.NoError(t, os.MkdirAll(filepath.Dir(place), 0o755))
	require.NoError(t, os.WriteFile(place, data, 0o600))
	return m
}

// damage breaks the cached file of m.
func damage(t *testing.T, hub *modelhub.Hub, m vision.Manifest) {
	t.Helper()
	model, ok := hub.Cached(m)
	require.True(t, ok)
	require.NoError(t, os.WriteFile(model.Visual.Path, []byte("<!doctype html>"), 0o600))
}

func offlineHub(t *testing.T) *modelhub.Hub {
	t.Helper()
	hub, err := modelhub.New(append(Converters(), modelhub.WithCacheDir(t.TempDir()), modelhub.WithOffline())...)
	require.NoError(t, err)
	return hub
}

func quietConfig() *config { return &config{logger: slog.New(slog.DiscardHandler)} }

// Without a choice the best model in the cache is taken, nothing is fetched, and colours are the last resort.
func TestBestCachedPreset(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name            string
		cached, damaged []string
		want            string
		degraded        []string // parts, in order
	}{
		{"nothing", nil, nil, PresetPalette, []string{"encoder"}},
		{"one", []string{PresetCLIPOpenAI}, nil, PresetCLIPOpenAI, []string{"tagging"}},
		{"two", []string{PresetCLIPOpenAIInt8, PresetCLIPLAION}, nil, PresetCLIPLAION, []string{"tagging"}},
		{"the best is damaged", []string{PresetCLIPOpenAIInt8, PresetCLIPLAION}, []string{PresetCLIPLAION}, PresetCLIPOpenAIInt8,
			[]string{"encoder", "tagging"}},
		{"all are damaged", []string{PresetCLIPLAION}, []string{PresetCLIPLAION}, PresetPalette, []string{"encoder", "encoder"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hub := offlineHub(t)
			presets := Manifests()
			for i, m := range presets {
				for _, id := range row.cached {
					if m.ID == id {
						presets[i] = standIn(t, hub, id)
					}
				}
			}
			for _, m := range presets {
				for _, id := range row.damaged {
					if m.ID == id {
						damage(t, hub, m)
					}
				}
			}
			opened, err := openBest(t.Context(), quietConfig(), hub, presets)
			require.NoError(t, err)
			defer func() { require.NoError(t, opened.close()) }()
			require.Equal(t, row.want, opened.choice.ID)
			require.NotEmpty(t, opened.choice.Reason)
			var parts []string
			for _, d := range opened.degraded {
				parts = append(parts, d.Part)
				require.NotEmpty(t, d.Remedy)
			}
			require.Equal(t, row.degraded, parts)
		})
	}
}

// The order of presets is a promise: the first one that is cached is taken.
func TestPresetOrder(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		PresetCLIPLAION, PresetSigLIP2, PresetCLIPOpenAI, PresetCLIPOpenAIInt8, PresetCompact, PresetPalette,
	}, presetIDs())
	for _, id := range presetIDs() {
		_, err := newConfig([]Option{WithPreset(id)})
		require.NoError(t, err)
	}
	_, err := newConfig([]Option{WithPreset("huge")})
	require.ErrorContains(t, err, PresetCLIPLAION, "the error lists what there is")
}

// A preset that is asked for is fetched or Open fails: it is never replaced by something weaker.
func TestAskedPresetIsNotReplaced(t *testing.T) {
	t.Parallel()
	hub := offlineHub(t)
	for _, m := range Manifests() {
		_, err := Open(t.Context(), WithPreset(m.ID), WithModelHub(hub))
		require.ErrorIs(t, err, modelhub.ErrOffline, m.ID)
		require.ErrorContains(t, err, m.ID)
	}
}
