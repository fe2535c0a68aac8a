package vision

import (
	"github.com/soundtrack-go/sdk/vision/internal/pixels"
)

const (
	sampleGrid = 32 // cells across and down
	sampleRows = 6  // rows read of each cell
)

// samplePicture returns the mean colour of each cell of a grid of at most 32 × 32, averaged over sRGB samples as any
// thumbnail is. Of tall cells only six evenly spaced rows are read: enough for a mean, and far from all pixels.
// The grid lies on the pixels as they are stored, because what they average to does not depend on their orientation.
func samplePicture(pic *Picture) []xyz {
	view := pic.view.Stored()
	w, h := view.Size()
	cols, rows := min(w, sampleGrid), min(h, sampleGrid)
	var reader pixels.Reader
	reader.Reset(view, 0, w)
	red, green, blue := make([]byte, w), make([]byte, w), make([]byte, w)
	sums := make([][3]uint64, cols)
	samples := make([]xyz, 0, cols*rows)
	for cy := range rows {
		y0, y1 := cy*h/rows, (cy+1)*h/rows
		n := min(y1-y0, sampleRows)
		clear(sums)
		for i := range n {
			reader.Row(red, green, blue, y0+(2*i+1)*(y1-y0)/(2*n))
			for cx := range sums {
				x0, x1 := cx*w/cols, (cx+1)*w/cols
				for c, plane := range [...][]byte{red, green, blue} {
					sums[cx][c] += sum(plane[x0:x1])
				}
			}
		}
		for cx, s := range sums {
			count := float64(n * ((cx+1)*w/cols - cx*w/cols))
			samples = append(samples, xyzOf(float64(s[0])/count, float64(s[1])/count, float64(s[2])/count))
		}
	}
	return samples
}

func sum(samples []byte) (total uint64) {
	for _, s := range samples {
		total += uint64(s)
	}
	return total
}
