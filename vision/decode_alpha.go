package vision

import "fmt"

// Alpha says what becomes of transparency, which no network sees. Implementations differ, and so do their embeddings of
// transparent pictures.
type Alpha uint8

const (
	// AlphaWhite composites on white, as transformers does since 5.23. It is the default.
	AlphaWhite Alpha = iota
	// AlphaDrop shows stored colours as if they were opaque, even where nothing would be seen, as transformers did up to
	// 5.0. OpenAI's and open_clip's transforms drop alpha too, but after resizing premultiplied samples: equal only where
	// alpha is 0 or 255 in whole areas. The transparent entry of a GIF has no colour and becomes black.
	AlphaDrop
)

// WithAlpha says what becomes of transparency. The default is [AlphaWhite]. Parts of an animation's canvas that its first
// frame leaves uncovered are white either way.
func WithAlpha(a Alpha) DecodeOption {
	return decodeOptionFunc(func(c *decodeConfig) error {
		if a > AlphaDrop {
			return fmt.Errorf("vision: WithAlpha(%d): want AlphaWhite or AlphaDrop", a)
		}
		c.alpha = a
		return nil
	})
}
