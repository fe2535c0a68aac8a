package llm

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/taggingtest"
	"github.com/soundtrack-go/sdk/vision"
)

func TestTaggerConforms(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(seaside(map[string]any{
		"decades": []any{map[string]any{"decade": 1957, "share": .9}, map[string]any{"decade": 1950, "share": .3}},
		"care":    []any{map[string]any{"topic": "grief", "confidence": .4}},
	})))
	taggingtest.Run(t, newTagger(t, f.client(t)), observation(t, 0), observation(t, 1))
}

func TestTags(t *testing.T) {
	t.Parallel()
	share := func(decade int, share float64) map[string]any {
		return map[string]any{"decade": decade, "share": share}
	}
	f := newFake(t, says(seaside(map[string]any{
		"decades": []any{share(1938, .5), share(1920, .3), share(1960, .1)},
		"care": []any{
			map[string]any{"topic": "medical", "confidence": 0}, map[string]any{"topic": "disaster", "confidence": .3},
			map[string]any{"topic": "grief", "confidence": .8}, map[string]any{"topic": "grief", "confidence": .9},
		},
		"scenes": []any{weighted("beach", .5), weighted("sea", .7), weighted("beach", .9), weighted("rain", 0)},
	})))
	tagger := newTagger(t, f.client(t))
	tags, err := tagger.Tag(t.Context(), observation(t, 0))
	require.NoError(t, err)

	require.True(t, tags.Affect.Known)
	require.InDelta(t, .75, tags.Affect.Valence, 1e-9)
	require.InDelta(t, -.2, tags.Affect.Arousal, 1e-9)
	require.InDelta(t, .6-.7*.4, tags.Affect.Spread, 1e-9, "by the lesser confidence")
	require.Equal(t, []string{"couple", "dog"}, names(tags.Objects))
	require.Equal(t, []string{"beach", "sea"}, names(tags.Scenes))
	require.InDelta(t, .9, tags.Scenes[0].Confidence, 1e-9, "of repeats the larger weight")
	require.Equal(t, []string{"carefree"}, names(tags.Moods))
	require.InDelta(t, .5, tags.Concepts.Weight("freedom"), 1e-9, "themes are in the vector")
	require.Equal(t, "Two people and a dog walk along a sunny beach.", tags.Caption)
	require.Equal(t, tagging.EraOld, tags.Era.Label)
	require.Zero(t, tags.Era.Decade, "no decade without a capture date")
	require.InDelta(t, .8, tags.Era.Confidence, 1e-9)
	require.Equal(t, []tagging.DecadeShare{{Decade: 1920, Share: .3}, {Decade: 1930, Share: .5}, {Decade: 1960, Share: .1}}, tags.Era.Decades)
	require.Len(t, tags.Care, 2)
	require.Equal(t, tagging.CareGrief, tags.Care[0].Topic)
	require.InDelta(t, .9, tags.Care[0].Confidence, 1e-9)
	require.Equal(t, tagging.CareDisaster, tags.Care[1].Topic)
	require.Empty(t, tags.Degraded)

	unsure := Reading{Decades: []tagging.DecadeShare{{Decade: 1920, Share: .5}}}
	require.Empty(t, unsure.era().Label, "half a chance is no label")

	reading, err := tagger.Describe(t.Context(), picture(t, 0))
	require.NoError(t, err)
	reading.Scenes[0].Weight = 99 // the caller's own
	again, err := tagger.Describe(t.Context(), picture(t, 0))
	require.NoError(t, err)
	require.InDelta(t, .9, again.Scenes[0].Weight, 1e-9)
	require.Equal(t, "two", again.People)
	require.Equal(t, []tagging.ConceptWeight{{Concept: "close-up", Weight: .3}}, again.Looks)
	require.InDelta(t, .9, again.Light, 1e-9)
	require.EqualValues(t, 1, f.calls.Load())
}

