package visiontest

import (
	"context"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// tolerance is how far two encodings of the same picture may be apart in any component: batches may sum in another order.
const tolerance = 1e-5

// Run is the conformance suite of encoders. open returns a new encoder for each case; the suite closes those that are
// io.Closers.
func Run(t *testing.T, open func(t *testing.T) vision.Encoder) {
	t.Helper()
	for _, c := range []struct {
		name string
		fn   func(t *testing.T, enc vision.Encoder)
	}{
		{"info", encoderInfo},
		{"no pictures", encoderEmpty},
		{"unit length", encoderUnitLength},
		{"order and batches", encoderOrder},
		{"repeats itself", encoderRepeats},
		{"result belongs to caller", encoderOwnership},
		{"concurrent", encoderConcurrent},
		{"cancelled", encoderCancelled},
		{"nil picture", encoderNil},
		{"detail", encoderDetail},
		{"text", encoderText},
		{"odd texts", encoderTextOdd},
		{"text, concurrent", encoderTextConcurrent},
		{"close", encoderClose},
	} {
		t.Run(c.name, func(t *testing.T) {
			enc := open(t)
			if closer, ok := enc.(io.Closer); ok {
				defer func() { require.NoError(t, closer.Close()) }()
			}
			c.fn(t, enc)
		})
	}
}

func encoderInfo(t *testing.T, enc vision.Encoder) {
	info := enc.Info()
	require.NotEmpty(t, info.ID)
	require.Positive(t, info.Dim)
	require.Regexp(t, "^[0-9a-f]{64}$", info.Digest)
	require.Equal(t, info, enc.Info())
}

func encoderEmpty(t *testing.T, enc vision.Encoder) {
	for _, none := range [][]*vision.Picture{nil, {}} {
		got, err := enc.Encode(t.Context(), none)
		require.NoError(t, err)
		require.Empty(t, got)
	}
}

func encoderUnitLength(t *testing.T, enc vision.Encoder) {
	got, err := enc.Encode(t.Context(), Pictures())
	require.NoError(t, err)
	require.Len(t, got, len(Pictures()))
	for _, v := range got {
		requireUnit(t, v, enc.Info().Dim)
	}
}

func requireUnit(t *testing.T, v []float32, dim int) {
	t.Helper()
	require.Len(t, v, dim)
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	require.InDelta(t, 1, math.Sqrt(sum), 1e-5)
}

func encoderOrder(t *testing.T, enc vision.Encoder) {
	// Twice the pictures, so that common batch sizes are passed.
	pictures := append(Pictures(), Pictures()...)
	together, err := enc.Encode(t.Context(), pictures)
	require.NoError(t, err)
	require.Len(t, together, len(pictures))
	for i, p := range pictures {
		alone, err := enc.Encode(t.Context(), []*vision.Picture{p})
		require.NoError(t, err)
		require.Len(t, alone, 1)
		requireNear(t, alone[0], together[i])
	}
	require.Greater(t, distance(together[0], together[1]), tolerance, "different pictures have the same embedding")
}

func requireNear(t *testing.T, want, got []float32) {
	t.Helper()
	require.Len(t, got, len(want))
	require.LessOrEqual(t, distance(want, got), tolerance)
}

// distance is the largest difference of two vectors of the same length.
func distance(a, b []float32) float64 {
	worst := 0.0
	for i := range a {
		worst = max(worst, math.Abs(float64(a[i])-float64(b[i])))
	}
	return worst
}

func encoderRepeats(t *testing.T, enc vision.Encoder) {
	one, err := enc.Encode(t.Context(), Pictures())
	require.NoError(t, err)
	two, err := enc.Encode(t.Context(), Pictures())
	require.NoError(t, err)
	for i := range one {
		requireNear(t, one[i], two[i])
	}
}

func encoderOwnership(t *testing.T, enc vision.Encoder) {
	p := Pictures()[:1]
	one, err := enc.Encode(t.Context(), p)
	require.NoError(t, err)
	kept := append([]float32(nil), one[0]...)
	clear(one[0])
	two, err := enc.Encode(t.Context(), p)
	require.NoError(t, err)
	requireNear(t, kept, two[0])
	_, err = enc.Encode(t.Context(), Pictures()[1:2])
	require.NoError(t, err)
	requireNear(t, kept, two[0])
}

func encoderConcurrent(t *testing.T, enc vision.Encoder) {
	pictures := Pictures()
	want, err := enc.Encode(t.Context(), pictures)
	require.NoError(t, err)
	got := make([][][]float32, 8)
	errs := make([]error, len(got))
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], errs[i] = enc.Encode(t.Context(), pictures[i%len(pictures):]) })
	}
	wg.Wait()
	for i := range got {
		require.NoError(t, errs[i])
		for k, v := range got[i] {
			requireNear(t, want[i%len(pictures)+k], v)
		}
	}
}

