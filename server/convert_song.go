package server

import (
	"cmp"
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

// recommendResponse is an answer with songs, whose previews preview tells.
func recommendResponse(out *soundtrack.Recommendation, preview func(catalog.Song) *v1.Preview) (*v1.RecommendResponse, error) {
	analysis, err := analysisProto(out.Analysis)
	if err != nil {
		return nil, err
	}
	pickProto := func(p match.Pick) *v1.Pick {
		return &v1.Pick{
			Song: songProto(p.Song), Score: p.Score, Parts: each(p.Parts, partProto), Why: p.Why(), Preview: preview(p.Song),
		}
	}
	return &v1.RecommendResponse{
		RequestId: out.RequestID,
		Encoder:   encoderProto(out.Encoder),
		Analysis:  analysis,
		Picks:     each(out.Picks, pickProto),
		Degraded:  degradedProto(out.Degraded),
		Care:      careProto(out.Care),
	}, nil
}

func partProto(p match.Part) *v1.Part {
	return &v1.Part{
		Name: string(p.Name), Weight: p.Weight, Value: p.Value, Contribution: p.Contribution, Evidence: p.Evidence,
	}
}

// songProto is a song as clients see it: no vectors, no provenance, no paths.
func songProto(song catalog.Song) *v1.Song {
	out := &v1.Song{
		Id:       string(song.ID),
		Title:    song.Title,
		Artist:   song.Artist,
		Album:    song.Album,
		Year:     int32(song.Year),
		Language: song.Language,
		Genres:   song.Genres,
		Explicit: song.Explicit,
		Concepts: conceptsByWeight(song.Concepts),
		Tempo:    string(song.TempoBand()),
	}
	if song.Affect.Known {
		out.Affect = &v1.Affect{Valence: song.Affect.Valence, Arousal: song.Affect.Arousal}
	}
	return out
}

// conceptsByWeight lists concepts by falling weight, and by name where it is equal. The vector is not changed.
func conceptsByWeight(vector tagging.ConceptVector) []string {
	sorted := slices.Clone(vector)
	slices.SortStableFunc(sorted, func(a, b tagging.ConceptWeight) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Concept, b.Concept))
	})
	return each(sorted, func(c tagging.ConceptWeight) string { return c.Concept })
}
