package server

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/preview"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// fakeEngine gives the same answer to every picture, or does what its hook says. It proves the plumbing, not the
// recommendations.
type fakeEngine struct {
	store catalog.Store
	hook  func(ctx context.Context, req soundtrack.Request) error // nil for none

	running, peak, calls atomic.Int64
	last                 atomic.Pointer[soundtrack.Request]
}

func (e *fakeEngine) Recommend(ctx context.Context, req soundtrack.Request) (*soundtrack.Recommendation, error) {
	if err := e.work(ctx, req); err != nil {
		return nil, err
	}
	out := fakeAnswer()
	songs, err := e.store.Candidates(ctx, catalog.Query{K: 10, Filter: req.Filter})
	if err != nil {
		return nil, err
	}
	for _, c := range songs {
		out.Picks = append(out.Picks, fakePick(c.Song))
	}
	return out, nil
}

func (e *fakeEngine) Analyze(ctx context.Context, req soundtrack.Request) (*soundtrack.Recommendation, error) {
	if err := e.work(ctx, req); err != nil {
		return nil, err
	}
	return fakeAnswer(), nil
}

func (e *fakeEngine) Store() catalog.Store { return e.store }

// work reads the picture as an engine would, and counts.
func (e *fakeEngine) work(ctx context.Context, req soundtrack.Request) error {
	e.calls.Add(1)
	now := e.running.Add(1)
	defer e.running.Add(-1)
	for {
		peak := e.peak.Load()
		if now <= peak || e.peak.CompareAndSwap(peak, now) {
			break
		}
	}
	e.last.Store(&req)
	if req.Image != nil {
		if _, err := jpeg.Decode(req.Image); err != nil {
			return &vision.RefusalError{Reason: vision.ReasonCorrupt, Format: vision.FormatJPEG, Err: err}
		}
	}
	if e.hook != nil {
		return e.hook(ctx, req)
	}
	return nil
}

// fakeAnswer fills every field that is sent.
func fakeAnswer() *soundtrack.Recommendation {
	evidence := []tagging.Evidence{{Tagger: "labels", Detail: "seashore .62", Weight: .7}}
	return &soundtrack.Recommendation{
		RequestID: newID(testTime),
		Encoder:   soundtrack.EncoderChoice{ID: "compact", Backend: "pure Go (avx2)", Device: "CPU", Reason: "it was cached"},
		Analysis: soundtrack.Analysis{
			Tags: tagging.Tags{
				Affect:  tagging.Estimate{Affect: tagging.Affect{Valence: .5, Arousal: -.25}, Spread: .3, Known: true},
				Moods:   []tagging.Tag{{Concept: "calm", Name: "calm", Confidence: .8, Evidence: evidence}},
				Objects: []tagging.Tag{{Concept: "boat", Name: "boat", Confidence: .5, Evidence: evidence}},
				Scenes:  []tagging.Tag{{Concept: "beach", Name: "beach", Confidence: .62, Evidence: evidence}},
				Colours: []tagging.Colour{{Hex: "#1a2b3c", Name: "dark blue", Share: .6}},
				Era: tagging.Era{
					Label: tagging.EraModern, Decade: 2010, Captured: time.Date(2014, 5, 1, 0, 0, 0, 0, time.UTC), Confidence: .9,
					Evidence: evidence, Decades: []tagging.DecadeShare{{Decade: 2010, Share: .5}},
				},
				Caption:        "a boat at the sea",
				AffectEvidence: evidence,
				Disagreement:   .125,
				Care:           []tagging.Care{{Topic: tagging.CareGrief, Confidence: .5, Evidence: evidence}},
			},
			Width: 640, Height: 480,
			Embedding: []float32{.6, .8}, Space: "compact@0123456789ab",
		},
		Care: match.Care{
			MaxValence: .25, Heavy: true, Reason: "a grave", Topics: []tagging.Care{{Topic: tagging.CareGrief, Confidence: .5, Evidence: evidence}},
		},
		Degraded: []tagging.Degradation{{Part: "encoder", Reason: "the small one is used", Remedy: "pull a better one"}},
	}
}

func fakePick(song catalog.Song) match.Pick {
	return match.Pick{Song: song, Score: .75, Parts: []match.Part{
		{Name: match.PartAffect, Weight: .5, Value: 1, Contribution: .5, Evidence: []string{"both calm"}},
		{Name: match.PartConcepts, Weight: .5, Value: .5, Contribution: .25, Evidence: []string{"sea"}},
	}}
}

// testSongs has one song for each kind of preview.
func testSongs() []catalog.Song {
	return []catalog.Song{
		{
			Title: "Demo", Artist: "Ours", Album: "First", Year: 2024, Language: "zxx", Genres: []string{"ambient"},
			Affect:   tagging.Estimate{Affect: tagging.Affect{Valence: .5, Arousal: -.5}, Spread: .2, Known: true},
			Sound:    &catalog.Sound{Mode: .8, Loudness: .2, Tempo: .2},
			Concepts: tagging.NewConceptVector(tagging.ConceptWeight{Concept: "beach", Weight: .4}, tagging.ConceptWeight{Concept: "calm", Weight: .9}),
			Previews: []catalog.Preview{{Kind: catalog.PreviewDemo, Ref: "calm-sea"}},
		},
		{Title: "Elsewhere", Artist: "They", Previews: []catalog.Preview{{Kind: catalog.PreviewDeezer, Ref: "3135556"}}},
		{Title: "Fixed", Artist: "Them", Previews: []catalog.Preview{{Kind: catalog.PreviewURL, Ref: "https://example.org/a.mp3"}}},
		{Title: "Silent", Artist: "Nobody", Explicit: true},
	}
}

func newFake(t testing.TB, songs ...catalog.Song) *fakeEngine {
	t.Helper()
	store, err := catalog.NewMemory(append(testSongs(), songs...)...)
	require.NoError(t, err)
	return &fakeEngine{store: store}
}

// idOf is the id of one of the songs.
func idOf(title, artist string) string {
	return string(catalog.Song{Title: title, Artist: artist}.Key().ID())
}

// fakeDemos is one demo track.
type fakeDemos struct{ data []byte }

func (d fakeDemos) OpenDemo(_ context.Context, name string) (io.ReadSeekCloser, error) {
	if name != "calm-sea" {
		return nil, preview.ErrNoPreview
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(d.data), io.NopCloser(nil)}, nil
}

// testSound is the start of a WAV file and a thousand bytes of something.
func testSound() []byte {
	sound := append([]byte("RIFF\xff\x03\x00\x00WAVEfmt "), make([]byte, 1000)...)
	for i := range sound[16:] {
		sound[16+i] = byte(i)
	}
	return sound
}

// testPicture is a JPEG of w × h pixels.
func testPicture(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x ^ y), 255})
		}
	}
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, img, nil))
	return out.Bytes()
}

// padded is a picture of exactly n bytes: what follows the end of a JPEG is ignored.
func padded(t testing.TB, n int) []byte {
	t.Helper()
	picture := testPicture(t, 16, 16)
	require.LessOrEqual(t, len(picture), n)
	out := make([]byte, n)
	copy(out, picture)
	_, err := vision.Probe(bytes.NewReader(out), vision.WithLimits(vision.Limits{Bytes: int64(n)}))
	require.NoError(t, err)
	return out
}
