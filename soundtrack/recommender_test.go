package soundtrack_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func open(t *testing.T, opts ...soundtrack.Option) *soundtrack.Recommender {
	t.Helper()
	rec, err := soundtrack.Open(t.Context(), opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rec.Close()) })
	return rec
}

func openPalette(t *testing.T, opts ...soundtrack.Option) *soundtrack.Recommender {
	t.Helper()
	return open(t, append(opts, soundtrack.WithPreset(soundtrack.PresetPalette))...)
}

func openCompact(t *testing.T) *soundtrack.Recommender {
	t.Helper()
	testenv.CompactModel(t) // skips, or fails in CI, where it cannot be had
	return open(t, soundtrack.WithPreset(soundtrack.PresetCompact), soundtrack.WithOffline())
}

func recommend(t *testing.T, rec *soundtrack.Recommender, path string, change func(*soundtrack.Request)) *soundtrack.Recommendation {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	req := soundtrack.Request{Image: file}
	if change != nil {
		change(&req)
	}
	out, err := rec.Recommend(t.Context(), req)
	require.NoError(t, err)
	return out
}

func ids(picks []match.Pick) []catalog.ID {
	var list []catalog.ID
	for _, p := range picks {
		list = append(list, p.Song.ID)
	}
	return list
}

func TestRequestsAreChecked(t *testing.T) {
	t.Parallel()
	rec := openPalette(t)
	picture, err := vision.Decode(t.Context(), sunset())
	require.NoError(t, err)
	for _, row := range []struct {
		name string
		req  soundtrack.Request
		want error
	}{
		{"nothing", soundtrack.Request{}, soundtrack.ErrRequest},
		{"two pictures", soundtrack.Request{Image: sunset(), Picture: picture}, soundtrack.ErrRequest},
		{"dial", soundtrack.Request{Picture: picture, Dials: match.Dials{Contrast: 2}}, match.ErrInvalid},
		{"count", soundtrack.Request{Picture: picture, Count: 101}, match.ErrInvalid},
		{"mood", soundtrack.Request{Picture: picture, Mood: &tagging.Affect{Valence: 3}}, match.ErrInvalid},
		{"filter", soundtrack.Request{Picture: picture, Filter: catalog.Filter{YearFrom: 2000, YearTo: 1990}}, catalog.ErrInvalid},
		{"care", soundtrack.Request{Picture: picture, Care: "tender"}, match.ErrInvalid},
		{"unknown song", soundtrack.Request{Picture: picture, Like: []catalog.ID{"nobody"}}, catalog.ErrNotFound},
		{"no picture", soundtrack.Request{Image: strings.NewReader("hello, I am a text")}, vision.ErrFormat},
	} {
		_, err := rec.Recommend(t.Context(), row.req)
		require.ErrorIs(t, err, row.want, row.name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = rec.Recommend(ctx, soundtrack.Request{Picture: picture})
	require.ErrorIs(t, err, context.Canceled)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	store, err := catalog.NewMemory()
	require.NoError(t, err)
	for name, opts := range map[string][]soundtrack.Option{
		"preset":           {soundtrack.WithPreset("huge")},
		"broken manifest":  {soundtrack.WithManifest(vision.Manifest{ID: "mine"})},
		"manifest, preset": {soundtrack.WithManifest(tinyManifest(t)), soundtrack.WithPreset(soundtrack.PresetPalette)},
		"nil encoder":      {soundtrack.WithEncoder(nil)},
		"nil store":        {soundtrack.WithStore(nil)},
		"nil tagger":       {soundtrack.WithTagger(nil)},
		"nil ranker":       {soundtrack.WithRanker(nil)},
		"nil fusion":       {soundtrack.WithFusion(nil)},
		"tagger, fusion":   {soundtrack.WithTagger(tagging.PaletteTagger{}), soundtrack.WithFusion(tagging.WithTaggerTimeout(1))},
		"tagger twice":     {soundtrack.WithPreset(soundtrack.PresetPalette), soundtrack.WithFusion(tagging.Named{Name: tagging.LabelsName, Tagger: tagging.PaletteTagger{}})},
		"nil head":         {soundtrack.WithAffectHead(nil)},
		"no head":          {soundtrack.WithAffectHead(new(tagging.AffectHead))},
		"heads, no heads":  {soundtrack.WithEncoder(beach{}), soundtrack.WithAffectHead(tagging.DefaultAffectHead()), soundtrack.WithoutAffectHead()},
		"tagger, heads":    {soundtrack.WithEncoder(beach{}), soundtrack.WithTagger(joyful{}), soundtrack.WithAffectHead(tagging.DefaultAffectHead())},
		"tagger, no heads": {soundtrack.WithEncoder(beach{}), soundtrack.WithTagger(joyful{}), soundtrack.WithoutAffectHead()},
		"nil logger":       {soundtrack.WithLogger(nil)},
		"store and songs":  {soundtrack.WithStore(store), soundtrack.WithSongs(catalog.Song{})},
		"store and seed":   {soundtrack.WithStore(store), soundtrack.WithoutSeed()},
		"encoder, preset":  {soundtrack.WithEncoder(beach{}), soundtrack.WithPreset(soundtrack.PresetPalette)},
		"song without key": {soundtrack.WithSongs(catalog.Song{Title: "Nobody's"})},
	} {
		_, err := soundtrack.Open(t.Context(), opts...)
		require.Error(t, err, name)
	}
}

func TestSameAnswerTwice(t *testing.T) {
	t.Parallel()
	rec := openPalette(t)
	first, err := rec.Recommend(t.Context(), soundtrack.Request{Image: sunset(), Count: 20})
	require.NoError(t, err)
	second, err := rec.Recommend(t.Context(), soundtrack.Request{Image: sunset(), Count: 20})
	require.NoError(t, err)
	require.NotEqual(t, first.RequestID, second.RequestID)
	require.Len(t, first.RequestID, 26)
	require.Equal(t, first.Picks, second.Picks)
}

// An answer's analysis, sent away and back, gives the same songs without the picture.
func TestStateRanksAgain(t *testing.T) {
	t.Parallel()
	rec := open(t, soundtrack.WithEncoder(beach{}))
	first, err := rec.Recommend(t.Context(), soundtrack.Request{Image: sunset(), Count: 20})
	require.NoError(t, err)
	state, err := first.Analysis.MarshalBinary()
	require.NoError(t, err)
	require.Less(t, len(state), 8<<10)
	var back soundtrack.Analysis
	require.NoError(t, back.UnmarshalBinary(state))
	require.Equal(t, first.Analysis.Tags, back.Tags)
	require.Equal(t, first.Analysis.Space, back.Space)
	require.InDeltaSlice(t, first.Analysis.Embedding, back.Embedding, .01)
	again, err := rec.Recommend(t.Context(), soundtrack.Request{Analysis: &back, Count: 20})
	require.NoError(t, err)
	require.Equal(t, ids(first.Picks), ids(again.Picks))
}

func TestStateRefusesForgeries(t *testing.T) {
	t.Parallel()
	good, err := soundtrack.Analysis{Tags: tagging.Tags{Affect: feels(.5, .5)}}.MarshalBinary()
	require.NoError(t, err)
	state := func(tags tagging.Tags) []byte {
		data, err := soundtrack.Analysis{Tags: tags}.MarshalBinary()
		require.NoError(t, err)
		return data
	}
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 0xff
	newer := slices.Clone(good)
	newer[0]++
	nonsense, err := soundtrack.Analysis{Tags: tagging.Tags{Concepts: tagging.ConceptVector{{Concept: "no such concept", Weight: 1}}}}.MarshalBinary()
	require.NoError(t, err)
	heavy, err := soundtrack.Analysis{Tags: tagging.Tags{Concepts: tagging.ConceptVector{{Concept: "sea", Weight: 1e9}}}}.MarshalBinary()
	require.NoError(t, err)
	far, err := soundtrack.Analysis{Tags: tagging.Tags{Affect: feels(5, 0)}}.MarshalBinary()
	require.NoError(t, err)
	for name, forged := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-4], "flipped": flipped, "newer": newer, "concept": nonsense, "weight": heavy,
		"affect": far, "decades": state(tagging.Tags{Era: tagging.Era{Decades: []tagging.DecadeShare{{Decade: 1950, Share: 2}}}}),
		"disagreement": state(tagging.Tags{Disagreement: -1}), "large": make([]byte, 1<<20),
	} {
		require.ErrorIs(t, new(soundtrack.Analysis).UnmarshalBinary(forged), soundtrack.ErrState, name)
	}
	require.NoError(t, new(soundtrack.Analysis).UnmarshalBinary(good))
}

