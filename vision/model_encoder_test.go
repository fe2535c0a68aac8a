package vision_test

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func openStub(t testing.TB, stub *visiontest.Stub, opts ...vision.Option) *vision.ModelEncoder {
	t.Helper()
	enc, err := vision.NewEncoder(t.Context(), visiontest.StubModel(), stub, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, enc.Close()) })
	return enc
}

func TestModelEncoderConformance(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]vision.Option{
		"default":           nil,
		"one by one":        {vision.WithBatchSize(1), vision.WithConcurrency(1)},
		"batches of three":  {vision.WithBatchSize(3), vision.WithConcurrency(2)},
		"two, four threads": {vision.WithBatchSize(2), vision.WithConcurrency(4), vision.WithSessionOptions(vision.SessionOptions{Threads: 2})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			visiontest.Run(t, func(t *testing.T) vision.Encoder {
				enc, err := vision.NewEncoder(t.Context(), visiontest.StubModel(), new(visiontest.Stub), opts...)
				require.NoError(t, err)
				return enc
			})
		})
	}
	t.Run("fixed batch of four", func(t *testing.T) {
		t.Parallel()
		s := visiontest.StubSignature()
		s.Inputs[0].Shape[0] = 4
		visiontest.Run(t, func(t *testing.T) vision.Encoder {
			enc, err := vision.NewEncoder(t.Context(), visiontest.StubModel(), &visiontest.Stub{
				Signature: s,
				BeforeRun: func(_ context.Context, in []vision.Tensor) error {
					if in[0].Shape[0] != 4 {
						return errors.New("batch is not four")
					}
					return nil
				},
			})
			require.NoError(t, err)
			return enc
		})
	})
}

// TestModelEncoderBatches counts the pictures of each run.
func TestModelEncoderBatches(t *testing.T) {
	t.Parallel()
	var largest, total atomic.Int64
	enc := openStub(t, &visiontest.Stub{BeforeRun: func(_ context.Context, in []vision.Tensor) error {
		n := int64(in[0].Shape[0])
		total.Add(n)
		for {
			old := largest.Load()
			if n <= old || largest.CompareAndSwap(old, n) {
				return nil
			}
		}
	}}, vision.WithBatchSize(4), vision.WithConcurrency(2))
	total.Store(0)
	pictures := make([]*vision.Picture, 50)
	for i := range pictures {
		pictures[i] = visiontest.Pictures()[i%5]
	}
	_, err := enc.Encode(t.Context(), pictures)
	require.NoError(t, err)
	require.EqualValues(t, 4, largest.Load())
	require.EqualValues(t, 50, total.Load())
}

// TestModelEncoderRefusesOutputs spoils what the session returns.
func TestModelEncoderRefusesOutputs(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name   string
		detail bool // only EncodeDetail looks at it
		spoil  func(outputs []vision.Tensor)
	}{
		{"NaN", false, func(o []vision.Tensor) { o[0].Data[2] = nan }},
		{"Inf", false, func(o []vision.Tensor) { o[0].Data[5] = inf }},
		{"zeros", false, func(o []vision.Tensor) { clear(o[0].Data) }},
		{"too short", false, func(o []vision.Tensor) { o[0].Data, o[0].Shape[1] = o[0].Data[:4], 4 }},
		{"too long", false, func(o []vision.Tensor) { o[0].Data, o[0].Shape[1] = make([]float32, 7), 7 }},
		{"other batch", false, func(o []vision.Tensor) { o[0].Shape[0] = 2 }},
		{"nothing", false, func(o []vision.Tensor) { o[0] = vision.Tensor{Name: o[0].Name} }},
		{"extra is NaN", true, func(o []vision.Tensor) { o[1].Data[0] = nan }},
		{"extra is missing", true, func(o []vision.Tensor) { o[1] = vision.Tensor{Name: o[1].Name} }},
		{"map of other rank", true, func(o []vision.Tensor) { o[2].Shape = []int{1, 32} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var armed atomic.Bool // the check at start must pass
			enc := openStub(t, &visiontest.Stub{Spoil: func(o []vision.Tensor) {
				if armed.Load() && len(o) >= 1 && (!c.detail || len(o) == 3) {
					c.spoil(o)
				}
			}})
			armed.Store(true)
			_, err := enc.EncodeDetail(t.Context(), visiontest.Pictures()[:1])
			require.ErrorIs(t, err, vision.ErrEmbedding)
			var bad *vision.EmbeddingError
			require.ErrorAs(t, err, &bad)
			require.Zero(t, bad.Index)
			_, err = enc.Encode(t.Context(), visiontest.Pictures()[:1])
			require.Equal(t, c.detail, err == nil)

			// The same model is refused at start.
			_, err = vision.NewEncoder(t.Context(), visiontest.StubModel(), &visiontest.Stub{Spoil: c.spoil})
			require.ErrorIs(t, err, vision.ErrModel)
			require.ErrorIs(t, err, vision.ErrEmbedding)
		})
	}
}

