package resize

import (
	"bytes"
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

func (p picture) Row(red, green, blue []byte, y int) {
	for x := range red {
		at := 3 * (y*p.w + p.x0 + x)
		red[x], green[x], blue[x] = p.pix[at], p.pix[at+1], p.pix[at+2]
	}
}

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
func naive(p picture, filter Filter, box [4]float64, outW, outH int) []float64 {
	kernel := func(x float64) float64 {
		switch {
		case filter == Bilinear:
			return max(1-x, 0)
		case x < 1:
			return 1.5*x*x*x - 2.5*x*x + 1
		case x < 2:
			return -0.5*x*x*x + 2.5*x*x - 4*x + 2
		}
		return 0
	}
	weights := func(size int, box0, box1 float64, out, i int) []float64 {
		scale := (box1 - box0) / float64(out)
		widen := max(scale, 1)
		centre := box0 + (float64(i)+0.5)*scale
		reach := 2 * widen
		if filter == Bilinear {
			reach = widen
		}
		lo, hi := int(centre-reach+0.5), int(centre+reach+0.5)
		w, sum := make([]float64, size), 0.0
		for k := max(lo, 0); k < min(hi, size); k++ {
			w[k] = kernel(math.Abs((float64(k) - centre + 0.5) / widen))
			sum += w[k]
		}
		for k := range w {
			w[k] /= sum
		}
		return w
	}
	round := func(v float64) float64 { return math.Floor(min(max(v, 0), 255) + 0.5) }
	// pass resizes a picture of w × h to n columns. A vertical pass is a pass over the transposed picture.
	pass := func(in []float64, w, h int, box0, box1 float64, n int) []float64 {
		out := make([]float64, 3*n*h)
		for x := range n {
			weight := weights(w, box0, box1, n, x)
			for y := range h {
				for c := range 3 {
					sum := 0.0
					for k, v := range weight {
						sum += v * in[3*(y*w+k)+c]
					}
					out[3*(y*n+x)+c] = round(sum)
				}
			}
		}
		return out
	}
	transpose := func(in []float64, w, h int) []float64 {
		out := make([]float64, len(in))
		for i := range w * h {
			x, y := i%w, i/w
			copy(out[3*(x*h+y):][:3], in[3*i:])
		}
		return out
	}
	pix := make([]float64, len(p.pix))
	for i, v := range p.pix {
		pix[i] = float64(v)
	}
	if p.h-outH > max(2*(p.w-outW), 0) { // Pillow 13: the vertical pass first
		pix = transpose(pass(transpose(pix, p.w, p.h), p.h, p.w, box[1], box[3], outH), outH, p.w)
		return pass(pix, p.w, outH, box[0], box[2], outW)
	}
	pix = pass(pix, p.w, p.h, box[0], box[2], outW)
	return transpose(pass(transpose(pix, outW, p.h), p.h, outW, box[1], box[3], outH), outH, outW)
}

// run resizes the box of p to outW × outH and returns the crop [x0, x1) × [y0, y1).
func run(r *Resizer, p picture, filter Filter, box [4]float64, outW, outH, x0, y0, x1, y1 int) []byte {
	r.H.Reset(filter, p.w, box[0], box[2], outW, x0, x1)
	r.V.Reset(filter, p.h, box[1], box[3], outH, y0, y1)
	p.x0, _ = r.H.Range()
	var out []byte
	r.Run(p, func(_ int, row []byte) { out = append(out, row...) })
	return out
}

func TestResizeAgainstDefinition(t *testing.T) {
	t.Parallel()
	for _, k := range available() {
		for _, filter := range []Filter{Bicubic, Bilinear} {
			t.Run(fmt.Sprintf("%s/filter=%d", k.name, filter), func(t *testing.T) {
				t.Parallel()
				r := Resizer{kernels: k} // one for all, so that nothing leaks from size to size
				check := func(p picture, box [4]float64, outW, outH int) {
					got := run(&r, p, filter, box, outW, outH, 0, 0, outW, outH)
					ties := 100 // one sample in so many may lie next to a half; triangles have simple fractions, and more ties
					if filter == Bilinear {
						ties = 10
					}
					requireNear(t, naive(p, filter, box, outW, outH), got, ties, fmt.Sprint(p.w, p.h, box, outW, outH))
				}
				for _, c := range []struct{ w, h, outW, outH int }{
					{1, 1, 1, 1}, {1, 1, 9, 5}, {2, 3, 7, 7}, {3, 2, 1, 1}, {16, 16, 16, 16}, {17, 13, 17, 5}, {17, 13, 5, 13},
					{40, 30, 11, 9}, {31, 57, 30, 56}, {12, 10, 50, 33}, {100, 3, 8, 8}, {64, 64, 8, 8}, {255, 4, 2, 3},
					// The vertical pass is first:
					{3, 100, 8, 8}, {7, 90, 20, 89}, {30, 50, 25, 39}, {50, 300, 40, 13}, {100, 400, 20, 9}, {9, 31, 9, 1},
				} {
					box := [4]float64{0, 0, float64(c.w), float64(c.h)}
					check(randomPicture(c.w, c.h, uint64(c.w*1000+c.h)), box, c.outW, c.outH)
				}
				// Boxes, with and without fractions; the filter sees beyond their edges.
				p := randomPicture(50, 40, 9)
				for _, box := range [][4]float64{{5, 3, 45, 35}, {0.5, 0.25, 30.5, 39.75}, {20, 20, 21, 21}, {49, 0, 50, 40}} {
					check(p, box, 12, 10)
					check(p, box, 45, 10)
				}
			})
		}
	}
}

func requireNear(t *testing.T, want []float64, got []byte, ties int, name string) {
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
	require.LessOrEqual(t, other, 1+len(want)/ties, "%s: %d of %d samples are rounded the other way", name, other, len(want))
}

// TestResizeCrop shows that a crop of the result is the result of a crop, bit for bit.
func TestResizeCrop(t *testing.T) {
	t.Parallel()
	var r Resizer
	p := randomPicture(61, 47, 4)
	box := [4]float64{0, 0, 61, 47}
	for _, size := range [][2]int{{20, 15}, {100, 90}, {61, 47}, {60, 20}} {
		full := run(&r, p, Bicubic, box, size[0], size[1], 0, 0, size[0], size[1])
		for _, crop := range [][4]int{{0, 0, 1, 1}, {5, 2, 18, 14}, {19, 14, 20, 15}, {0, 7, 20, 8}} {
			got := run(&r, p, Bicubic, box, size[0], size[1], crop[0], crop[1], crop[2], crop[3])
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
		require.Equal(t, p.pix, run(new(Resizer), p, Bicubic, [4]float64{0, 0, float64(n), float64(20 - n)}, n, 20-n, 0, 0, n, 20-n))
	}
}

// TestKernels holds every implementation against plain int32 sums, bit for bit: all widths and all counts of taps from 1
// to 257, with extreme weights, inside and between blocks.
func TestKernels(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"avx2", "neon", "generic"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kernelsNamed(t, name)
			for n := 1; n <= 257; n++ {
				checkHorizontal(t, k, n, 1+n%5)
				checkHorizontal(t, k, 1+n%5, n)
				checkVertical(t, k, n, 1+n%5)
				checkVertical(t, k, 1+n%5, n)
			}
		})
	}
}

