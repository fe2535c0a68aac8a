package main

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

// ratedDrawings makes sixty drawings whose rating is their colour, and the command line that fits a head for CLIP's stand-in
// on them.
func ratedDrawings(t *testing.T, s *standIn) (pictures, out string, args []string) {
	t.Helper()
	pictures, out = t.TempDir(), filepath.Join(t.TempDir(), "heads")
	var ratings strings.Builder
	ratings.WriteString("picture,valence,arousal,group\n")
	for i := range 60 {
		name := fmt.Sprintf("%d.png", i)
		drawing(t, pictures, name, color.RGBA{uint8(4 * i), uint8(i * 37), 255 - uint8(4*i), 255})
		fmt.Fprintf(&ratings, "%s,%.2f,%.2f,%d\n", name, 1+6*float64(i)/59, 1+6*float64(i*37%256)/255, i/4)
	}
	file := write(t, t.TempDir(), "ratings.csv", ratings.String())
	return pictures, out, []string{
		"train", "affect", "--pictures", pictures, "--ratings", file, "--out", out, "--backend", "go",
		"--encoder", soundtrack.PresetCLIPOpenAI, "--manifest", s.folder,
	}
}

// What is written can be read, and the same again.
func TestTrainAffect(t *testing.T) {
	s := newStandIn(t)
	pictures, out, args := ratedDrawings(t, s)
	code, stdout, stderr := command(t, args...)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "60 pictures of 15 groups")
	require.Contains(t, stdout, "ratings shuffled")
	head, err := tagging.ReadAffectHead(os.DirFS(out), ".")
	require.NoError(t, err)
	names, err := filepath.Glob(filepath.Join(out, "*"+tagging.HeadSuffix))
	require.NoError(t, err)
	require.Len(t, names, 1)
	require.Contains(t, stdout, names[0])
	require.NotNil(t, head)
	before, err := os.ReadFile(names[0])
	require.NoError(t, err)
	code, _, stderr = command(t, args...)
	require.Zero(t, code, stderr)
	after, err := os.ReadFile(names[0])
	require.NoError(t, err)
	require.Equal(t, string(before), string(after), "the same pictures give the same head")

	require.NoError(t, os.Remove(filepath.Join(pictures, "7.png")))
	code, _, stderr = command(t, args...)
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "7.png: no such file")
	require.Contains(t, stderr, "relative to "+pictures)
}

func TestTrainAffectSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	drawing(t, dir, "a.png", color.RGBA{1, 2, 3, 255})
	good := write(t, dir, "good.csv", "picture,valence,arousal\na.png,1,1\nmissing.png,7,7\n")
	bad := write(t, dir, "bad.csv", "picture,valence,arousal\na.png,1,1\nb.png,9,1\n")
	for _, row := range []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"no flags", nil, exitUsage, "--pictures"},
		{"off the scale", []string{"--pictures", dir, "--ratings", bad}, exitFailed, "line 3: valence: 9 is outside the scale of 1 to 7"},
		{"scale upside down", []string{"--pictures", dir, "--ratings", good, "--scale", "7,1"}, exitUsage, "--scale"},
		{"unknown encoder", []string{"--pictures", dir, "--ratings", good, "--encoder", "huge"}, exitUsage, "models list"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			code, _, stderr := command(t, append([]string{"train", "affect"}, row.args...)...)
			require.Equal(t, row.code, code, stderr)
			require.Contains(t, stderr, row.err)
		})
	}
}

func TestEvalPicturesNamesTheFolder(t *testing.T) {
	s := newStandIn(t)
	code, _, stderr := command(t, "eval", "pictures", "--data", t.TempDir(), "--backend", "go",
		"--encoder", soundtrack.PresetCLIPOpenAI, "--manifest", s.folder)
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "--data")
}