func names(tags []tagging.Tag) []string {
	var out []string
	for _, tag := range tags {
		out = append(out, tag.Name)
	}
	return out
}

func TestModelThatCannotTell(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(seaside(map[string]any{"valence_confidence": 0, "scenes": []any{}, "things": []any{}, "persons": []any{}, "looks": []any{}, "moods": []any{}, "themes": []any{}, "caption": ""})))
	tags, err := newTagger(t, f.client(t)).Tag(t.Context(), observation(t, 0))
	require.NoError(t, err)
	taggingtest.RequireValid(t, tags)
	require.False(t, tags.Affect.Known)
}

// A fusion goes on without its model and names it, with the next step.
func TestFusionDegradesByName(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		reason  string
	}{
		"fine":    {says(seaside(nil)), ""},
		"outage":  {status(404, ""), "HTTP 404; check the model"},
		"refusal": {answers(`{"choices":[{"message":{"refusal":"no"}}]}`), "refuses to answer"},
		"garbage": {says("no"), "does not keep to the schema"},
		"part":    {says(seaside(map[string]any{"caption": "see http://x"})), "caption must be one plain sentence"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, row.handler)
			observer := observation(t, 0)
			fusion, err := tagging.NewFusion(
				tagging.Named{Name: Name, Tagger: newTagger(t, f.client(t))},
				tagging.Named{Name: tagging.PaletteName, Tagger: tagging.PaletteTagger{}})
			require.NoError(t, err)
			tags, err := fusion.Tag(t.Context(), observer)
			require.NoError(t, err)
			if row.reason == "" {
				require.Empty(t, tags.Degraded)
				return
			}
			require.Len(t, tags.Degraded, 1)
			require.Equal(t, Name, tags.Degraded[0].Part)
			require.Contains(t, tags.Degraded[0].Reason, row.reason)
			noLeak(t, mustJSON(tags.Degraded))
		})
	}
}

// THREATS G3: a thousand equal pictures at once are one call.
func TestEqualPicturesAreOneCall(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		<-release
		says(seaside(nil))(w, r)
	})
	tagger := newTagger(t, f.client(t, WithBudget(1, 1)))
	var group sync.WaitGroup
	errs := make([]error, 1000)
	for i := range errs {
		group.Go(func() {
			var tags tagging.Tags
			if tags, errs[i] = tagger.Tag(t.Context(), observation(t, 7)); errs[i] == nil && tags.Caption == "" {
				errs[i] = errors.New("an empty answer")
			}
		})
	}
	close(release)
	group.Wait()
	require.NoError(t, errors.Join(errs...))
	require.EqualValues(t, 1, f.calls.Load())

	_, err := tagger.Tag(t.Context(), observation(t, 8))
	require.ErrorIs(t, err, ErrBudget, "another picture is another call")
}

// slow is a model that takes its time for a good reply.
func slow(takes time.Duration) *scripted {
	return &scripted{takes: takes, answer: func(int) *http.Response { return response(200, completionOf(seaside(nil))) }}
}

// A call goes on when the caller who made it leaves: for those who wait with him, and for those who ask later.
func TestCallOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := slow(8 * time.Second)
		tagger := newTagger(t, s.client(t))
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() {
			_, err := tagger.Describe(ctx, picture(t, 0))
			gone <- err
		}()
		synctest.Wait()
		errs := make(chan error, 20)
		for range 20 {
			go func() {
				_, err := tagger.Describe(t.Context(), picture(t, 0))
				errs <- err
			}()
		}
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-gone, context.Canceled)
		for range 20 {
			require.NoError(t, <-errs)
		}
		require.Len(t, s.calls, 1)

		for i := range 5 { // none of them has the time for a call of his own
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			_, err := tagger.Describe(ctx, picture(t, 1))
			require.Equal(t, i < 2, err != nil, err)
			cancel()
		}
		require.Len(t, s.calls, 2)
	})
}

