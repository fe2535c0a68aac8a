package vision_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestJointEncoderConformance(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]vision.Option{
		"default":          nil,
		"batches of three": {vision.WithBatchSize(3), vision.WithConcurrency(2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			visiontest.Run(t, func(t *testing.T) vision.Encoder {
				enc, err := vision.NewJointEncoder(t.Context(), textModel(t), &textStub{signature: textSignature()}, opts...)
				require.NoError(t, err)
				return enc
			})
		})
	}
}

func TestJointEncoder(t *testing.T) {
	t.Parallel()
	stub := &textStub{signature: textSignature()}
	enc, err := vision.NewJointEncoder(t.Context(), textModel(t), stub)
	require.NoError(t, err)
	require.True(t, enc.Info().SharesTextSpace)
	require.Equal(t, "stub", enc.Session().Backend)
	require.Equal(t, "text stub", enc.TextSession().Backend)
	require.Equal(t, digest("text"), enc.TextDigest())
	require.Equal(t, 524, enc.Tokenizer().Size())
	require.NoError(t, enc.Close())
	require.NoError(t, enc.Close())
	require.EqualValues(t, 1, stub.closed.Load())
	_, err = enc.EncodeText(t.Context(), []string{"a"})
	require.ErrorIs(t, err, vision.ErrClosed)
	_, err = enc.Encode(t.Context(), visiontest.Pictures()[:1])
	require.ErrorIs(t, err, vision.ErrClosed)

	alone, err := vision.NewEncoder(t.Context(), textModel(t), stub)
	require.NoError(t, err)
	require.False(t, alone.Info().SharesTextSpace, "an encoder of pictures alone embeds no texts")
	require.NoError(t, alone.Close())
}

// A tower that is refused must not leave the other one open, and what closing that says is not lost.
func TestJointEncoderErrors(t *testing.T) {
	t.Parallel()
	broken, full := errors.New("broken"), errors.New("full")
	stub := &textStub{openErr: broken}
	stub.CloseErr = full
	_, err := vision.NewJointEncoder(t.Context(), textModel(t), stub)
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, err, full)

	stub = &textStub{signature: textSignature()}
	stub.OpenErr = broken
	_, err = vision.NewJointEncoder(t.Context(), textModel(t), stub)
	require.ErrorIs(t, err, broken)

	stub = &textStub{signature: textSignature()}
	stub.CloseErr = full
	enc, err := vision.NewJointEncoder(t.Context(), textModel(t), stub)
	require.NoError(t, err)
	require.ErrorIs(t, enc.Close(), full)
	require.EqualValues(t, 1, stub.closed.Load(), "an error of one tower must not keep the other one open")
}