func encoderCancelled(t *testing.T, enc vision.Encoder) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := enc.Encode(ctx, Pictures())
	require.ErrorIs(t, err, context.Canceled)
	_, err = enc.Encode(t.Context(), Pictures()[:1])
	require.NoError(t, err, "a cancelled call must not harm the next one")
}

func encoderNil(t *testing.T, enc vision.Encoder) {
	_, err := enc.Encode(t.Context(), []*vision.Picture{Pictures()[0], nil})
	require.Error(t, err)
}

func encoderDetail(t *testing.T, enc vision.Encoder) {
	detail, ok := enc.(vision.DetailEncoder)
	if !ok {
		t.Skip("not a DetailEncoder")
	}
	want, err := enc.Encode(t.Context(), Pictures())
	require.NoError(t, err)
	got, err := detail.EncodeDetail(t.Context(), Pictures())
	require.NoError(t, err)
	require.Len(t, got, len(want))
	for i, e := range got {
		requireNear(t, want[i], e.Embedding)
		require.Equal(t, enc.Info(), e.Model)
		for name, out := range e.Outputs {
			require.NotEmpty(t, out, name)
			require.Len(t, out, len(got[0].Outputs[name]), name)
		}
	}
}

// texts are different ones of different lengths, one empty and one that no tower has room for.
var texts = []string{
	"a photo of a cat", "a photo of a dog", "", "a street at night, in the rain", strings.Repeat("word ", 200), "東京タワー",
}

func encoderText(t *testing.T, enc vision.Encoder) {
	text, ok := enc.(vision.TextEncoder)
	require.Equal(t, ok, enc.Info().SharesTextSpace)
	if !ok {
		t.Skip("not a TextEncoder")
	}
	together, err := text.EncodeText(t.Context(), texts)
	require.NoError(t, err)
	require.Len(t, together, len(texts))
	for i := range texts {
		requireUnit(t, together[i], enc.Info().Dim)
		alone, err := text.EncodeText(t.Context(), texts[i:i+1])
		require.NoError(t, err)
		require.Len(t, alone, 1)
		requireNear(t, alone[0], together[i])
	}
	require.Greater(t, distance(together[0], together[3]), tolerance, "different texts have the same embedding")

	kept := slices.Clone(together[0])
	clear(together[0])
	again, err := text.EncodeText(t.Context(), texts[:1])
	require.NoError(t, err)
	requireNear(t, kept, again[0])
}

func encoderTextOdd(t *testing.T, enc vision.Encoder) {
	text, ok := enc.(vision.TextEncoder)
	if !ok {
		t.Skip("not a TextEncoder")
	}
	for _, none := range [][]string{nil, {}} {
		got, err := text.EncodeText(t.Context(), none)
		require.NoError(t, err)
		require.Empty(t, got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := text.EncodeText(ctx, texts)
	require.ErrorIs(t, err, context.Canceled)
	_, err = text.EncodeText(t.Context(), []string{"invalid \xff\xfe\x00"})
	require.NoError(t, err, "a cancelled call must not harm the next one, nor does a text that is none")
}

func encoderTextConcurrent(t *testing.T, enc vision.Encoder) {
	text, ok := enc.(vision.TextEncoder)
	if !ok {
		t.Skip("not a TextEncoder")
	}
	want, err := text.EncodeText(t.Context(), texts)
	require.NoError(t, err)
	got := make([][][]float32, 8)
	errs := make([]error, len(got))
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], errs[i] = text.EncodeText(t.Context(), texts[i%len(texts):]) })
	}
	wg.Wait()
	for i := range got {
		require.NoError(t, errs[i])
		for k, v := range got[i] {
			requireNear(t, want[i%len(texts)+k], v)
		}
	}
}

func encoderClose(t *testing.T, enc vision.Encoder) {
	closer, ok := enc.(io.Closer)
	if !ok {
		t.Skip("not an io.Closer")
	}
	require.NoError(t, closer.Close())
	require.NoError(t, closer.Close(), "a second Close is a no-op")
	_, err := enc.Encode(t.Context(), Pictures()[:1])
	require.Error(t, err, "a call after Close")
	if text, ok := enc.(vision.TextEncoder); ok {
		_, err := text.EncodeText(t.Context(), texts[:1])
		require.Error(t, err, "a call after Close")
	}
}
