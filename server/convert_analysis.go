package server

import (
	"fmt"

	"github.com/soundtrack-go/sdk/match"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

// analyzeResponse is an answer without songs.
func analyzeResponse(out *soundtrack.Recommendation) (*v1.AnalyzeResponse, error) {
	analysis, err := analysisProto(out.Analysis)
	if err != nil {
		return nil, err
	}
	return &v1.AnalyzeResponse{
		RequestId: out.RequestID,
		Encoder:   encoderProto(out.Encoder),
		Analysis:  analysis,
		Degraded:  degradedProto(out.Degraded),
		Care:      careProto(out.Care),
	}, nil
}

func encoderProto(e soundtrack.EncoderChoice) *v1.Encoder {
	return &v1.Encoder{Id: e.ID, Reason: e.Reason, Backend: e.Backend, Device: e.Device}
}

// analysisProto is what was seen, with the state that stands for it in a re-rank.
func analysisProto(a soundtrack.Analysis) (*v1.Analysis, error) {
	state, err := a.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("server: state: %w", err)
	}
	return &v1.Analysis{
		Affect:         estimateProto(a.Tags.Affect),
		Moods:          tagsProto(a.Tags.Moods),
		Objects:        tagsProto(a.Tags.Objects),
		Scenes:         tagsProto(a.Tags.Scenes),
		Colours:        coloursProto(a.Tags.Colours),
		Era:            eraProto(a.Tags.Era),
		Caption:        a.Tags.Caption,
		AffectEvidence: evidenceProto(a.Tags.AffectEvidence),
		Disagreement:   a.Tags.Disagreement,
		Width:          int32(a.Width),
		Height:         int32(a.Height),
		State:          state,
	}, nil
}

// estimateProto is never absent: what nobody could judge is neutral, with the spread of knowing nothing.
func estimateProto(e tagging.Estimate) *v1.AffectEstimate {
	if !e.Known {
		e = tagging.Estimate{Spread: tagging.UnknownSpread}
	}
	return &v1.AffectEstimate{Valence: e.Valence, Arousal: e.Arousal, Spread: e.Spread}
}

func tagsProto(tags []tagging.Tag) []*v1.Tag {
	return each(tags, func(t tagging.Tag) *v1.Tag {
		return &v1.Tag{Concept: t.Concept, Name: t.Name, Confidence: t.Confidence, Evidence: evidenceProto(t.Evidence)}
	})
}

func evidenceProto(evidence []tagging.Evidence) []*v1.Evidence {
	return each(evidence, func(e tagging.Evidence) *v1.Evidence {
		return &v1.Evidence{Tagger: e.Tagger, Detail: e.Detail, Weight: e.Weight}
	})
}

func coloursProto(colours []tagging.Colour) []*v1.Colour {
	return each(colours, func(c tagging.Colour) *v1.Colour {
		return &v1.Colour{Hex: c.Hex, Name: c.Name, Share: c.Share}
	})
}

// eraProto tells the decade, which is all that clients need: the day of capture travels in the state only.
func eraProto(e tagging.Era) *v1.Era {
	return &v1.Era{
		Label: e.Label.String(), Decade: int32(e.Decade), Confidence: e.Confidence, Evidence: evidenceProto(e.Evidence),
		Decades: each(e.Decades, func(d tagging.DecadeShare) *v1.DecadeShare {
			return &v1.DecadeShare{Decade: int32(d.Decade), Share: d.Share}
		}),
	}
}

func careProto(c match.Care) *v1.Care {
	return &v1.Care{
		NoAutoplay: c.Heavy, MaxValence: c.MaxValence, Reason: c.Reason,
		Topics: each(c.Topics, func(t tagging.Care) *v1.CareTopic {
			return &v1.CareTopic{Topic: string(t.Topic), Confidence: t.Confidence, Evidence: evidenceProto(t.Evidence)}
		}),
	}
}

func degradedProto(list []tagging.Degradation) []*v1.Degradation {
	return each(list, func(d tagging.Degradation) *v1.Degradation {
		return &v1.Degradation{Part: d.Part, Reason: d.Reason, Remedy: d.Remedy}
	})
}

// each maps a list; an empty one gives nil.
func each[From, To any](list []From, f func(From) To) []To {
	if len(list) == 0 {
		return nil
	}
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}