// The error names the picture by its place in the call, not in its batch.
func TestModelEncoderNamesThePicture(t *testing.T) {
	t.Parallel()
	var runs atomic.Int64
	enc := openStub(t, &visiontest.Stub{Spoil: func(o []vision.Tensor) {
		if runs.Add(1) == 4 { // after the check at start, the third batch
			clear(o[0].Data[visiontest.StubDim:])
		}
	}}, vision.WithBatchSize(2), vision.WithConcurrency(1))
	_, err := enc.Encode(t.Context(), append(visiontest.Pictures(), visiontest.Pictures()...))
	var bad *vision.EmbeddingError
	require.ErrorAs(t, err, &bad)
	require.Equal(t, 5, bad.Index)
}

func TestModelEncoderRefusesModels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, message string
		change        func(m *vision.Model, s *vision.Signature)
	}{
		{"manifest", "manifest", func(m *vision.Model, _ *vision.Signature) { m.Manifest.Dim = 0 }},
		{"digest", "digest", func(m *vision.Model, _ *vision.Signature) { m.Visual.SHA256 = m.Visual.SHA256[1:] + "0" }},
		{"input name", `no input "image"`, func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Name = "pixel_values" }},
		{"input type", "int64", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Type = "int64" }},
		{"input size", "shape", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Shape[3] = 17 }},
		{"input channels", "shape", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Shape[1] = 1 }},
		{"input rank", "shape", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Shape = []int{-1, 3} }},
		{"second input", "only", func(_ *vision.Model, s *vision.Signature) {
			s.Inputs = append(s.Inputs, vision.TensorInfo{Name: "mask", Type: "int64"})
		}},
		{"huge batch", "fixed batch", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Shape[0] = 4096 }},
		{"output name", `no output "embedding"`, func(_ *vision.Model, s *vision.Signature) { s.Outputs[0].Name = "image_embeds" }},
		{"output dim", "shape", func(_ *vision.Model, s *vision.Signature) { s.Outputs[0].Shape[1] = 7 }},
		{"output rank", "shape", func(_ *vision.Model, s *vision.Signature) { s.Outputs[0].Shape = []int{-1, 6, 1} }},
		{"extra name", `no output "logits"`, func(_ *vision.Model, s *vision.Signature) { s.Outputs[1].Name = "other" }},
		{"extra rank", "four dimensions", func(_ *vision.Model, s *vision.Signature) { s.Outputs[2].Shape = []int{-1, 32} }},
		{"known answer", "known answer", func(m *vision.Model, _ *vision.Signature) {
			m.Manifest.Known = &vision.KnownAnswer{Components: map[int]float64{0: 1}, Tolerance: 1e-3}
		}},
		{"known answer of nothing known", "known answer", func(m *vision.Model, _ *vision.Signature) {
			m.Manifest.Known = &vision.KnownAnswer{Input: "blue", Components: map[int]float64{0: .5}, Tolerance: 1e-3}
		}},
		{"known answer is no number", "known answer", func(m *vision.Model, _ *vision.Signature) {
			m.Manifest.Known = &vision.KnownAnswer{Components: map[int]float64{0: math.NaN()}, Tolerance: 1e-3}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, s := visiontest.StubModel(), visiontest.StubSignature()
			c.change(&m, &s)
			_, err := vision.NewEncoder(t.Context(), m, &visiontest.Stub{Signature: s})
			require.ErrorIs(t, err, vision.ErrModel)
			require.ErrorContains(t, err, c.message)
		})
	}
}

func TestModelEncoderKnownAnswer(t *testing.T) {
	t.Parallel()
	// What the stub makes of the fixed input, read once and pinned: the input is part of the contract.
	var first []float32
	enc := openStub(t, &visiontest.Stub{BeforeRun: func(_ context.Context, in []vision.Tensor) error {
		if first == nil {
			first = append(first, in[0].Data[:4]...)
		}
		return nil
	}})
	require.NotNil(t, enc)
	require.InDeltaSlice(t, []float64{-1, 0.236068, -0.527864, 0.708204}, toFloat64(first), 1e-6)

	m := visiontest.StubModel()
	m.Manifest.Known = &vision.KnownAnswer{Components: map[int]float64{0: 0.577}, Tolerance: 0.01}
	good, err := vision.NewEncoder(t.Context(), m, new(visiontest.Stub))
	require.NoError(t, err)
	require.NoError(t, good.Close())
}