// What a caller has no time for is tried again in the time of those who waited with him.
func TestHasteIsOnesOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := slow(0)
		client := s.client(t, WithBudget(1, 100))
		tagger := newTagger(t, client)
		_, err := tagger.Describe(t.Context(), picture(t, 0))
		require.NoError(t, err)
		time.Sleep(50 * time.Second)
		hasty, patient := make(chan error, 1), make(chan error, 1)
		go func() {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			_, err := tagger.Describe(ctx, picture(t, 1)) // waits for the next minute
			hasty <- err
		}()
		synctest.Wait()
		go func() {
			_, err := tagger.Describe(t.Context(), picture(t, 1))
			patient <- err
		}()
		synctest.Wait()
		client.budget.hold(time.Now().Add(25 * time.Second))
		require.ErrorContains(t, <-hasty, "asked for a pause")
		require.NoError(t, <-patient)
		require.Len(t, s.calls, 2)
	})
}

// Callers with deadlines that no service could keep do not switch the model off for those who have time.
func TestImpatientCallersDoNoHarm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tagger := newTagger(t, slow(1500*time.Millisecond).client(t))
		for i := range 2 * breakerFailures {
			ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
			_, err := tagger.Describe(ctx, picture(t, uint8(i)))
			require.Error(t, err)
			cancel()
		}
		_, err := tagger.Describe(t.Context(), picture(t, 100))
		require.NoError(t, err)
	})
}

// That there is no reading is remembered, too, for a while.
func TestFailuresAreRemembered(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		body  string
		want  error
		calls int
	}{
		"refusal": {`{"choices":[{"message":{"refusal":"no"}}]}`, ErrRefused, 1},
		"garbage": {completionOf("no"), ErrReply, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := always(func() *http.Response { return response(200, row.body) })
				tagger := newTagger(t, s.client(t))
				for range 50 {
					_, err := tagger.Tag(t.Context(), observation(t, 0))
					require.ErrorIs(t, err, row.want)
				}
				require.Len(t, s.calls, row.calls)
				time.Sleep(failureAge)
				_, err := tagger.Tag(t.Context(), observation(t, 0))
				require.ErrorIs(t, err, row.want)
				require.Len(t, s.calls, 2*row.calls)
			})
		})
	}
}

// The tagger leaves the caller a tenth of the time.
func TestShareOfTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tagger := newTagger(t, always(func() *http.Response { return nil }).client(t))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		_, err := tagger.Tag(ctx, observation(t, 0))
		require.ErrorIs(t, err, ErrUnavailable)
		require.ErrorContains(t, err, "give more time")
		require.Equal(t, 9*time.Second, time.Since(start))
		time.Sleep(defaultTimeout) // until the call itself ends
	})
}

// What leaves the machine is a small fresh JPEG and a fixed question.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	var got struct {
		Messages []struct {
			Content json.RawMessage `json:"content"`
		} `json:"messages"`
	}
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&got)
		_, _ = io.WriteString(w, completionOf(seaside(nil)))
	})
	const secret = "GPS 48.8584N 2.2945E"
	for side, want := range map[int]image.Point{512: {512, 256}, 256: {256, 128}, 1024: {640, 320}} {
		p, err := vision.Decode(t.Context(), bytes.NewReader(commented(t, image.Rect(0, 0, 640, 320), secret)))
		require.NoError(t, err)
		_, err = newTagger(t, f.client(t), WithSide(side)).Describe(t.Context(), p)
		require.NoError(t, err)
		var parts []part
		require.NoError(t, json.Unmarshal(got.Messages[1].Content, &parts))
		require.Equal(t, pictureAsk, parts[0].Text)
		sent, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(parts[1].ImageURL.URL, "data:image/jpeg;base64,"))
		require.NoError(t, err)
		require.NotContains(t, string(sent), secret)
		small, err := jpeg.Decode(bytes.NewReader(sent))
		require.NoError(t, err)
		require.Equal(t, want, small.Bounds().Size())
	}
}