func FuzzState(f *testing.F) {
	good, err := soundtrack.Analysis{Tags: tagging.Tags{Affect: feels(.5, .5)}}.MarshalBinary()
	require.NoError(f, err)
	f.Add(good)
	f.Fuzz(func(t *testing.T, state []byte) {
		var a soundtrack.Analysis
		if err := a.UnmarshalBinary(state); err != nil {
			require.ErrorIs(t, err, soundtrack.ErrState)
			return
		}
		require.NoError(t, a.Tags.Affect.Validate())
	})
}

func TestUnknownWordsAreNamed(t *testing.T) {
	t.Parallel()
	out, err := openPalette(t).Recommend(t.Context(), soundtrack.Request{Image: sunset(), Include: []string{"sea", "qwertz"}})
	require.NoError(t, err)
	require.Len(t, out.Picks, 5)
	require.True(t, slices.ContainsFunc(out.Degraded, func(d tagging.Degradation) bool { return strings.Contains(d.Reason, `"qwertz"`) }))
}

// Without a network and with an empty cache, Open falls back to colours; asked for the model, it fails.
func TestOfflineFallsBack(t *testing.T) {
	t.Setenv("SOUNDTRACK_CACHE", t.TempDir())
	rec := open(t, soundtrack.WithOffline())
	require.Equal(t, soundtrack.PresetPalette, rec.Encoder().ID)
	_, err := soundtrack.Open(t.Context(), soundtrack.WithOffline(), soundtrack.WithPreset(soundtrack.PresetCompact))
	require.Error(t, err)
}