// kernelsNamed picks from the list that Run picks from.
func kernelsNamed(t testing.TB, name string) *kernels {
	for _, k := range available() {
		if k.name == name {
			return k
		}
	}
	t.Skipf("this build or CPU has no %s kernels", name)
	return nil
}

// randomAxis has n windows of some taps at random places of size inputs. Weights are as large as sums allow.
func randomAxis(r *rand.Rand, n, taps, size int) Axis {
	a := Axis{taps: taps, lo: 3, hi: 3 + size, first: make([]int32, n), weights: make([]int32, n*taps)}
	for i := range a.first {
		a.first[i] = int32(a.lo + r.IntN(size-taps+1))
		for k := range taps {
			a.weights[i*taps+k] = int32(r.IntN(3<<22)-1<<22) / int32(taps+1)
		}
		a.weights[i*taps+r.IntN(taps)] += 1 << 21
	}
	a.first[n-1] = int32(a.hi - taps) // the window that ends where the inputs end
	return a
}

// fill writes extremes and other samples.
func fill(r *rand.Rand, p []byte) {
	for i := range p {
		p[i] = []byte{0, 255, byte(r.Uint32())}[r.IntN(3)]
	}
}

const canary = 0xa5

// guarded is a slice of n bytes that begins at an odd place, with canaries around.
func guarded(n, offset int) (all, p []byte) {
	all = bytes.Repeat([]byte{canary}, n+offset+64)
	return all, all[offset : offset+n : offset+n]
}

func requireGuarded(t testing.TB, all []byte, n, offset int) {
	t.Helper()
	for i, v := range all {
		if (i < offset || i >= offset+n) && v != canary {
			t.Fatalf("byte %d of [%d:%d] was overwritten", i, offset, offset+n)
		}
	}
}

