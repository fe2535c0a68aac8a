package vision_test

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func TestRefusalErrorMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  vision.RefusalError
		want string
		is   error
	}{
		{vision.RefusalError{Reason: vision.ReasonFormat}, "vision: not a supported picture format: want JPEG, PNG, WebP or GIF", vision.ErrFormat},
		{vision.RefusalError{Reason: vision.ReasonUnsupported, Format: vision.FormatJPEG}, "vision: this kind of jpeg is not supported: save it in another way", vision.ErrFormat},
		{vision.RefusalError{Reason: vision.ReasonCorrupt, Format: vision.FormatPNG, Err: io.ErrUnexpectedEOF}, "vision: png is damaged or incomplete", vision.ErrCorrupt},
		{vision.RefusalError{Reason: vision.ReasonEmpty}, "vision: picture is empty", vision.ErrEmpty},
		{vision.RefusalError{Reason: vision.ReasonBytes, Limit: 9, Got: 10}, "vision: picture is at least 10 bytes long, at most 9 are accepted", vision.ErrTooLarge},
		{vision.RefusalError{Reason: vision.ReasonAspect, Format: vision.FormatGIF, Limit: 100, Got: 101}, "vision: gif is 101 times as long as it is wide, at most 100 times are accepted", vision.ErrTooLarge},
		{vision.RefusalError{Reason: vision.ReasonScans, Format: vision.FormatJPEG, Limit: 100, Got: 500}, "vision: jpeg is made of 500 scans, at most 100 are accepted", vision.ErrTooLarge},
		{vision.RefusalError{Reason: "unheard of"}, "vision: picture refused: unheard of", vision.ErrTooLarge},
	} {
		require.EqualError(t, &c.err, c.want)
		require.ErrorIs(t, &c.err, c.is)
		require.Equal(t, c.err.Err, errors.Unwrap(&c.err))
	}
}
