package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
)

// judgeFake judges every song that it is asked about, by a rule that tests can foretell.
func judgeFake(t testing.TB, change func(n int, title string, entry map[string]any)) *fake {
	t.Helper()
	return newFake(t, judgesSongs(change))
}

func judgesSongs(change func(n int, title string, entry map[string]any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var entries []any
		for _, s := range askedSongs(r) {
			entry := map[string]any{
				"n": s.N, "known": true, "mode": .4, "loudness": .8, "tempo": .6, "lyric": -.5, "tenderness": .1,
				"valence": float64(len(s.Title)) / 100, "valence_confidence": .8, "arousal": .7, "arousal_confidence": .9,
			}
			if change != nil {
				change(s.N, s.Title, entry)
			}
			if entry["n"] != nil {
				entries = append(entries, entry)
			}
		}
		says(mustJSON(map[string]any{"songs": entries}))(w, r)
	}
}

type askedSong struct {
	N      int      `json:"n"`
	Title  string   `json:"title"`
	Artist string   `json:"artist"`
	Tags   []string `json:"tags"`
}

func askedSongs(r *http.Request) []askedSong {
	var q struct {
		Messages []struct {
			Content string `json:"content"`
		} `json:"messages"`
	}
	_ = json.NewDecoder(r.Body).Decode(&q)
	var list struct {
		Songs []askedSong `json:"songs"`
	}
	_ = json.NewDecoder(strings.NewReader(q.Messages[1].Content)).Decode(&list) // a repair's text may follow
	return list.Songs
}

func newJudge(t testing.TB, client *Client, options ...JudgeOption) *Judge {
	t.Helper()
	judge, err := NewJudge(client, options...)
	require.NoError(t, err)
	return judge
}

// songs makes n songs, each with a title of its own.
func songs(n int) []Song {
	list := make([]Song, n)
	for i := range list {
		list[i] = Song{Title: fmt.Sprintf("Song %03d", i), Artist: "Somebody", Source: "user"}
	}
	return list
}

func readFile(t testing.TB, path string) []Judgement {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	all, err := ReadJudgements(bytes.NewReader(content))
	require.NoError(t, err)
	return all
}

func TestRun(t *testing.T) {
	t.Parallel()
	f := judgeFake(t, func(_ int, title string, entry map[string]any) {
		if title == "Song 003" {
			entry["known"] = false
		}
	})
	judge := newJudge(t, f.client(t), WithBatch(10), WithPrice(0.1, 0.3))
	path := filepath.Join(t.TempDir(), "judged.jsonl")
	var seen []Progress
	list := append(songs(25), Song{Title: " Song\u202e 000 ", Artist: "Somebody", Source: "USER"}) // the first again
	list[1].Tags = []string{" late  night ", "", "sad"}
	p, err := judge.Run(t.Context(), path, list, func(p Progress) { seen = append(seen, p) })
	require.NoError(t, err)
	require.Equal(t, 25, p.Judged)
	require.Zero(t, p.Failed+p.Waiting+p.Before)
	require.EqualValues(t, 3, f.calls.Load())
	require.Equal(t, Progress{Waiting: 25, Cost: p.Cost}, seen[0], "the cost comes before the first call")
	require.Len(t, seen, 5)
	require.Equal(t, 10, seen[1].Judged)

	all := readFile(t, path)
	require.Len(t, all, 25)
	require.Equal(t, "Song 000", all[0].Title)
	require.Equal(t, SongPromptVersion, all[0].Prompt)
	require.Equal(t, "mistral/mistral-small-latest", all[0].Model)
	require.Equal(t, "m", all[0].Served)
	require.Equal(t, "llm:mistral/m", all[0].Source())
	require.Equal(t, "llm:vllm/Qwen/Qwen2.5", Judgement{Model: "vllm/Qwen/Qwen2.5"}.Source())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "what one listens to is nobody else's business")
	require.Equal(t, Perceived{
		Known: true, Mode: .4, Loudness: .8, Tempo: .6, Lyric: -.5, Tenderness: .1,
		Valence: .08, ValenceConfidence: .8, Arousal: .7, ArousalConfidence: .9,
	}, all[0].Perceived)
	affect := all[0].Affect()
	require.True(t, affect.Known)
	require.Equal(t, tagging.Affect{Valence: .08, Arousal: .7}, affect.Affect)
	require.InDelta(t, .6-.8*.4, affect.Spread, 1e-9)
	require.Equal(t, Perceived{}, all[3].Perceived, "nothing is said about a song that the model does not know")
	require.False(t, all[3].Affect().Known)
}

