package soundtrack

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

// shy is a calibration for the stand-in under which nothing is recognised.
func shy(t *testing.T, hub *modelhub.Hub, m vision.Manifest) *tagging.CalibrationFile {
	t.Helper()
	reader, err := OpenZeroShot(t.Context(), m, WithModelHub(hub), WithBackend(onnx.New()))
	require.NoError(t, err)
	f := reader.NewCalibrationFile()
	for _, c := range tagging.DefaultVocabulary().Concepts() {
		if c.Kind != tagging.KindMusic && c.Kind != tagging.KindGenre {
			f.Kinds[c.Kind] = tagging.KindCalibration{Calibration: tagging.Calibration{Temperature: 1, Bias: 1000}}
		}
	}
	return f
}

// A calibration decides what zero-shot tagging recognises, in Open and in OpenZeroShot.
func TestCalibrationIsUsed(t *testing.T) {
	t.Parallel()
	hub := offlineHub(t)
	m := cachedCLIP(t, hub, PresetCLIPLAION)
	from := []Option{WithModelHub(hub), WithBackend(onnx.New())}
	own := WithCalibration(shy(t, hub, m))
	recognised := func(opts ...Option) (n int) {
		seen := seenBy(t, append(append(opts, from...), WithManifest(m))...).Analysis.Tags
		for _, tag := range slices.Concat(seen.Objects, seen.Scenes, seen.Moods) {
			if tag.Evidence[0].Tagger == tagging.ZeroShotName {
				n++
			}
		}
		return n
	}
	require.Positive(t, recognised())
	require.Zero(t, recognised(own))
	reader, err := OpenZeroShot(t.Context(), m, append(from, own)...)
	require.NoError(t, err)
	plain, err := OpenZeroShot(t.Context(), m, from...)
	require.NoError(t, err)
	require.NotEqual(t, plain, reader)

	// A program that brings both towers itself asks the same questions, so what the command fitted is for it as well.
	model, cached := hub.Cached(m)
	require.True(t, cached)
	both, err := vision.NewJointEncoder(t.Context(), model, onnx.New())
	require.NoError(t, err)
	defer func() { require.NoError(t, both.Close()) }()
	kept := tagging.WithZeroShotCache(filepath.Join(hub.Dir(), conceptFolder))
	brought, err := tagging.NewZeroShot(t.Context(), both, tagging.WithScore(m.Score), kept)
	require.NoError(t, err)
	_, err = brought.Calibrated(shy(t, hub, m))
	require.NoError(t, err)
}

// A calibration that nothing would hear is an error that says what to do.
func TestCalibrationForAnotherEncoder(t *testing.T) {
	t.Parallel()
	hub := offlineHub(t)
	m := cachedCLIP(t, hub, PresetCLIPLAION)
	good, foreign, stale := shy(t, hub, m), shy(t, hub, m), shy(t, hub, m)
	foreign.Encoder = tagging.CalibrationEncoder{ID: PresetCLIPOpenAI, Digest: "0123456789abcdef"}
	stale.Prompts = "of another version"
	clip := []Option{WithManifest(m), WithModelHub(hub), WithBackend(onnx.New())}
	mute := []Option{WithManifest(standIn(t, hub, "own")), WithModelHub(hub), WithBackend(onnx.New())}
	for _, row := range []struct {
		name string
		file *tagging.CalibrationFile
		opts []Option
		says []string
	}{
		{"other weights", foreign, clip, []string{
			"it is for " + PresetCLIPOpenAI + "@0123456789ab", "soundtrack train calibration --encoder " + m.ID, "--encoder " + PresetCLIPOpenAI,
		}},
		{"other prompts", stale, clip, []string{"other prompts", "soundtrack train calibration --encoder " + m.ID}},
		{"no texts", good, mute, []string{"nothing reads own by texts", "--encoder " + m.ID, "soundtrack models pull " + m.ID}},
		{"palette", good, []Option{WithPreset(PresetPalette)}, []string{"nothing reads palette by texts"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(t.Context(), append(row.opts, WithCalibration(row.file))...)
			require.ErrorIs(t, err, ErrCalibration)
			for _, text := range row.says {
				require.ErrorContains(t, err, text)
			}
		})
	}
	for _, opts := range [][]Option{
		{WithCalibration(nil)}, {WithCalibration(&tagging.CalibrationFile{})}, {WithCalibration(good), WithTagger(tagging.PaletteTagger{})},
	} {
		_, err := Open(t.Context(), append(opts, WithPreset(PresetPalette))...)
		require.Error(t, err)
	}
}
