package vision

import (
	"fmt"
	"image"

	"github.com/soundtrack-go/sdk/vision/internal/resize"
)

// Thumbnail returns the upright, opaque picture, made smaller where its longest side is above side pixels and never made
// larger. It uses the same bicubic as [Preprocessor]. side must be in [1, 16384]. The image belongs to the caller; it
// carries no metadata, which makes it the right thing to send elsewhere.
func (p *Picture) Thumbnail(side int) (*image.RGBA, error) {
	if side < 1 || side > 16_384 {
		return nil, fmt.Errorf("vision: Thumbnail(%d): want 1 to 16384", side)
	}
	w, h := p.width, p.height
	if long := max(w, h); long > side {
		w, h = max(scaled(side, w, long), 1), max(scaled(side, h, long), 1)
	}
	var s preprocessing
	s.resizer.H.Reset(resize.Bicubic, p.width, 0, float64(p.width), w, 0, w)
	s.resizer.V.Reset(resize.Bicubic, p.height, 0, float64(p.height), h, 0, h)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	s.run(p, func(y int, row []byte) { putRGBA(out, y, row) })
	return out, nil
}
