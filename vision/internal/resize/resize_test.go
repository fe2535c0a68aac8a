package resize

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// picture is a source of columns [x0, …) of an RGB picture in memory.
type picture struct {
	pix  []byte
	w, h int
	x0   int
}

func (p picture) Row(dst []byte, y int) { copy(dst, p.pix[3*(y*p.w+p.x0):]) }

func randomPicture(w, h int, seed uint64) picture {
	r := rand.New(rand.NewPCG(seed, 3))
	p := picture{pix: make([]byte, 3*w*h), w: w, h: h}
	for i := range p.pix {
		switch r.IntN(3) { // extremes are frequent, so that sums overshoot
		case 0:
			p.pix[i] = 0
		case 1:
			p.pix[i] = 255
		default:
			p.pix[i] = uint8(r.Uint32())
		}
	}
	return p
}

// naive resizes with the definition and nothing else: float64 weights over all inputs, two passes, each rounded to
// 8 bits. It differs from fixed point by at most one level, where a sum lies next to a half.
func naive(p picture, box [4]float64, outW, outH int) []float64 {
	weights := func(size int, box0, box1 float64, out, i int) []float64 {
		scale := (box1 - box0) / float64(out)
		widen := max(scale, 1)
		centre := box0 + (float64(i)+0.5)*scale
		lo, hi := int(centre-2*widen+0.5), int(centre+2*widen+0.5)
		w, sum := make([]float64, size), 0.0
		for k := max(lo, 0); k < min(hi, size); k++ {
			x := math.Abs((float64(k) - centre + 0.5) / widen)
			switch {
			case x < 1:
				w[k] = 1.5*x*x*x - 2.5*x*x + 1
			case x < 2:
				w[k] = -0.5*x*x*x + 2.5*x*x - 4*x + 2
			}
			sum += w[k]
		}
		for k := range w {
			w[k] /= sum
		}
		return w
	}
	round := func(v float64) float64 { return math.Floor(min(max(v, 0), 255) + 0.5) }
	mid := make([]float64, 3*outW*p.h)
	for x := range outW {
		w := weights(p.w, box[0], box[2], outW, x)
		for y := range p.h {
			for c := range 3 {
				sum := 0.0
				for k, v := range w {
					sum += v * float64(p.pix[3*(y*p.w+k)+c])
				}
				mid[3*(y*outW+x)+c] = round(sum)
			}
		}
	}
	out := make([]float64, 3*outW*outH)
	for y := range outH {
		w := weights(p.h, box[1], box[3], outH, y)
		for i := range 3 * outW {
			sum := 0.0
			for k, v := range w {
				sum += v * mid[k*3*outW+i]
			}
			out[y*3*outW+i] = round(sum)
		}
	}
	return out
}

// run resizes the box of p to outW × outH and returns the crop [x0, x1) × [y0, y1).
func run(r *Resizer, p picture, box [4]float64, outW, outH, x0, y0, x1, y1 int) []byte {
	r.H.Reset(p.w, box[0], box[2], outW, x0, x1)
	r.V.Reset(p.h, box[1], box[3], outH, y0, y1)
	p.x0, _ = r.H.Range()
	var out []byte
	r.Run(p, func(_ int, row []byte) { out = append(out, row...) })
	return out
}

func TestResizeAgainstDefinition(t *testing.T) {
	t.Parallel()
	var r Resizer // one for all, so that nothing leaks from size to size
	for _, c := range []struct{ w, h, outW, outH int }{
		{1, 1, 1, 1}, {1, 1, 9, 5}, {2, 3, 7, 7}, {3, 2, 1, 1}, {16, 16, 16, 16}, {17, 13, 17, 5}, {17, 13, 5, 13},
		{40, 30, 11, 9}, {31, 57, 30, 56}, {12, 10, 50, 33}, {100, 3, 8, 8}, {3, 100, 8, 8}, {64, 64, 8, 8}, {255, 4, 2, 3},
	} {
		p := randomPicture(c.w, c.h, uint64(c.w*1000+c.h))
		box := [4]float64{0, 0, float64(c.w), float64(c.h)}
		requireNear(t, naive(p, box, c.outW, c.outH), run(&r, p, box, c.outW, c.outH, 0, 0, c.outW, c.outH), fmt.Sprint(c))
	}
	// Boxes, with and without fractions; the filter sees beyond their edges.
	p := randomPicture(50, 40, 9)
	for _, box := range [][4]float64{{5, 3, 45, 35}, {0.5, 0.25, 30.5, 39.75}, {20, 20, 21, 21}, {49, 0, 50, 40}} {
		requireNear(t, naive(p, box, 12, 10), run(&r, p, box, 12, 10, 0, 0, 12, 10), fmt.Sprint(box))
	}
}