// tinyManifest describes a tiny model as a user's own, under the id of a preset.
func tinyManifest(t *testing.T) vision.Manifest {
	t.Helper()
	file := visiontest.TinyModel(t)
	return vision.Manifest{
		ID: soundtrack.PresetCLIPOpenAI, Dim: visiontest.TinyDim,
		Visual: vision.Graph{
			File: vision.File{
				Name: "tiny.onnx", SHA256: file.SHA256, URLs: []string{"file://" + filepath.ToSlash(file.Path)},
			},
			Input: "image", Output: "embedding",
		},
		Preprocess: vision.Preprocess{Size: visiontest.TinySize, Crop: vision.CropShortest, Std: [3]float64{1, 1, 1}},
	}
}

// A model without labels still answers, and the answer says what runs it, why, and what nobody could read from it.
func TestOwnModelAnswers(t *testing.T) {
	t.Parallel()
	m := tinyManifest(t)
	rec := open(t, soundtrack.WithManifest(m), soundtrack.WithBackend(onnx.New()), soundtrack.WithOffline())
	out, err := rec.Recommend(t.Context(), soundtrack.Request{Image: sunset(), Count: 7})
	require.NoError(t, err)
	require.Len(t, out.Picks, 7)
	require.Equal(t, soundtrack.PresetCLIPOpenAI, out.Encoder.ID)
	require.Contains(t, out.Encoder.Backend, "pure Go")
	require.Equal(t, "CPU", out.Encoder.Device)
	require.Contains(t, out.Encoder.Reason, "a manifest in place of the preset's")
	require.Contains(t, out.Encoder.Reason, "its backend was asked for")
	require.Equal(t, m.ID+"@"+m.Visual.File.SHA256[:12], out.Analysis.Space)
	require.Len(t, out.Analysis.Embedding, visiontest.TinyDim)
	require.NotEmpty(t, out.Analysis.Tags.Colours, "colours are always read")
	require.Equal(t, "tagging", out.Degraded[0].Part)
	require.Contains(t, out.Degraded[0].Remedy, soundtrack.PresetCompact)

	state, err := out.Analysis.MarshalBinary()
	require.NoError(t, err)
	var back soundtrack.Analysis
	require.NoError(t, back.UnmarshalBinary(state))
	again, err := rec.Recommend(t.Context(), soundtrack.Request{Analysis: &back, Count: 7})
	require.NoError(t, err)
	require.Equal(t, ids(out.Picks), ids(again.Picks), "dials work")
}