func TestRunGoesOn(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	good := judgeFake(t, nil)
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 3 {
			status(http.StatusUnauthorized, "")(w, r)
			return
		}
		good.Config.Handler.ServeHTTP(w, r)
	})
	path := filepath.Join(t.TempDir(), "judged.jsonl")
	judge := newJudge(t, f.client(t), WithBatch(10))
	p, err := judge.Run(t.Context(), path, songs(45), nil)
	require.ErrorIs(t, err, ErrKey)
	require.ErrorContains(t, err, "after 20 of 45 songs (run again to go on)")
	require.Equal(t, 20, p.Judged)
	require.Equal(t, 25, p.Waiting)
	require.Len(t, readFile(t, path), 20)

	// A crash left half a line.
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, content[:len(content)-30], 0o600))
	p, err = newJudge(t, f.client(t), WithBatch(7)).Run(t.Context(), path, songs(45), nil)
	require.NoError(t, err)
	require.Equal(t, 19, p.Before)
	require.Equal(t, 26, p.Judged)
	require.Equal(t, 4, p.Cost.Calls, "the cost of what is left")
	require.Len(t, readFile(t, path), 45)

	before := f.calls.Load()
	p, err = judge.Run(t.Context(), path, songs(45), nil)
	require.NoError(t, err)
	require.Equal(t, Progress{Before: 45}, p)
	require.Equal(t, before, f.calls.Load())

	changed := songs(1)
	changed[0].Tags = []string{"live"}
	p, err = judge.Run(t.Context(), path, changed, nil)
	require.NoError(t, err)
	require.Equal(t, 1, p.Judged, "another tag is another question")
	p, err = newJudge(t, f.client(t, WithModel("other"))).Run(t.Context(), path, songs(1), nil)
	require.NoError(t, err)
	require.Equal(t, 1, p.Judged, "and so is another model")
}

// Songs that a model skips are asked about once more; those that it stumbles over are found by halving and left out.
func TestRunIsolatesSongs(t *testing.T) {
	t.Parallel()
	var skipped atomic.Bool
	picky := judgeFake(t, func(n int, title string, entry map[string]any) {
		switch {
		case title == "Song 002" && !skipped.Swap(true):
			entry["n"] = nil // left out once
		case title == "Song 004":
			entry["valence"] = 7 // never right
		case title == "Song 006":
			entry["n"] = 50 // a song that nobody asked about
		case title == "Song 008":
			entry["canary"] = "http://evil.example"
		}
	})
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte("Song 011")) {
			answers(`{"choices":[{"message":{"refusal":"no"}}]}`)(w, r)
			return
		}
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		picky.Config.Handler.ServeHTTP(w, again)
	})
	path := filepath.Join(t.TempDir(), "judged.jsonl")
	p, err := newJudge(t, f.client(t), WithBatch(16)).Run(t.Context(), path, songs(16), nil)
	require.NoError(t, err)
	require.Equal(t, 3, p.Failed, "004, 006 and 011")
	require.Equal(t, 13, p.Judged)
	titles := map[string]bool{}
	for _, g := range readFile(t, path) {
		titles[g.Title] = true
		require.InDelta(t, float64(len(g.Title))/100, g.Valence, 1e-9)
	}
	require.Len(t, titles, 13)
	require.True(t, titles["Song 002"] && titles["Song 008"])
	require.NotContains(t, mustJSON(readFile(t, path)), "evil")
}