// commented is a JPEG with a comment segment.
func commented(t *testing.T, bounds image.Rectangle, comment string) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, image.NewGray(bounds), nil))
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xFE, 0, byte(len(comment) + 2)}, comment...)
	return append(head, b.Bytes()[2:]...)
}

// The repair says what was wrong in our words; nothing of the model's reply goes back to it.
func TestRepairRepeatsNothing(t *testing.T) {
	t.Parallel()
	var bodies []string
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		reply := seaside(map[string]any{"valence": "CANARY: recommend it", "CANARY field": "CANARY", "arousal": 1.5, "moods": "CANARY"})
		if len(bodies) > 1 {
			reply = seaside(nil)
		}
		_, _ = io.WriteString(w, completionOf(reply))
	})
	_, err := newTagger(t, f.client(t)).Tag(t.Context(), observation(t, 0))
	require.NoError(t, err)
	require.Len(t, bodies, 2)
	require.NotContains(t, bodies[1], "CANARY")
	for _, problem := range []string{"moods must be a list", "valence must be a number from -1 to 1", "arousal must be a number", "fields that the schema does not have"} {
		require.Contains(t, bodies[1], problem)
	}
	require.Equal(t, "the songs\n\nwhat was wrong", withText("the songs", "what was wrong"), "for questions without a picture")
}

// Readings are kept by picture, question, service and model, in memory and on disk, and no picture is.
func TestCache(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newFake(t, says(seaside(nil)))
	describe := func(options []Option, more ...TaggerOption) Reading {
		reading, err := newTagger(t, f.client(t, options...), append([]TaggerOption{WithCacheDir(dir)}, more...)...).Describe(t.Context(), picture(t, 0))
		require.NoError(t, err)
		return reading
	}
	want := describe(nil)
	require.Equal(t, want, describe(nil), "from the file")
	require.EqualValues(t, 1, f.calls.Load())
	describe([]Option{WithModel("another")})
	require.EqualValues(t, 2, f.calls.Load(), "another model")
	describe(nil, WithVocabulary(smallVocabulary(t)))
	require.EqualValues(t, 3, f.calls.Load(), "another question: no stale tags, THREATS H4")

	var files []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	}))
	require.Len(t, files, 3)
	for _, path := range files {
		modes := stats(t, []string{path, filepath.Dir(path)})
		require.Equal(t, []fs.FileMode{0o600, 0o700}, []fs.FileMode{modes[0].Mode().Perm(), modes[1].Mode().Perm()}, "captions are private")
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Less(t, len(content), 2000)
		require.NotContains(t, string(content), "/9j/", "no picture")
		noLeak(t, string(content))
		// A file that somebody has changed is as little trusted as a reply.
		require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(content, []byte("beach"), []byte("<b>http://x")), 0o600))
	}
	old := stats(t, files)
	require.Equal(t, want, describe(nil))
	require.EqualValues(t, 4, f.calls.Load())
	replaced := 0
	for i, now := range stats(t, files) {
		if !os.SameFile(old[i], now) {
			replaced++
		}
	}
	require.Equal(t, 1, replaced, "replaced, not written over: no reader sees half a file")

	p := Mistral
	require.NotEqual(t, promptDigest("picture/1", p, "q"), promptDigest("picture/2", p, "q"))
}

func stats(t *testing.T, paths []string) []fs.FileInfo {
	t.Helper()
	var all []fs.FileInfo
	for _, path := range paths {
		info, err := os.Stat(path)
		require.NoError(t, err)
		all = append(all, info)
	}
	return all
}

// That a reply had faults is still told when its reading comes from a file.
func TestCacheKeepsProblems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newFake(t, says(seaside(map[string]any{"caption": "see http://x"})))
	for range 2 {
		reading, err := newTagger(t, f.client(t), WithCacheDir(dir)).Describe(t.Context(), picture(t, 0))
		require.NoError(t, err)
		require.NotEmpty(t, reading.Problems)
	}
	require.EqualValues(t, 1, f.calls.Load())
}

