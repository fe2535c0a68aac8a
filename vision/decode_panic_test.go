package vision

import (
	"bytes"
	"image"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision/internal/container"
)

// withDecoder replaces a decoder by one that misbehaves.
func withDecoder(kind container.Kind, fn func(io.Reader) (image.Image, error)) DecodeOption {
	return decodeOptionFunc(func(c *decodeConfig) error {
		c.decoders[kind] = func(r *contextReader) (image.Image, error) { return fn(r) }
		return nil
	})
}

// smallestPNG is a header, which is all that these decoders need.
const smallestPNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x04\x00\x00\x00\x04\x08\x00\x00\x00\x00\x00\x00\x00\x00"

func TestDecodeSurvivesItsDecoder(t *testing.T) {
	t.Parallel()
	var nothing *image.Gray
	for _, c := range []struct {
		name    string
		decoder func(io.Reader) (image.Image, error)
		reason  Reason
	}{
		{"panics", func(io.Reader) (image.Image, error) { panic("boom") }, ReasonCorrupt},
		{"dereferences nil", func(io.Reader) (image.Image, error) { nothing.Pix[0]++; return nothing, nil }, ReasonCorrupt},
		{"returns nothing", func(io.Reader) (image.Image, error) { return nil, nil }, ReasonEmpty},
		{"returns an empty picture", func(io.Reader) (image.Image, error) { return image.NewGray(image.Rectangle{}), nil }, ReasonEmpty},
		{"returns another size", func(io.Reader) (image.Image, error) { return image.NewGray(image.Rect(0, 0, 5, 4)), nil }, ReasonCorrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Decode(t.Context(), bytes.NewReader([]byte(smallestPNG)), withDecoder(container.PNG, c.decoder))
			var refusal *RefusalError
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, c.reason, refusal.Reason)
			require.NotContains(t, err.Error(), "boom", "what a decoder says is for logs")
		})
	}
}

// An image whose origin is not (0, 0) is the same picture.
func TestDecodeOddOrigin(t *testing.T) {
	t.Parallel()
	pic, err := Decode(t.Context(), bytes.NewReader([]byte(smallestPNG)), withDecoder(container.PNG, func(io.Reader) (image.Image, error) {
		m := image.NewGray(image.Rect(-7, 3, -3, 7))
		m.Pix[0] = 200
		return m, nil
	}))
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 4, 4), pic.Image().Bounds())
	r, _, _, _ := pic.Image().At(0, 0).RGBA()
	require.EqualValues(t, 200*0x101, r)
}