// checkHorizontal holds one horizontal pass against its definition. The one byte more that kernels may write is no
// canary.
func checkHorizontal(t testing.TB, k *kernels, n, taps int) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(n), uint64(taps)))
	size := taps + r.IntN(40)
	z := Resizer{kernels: k, H: randomAxis(r, n, taps, size), V: randomAxis(r, 1, 1, 1)}
	z.inStride = roundUp(size + align)
	z.in = make([]byte, 6*z.inStride+5)[5:] // at an odd place; what lies between planes must not matter
	fill(r, z.in)
	k.prepare(&z)
	allA, a := guarded(3*n+1, n%7)
	allB, b := guarded(3*n+1, taps%7)
	k.horizontal(&z, a, b)
	for i, out := range [][]byte{a, b} {
		for x, first := range z.H.first {
			for c := range 3 {
				sum := int32(half)
				for j, w := range z.H.weights[x*taps : (x+1)*taps] {
					sum += w * int32(z.plane(3*i + c)[int(first)-z.H.lo+j])
				}
				if want := clamp(sum >> precision); want != out[3*x+c] {
					t.Fatalf("n=%d, taps=%d: row %d, pixel %d, channel %d: want %d, got %d", n, taps, i, x, c, want, out[3*x+c])
				}
			}
		}
	}
	requireGuarded(t, allA, 3*n+1, n%7)
	requireGuarded(t, allB, 3*n+1, taps%7)
}

// checkVertical does the same for a vertical pass over rows of about n bytes.
func checkVertical(t testing.TB, k *kernels, n, taps int) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(taps), uint64(n)))
	size, length := taps+r.IntN(4), roundUp(n)
	z := Resizer{kernels: k, H: randomAxis(r, 1, 1, 1), V: randomAxis(r, 2, taps, size)}
	rows := make([]byte, length*(size+1)+3)[3:]
	fill(r, rows)
	k.prepare(&z)
	for i, first := range z.V.first {
		all, out := guarded(length, n%7)
		window := rows[(int(first)-z.V.lo)*length:]
		k.vertical(&z, out, window, i)
		for x := range out {
			sum := int32(half)
			for j, w := range z.V.weights[i*taps : (i+1)*taps] {
				sum += w * int32(window[j*length+x])
			}
			if want := clamp(sum >> precision); want != out[x] {
				t.Fatalf("n=%d, taps=%d: row %d, sample %d: want %d, got %d", n, taps, i, x, want, out[x])
			}
		}
		requireGuarded(t, all, length, n%7)
	}
}

// FuzzKernels resizes with all implementations, and they agree.
func FuzzKernels(f *testing.F) {
	f.Add(uint16(640), uint16(480), uint16(224), uint16(224), false)
	f.Add(uint16(1), uint16(300), uint16(3), uint16(5), true)
	f.Add(uint16(99), uint16(33), uint16(7), uint16(64), true)
	f.Add(uint16(50), uint16(98), uint16(60), uint16(20), false)
	f.Fuzz(func(t *testing.T, w, h, outW, outH uint16, bilinear bool) {
		p := randomPicture(1+int(w)%700, 1+int(h)%100, uint64(w)<<16|uint64(h))
		nw, nh := 1+int(outW)%300, 1+int(outH)%100
		filter := Bicubic
		if bilinear {
			filter = Bilinear
		}
		var want []byte
		all := available()
		for i := range all { // the generic one, which is last, first
			r := Resizer{kernels: all[len(all)-1-i]}
			r.H.Reset(filter, p.w, 0, float64(p.w), nw, nw/4, nw)
			r.V.Reset(filter, p.h, 0, float64(p.h), nh, 0, nh-nh/3)
			p.x0, _ = r.H.Range()
			var got []byte
			r.Run(p, func(_ int, row []byte) { got = append(got, row...) })
			if i == 0 {
				want = got
			}
			require.Equal(t, want, got, r.kernels.name)
		}
	})
}

// TestAxisWeights: they sum to one within rounding, and no sum can leave int32.
func TestAxisWeights(t *testing.T) {
	t.Parallel()
	var a Axis
	for _, c := range [][2]int{{1, 224}, {2, 224}, {3, 37_333}, {223, 224}, {224, 224}, {225, 224}, {4000, 224}, {16_384, 1}, {5, 3}} {
		to := min(c[1], 500)
		a.Reset(Bicubic, c[0], 0, float64(c[0]), c[1], 0, to)
		require.Equal(t, to, a.Len())
		for i := range to {
			sum, size := int64(0), int64(0)
			for _, w := range a.weights[i*a.taps : (i+1)*a.taps] {
				sum += int64(w)
				size += max(int64(w), -int64(w))
			}
			require.InDelta(t, 1<<precision, sum, float64(a.taps))
			require.Less(t, 255*size+half, int64(1<<31))
			require.Less(t, size, int64(127<<16), "which lets kernels split weights into a signed byte and the rest")
			require.GreaterOrEqual(t, int(a.first[i]), a.lo)
			require.LessOrEqual(t, int(a.first[i])+a.taps, a.hi)
		}
		lo, hi := a.Range()
		require.True(t, lo >= 0 && hi <= c[0])
	}
	require.Panics(t, func() { a.Reset(Bicubic, 10, 0, 11, 5, 0, 5) })
	require.Panics(t, func() { a.Reset(Bicubic, 10, 0, 10, 5, 5, 5) })
}