// What a picture shows that music must not be careless about travels with the answer, and back with its analysis.
func TestCareTravels(t *testing.T) {
	t.Parallel()
	grave := soundtrack.Analysis{Tags: tagging.Tags{
		Affect: feels(.2, -.1), Care: []tagging.Care{{Topic: tagging.CareGrief, Confidence: .9, Evidence: []tagging.Evidence{{Tagger: "llm", Detail: "a grave"}}}},
	}}
	state, err := grave.MarshalBinary()
	require.NoError(t, err)
	var back soundtrack.Analysis
	require.NoError(t, back.UnmarshalBinary(state))
	rec := openPalette(t)
	ask := func(change func(*soundtrack.Request)) *soundtrack.Recommendation {
		req := soundtrack.Request{Analysis: &back, Count: 50}
		change(&req)
		out, err := rec.Recommend(t.Context(), req)
		require.NoError(t, err)
		return out
	}
	happiest := func(out *soundtrack.Recommendation) float64 {
		highest := -1.
		for _, p := range out.Picks {
			highest = max(highest, p.Song.Affect.Valence)
		}
		return highest
	}
	usual := ask(func(*soundtrack.Request) {})
	require.True(t, usual.Care.Heavy)
	require.Contains(t, usual.Care.Reason, "grief")
	require.Equal(t, tagging.CareGrief, usual.Care.Topics[0].Topic)
	require.LessOrEqual(t, happiest(usual), usual.Care.MaxValence)
	require.LessOrEqual(t, happiest(ask(func(r *soundtrack.Request) { r.Care = match.CareStrict })), .1)
	off := ask(func(r *soundtrack.Request) { r.Care = match.CareOff })
	require.Equal(t, match.Care{MaxValence: 1}, off.Care)
	require.Greater(t, happiest(off), .3)
	wished := ask(func(r *soundtrack.Request) { r.Mood = &tagging.Affect{Valence: .7} })
	require.True(t, wished.Care.Heavy, "songs may be cheerful, if that is wished, and still do not start by themselves")
	require.Greater(t, happiest(wished), .3)
	seen, err := rec.Analyze(t.Context(), soundtrack.Request{Analysis: &back})
	require.NoError(t, err)
	require.Equal(t, usual.Care, seen.Care)
	_, err = rec.Analyze(t.Context(), soundtrack.Request{Analysis: &back, Care: "Strict"})
	require.ErrorIs(t, err, match.ErrInvalid, "a misspelt mode must not turn care off")

	for name, care := range map[string]tagging.Care{"topic": {Topic: "boredom", Confidence: .5}, "confidence": {Topic: tagging.CareGrief, Confidence: 2}} {
		forged, err := soundtrack.Analysis{Tags: tagging.Tags{Affect: feels(0, 0), Care: []tagging.Care{care}}}.MarshalBinary()
		require.NoError(t, err)
		require.ErrorIs(t, new(soundtrack.Analysis).UnmarshalBinary(forged), soundtrack.ErrState, name)
	}
}

// A library of ONNX Runtime that is named but unusable does not keep a model from running; the answer says that it was not
// taken, and nothing about this machine's folders.
func TestBackendFallsBack(t *testing.T) {
	library := filepath.Join(t.TempDir(), "libonnxruntime.so")
	require.NoError(t, os.WriteFile(library, []byte("this is no library"), 0o600))
	for _, named := range []string{library, library + ".none"} {
		t.Setenv("SOUNDTRACK_ONNXRUNTIME", named)
		rec := open(t, soundtrack.WithManifest(tinyManifest(t)), soundtrack.WithOffline())
		choice := rec.Encoder()
		require.Contains(t, choice.Backend, "pure Go")
		require.Equal(t, "CPU", choice.Device)
		require.Regexp(t, `^asked for.*; no ONNX Runtime: (its library cannot be used|this program was built without cgo)$`, choice.Reason)
		require.NotContains(t, choice.Reason, filepath.Dir(library))
	}
}

type brokenTagger struct{}

func (brokenTagger) Tag(context.Context, *vision.Observation) (tagging.Tags, error) {
	return tagging.Tags{}, errors.New("broken")
}

