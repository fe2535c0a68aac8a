package server

import (
	"bytes"
	"context"
	"errors"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
)

// Recommend answers songs for a picture, or re-ranks an earlier analysis.
func (s *service) Recommend(ctx context.Context, req *v1.RecommendRequest) (*v1.RecommendResponse, error) {
	request, err := recommendRequest(req)
	if err != nil {
		return nil, err
	}
	var out *soundtrack.Recommendation
	switch subject := req.GetSubject().(type) {
	case *v1.RecommendRequest_Image:
		out, err = s.look(ctx, "recommend", subject.Image, request, s.engine.Recommend)
	case *v1.RecommendRequest_State:
		out, err = s.rerank(ctx, subject.State, request)
	default:
		err = invalidf("subject", "want the bytes of an image, or the state of an earlier answer")
	}
	if err != nil {
		return nil, err
	}
	s.metrics.answered(out, true)
	noteAnswer(ctx, out.RequestID)
	return recommendResponse(out, s.previewProto)
}

// Analyze says what is seen in a picture.
func (s *service) Analyze(ctx context.Context, req *v1.AnalyzeRequest) (*v1.AnalyzeResponse, error) {
	out, err := s.look(ctx, "analyse", req.GetImage(), soundtrack.Request{}, s.engine.Analyze)
	if err != nil {
		return nil, err
	}
	s.metrics.answered(out, false)
	noteAnswer(ctx, out.RequestID)
	return analyzeResponse(out)
}

// answer is a method of [Engine] that looks at a picture.
type answer func(context.Context, soundtrack.Request) (*soundtrack.Recommendation, error)

// look has the engine look at a picture, on a slot and within the memory for decoding.
func (s *service) look(ctx context.Context, stage string, image []byte, req soundtrack.Request, ask answer) (*soundtrack.Recommendation, error) {
	if int64(len(image)) > s.limits.Bytes {
		return nil, &vision.RefusalError{Reason: vision.ReasonBytes, Limit: s.limits.Bytes, Got: int64(len(image))}
	}
	return run(ctx, s, s.pictures, stage, func(ctx context.Context) (*soundtrack.Recommendation, error) {
		header, err := vision.Probe(bytes.NewReader(image), vision.WithLimits(s.limits))
		if err != nil {
			return nil, err
		}
		release, err := s.reserve(ctx, header.DecodedBytes+int64(len(image)))
		if err != nil {
			return nil, err
		}
		defer release()
		s.metrics.upload.Observe(float64(len(image)))
		req.Image = bytes.NewReader(image)
		return answered(ask(ctx, req))
	})
}

// rerank has the engine rank songs for what an earlier answer has seen.
func (s *service) rerank(ctx context.Context, state []byte, req soundtrack.Request) (*soundtrack.Recommendation, error) {
	return run(ctx, s, s.light, "rerank", func(ctx context.Context) (*soundtrack.Recommendation, error) {
		analysis := new(soundtrack.Analysis)
		if err := analysis.UnmarshalBinary(state); err != nil {
			return nil, err
		}
		req.Analysis = analysis
		return answered(s.engine.Recommend(ctx, req))
	})
}

// reserve waits until n bytes of the memory for decoding are free. A picture that needs more than all of it gets all.
func (s *service) reserve(ctx context.Context, n int64) (release func(), err error) {
	n = min(n, s.memorySize)
	waiting, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	if err := s.memory.Acquire(waiting, n); err != nil {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, s.pictures.busy("memory")
	}
	s.metrics.memory.Add(float64(n))
	return func() {
		s.metrics.memory.Sub(float64(n))
		s.memory.Release(n)
	}, nil
}

// answered refuses an engine's answer that is none.
func answered(out *soundtrack.Recommendation, err error) (*soundtrack.Recommendation, error) {
	if err == nil && out == nil {
		return nil, errors.New("server: the engine gave neither an answer nor an error")
	}
	return out, err
}
