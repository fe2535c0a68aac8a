package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// command runs a command line without a terminal.
func command(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var stdout bytes.Buffer
	var stderr lockedBuffer // a call to a language model may outlive its caller, and fail
	code = run(t.Context(), args, streams{&stdout, &stderr})
	return code, stdout.String(), stderr.String()
}

func drawing(t *testing.T, dir, name string, c color.RGBA) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for y := range 64 {
		for x := range 96 {
			img.SetRGBA(x, y, c)
		}
	}
	path := filepath.Join(dir, name)
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	require.NoError(t, png.Encode(file, img))
	return path
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	picture := drawing(t, dir, "a.png", color.RGBA{200, 150, 40, 255})
	for _, row := range []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"version", []string{"version"}, 0, ""},
		{"help", []string{"--help"}, 0, ""},
		{"no command", nil, exitUsage, "Try: soundtrack --help"},
		{"unknown command", []string{"dance"}, exitUsage, "dance"},
		{"unknown flag", []string{"tag", "--loud", picture}, exitUsage, "--loud"},
		{"unknown preset", []string{"models", "pull", "huge"}, exitUsage, "models list"},
		{"bad dial", []string{"recommend", "--preset=palette", "--contrast=7", picture}, exitFailed, "contrast"},
		{"no such file", []string{"tag", "--preset=palette", filepath.Join(dir, "none.png")}, exitFailed, "no such file"},
		{"offline, not cached", []string{"models", "pull", "compact", "--offline", "--cache-dir", dir}, exitLater, "pip"},
		{"runtime, offline", []string{"models", "pull", "runtime", "--offline", "--cache-dir", dir}, exitLater, "onnxruntime"},
		{"one of two is unknown", []string{"models", "pull", "compact", "huge", "--cache-dir", dir}, exitUsage, "huge"},
		{"nothing to verify", []string{"models", "verify", "--cache-dir", dir}, exitFailed, "models pull compact"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			code, _, stderr := command(t, row.args...)
			require.Equal(t, row.code, code, stderr)
			require.Contains(t, stderr, row.err)
		})
	}
}

func TestTagJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := drawing(t, dir, "good.png", color.RGBA{30, 60, 200, 255})
	bad := write(t, dir, "bad.png", "this is no picture")
	code, out, stderr := command(t, "tag", "--json", "--preset=palette", good, bad, good)
	require.Equal(t, exitFailed, code)
	require.Empty(t, stderr, "quiet without a terminal")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3, "one object a line, in the order of the input")
	type answer struct {
		Picture  string
		Analysis *struct {
			Affect  struct{ Valence, Arousal, Spread *float64 }
			Colours []struct {
				Hex   string
				Share float64
			}
			Era struct{ Label string }
		}
		Error *struct{ Code, Message string }
	}
	for i, want := range []string{good, bad, good} {
		var a answer
		require.NoError(t, json.Unmarshal([]byte(lines[i]), &a))
		require.Equal(t, want, a.Picture)
		if want == bad {
			require.Nil(t, a.Analysis)
			require.Equal(t, "picture-format", a.Error.Code)
			continue
		}
		require.Nil(t, a.Error)
		require.NotNil(t, a.Analysis.Affect.Valence)
		require.NotNil(t, a.Analysis.Affect.Spread)
		require.Equal(t, "unknown", a.Analysis.Era.Label)
		require.Equal(t, "#1e3cc8", a.Analysis.Colours[0].Hex)
	}
	require.Equal(t, lines[0], lines[2])
}

func TestRecommendJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	picture := drawing(t, dir, "a.png", color.RGBA{250, 220, 60, 255})
	code, out, stderr := command(t, "recommend", "--json", "--preset=palette", "--count=7", "--language=fr", picture)
	require.Zero(t, code, stderr)
	var a struct {
		RequestID string
		Encoder   struct{ ID, Reason string }
		Picks     []struct {
			Song  struct{ Title, Language string }
			Score float64
			Parts []struct{ Contribution float64 }
			Why   string
		}
		Degraded []struct{ Part, Reason, Remedy string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &a))
	require.Equal(t, "palette", a.Encoder.ID)
	require.NotEmpty(t, a.Degraded)
	require.Len(t, a.Picks, 7)
	for _, p := range a.Picks {
		require.Equal(t, "fr", p.Song.Language)
		var sum float64
		for _, part := range p.Parts {
			sum += part.Contribution
		}
		require.InDelta(t, p.Score, sum, 1e-6)
		require.NotEmpty(t, p.Why)
	}
}

func TestRecommendForPeople(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	picture := drawing(t, dir, "a.png", color.RGBA{250, 220, 60, 255})
	songs := write(t, dir, "mine.csv", "title,artist,valence,arousal\nMy Song,Me,.3,.2\nBroken,Me,loud,0\n")
	code, out, stderr := command(t, "recommend", "--preset=palette", "--no-seed", "--songs", songs, picture)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "mine.csv:3: skipped")
	require.Contains(t, out, "1. My Song – Me")
	require.Contains(t, out, "only colours were read")
}

func TestEnvironmentIsAFlag(t *testing.T) {
	t.Setenv("SOUNDTRACK_PRESET", "palette")
	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{10, 10, 10, 255})
	code, out, stderr := command(t, "recommend", "--json", picture)
	require.Zero(t, code, stderr)
	require.Contains(t, strings.ReplaceAll(out, " ", ""), `"id":"palette"`)
}

func TestCatalogCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := write(t, dir, "good.csv", "title,artist\nA,B\n")
	bad := write(t, dir, "bad.jsonl", "{\"title\":\"A\",\"artist\":\"B\"}\n{\"title\":\"C\"}\n")
	code, out, _ := command(t, "catalog", "check", good)
	require.Zero(t, code)
	require.Contains(t, out, "1 songs, 0 bad rows")
	code, out, stderr := command(t, "catalog", "check", good, bad)
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "bad.jsonl:2: ")
	require.Contains(t, stderr, "artist")
	require.Contains(t, out, "1 songs, 1 bad rows")
	code, _, stderr = command(t, "catalog", "check", write(t, dir, "x.xml", "<a/>"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "want .csv or .jsonl")
}

func TestCatalogExportAndStats(t *testing.T) {
	t.Parallel()
	code, out, stderr := command(t, "catalog", "export", "--json")
	require.Zero(t, code, stderr)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Greater(t, len(lines), 1300)
	for _, line := range lines {
		var s struct {
			ID, Title, Artist string
			Affect            *struct{ Valence, Arousal float64 }
			Sound             map[string]float64
			Concepts          []string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &s))
		require.NotEmpty(t, s.ID)
		require.NotNil(t, s.Affect, s.Title)
		require.Len(t, s.Sound, 4)
		require.NotEmpty(t, s.Concepts)
	}
	own := write(t, t.TempDir(), "mine.csv", "title,artist,year\nA,B,1999\n")
	code, out, _ = command(t, "catalog", "stats", "--no-seed", "--songs", own)
	require.Zero(t, code)
	require.Contains(t, out, "1 songs, 0 of them playable")
	require.Contains(t, out, "1990s")
}

func TestStopping(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"recommend", "--preset=palette", drawing(t, t.TempDir(), "a.png", color.RGBA{1, 2, 3, 255})}, streams{&stdout, &stderr})
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr.String(), "stopped")
}
