package vision

import (
	"fmt"

	"github.com/soundtrack-go/sdk/vision/internal/container"
)

// WithScaledDecode lets a JPEG be decoded at a half, a quarter or an eighth of its size, whichever is the smallest that
// leaves at least 2·size pixels on the short side. size, in pixels and at least 1, is the side of the network's input.
// Large photographs then take less time and a fraction of the memory, and what the network is shown differs from the exact
// path by a few tenths of a level on average. The default is the full size.
//
// The [Picture] is the smaller one: [Picture.Width] and [Picture.Height] are its own, with fractions rounded up. [Probe] and
// all [Limits] still speak of the picture in the file. Other formats, and the rare kinds of JPEG that the standard library
// decodes, have their full size; a progressive JPEG gets smaller, but hardly faster. Samples equal those of libjpeg-turbo at
// the same scale, bit for bit.
func WithScaledDecode(size int) DecodeOption {
	return decodeOptionFunc(func(c *decodeConfig) error {
		if size < 1 {
			return fmt.Errorf("vision: WithScaledDecode(%d): want the side of the network's input, 1 or more", size)
		}
		c.scaledFor = size
		return nil
	})
}

// denominator is how many times smaller than in the file a picture is asked for.
func (c *decodeConfig) denominator(info container.Info) int {
	if c.scaledFor == 0 || info.Kind != container.JPEG {
		return 1
	}
	short := min(info.Width, info.Height)
	for _, d := range []int{8, 4, 2} {
		if int64(fraction(short, d)) >= 2*int64(c.scaledFor) {
			return d
		}
	}
	return 1
}

// fraction is side ÷ denominator, rounded up.
func fraction(side, denominator int) int { return (side + denominator - 1) / denominator }
