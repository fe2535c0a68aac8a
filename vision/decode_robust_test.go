package vision_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
)

// judge decodes one hostile file and looks at every pixel of what comes out. It ends in a picture or in a typed error,
// within 2 s and 300 MiB of allocations.
func judge(t *testing.T, name string, data []byte) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	pic, err := vision.Decode(t.Context(), bytes.NewReader(data))
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	for again := 0; elapsed >= 2*time.Second && again < 3; again++ { // a busy machine is not a slow decoder
		start = time.Now()
		_, _ = vision.Decode(t.Context(), bytes.NewReader(data))
		elapsed = time.Since(start)
	}
	require.True(t, elapsed < 2*time.Second || raceEnabled, "%s took %v", name, elapsed)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(300<<20), name)
	if err != nil {
		var refusal *vision.RefusalError
		require.ErrorAs(t, err, &refusal, name)
		require.NotContains(t, errText(refusal.Err), "panicked", name)
		return err
	}
	require.Positive(t, pic.Width(), name)
	require.Positive(t, pic.Height(), name)
	prep, err := vision.NewPreprocessor(clipRecipe)
	require.NoError(t, err)
	tensor := make([]float32, prep.Len())
	require.NoError(t, prep.Preprocess(tensor, pic), name)
	for _, v := range tensor {
		if v-v != 0 {
			t.Fatalf("%s: tensor is not finite", name)
		}
	}
	p := vision.NewPalette(pic)
	require.NotEmpty(t, p.Swatches, name)
	return nil
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestRobust is not parallel: it measures time and memory.
func TestRobust(t *testing.T) {
	root := testenv.Data(t, "robust")
	counts := map[string]int{}
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "go-fuzz-corpus-images.tar.gz" {
			return err
		}
		name, _ := filepath.Rel(root, path)
		counts[outcome(judge(t, name, readFile(t, path)))]++
		return nil
	}))
	t.Log(counts)
	require.Positive(t, counts["picture"])
}

func outcome(err error) string {
	var refusal *vision.RefusalError
	if errors.As(err, &refusal) {
		return string(refusal.Reason)
	}
	return "picture"
}

func TestRobustFuzzCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("1,453 files")
	}
	f, err := os.Open(testenv.Data(t, "robust", "fuzz", "go-fuzz-corpus-images.tar.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	counts := map[string]int{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if h.Typeflag != tar.TypeReg {
			continue
		}
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		counts[outcome(judge(t, h.Name, data))]++
	}
	t.Log(counts)
	require.Positive(t, counts["picture"])
}

// TestRobustPNGSuite holds the suite's own expectation: files that the corpus lists as errors are refused, all others
// are pictures.
func TestRobustPNGSuite(t *testing.T) {
	t.Parallel()
	var meta struct {
		PNGSuite struct {
			Errors map[string]any `json:"error_files"`
		} `json:"pngsuite"`
	}
	raw := readFile(t, testenv.Data(t, "robust", "codec-corpus-meta", "expected_errors.json"))
	require.NoError(t, json.Unmarshal(raw, &meta))
	files, err := filepath.Glob(filepath.Join(testenv.Data(t, "robust", "pngsuite"), "*.png"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		_, bad := meta.PNGSuite.Errors[filepath.Base(path)]
		_, err := vision.Decode(t.Context(), bytes.NewReader(readFile(t, path)))
		require.Equal(t, bad, err != nil, "%s: %v", filepath.Base(path), err)
	}
}

// TestRobustConformance demands a picture of every file of suites that hold only valid ones.
func TestRobustConformance(t *testing.T) {
	t.Parallel()
	for _, glob := range []string{"libwebp/*.webp", "exif-orientation/*.jpg"} {
		files, err := filepath.Glob(filepath.Join(testenv.Data(t, "robust"), glob))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, path := range files {
			_, err := vision.Decode(t.Context(), bytes.NewReader(readFile(t, path)))
			require.NoError(t, err, path)
		}
	}
}
