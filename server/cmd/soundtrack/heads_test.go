package main

import (
	"encoding/json"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

// heard are the taggers that say how the picture feels.
func (s seen) heard() map[string]bool {
	names := map[string]bool{}
	for _, e := range s.Analysis.AffectEvidence {
		names[e.Tagger] = true
	}
	return names
}

func seenIn(t *testing.T, text string) (s seen) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &s))
	return s
}

// What train affect writes is used as its last line says, by every command that looks at pictures.
func TestTrainedHeadSpeaks(t *testing.T) {
	s := newStandIn(t)
	pictures, out, args := ratedDrawings(t, s)
	code, stdout, stderr := command(t, args...)
	require.Zero(t, code, stderr)
	_, use, told := strings.Cut(strings.TrimSpace(stdout), "\nUse it: soundtrack serve ")
	require.True(t, told, stdout)
	flags := append(strings.Fields(use), "--backend", "go")
	require.Contains(t, flags, out)

	picture := filepath.Join(pictures, "59.png") // the most pleasant of all
	look := func(name string, flags ...string) seen {
		code, stdout, stderr := command(t, append([]string{name, "--json", picture}, flags...)...)
		require.Zero(t, code, stderr)
		return seenIn(t, stdout)
	}
	plain := []string{"--encoder", soundtrack.PresetCLIPOpenAI, "--manifest", s.folder, "--backend", "go"}
	for _, name := range []string{"tag", "recommend"} {
		with, without := look(name, flags...), look(name, plain...)
		require.True(t, with.heard()[tagging.HeadName], name)
		require.False(t, without.heard()[tagging.HeadName], "no head ships for this encoder")
		require.Greater(t, with.Analysis.Affect.Valence, without.Analysis.Affect.Valence, name)
		require.Equal(t, without, look(name, append(plain, "--heads", "none")...))
	}
	reason, there := look("recommend", flags...).part("tagging")
	require.True(t, there)
	require.Contains(t, reason, "only the affect head reads the embeddings of "+soundtrack.PresetCLIPOpenAI)

	t.Setenv("SOUNDTRACK_HEADS", out)
	file, err := os.ReadFile(picture)
	require.NoError(t, err)
	answer := seenIn(t, post(t, serveInTest(t, plain...)+"/v1/recommend", file))
	require.True(t, answer.heard()[tagging.HeadName])

	for name, encoder := range map[string]string{"palette": "palette reads colours only", "compact": "it is compact@"} {
		if name == "compact" {
			cacheCompact(t)
		}
		for _, args := range [][]string{{"tag", picture}, {"serve", "--listen", "127.0.0.1:0", "--data-dir", t.TempDir()}} {
			code, stdout, stderr := command(t, append(args, "--encoder", name)...)
			require.Equal(t, exitUsage, code, stderr)
			require.Empty(t, stdout)
			require.Contains(t, stderr, encoder)
			require.Contains(t, stderr, "the heads are for "+soundtrack.PresetCLIPOpenAI+"@"+s.manifest.Visual.File.SHA256[:12])
		}
	}
}

// cacheCompact lets the command find the compact model, wherever the test before has put the cache.
func cacheCompact(t *testing.T) {
	t.Helper()
	model := testenv.CompactModel(t)
	t.Setenv("SOUNDTRACK_CACHE_DIR", filepath.Dir(filepath.Dir(model.Visual.Path)))
}

// The head that ships can be switched off for the unfitted table.
func TestHeadsNone(t *testing.T) {
	cacheCompact(t)
	picture := drawing(t, t.TempDir(), "a.png", color.RGBA{250, 220, 60, 255})
	heard := func(flags ...string) map[string]bool {
		code, stdout, stderr := command(t, append([]string{"tag", "--json", "--offline", "--encoder=compact", picture}, flags...)...)
		require.Zero(t, code, stderr)
		return seenIn(t, stdout).heard()
	}
	on, off := heard(), heard("--heads=none")
	require.True(t, on[tagging.HeadName])
	require.False(t, on[tagging.LabelsName])
	require.False(t, off[tagging.HeadName])
	require.True(t, off[tagging.LabelsName])
}

// A folder that holds no head, or a damaged one, is refused before anything is opened, with the next step.
func TestHeadsUsage(t *testing.T) {
	t.Parallel()
	dir, damaged := t.TempDir(), t.TempDir()
	picture := drawing(t, dir, "a.png", color.RGBA{1, 2, 3, 255})
	write(t, damaged, "a"+tagging.HeadSuffix, "{}")
	write(t, damaged, "a.head.bin", "")
	for _, row := range []struct{ name, folder, err string }{
		{"no folder", filepath.Join(dir, "none"), "no such file"},
		{"no head", dir, "no *.head.json"},
		{"damaged", damaged, "a.head"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, args := range [][]string{{"tag", picture}, {"recommend", picture}, {"serve", "--listen=127.0.0.1:0"}} {
				code, stdout, stderr := command(t, append(args, "--encoder=palette", "--heads", row.folder)...)
				require.Equal(t, exitUsage, code, stderr)
				require.Empty(t, stdout)
				require.Contains(t, stderr, "--heads "+row.folder)
				require.Contains(t, stderr, row.err)
				require.Contains(t, stderr, "soundtrack train affect")
				require.NotContains(t, stderr, "listening")
			}
		})
	}
}
