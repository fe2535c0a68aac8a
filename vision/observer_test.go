package vision_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestObserver(t *testing.T) {
	t.Parallel()
	pic := visiontest.Gradient(50, 40)
	plain, err := vision.NewObserver()
	require.NoError(t, err)
	o, err := plain.Observe(t.Context(), pic)
	require.NoError(t, err)
	require.Same(t, pic, o.Picture)
	require.Equal(t, vision.NewPalette(pic), o.Palette)
	require.Nil(t, o.Encoding)

	enc := openStub(t, new(visiontest.Stub))
	detailed, err := vision.NewObserver(vision.WithEncoder(enc))
	require.NoError(t, err)
	o, err = detailed.Observe(t.Context(), pic)
	require.NoError(t, err)
	require.Len(t, o.Encoding.Embedding, visiontest.StubDim)
	require.Len(t, o.Encoding.Outputs["logits"], 4)

	// An encoder without details.
	simple, err := vision.NewObserver(vision.WithEncoder(struct{ vision.Encoder }{enc}))
	require.NoError(t, err)
	o, err = simple.Observe(t.Context(), pic)
	require.NoError(t, err)
	require.Len(t, o.Encoding.Embedding, visiontest.StubDim)
	require.Nil(t, o.Encoding.Outputs)
	require.Equal(t, enc.Info(), o.Encoding.Model)

	_, err = detailed.Observe(t.Context(), nil)
	require.Error(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, observer := range []*vision.Observer{plain, detailed} {
		_, err = observer.Observe(ctx, pic)
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err = vision.NewObserver(vision.WithEncoder(nil))
	require.Error(t, err)
	_, err = vision.NewObserver(vision.WithEncoder(enc), vision.WithEncoder(enc))
	require.ErrorContains(t, err, "twice")
}

// TestDecodeToEmbedding walks the whole way once.
func TestDecodeToEmbedding(t *testing.T) {
	t.Parallel()
	enc := openStub(t, new(visiontest.Stub))
	one, err := enc.Encode(t.Context(), []*vision.Picture{decode(t, encodePNG(t, drawn(64, 48)))})
	require.NoError(t, err)
	two, err := enc.Encode(t.Context(), []*vision.Picture{fromImage(t, drawn(64, 48))})
	require.NoError(t, err)
	require.Equal(t, one, two)
	_, err = vision.Decode(t.Context(), bytes.NewReader([]byte("nonsense")))
	require.ErrorIs(t, err, vision.ErrFormat)
}
