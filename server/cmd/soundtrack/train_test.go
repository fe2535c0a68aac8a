package main

import (
	"fmt"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/headfit"
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

// Several judges are averaged, and the command says whose ratings; arousal that no picture tells is not passed off as learned.
func TestTrainAffectSaysWhatIsWorthless(t *testing.T) {
	_, _, args := ratedDrawings(t, newStandIn(t))
	rng := rand.New(rand.NewPCG(1, 2))
	var ratings strings.Builder
	ratings.WriteString("picture,valence_a,valence_b,arousal,group\n")
	for i := range 60 {
		v := 1.5 + 5*float64(i)/59
		fmt.Fprintf(&ratings, "%d.png,%.2f,%.2f,%.2f,%d\n", i, v-.5, v+.5, 1+6*rng.Float64(), i/4)
	}
	args[slices.Index(args, "--ratings")+1] = write(t, t.TempDir(), "ratings.csv", ratings.String())
	code, _, stderr := command(t, args...)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "averaged: valence_a, valence_b\n")
	require.NotContains(t, stderr, "averaged: arousal")
	require.Contains(t, stderr, "warning: arousal: the head")
	require.NotContains(t, stderr, "warning: valence")
}

func TestBeatenByControls(t *testing.T) {
	t.Parallel()
	var d tagging.HeadDescription
	d.Fit.LeftOut.Valence, d.Fit.LeftOut.Arousal = .33, .33
	for _, row := range []struct {
		name             string
		valence, arousal float64 // of the second control
		want             []string
	}{
		{"by none", .2, .32, nil},
		{"on one axis", .2, .35, []string{`warning: arousal: the head (r 0.33) is no better than "label table alone" (r 0.35)`}},
		{"an equal", .33, .1, []string{`warning: valence: the head (r 0.33) is no better than "label table alone" (r 0.33)`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := d
			d.Fit.Controls = make([]headfit.Score, 2)
			d.Fit.Controls[1].Name, d.Fit.Controls[1].Valence, d.Fit.Controls[1].Arousal = "label table alone", row.valence, row.arousal
			lines := beaten(d)
			require.Len(t, lines, len(row.want))
			for i, want := range row.want {
				require.Contains(t, lines[i], want)
			}
		})
	}
}

func TestTrainAffectSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	drawing(t, dir, "a.png", color.RGBA{1, 2, 3, 255})
	good := write(t, dir, "good.csv", "picture,valence,arousal\na.png,1,1\nmissing.png,7,7\n")
	deviation := write(t, dir, "deviation.csv", "picture,valence,arousal,valence_sd\na.png,1,1,1\nmissing.png,7,7,1\n")
	bad := write(t, dir, "bad.csv", "picture,valence,arousal\na.png,1,1\nb.png,9,1\n")
	for _, row := range []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"no flags", nil, exitUsage, "--pictures"},
		{"off the scale", []string{"--pictures", dir, "--ratings", bad}, exitFailed, "line 3: valence: 9 is outside the scale of 1 to 7"},
		{"a deviation", []string{"--pictures", dir, "--ratings", deviation}, exitFailed, `column "valence_sd": are these ratings?`},
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