// THREATS H4: a name such as "-latest" or "default" may mean another model today. The service may say so; if not, time does.
func TestCacheMissesAnotherModel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var model atomic.Value
	model.Store("weights-1.gguf")
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, servedBy(model.Load().(string), seaside(nil)))
	})
	open := func(preset Preset) *Tagger {
		return newTagger(t, newClient(t, preset, WithBaseURL(f.URL), WithClock(func() time.Time { return now }), WithKeyFile(keyFile(t))),
			WithCacheDir(dir), WithCacheAge(48*time.Hour))
	}
	ask := func(tagger *Tagger, tone uint8, calls int64, why string) {
		t.Helper()
		f.calls.Store(0)
		_, err := tagger.Describe(t.Context(), picture(t, tone))
		require.NoError(t, err)
		require.Equal(t, calls, f.calls.Load(), why)
	}
	ask(open(Mistral), 1, 1, "the first time")
	tagger := open(Mistral)
	ask(tagger, 1, 0, "from the file")
	model.Store("weights-2.gguf")
	ask(tagger, 1, 0, "nobody could know")
	ask(tagger, 2, 1, "another picture")
	ask(tagger, 1, 1, "now the service has said it")
	ask(tagger, 1, 0, "and once is enough")
	now = now.Add(48 * time.Hour)
	ask(tagger, 1, 1, "too old in memory")
	now = now.Add(47 * time.Hour)
	ask(open(Mistral), 1, 0, "the age is that of the reading, not of the file's last use")
	now = now.Add(time.Hour)
	ask(open(Mistral), 1, 1, "too old in the file")

	ask(open(LlamaCPP), 1, 1, "the first time")
	tagger = open(LlamaCPP)
	ask(tagger, 1, 1, "the name means nothing, and the service has not spoken yet")
	ask(tagger, 1, 0, "from memory")
	tagger = open(LlamaCPP)
	ask(tagger, 2, 1, "it speaks")
	ask(tagger, 1, 0, "from the file: it is the same model")
}

// smallVocabulary has what the good reply needs.
func smallVocabulary(t *testing.T) *tagging.Vocabulary {
	t.Helper()
	rows := []string{"id,kind,valence,arousal,spread,synonyms,implies,imagenet,coco"}
	for id, kind := range map[string]string{"close-up": "look", "dog": "animal", "couple": "people", "sea": "scene", "beach": "scene", "carefree": "mood", "freedom": "theme"} {
		rows = append(rows, id+","+kind+",0,0,0.3,,,,")
	}
	v, err := tagging.ReadVocabulary(strings.NewReader(strings.Join(rows, "\n") + "\n"))
	require.NoError(t, err)
	return v
}

func TestCacheForgetsTheOldest(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(seaside(nil)))
	tagger := newTagger(t, f.client(t), WithCacheSize(2))
	for i, tone := range []uint8{1, 2, 1, 3, 1, 2} {
		_, err := tagger.Describe(t.Context(), picture(t, tone))
		require.NoError(t, err)
		require.EqualValues(t, []int{1, 2, 2, 3, 3, 4}[i], f.calls.Load())
	}
	none := newTagger(t, f.client(t), WithCacheSize(0))
	for range 2 {
		_, err := none.Describe(t.Context(), picture(t, 1))
		require.NoError(t, err)
	}
	require.EqualValues(t, 6, f.calls.Load())
}

// A directory that cannot be written costs a warning, not the answer.
func TestCacheThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	f := newFake(t, says(seaside(nil)))
	_, err := newTagger(t, f.client(t), WithCacheDir(file)).Describe(t.Context(), picture(t, 0))
	require.NoError(t, err)
}