// The other known input is a grey picture, as the preprocessing makes it.
func TestModelEncoderKnownGrey(t *testing.T) {
	t.Parallel()
	var first []float32
	look := &visiontest.Stub{BeforeRun: func(_ context.Context, in []vision.Tensor) error {
		first = append(first[:0], in[0].Data...)
		return nil
	}}
	m := visiontest.StubModel()
	m.Manifest.Known = &vision.KnownAnswer{Input: vision.KnownGrey, Components: map[int]float64{1: 0}, Tolerance: 0.01}
	enc, err := vision.NewEncoder(t.Context(), m, look)
	require.NoError(t, err)
	require.NoError(t, enc.Close())
	require.Len(t, first, 3*visiontest.StubSize*visiontest.StubSize)
	for _, v := range first {
		require.InDelta(t, (127./255-.5)/.5, v, 1e-6)
	}
	m.Manifest.Known.Components[0] = 0
	_, err = vision.NewEncoder(t.Context(), m, look)
	require.ErrorIs(t, err, vision.ErrModel)
}

func toFloat64(v []float32) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

func TestModelEncoderDetail(t *testing.T) {
	t.Parallel()
	enc := openStub(t, new(visiontest.Stub))
	got, err := enc.EncodeDetail(t.Context(), visiontest.Pictures()[1:2])
	require.NoError(t, err)
	require.Len(t, got[0].Outputs["logits"], 4)
	require.Len(t, got[0].Outputs["map"], 4, "two means and two deviations")
	require.Equal(t, "stub-4", got[0].Model.Labels)

	// The stub's map is the first 32 numbers of the input.
	prep, err := vision.NewPreprocessor(visiontest.StubModel().Manifest.Preprocess)
	require.NoError(t, err)
	in := make([]float32, prep.Len())
	require.NoError(t, prep.Preprocess(in, visiontest.Pictures()[1]))
	for c := range 2 {
		mean, squares := 0.0, 0.0
		for _, v := range in[16*c : 16*c+16] {
			mean += float64(v) / 16
		}
		for _, v := range in[16*c : 16*c+16] {
			squares += (float64(v) - mean) * (float64(v) - mean) / 16
		}
		require.InDelta(t, mean, got[0].Outputs["map"][c], 1e-6)
		require.InDelta(t, math.Sqrt(squares), got[0].Outputs["map"][2+c], 1e-6)
	}
}

// TestModelEncoderWaits fills the only slot, and shows that a waiting call obeys its context and that Close waits.
func TestModelEncoderWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		var armed atomic.Bool
		enc, err := vision.NewEncoder(t.Context(), visiontest.StubModel(), &visiontest.Stub{BeforeRun: func(context.Context, []vision.Tensor) error {
			if armed.Load() {
				<-hold
			}
			return nil
		}}, vision.WithConcurrency(1))
		require.NoError(t, err)
		armed.Store(true)

		var wg sync.WaitGroup
		var first error
		wg.Go(func() { _, first = enc.Encode(t.Context(), visiontest.Pictures()[:1]) })
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = enc.Encode(ctx, visiontest.Pictures()[:1])
		require.ErrorIs(t, err, context.DeadlineExceeded)

		var closed [2]atomic.Bool
		for i := range closed {
			wg.Go(func() {
				require.NoError(t, enc.Close())
				closed[i].Store(true)
			})
		}
		synctest.Wait()
		require.False(t, closed[0].Load() || closed[1].Load(), "Close must wait for the running call")
		_, err = enc.Encode(t.Context(), visiontest.Pictures()[:1])
		require.ErrorIs(t, err, vision.ErrClosed)

		close(hold)
		wg.Wait()
		require.NoError(t, first)
		require.True(t, closed[0].Load() && closed[1].Load())
	})
}

func TestModelEncoderErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := vision.NewEncoder(t.Context(), visiontest.StubModel(), &visiontest.Stub{OpenErr: broken})
	require.ErrorIs(t, err, broken)
	_, err = vision.NewEncoder(t.Context(), visiontest.StubModel(), nil)
	require.ErrorContains(t, err, "backend is nil")
	for _, opt := range []vision.Option{
		vision.WithBatchSize(0), vision.WithBatchSize(1025), vision.WithConcurrency(0), vision.WithConcurrency(1025),
		vision.WithSessionOptions(vision.SessionOptions{Threads: -1}),
	} {
		_, err := vision.NewEncoder(t.Context(), visiontest.StubModel(), new(visiontest.Stub), opt)
		require.ErrorContains(t, err, "want")
	}

	enc, err := vision.NewEncoder(t.Context(), visiontest.StubModel(), &visiontest.Stub{CloseErr: broken})
	require.NoError(t, err)
	require.ErrorIs(t, enc.Close(), broken)
	require.ErrorIs(t, enc.Close(), broken, "the second Close says what the first did")
}