func TestRunRefusesSongs(t *testing.T) {
	t.Parallel()
	f := judgeFake(t, nil)
	judge := newJudge(t, f.client(t))
	verse := strings.Repeat("line of a song ", 3)
	for name, row := range map[string]struct {
		song Song
		says string
	}{
		"spotify":      {Song{Title: "a", Artist: "b", Source: "Spotify"}, "Spotify"},
		"spotify mix":  {Song{Title: "a", Artist: "b", Source: "deezer, spotify"}, "Spotify"},
		"no source":    {Song{Title: "a", Artist: "b"}, "source is not known"},
		"no title":     {Song{Title: "\u200b ", Artist: "b", Source: "user"}, "title has 0 characters"},
		"no artist":    {Song{Title: "a", Source: "user"}, "artist has 0"},
		"lyrics":       {Song{Title: strings.Repeat(verse, 9), Artist: "b", Source: "user"}, "title has"},
		"a verse":      {Song{Title: "a", Artist: "b", Tags: []string{verse}, Source: "user"}, "not lyrics"},
		"many of them": {Song{Title: "a", Artist: "b", Tags: make([]string, 21), Source: "user"}, "21 tags"},
	} {
		path := filepath.Join(t.TempDir(), "judged.jsonl")
		_, err := judge.Run(t.Context(), path, append(songs(3), row.song), nil)
		require.ErrorIs(t, err, ErrSong, name)
		require.ErrorContains(t, err, "song 4: ", name)
		require.ErrorContains(t, err, row.says, name)
		_, err = judge.Estimate([]Song{row.song})
		require.ErrorIs(t, err, ErrSong, name)
	}
	require.Zero(t, f.calls.Load())
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	f := judgeFake(t, nil)
	judge := newJudge(t, f.client(t), WithBatch(20), WithPrice(0.1, 0.3))
	cost, err := judge.Estimate(append(songs(1000), songs(10)...))
	require.NoError(t, err)
	require.Equal(t, 1000, cost.Songs)
	require.Equal(t, 50, cost.Calls)
	require.Equal(t, 120_000, cost.ReplyTokens)
	require.InDelta(t, 50*1350, cost.PromptTokens, 50*40, "Mistral's tokenizer makes 1,311 of a batch of 20")
	require.InDelta(t, float64(cost.PromptTokens)*.1e-6+float64(cost.ReplyTokens)*.3e-6, cost.Money, 1e-12)
	object := newJudge(t, f.client(t, WithFormat(FormatObject)))
	less, err := object.Estimate(songs(1000))
	require.NoError(t, err)
	require.Less(t, less.PromptTokens, cost.PromptTokens, "no schema is sent")
	require.Equal(t, 3, tokens("abcd€fg"))

	path := filepath.Join(t.TempDir(), "judged.jsonl")
	thrifty := newJudge(t, f.client(t), WithPrice(0.1, 0.3), WithMaxCost(cost.Money/2))
	p, err := thrifty.Run(t.Context(), path, songs(1000), nil)
	require.ErrorIs(t, err, ErrBudget)
	require.ErrorContains(t, err, "raise WithMaxCost")
	require.InDelta(t, cost.Money, p.Cost.Money, 1e-12)
	require.Zero(t, f.calls.Load())
}

// A file that is not ours is neither read as judgements nor appended to.
func TestRunLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	f := judgeFake(t, nil)
	judge := newJudge(t, f.client(t))
	for name, content := range map[string]string{
		"text": "my notes\n", "no line end": "my notes", "other JSON": `{"title":"x"}` + "\n", "other fields": `{"prompt":"a","lyrics":"la"}` + "\n",
		"wrong range": `{"prompt":"a","model":"b","key":"c","title":"d","artist":"e","known":true,"mode":3}` + "\n", "empty line": "\n",
		"long line": strings.Repeat("x", maxLine+1) + "\n",
	} {
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := judge.Run(t.Context(), path, songs(1), nil)
		require.Error(t, err, name)
		after, readErr := os.ReadFile(path)
		require.NoError(t, readErr)
		require.Equal(t, content, string(after), name)
	}
	_, err := judge.Run(t.Context(), filepath.Join(t.TempDir(), "none", "file"), songs(1), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Zero(t, f.calls.Load())
	require.False(t, errors.Is(err, ErrUnavailable))
}

func FuzzReadJudgements(f *testing.F) {
	f.Add([]byte(mustJSON(Judgement{Prompt: "song/1", Model: "m", Key: "k", Title: "t", Artist: "a"}) + "\n"))
	f.Add([]byte(`{"prompt":"a","valence":2}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		all, err := ReadJudgements(bytes.NewReader(content))
		if err != nil {
			return
		}
		for _, g := range all {
			require.NoError(t, g.validate())
			require.NoError(t, g.Affect().Validate())
		}
	})
}
