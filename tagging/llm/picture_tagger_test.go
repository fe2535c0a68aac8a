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

// A call dies with the caller who made it; those who waited for it make one of their own.
func TestSharedCallOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answer: func(call int) *http.Response {
			if call == 1 {
				return nil
			}
			return response(200, completionOf(seaside(nil)))
		}}
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
		require.Len(t, s.calls, 2)
	})
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
		synctest.Wait()
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
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Less(t, len(content), 2000)
		require.NotContains(t, string(content), "/9j/", "no picture")
		noLeak(t, string(content))
		// A file that somebody has changed is as little trusted as a reply.
		require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(content, []byte("beach"), []byte("<b>http://x")), 0o600))
	}
	require.Equal(t, want, describe(nil))
	require.EqualValues(t, 4, f.calls.Load())
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
