package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/llm"
)

const unjudgedSongs = `title,artist,tags,year,valence,arousal
Rain,Ann,sad;folk,1999,,
"Sun, again",Bob,,,.9,.5
Lost,Nobody,,,,
Maybe,Somebody,,,,
Skip,Cat,,,,
`

// Songs are asked about once, in batches; what the model says goes into the cells that were empty.
func TestCatalogJudge(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	dir := t.TempDir()
	songs := write(t, dir, "songs.csv", unjudgedSongs)
	judged, applied := filepath.Join(dir, "judged.jsonl"), filepath.Join(dir, "applied.csv")
	judge := func(flags ...string) (out, stderr string) {
		args := append([]string{"catalog", "judge", songs, "--price-in=100", "--price-out=200", "--batch=2"}, fake.service()...)
		code, out, stderr := command(t, append(args, flags...)...)
		require.Zero(t, code, stderr)
		requireNoKey(t, out, stderr)
		return out, stderr
	}
	out, _ := judge("--estimate")
	require.Contains(t, out, "mistral/mistral-small-latest would be asked about 5 songs in 3 calls, about ")
	require.Contains(t, out, "costs 0.")
	require.Zero(t, fake.calls())
	require.NoFileExists(t, judged)

	out, stderr := judge("--out", judged, "--apply", applied)
	require.Equal(t, 4, fake.calls(), "three batches, and once more for the song that was left out")
	require.Contains(t, out, "is asked about 5 songs in 3 calls")
	require.Contains(t, out, "4 songs judged in 4 calls, 4000 tokens sent, 400 received, costs 0.48")
	require.Contains(t, stderr, "1 songs got no usable judgement")
	require.Contains(t, fake.asked[0], "sad")
	require.Contains(t, fake.asked[0], "folk")
	require.NotContains(t, strings.Join(fake.asked, ""), "1999", "only titles, artists and tags are sent")
	require.Contains(t, out, "2 of 5 rows filled by llm:mistral/mistral-small-latest; 0 had values, 1 are unknown to the model, of 1 it is unsure, 1 were not judged")
	content, err := os.ReadFile(applied)
	require.NoError(t, err)
	require.Equal(t, `title,artist,tags,year,valence,arousal,mode,loudness,tempo,lyric,spread,affect_source
Rain,Ann,sad;folk,1999,-0.7,-0.3,0.2,0.35,0.3,-0.8,0.24,llm:mistral/mistral-small-latest
"Sun, again",Bob,,,.9,.5,0.2,0.35,0.3,-0.8,,
Lost,Nobody,,,,,,,,,,
Maybe,Somebody,,,,,,,,,,
Skip,Cat,,,,,,,,,,
`, string(content))
	_, problems, err := readSongs(applied)
	require.NoError(t, err)
	require.Empty(t, problems)
	fromInput, err := os.ReadFile(songs)
	require.NoError(t, err)
	require.Equal(t, unjudgedSongs, string(fromInput))

	before := fake.calls()
	unsure := filepath.Join(dir, "unsure.csv")
	out, _ = judge("--out", judged, "--apply", unsure, "--sure=0")
	require.Equal(t, before+2, fake.calls(), "only what has no judgement is asked again")
	require.Contains(t, out, "is asked about 1 songs in 1 calls")
	require.Contains(t, out, "4 songs are in "+judged+" already")
	require.Contains(t, out, "3 of 5 rows filled")
	read, problems, err := readSongs(unsure)
	require.NoError(t, err)
	require.Empty(t, problems)
	maybe := read[3]
	require.Equal(t, tagging.Estimate{Affect: tagging.Affect{Valence: -.7, Arousal: -.3}, Spread: .52, Known: true}, maybe.Affect, "a confidence of 0.2")
	require.Equal(t, catalog.Source("llm:mistral/mistral-small-latest"), maybe.Sources[catalog.FieldAffect])
	require.Equal(t, catalog.SourceUser, read[1].Sources[catalog.FieldAffect])
}

