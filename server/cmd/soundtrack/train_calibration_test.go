package main

import (
	"encoding/json"
	"fmt"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

// boldness is the temperature at which the stand-in is right: as if it were too sure of itself.
const boldness = 4

// labelledDrawings makes drawings whose season is drawn by the probabilities that the stand-in gives them at the temperature
// boldness, so that it is known what a fit must find. Food is labelled by chance, people too rarely. It returns the command
// line that fits a calibration.
func labelledDrawings(t *testing.T, s *standIn) (pictures, out string, args []string) {
	t.Helper()
	use := []string{"--encoder", soundtrack.PresetCLIPOpenAI, "--manifest", s.folder, "--backend", "go"}
	code, _, stderr := command(t, append([]string{"models", "pull"}, soundtrack.PresetCLIPOpenAI, "--manifest", s.folder)...)
	require.Zero(t, code, stderr)
	hub, err := modelhub.New(append(soundtrack.Converters(), modelhub.WithOffline(), modelhub.WithCacheDir(os.Getenv("SOUNDTRACK_CACHE_DIR")))...)
	require.NoError(t, err)
	reader, err := soundtrack.OpenZeroShot(t.Context(), s.manifest, soundtrack.WithModelHub(hub), soundtrack.WithBackend(onnx.New()))
	require.NoError(t, err)
	model, cached := hub.Cached(s.manifest)
	require.True(t, cached)
	encoder, err := vision.NewEncoder(t.Context(), model, onnx.New())
	require.NoError(t, err)
	defer func() { require.NoError(t, encoder.Close()) }()
	observer, err := vision.NewObserver(vision.WithEncoder(encoder))
	require.NoError(t, err)

	ids := map[tagging.Kind][]string{}
	for _, c := range tagging.DefaultVocabulary().Concepts() {
		ids[c.Kind] = append(ids[c.Kind], c.ID)
	}
	random := rand.New(rand.NewPCG(4, 2))
	pictures, out = t.TempDir(), filepath.Join(t.TempDir(), "calibration.json")
	var labels strings.Builder
	labels.WriteString("picture,concepts,group\n")
	for i := range 200 {
		name := fmt.Sprintf("%d.png", i)
		path := drawing(t, pictures, name, color.RGBA{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256)), 255})
		file, err := os.Open(path)
		require.NoError(t, err)
		picture, err := vision.Decode(t.Context(), file)
		require.NoError(t, err)
		require.NoError(t, file.Close())
		o, err := observer.Observe(t.Context(), picture)
		require.NoError(t, err)
		sample, err := reader.Sample(o, tagging.KindSeason)
		require.NoError(t, err)
		p, _ := tagging.Calibration{Temperature: boldness}.Probabilities(sample.Logits, sample.Background)
		label, at := "no:season", random.Float64()
		for c, share := range p {
			if at -= share; at < 0 {
				label = ids[tagging.KindSeason][c]
				break
			}
		}
		label += ";" + ids[tagging.KindFood][random.IntN(len(ids[tagging.KindFood]))]
		if i < 9 {
			label += ";" + ids[tagging.KindPeople][i]
		}
		fmt.Fprintf(&labels, "%s,%s,%d\n", name, label, i/2)
	}
	file := write(t, t.TempDir(), "labels.csv", labels.String())
	return pictures, out, append([]string{"train", "calibration", "--pictures", pictures, "--labels", file, "--out", out}, use...)
}