func requireNear(t *testing.T, want []float64, got []byte, name string) {
	t.Helper()
	require.Len(t, got, len(want), name)
	other := 0
	for i := range want {
		d := math.Abs(want[i] - float64(got[i]))
		require.LessOrEqual(t, d, 1.0, "%s: sample %d: want %v, got %d", name, i, want[i], got[i])
		if d != 0 {
			other++
		}
	}
	require.LessOrEqual(t, other, 1+len(want)/100, "%s: %d of %d samples are rounded the other way", name, other, len(want))
}

// TestResizeCrop shows that a crop of the result is the result of a crop, bit for bit.
func TestResizeCrop(t *testing.T) {
	t.Parallel()
	var r Resizer
	p := randomPicture(61, 47, 4)
	box := [4]float64{0, 0, 61, 47}
	for _, size := range [][2]int{{20, 15}, {100, 90}, {61, 47}} {
		full := run(&r, p, box, size[0], size[1], 0, 0, size[0], size[1])
		for _, crop := range [][4]int{{0, 0, 1, 1}, {5, 2, 18, 14}, {19, 14, 20, 15}, {0, 7, 20, 8}} {
			got := run(&r, p, box, size[0], size[1], crop[0], crop[1], crop[2], crop[3])
			var want []byte
			for y := crop[1]; y < crop[3]; y++ {
				want = append(want, full[3*(y*size[0]+crop[0]):3*(y*size[0]+crop[2])]...)
			}
			require.Equal(t, want, got)
		}
	}
}

// TestResizeIdentity: at the same size nothing changes.
func TestResizeIdentity(t *testing.T) {
	t.Parallel()
	for n := 1; n < 20; n++ {
		p := randomPicture(n, 20-n, uint64(n))
		require.Equal(t, p.pix, run(new(Resizer), p, [4]float64{0, 0, float64(n), float64(20 - n)}, n, 20-n, 0, 0, n, 20-n))
	}
}

// TestKernels holds the packed kernels against plain int32 sums, for all counts of taps and with extreme weights.
func TestKernels(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for taps := 1; taps <= 70; taps++ {
		weights := make([]int32, taps)
		for i := range weights {
			weights[i] = int32(r.IntN(1<<22)-1<<20) / int32(taps)
		}
		const width = 21 // not a multiple of eight
		rows := make([]byte, width*taps+8)
		for i := range rows {
			rows[i] = uint8(r.Uint32())
		}
		canary := make([]byte, width+8)
		for i := range canary {
			canary[i] = 0xa5
		}
		verticalRow(canary[:width:width], rows, width, weights)
		for i := range width {
			sum := int32(half)
			for k, w := range weights {
				sum += w * int32(rows[k*width+i])
			}
			require.Equal(t, clamp(sum>>precision), canary[i], "vertical, %d taps, sample %d", taps, i)
		}
		require.Equal(t, []byte{0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5}, canary[width:])

		one, two := rows[:3*taps], make([]byte, 3*taps)
		for i := range two {
			two[i] = uint8(r.Uint32())
		}
		packed := make([]uint64, 3*taps)
		pack(packed, one, two)
		axis := Axis{taps: taps, first: []int32{0}, weights: weights, hi: taps}
		var a, b [3]byte
		horizontalRows(a[:], b[:], packed, &axis)
		for c := range 3 {
			sa, sb := int32(half), int32(half)
			for k, w := range weights {
				sa += w * int32(one[3*k+c])
				sb += w * int32(two[3*k+c])
			}
			require.Equal(t, clamp(sa>>precision), a[c], "horizontal, %d taps", taps)
			require.Equal(t, clamp(sb>>precision), b[c], "horizontal, %d taps", taps)
		}
	}
}

// TestAxisWeights: they sum to one within rounding, and no sum can leave int32.
func TestAxisWeights(t *testing.T) {
	t.Parallel()
	var a Axis
	for _, c := range [][2]int{{1, 224}, {2, 224}, {3, 37_333}, {223, 224}, {224, 224}, {225, 224}, {4000, 224}, {16_384, 1}, {5, 3}} {
		to := min(c[1], 500)
		a.Reset(c[0], 0, float64(c[0]), c[1], 0, to)
		require.Equal(t, to, a.Len())
		for i := range to {
			sum, size := int64(0), int64(0)
			for _, w := range a.weights[i*a.taps : (i+1)*a.taps] {
				sum += int64(w)
				size += max(int64(w), -int64(w))
			}
			require.InDelta(t, 1<<precision, sum, float64(a.taps))
			require.Less(t, 255*size+half, int64(1<<31))
			require.GreaterOrEqual(t, int(a.first[i]), a.lo)
			require.LessOrEqual(t, int(a.first[i])+a.taps, a.hi)
		}
		lo, hi := a.Range()
		require.True(t, lo >= 0 && hi <= c[0])
	}
	require.Panics(t, func() { a.Reset(10, 0, 11, 5, 0, 5) })
	require.Panics(t, func() { a.Reset(10, 0, 10, 5, 5, 5) })
}