// A run that is stopped keeps what is paid for.
func TestCatalogJudgeResumes(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	dir := t.TempDir()
	songs := write(t, dir, "songs.jsonl", `{"title":"A","artist":"X","duration":200.50}`+"\n"+`{"title":"B","artist":"X"}`+"\n"+`{"title":"C","artist":"X"}`+"\n")
	judged, applied := filepath.Join(dir, "judged.jsonl"), filepath.Join(dir, "applied.jsonl")
	args := append([]string{"catalog", "judge", songs, "--batch=1", "--out", judged, "--apply", applied}, fake.service()...)
	ctx, stop := context.WithCancel(t.Context())
	fake.onCall = func(n int) answer {
		if n != 2 {
			return good
		}
		stop()
		return none // an answer might come before the stop, and then be kept
	}
	var stdout, stopped bytes.Buffer
	code := run(ctx, args, streams{&stdout, &stopped})
	require.Equal(t, exitFailed, code)
	require.Contains(t, stopped.String(), "soundtrack: stopped")
	require.NoFileExists(t, applied)
	half, err := os.ReadFile(judged)
	require.NoError(t, err)
	require.Equal(t, 1, bytes.Count(half, []byte("\n")), "what was answered is kept")

	fake.fail(true)
	code, out, stderr := command(t, args...)
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "check the key")
	requireNoKey(t, out, stderr)

	fake.fail(false)
	code, out, stderr = command(t, args...)
	require.Zero(t, code, stderr)
	require.Contains(t, out, "is asked about 2 songs in 2 calls")
	require.Contains(t, out, "3 of 3 rows filled")
	content, err := os.ReadFile(applied)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(content), `{"affect_source":"llm:mistral/mistral-small-latest","arousal":-0.3,"artist":"X","duration":200.50,`), string(content))
	all, problems, err := readSongs(applied)
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Len(t, all, 3)
	require.Equal(t, &catalog.Sound{Mode: .2, Loudness: .35, Tempo: .3, Lyric: -.8}, all[0].Sound)
	require.InDelta(t, -.7, all[0].Affect.Valence, 0)
}

func TestCatalogJudgeRefuses(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	dir := t.TempDir()
	songs := write(t, dir, "songs.csv", unjudgedSongs)
	ragged := write(t, dir, "ragged.csv", "title,artist\nA,B,C\nD,E\n")
	long := write(t, dir, "long.csv", "title,artist\n"+strings.Repeat("x", 250)+",B\n")
	jsonl := write(t, dir, "songs.jsonl", `{"title":"A","artist":"X"}`)
	twofold := write(t, dir, "twofold.jsonl", `{"title":"D","artist":"X"}`+"\n"+`{"title":"E","artist":"X"} {"title":"F","artist":"X"}`)
	out, fresh := filepath.Join(dir, "judged.jsonl"), filepath.Join(dir, "fresh.jsonl")
	for _, row := range []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"no service", []string{songs, "--llm=none", "--out", out}, exitUsage, "--llm mistral"},
		{"no file for judgements", []string{songs}, exitUsage, "--out"},
		{"too dear", []string{songs, "--out", out, "--price-in=1000", "--max-cost=0.01"}, exitUsage, "more than --max-cost 0.01"},
		{"no price", []string{songs, "--out", out, "--max-cost=1"}, exitUsage, "--price-in"},
		{"large batch", []string{songs, "--out", out, "--batch=51"}, exitUsage, "--batch"},
		{"overwrites the input", []string{songs, "--out", out, "--apply", songs}, exitUsage, "--apply"},
		{"overwrites what is paid for", []string{jsonl, "--out", fresh, "--apply", fresh}, exitUsage, "nothing is overwritten"},
		{"overwrites another file", []string{songs, "--out", out, "--apply", long}, exitUsage, "choose another name, or remove it first"},
		{"loses a value", []string{twofold, "--out", out, "--apply", filepath.Join(dir, "x.jsonl")}, exitFailed, "line 2: more than one value"},
		{"partly from Spotify", []string{songs, "--out", out, "--source=deezer+spotify"}, exitFailed, "it comes from Spotify, whose terms forbid prompts"},
		{"no time", []string{songs, "--out", out, "--llm-timeout=11m"}, exitUsage, "--llm-timeout 11m0s: want 1s to 10m"},
		{"another kind of file", []string{songs, "--out", out, "--apply", filepath.Join(dir, "x.jsonl")}, exitUsage, "same kind"},
		{"cannot be written back", []string{ragged, "--out", out, "--apply", filepath.Join(dir, "x.csv")}, exitFailed, "catalog check"},
		{"out of range", []string{songs, "--out", out, "--sure=2"}, exitUsage, "--sure"},
		{"from Spotify", []string{songs, "--out", out, "--source=Spotify"}, exitFailed, "3 songs are not sent: the terms of spotify forbid it"},
		{"no song", []string{long, "--out", out}, exitFailed, "skipped: its title has 250 characters; give 1 to 200"},
	} {
		t.Run(row.name, func(t *testing.T) {
			args := append([]string{"catalog", "judge"}, fake.service()...)
			code, _, stderr := command(t, append(args, row.args...)...)
			require.Equal(t, row.code, code, stderr)
			require.Contains(t, stderr, row.err)
			require.Zero(t, fake.calls())
		})
	}
}