// What train calibration writes is used as its last line says, by every command that looks at pictures, and refused for
// another encoder.
func TestTrainCalibration(t *testing.T) {
	s := newStandIn(t)
	pictures, out, args := labelledDrawings(t, s)
	plots := filepath.Join(t.TempDir(), "plots")
	code, stdout, stderr := command(t, append(args, "--plots", plots)...)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "LABELS SHUFFLED")
	require.Contains(t, stderr, "people is left as it is")
	require.Contains(t, stderr, "9 pictures, want at least 10")
	require.Contains(t, stderr, "food: no better than shuffled labels")
	require.NotContains(t, stderr, "season: no better")
	require.Contains(t, stderr, "no picture says no:food")
	require.NotContains(t, stderr, "no:season")
	for _, name := range []string{"calibration-season.png", "calibration-season.svg", "calibration-food.svg"} {
		require.FileExists(t, filepath.Join(plots, name))
	}
	file, err := os.Open(out)
	require.NoError(t, err)
	defer file.Close()
	calibration, err := tagging.ReadCalibrationFile(file)
	require.NoError(t, err)
	require.Len(t, calibration.Kinds, 2)
	season := calibration.Kinds[tagging.KindSeason]
	require.InDelta(t, boldness, season.Temperature, boldness/4)
	require.Less(t, season.LeftOut.Fitted.ECE, season.LeftOut.Default.ECE/2)
	require.Equal(t, 100, season.LeftOut.Groups)
	require.Equal(t, s.manifest.Visual.File.SHA256, calibration.Encoder.Digest)

	_, use, told := strings.Cut(strings.TrimSpace(stdout), "\nUse it: soundtrack serve ")
	require.True(t, told, stdout)
	flags := append(strings.Fields(use), "--backend", "go")
	picture := filepath.Join(pictures, "0.png")
	plain := []string{"--encoder", soundtrack.PresetCLIPOpenAI, "--manifest", s.folder, "--backend", "go"}
	surest := func(name string, flags []string) (confidence float64) {
		code, stdout, stderr := command(t, append([]string{name, "--json", picture}, flags...)...)
		require.Zero(t, code, stderr)
		var seen struct {
			Analysis struct {
				Scenes []struct {
					Concept    string
					Confidence float64
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(stdout), &seen))
		for _, scene := range seen.Analysis.Scenes {
			if c, _ := tagging.DefaultVocabulary().Lookup(scene.Concept); c.Kind == tagging.KindSeason {
				confidence = max(confidence, scene.Confidence)
			}
		}
		return confidence
	}
	for _, name := range []string{"tag", "recommend"} {
		require.Greater(t, 1-surest(name, flags), 10*(1-surest(name, plain)), "no longer too sure of itself")
	}

	cacheCompact(t)
	for _, args := range [][]string{{"tag", picture}, {"serve", "--listen", "127.0.0.1:0", "--data-dir", t.TempDir()}} {
		code, stdout, stderr := command(t, append(args, "--encoder", "compact", "--calibration", out)...)
		require.Equal(t, exitUsage, code, stderr)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "it is for "+soundtrack.PresetCLIPOpenAI+", and nothing reads compact by texts; choose its encoder with --encoder")
	}
}

func TestTrainCalibrationSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	picture := drawing(t, dir, "a.png", color.RGBA{1, 2, 3, 255})
	good := write(t, dir, "good.csv", "picture,concepts\na.png,dog\n")
	bad := write(t, dir, "bad.csv", "picture,concepts\na.png,nosuchthing\n")
	damaged := write(t, dir, "damaged.json", "{}")
	train := []string{"train", "calibration", "--pictures", dir, "--cache-dir", t.TempDir(), "--labels"}
	for _, row := range []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"no flags", train[:2], exitUsage, "--pictures"},
		{"labels", append(train, bad), exitFailed, `line 2: "nosuchthing" is no id of a concept; see: soundtrack train calibration --help`},
		{"an encoder without texts", append(train, good), exitUsage, "compact has no texts to calibrate"},
		{"not in the cache", append(train, good, "--encoder", soundtrack.PresetCLIPLAION), exitFailed, "soundtrack models pull " + soundtrack.PresetCLIPLAION},
		{"no file", []string{"tag", picture, "--calibration", dir + "/none.json"}, exitUsage, "none.json"},
		{"damaged", []string{"tag", picture, "--calibration", damaged}, exitUsage, "write one with: soundtrack train calibration"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			code, _, stderr := command(t, row.args...)
			require.Equal(t, row.code, code, stderr)
			require.Contains(t, stderr, row.err)
		})
	}
}
