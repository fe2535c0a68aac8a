package server

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

// TestRequestConversion sets every field of a request; a field that is added to the schema and not to this list fails.
func TestRequestConversion(t *testing.T) {
	t.Parallel()
	req := &v1.RecommendRequest{
		Subject: &v1.RecommendRequest_State{State: []byte("x")},
		Count:   7,
		Dials:   &v1.Dials{Contrast: .1, Atmosphere: .2, Era: -.3, Surprise: .4},
		Filter: &v1.Filter{
			Languages: []string{"en", "zxx"}, Genres: []string{"jazz"}, YearFrom: 1960, YearTo: 1979,
			ExcludeExplicit: true, PlayableOnly: true, OfflineOnly: true,
			ExcludeSongs: []string{"s1"}, ExcludeArtists: []string{"Them"},
		},
		Include: []string{"sea"}, Exclude: []string{"rain"}, LikeSongs: []string{"s2", "s3"},
		Target: &v1.Affect{Valence: .5, Arousal: -.5},
		Care:   "strict",
	}
	requireAllSet(t, req.ProtoReflect(), "image")
	got, err := recommendRequest(req)
	require.NoError(t, err)
	require.Equal(t, soundtrack.Request{
		Count: 7,
		Dials: match.Dials{Contrast: .1, Atmosphere: .2, Era: -.3, Surprise: .4},
		Mood:  &tagging.Affect{Valence: .5, Arousal: -.5},
		Filter: catalog.Filter{
			Languages: []string{"en", "zxx"}, Genres: []string{"jazz"}, YearFrom: 1960, YearTo: 1979,
			ExcludeExplicit: true, PlayableOnly: true, OfflineOnly: true,
			ExcludeSongs: []catalog.ID{"s1"}, ExcludeArtists: []string{"Them"},
		},
		Include: []string{"sea"}, Exclude: []string{"rain"}, Like: []catalog.ID{"s2", "s3"},
		Care: match.CareStrict,
	}, got)

	zero, err := recommendRequest(new(v1.RecommendRequest))
	require.NoError(t, err)
	require.Equal(t, soundtrack.Request{}, zero, "the zero value is the default")
}

// requireAllSet makes sure that no field of a message, or of those in it, is empty.
func requireAllSet(t *testing.T, m protoreflect.Message, except ...string) {
	t.Helper()
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) {
			require.Contains(t, except, string(f.Name()), "%s is not set", f.FullName())
			continue
		}
		switch {
		case f.IsList() && f.Message() != nil:
			requireAllSet(t, m.Get(f).List().Get(0).Message(), except...)
		case !f.IsList() && f.Message() != nil:
			requireAllSet(t, m.Get(f).Message(), except...)
		}
	}
}

func TestResponseConversion(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c, err := newConfig([]Option{WithDemos(fakeDemos{})})
	require.NoError(t, err)
	out := fakeAnswer()
	song := testSongs()[0]
	song.ID, song.Explicit = "s1", true
	out.Picks = append(out.Picks, fakePick(song))
	got, err := recommendResponse(out, newService(fake, c).previewProto)
	require.NoError(t, err)
	// The reason why is made by package match alone; a fake pick has none.
	requireAllSet(t, got.ProtoReflect(), "why")

	state := got.Analysis.State
	got.Analysis.State = nil
	evidence := []*v1.Evidence{{Tagger: "labels", Detail: "seashore .62", Weight: .7}}
	want := &v1.RecommendResponse{
		RequestId: out.RequestID,
		Encoder:   &v1.Encoder{Id: "compact", Reason: "it was cached", Backend: "pure Go (avx2)", Device: "CPU"},
		Analysis: &v1.Analysis{
			Affect:  &v1.AffectEstimate{Valence: .5, Arousal: -.25, Spread: .3},
			Moods:   []*v1.Tag{{Concept: "calm", Name: "calm", Confidence: .8, Evidence: evidence}},
			Objects: []*v1.Tag{{Concept: "boat", Name: "boat", Confidence: .5, Evidence: evidence}},
			Scenes:  []*v1.Tag{{Concept: "beach", Name: "beach", Confidence: .62, Evidence: evidence}},
			Colours: []*v1.Colour{{Hex: "#1a2b3c", Name: "dark blue", Share: .6}},
			Era: &v1.Era{
				Label: "modern", Decade: 2010, Confidence: .9, Evidence: evidence, Decades: []*v1.DecadeShare{{Decade: 2010, Share: .5}},
			},
			Caption:        "a boat at the sea",
			AffectEvidence: evidence,
			Disagreement:   .125,
			Width:          640, Height: 480,
		},
		Picks: []*v1.Pick{{
			Song: &v1.Song{
				Id: "s1", Title: "Demo", Artist: "Ours", Album: "First", Year: 2024, Language: "zxx", Genres: []string{"ambient"},
				Explicit: true, Affect: &v1.Affect{Valence: .5, Arousal: -.5}, Concepts: []string{"calm", "beach"}, Tempo: "slow",
			},
			Score: .75,
			Parts: []*v1.Part{
				{Name: "affect", Weight: .5, Value: 1, Contribution: .5, Evidence: []string{"both calm"}},
				{Name: "concepts", Weight: .5, Value: .5, Contribution: .25, Evidence: []string{"sea"}},
			},
			Preview: &v1.Preview{Kind: kindDemo, Url: "/v1/previews/demo/calm-sea"},
		}},
		Care: &v1.Care{
			NoAutoplay: true, MaxValence: .25, Reason: "a grave", Topics: []*v1.CareTopic{{Topic: "grief", Confidence: .5, Evidence: evidence}},
		},
		Degraded: []*v1.Degradation{{Part: "encoder", Reason: "the small one is used", Remedy: "pull a better one"}},
	}
	require.True(t, proto.Equal(want, got), "want %v\ngot  %v", want, got)

	var analysis soundtrack.Analysis
	require.NoError(t, analysis.UnmarshalBinary(state))
	require.Equal(t, out.Analysis.Tags, analysis.Tags)
}

// TestUnknownStaysUnknown: what nobody judged is not told as a judgement.
func TestUnknownStaysUnknown(t *testing.T) {
	t.Parallel()
	require.Nil(t, songProto(catalog.Song{Title: "a", Artist: "b"}).Affect)
	require.Empty(t, songProto(catalog.Song{Title: "a", Artist: "b"}).Tempo)
	e := estimateProto(tagging.Estimate{})
	require.Zero(t, e.Valence)
	require.InDelta(t, tagging.UnknownSpread, e.Spread, 0)
	require.Equal(t, "unknown", eraProto(tagging.Era{}).Label)
}