// A judgement without confidence is none, however little is asked for; numbers are written short.
func TestCatalogJudgeFill(t *testing.T) {
	t.Parallel()
	table, err := readTable(write(t, t.TempDir(), "songs.csv", "title,artist\nA,X\nB,X\n"))
	require.NoError(t, err)
	judgement := func(title string, confidence float64) llm.Judgement {
		sum := .1
		return llm.Judgement{Model: "a/b", Title: title, Artist: "X", Perceived: llm.Perceived{
			Known: true, Valence: sum + .2, ValenceConfidence: confidence, ArousalConfidence: 1,
		}}
	}
	filled := table.fill(byKey([]llm.Judgement{judgement("A", 0), judgement("B", 1)}, "a/b"), 0)
	require.Equal(t, 1, filled.unsure)
	require.Equal(t, 1, filled.changed)
	require.Empty(t, table.rows[0]["valence"])
	require.EqualValues(t, "0.3", table.rows[1]["valence"])
}

// A service that is slow gets less to do at once; one that refuses is quoted, for that is the way out.
func TestCatalogJudgeSlowService(t *testing.T) {
	t.Parallel()
	fake := newFakeLLM(t)
	dir := t.TempDir()
	songs := write(t, dir, "songs.csv", unjudgedSongs)
	fake.onCall = func(n int) answer { return []answer{good, none, good, refusal, good}[n] }
	args := append([]string{"catalog", "judge", songs, "--batch=3", "--llm-timeout=1s", "--out", filepath.Join(dir, "judged.jsonl")}, fake.service()...)
	code, _, stderr := command(t, args...)
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "mistral: no answer within 1s; 1 songs a call from here on\n")
	require.Contains(t, stderr, "after 1 of 5 songs (run again to go on): llm: mistral: HTTP 400; ")
	require.Contains(t, stderr, `detail="no such model: mistral-huge"`)
}

// What it would cost is free to ask.
func TestCatalogJudgeEstimatesWithoutKey(t *testing.T) {
	t.Setenv("MISTRAL_API_KEY", "")
	songs := write(t, t.TempDir(), "songs.csv", "title,artist\nRain,Ann\n")
	require.Contains(t, ok(t, "catalog", "judge", songs, "--llm=mistral", "--estimate"), "1 songs in 1 calls")
	code, _, stderr := command(t, "catalog", "judge", songs, "--llm=mistral", "--out", filepath.Join(t.TempDir(), "x"))
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "MISTRAL_API_KEY")
}
