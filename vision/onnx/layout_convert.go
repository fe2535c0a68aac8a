package onnx

import "slices"

// sameInBoth reports whether both layouts of a shape have the same order of numbers. Only four dimensions have two.
func sameInBoth(shape []int) bool {
	return len(shape) != 4 || shape[1] == 1 || shape[2]*shape[3] == 1
}

// convert writes picture i of a [N, C, H, W] tensor in the layout to, from the other one.
func convert(dst, src []float32, shape []int, to layout, i int) {
	channels, positions := shape[1], shape[2]*shape[3]
	size := channels * positions
	dst, src = dst[i*size:(i+1)*size], src[i*size:(i+1)*size]
	if to == channelsLast {
		transpose(dst, src, channels, positions)
	} else {
		transpose(dst, src, positions, channels)
	}
}

// transpose writes dst[j][i] = src[i][j] for a matrix of that many rows and columns. It works on blocks, so that the
// lines of both that are in use at a time fit into cache.
func transpose(dst, src []float32, rows, cols int) {
	const block, few = 32, 4
	if rows <= few { // the planes of a picture: each is read in one go
		for i := range rows {
			for j, v := range src[i*cols : (i+1)*cols] {
				dst[j*rows+i] = v
			}
		}
		return
	}
	for i0 := 0; i0 < rows; i0 += block {
		i1 := min(rows, i0+block)
		for j0 := 0; j0 < cols; j0 += block {
			for j := j0; j < min(cols, j0+block); j++ {
				out := dst[j*rows+i0 : j*rows+i1]
				for i := range out {
					out[i] = src[(i0+i)*cols+j]
				}
			}
		}
	}
}

func equalShapes(a, b []int) bool { return slices.Equal(a, b) }
