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
	row := make([]byte, 3*w)
	sums := make([][3]uint64, cols)
	samples := make([]xyz, 0, cols*rows)
	for cy := range rows {
		y0, y1 := cy*h/rows, (cy+1)*h/rows
		n := min(y1-y0, sampleRows)
		clear(sums)
		for i := range n {
			reader.Row(row, y0+(2*i+1)*(y1-y0)/(2*n))
			for cx := range sums {
				addPixels(&sums[cx], row[3*(cx*w/cols):3*((cx+1)*w/cols)])
			}
		}
		for cx, sum := range sums {
			count := float64(n * ((cx+1)*w/cols - cx*w/cols))
			samples = append(samples, xyzOf(float64(sum[0])/count, float64(sum[1])/count, float64(sum[2])/count))
		}
	}
	return samples
}

func addPixels(sum *[3]uint64, row []byte) {
	var r, g, b uint64
	for len(row) >= 3 {
		r += uint64(row[0])
		g += uint64(row[1])
		b += uint64(row[2])
		row = row[3:]
	}
	sum[0] += r
	sum[1] += g
	sum[2] += b
}