func TestFailingTaggerDegrades(t *testing.T) {
	t.Parallel()
	fusion, err := tagging.NewFusion(tagging.Named{Name: "own", Tagger: brokenTagger{}}, tagging.Named{Name: tagging.PaletteName, Tagger: tagging.PaletteTagger{}})
	require.NoError(t, err)
	out, err := openPalette(t, soundtrack.WithTagger(fusion)).Recommend(t.Context(), soundtrack.Request{Image: sunset()})
	require.NoError(t, err)
	require.Len(t, out.Picks, 5)
	require.Contains(t, out.Degraded, tagging.Degradation{Part: "own", Reason: "broken"})
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	rec := openPalette(t)
	want, err := rec.Recommend(t.Context(), soundtrack.Request{Image: sunset()})
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			got, err := rec.Recommend(t.Context(), soundtrack.Request{Image: sunset()})
			if err != nil || !slices.Equal(ids(want.Picks), ids(got.Picks)) {
				t.Errorf("%v: another answer", err)
			}
		})
	}
	group.Wait()
}

// Pictures of opposite feeling share no song, and different scenes give visibly different songs.
func TestScenesGiveDifferentSongs(t *testing.T) {
	t.Parallel()
	rec := openCompact(t)
	picks := map[string][]catalog.ID{}
	moods := map[string]tagging.Affect{}
	for name, path := range map[string]string{
		"beach":        "coco-mini/images/000000214753.jpg",
		"dogs":         "oasis/images/Dog_6.jpg",
		"graves":       "oasis/images/Memorial_1.jpg",
		"thunderstorm": "oasis/images/Thunderstorm_3.jpg",
		"snow":         "oasis/images/Cold_1.jpg",
		"dump":         "oasis/images/Garbage_dump_2.jpg",
		"birthday":     "oasis/images/Birthday_1.jpg",
	} {
		out := recommend(t, rec, testenv.Data(t, filepath.FromSlash(path)), nil)
		require.Len(t, out.Picks, 5)
		picks[name], moods[name] = ids(out.Picks), out.Analysis.Tags.Affect.Affect
		t.Logf("%-12s %+.2f %+.2f %s", name, moods[name].Valence, moods[name].Arousal, titles(out.Picks))
	}
	for a := range picks {
		for b := range picks {
			if a >= b {
				continue
			}
			shared := 0
			for _, id := range picks[a] {
				if slices.Contains(picks[b], id) {
					shared++
				}
			}
			require.LessOrEqual(t, shared, 1, "%s and %s", a, b)
			if moods[a].Valence*moods[b].Valence < 0 && moods[a].Arousal*moods[b].Arousal < 0 {
				require.Zero(t, shared, "%s and %s lie in opposite quadrants", a, b)
			}
		}
	}
}

func titles(picks []match.Pick) string {
	var list []string
	for _, p := range picks {
		list = append(list, p.Song.Title)
	}
	return strings.Join(list, "; ")
}

// Over real photographs: contributions sum to the score, reasons name what is in the answer, filters never leak.
func TestAnswersKeepTheirPromises(t *testing.T) {
	t.Parallel()
	rec := openCompact(t)
	files, err := filepath.Glob(filepath.Join(testenv.Data(t, "coco-mini", "images"), "*.jpg"))
	require.NoError(t, err)
	filters := []catalog.Filter{
		{}, {Languages: []string{"fr", "es"}}, {YearFrom: 1960, YearTo: 1979}, {Genres: []string{"jazz"}}, {ExcludeExplicit: true}, {OfflineOnly: true},
	}
	for i, path := range files[:24] {
		filter := filters[i%len(filters)]
		pass, err := filter.Compile()
		require.NoError(t, err)
		out := recommend(t, rec, path, func(req *soundtrack.Request) { req.Filter = filter })
		require.NotEmpty(t, out.Picks)
		for _, p := range out.Picks {
			require.True(t, pass(p.Song), "%v passed %+v", p.Song, filter)
			var score, weight float64
			var evidence []string
			for _, part := range p.Parts {
				require.InDelta(t, part.Weight*part.Value, part.Contribution, 1e-9)
				score, weight = score+part.Contribution, weight+part.Weight
				evidence = append(evidence, part.Evidence...)
			}
			require.InDelta(t, p.Score, score, 1e-6)
			require.InDelta(t, 1, weight, 1e-9)
			for _, clause := range strings.Split(strings.TrimSuffix(p.Why(), "."), "; ") {
				require.True(t, slices.ContainsFunc(evidence, func(e string) bool { return strings.EqualFold(e, clause) }), "%q is no evidence in %q", clause, evidence)
			}
		}
	}
}
