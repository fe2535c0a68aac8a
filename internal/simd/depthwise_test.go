package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

const depthwiseTolerance = 2e-5 // sums of up to 49 products of numbers in [−1, 1]

// depthwiseReference is the definition, in float64.
func depthwiseReference(d Depthwise, src, w, bias []float32, bounds Bounds) []float32 {
	out := make([]float32, d.OutH*d.OutW*d.Channels)
	for i := range out {
		c, x, y := i%d.Channels, i/d.Channels%d.OutW, i/d.Channels/d.OutW
		s := float64(bias[c])
		for ky := range d.KernelH {
			for kx := range d.KernelW {
				iy, ix := y*d.StrideH-d.PadTop+ky, x*d.StrideW-d.PadLeft+kx
				if iy >= 0 && iy < d.InH && ix >= 0 && ix < d.InW {
					s += float64(src[(iy*d.InW+ix)*d.Channels+c]) * float64(w[(ky*d.KernelW+kx)*d.Channels+c])
				}
			}
		}
		out[i] = bounds.apply(float32(s))
	}
	return out
}

func checkDepthwise(t testing.TB, k *Kernels, d Depthwise, seed uint64, special bool) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 6))
	offset := int(seed % 8)
	dst, src := guard(d.OutH*d.OutW*d.Channels, offset), guard(d.InH*d.InW*d.Channels, 7-offset)
	w, bias := guard(d.KernelH*d.KernelW*d.Channels, 5), guard(d.Channels, 1)
	for _, g := range []guarded{dst, src, w, bias} {
		random(rng, g.s)
	}
	if special && len(src.s) > 2 {
		src.s[0], src.s[len(src.s)/2], src.s[len(src.s)-1] = nan, inf, -inf
	}
	bounds := Bounds{Lo: -0.75, Hi: 0.5}
	want := depthwiseReference(d, src.s, w.s, bias.s, bounds)
	k.DepthwiseRows(d, dst.s, src.s, w.s, bias.s, 0, d.OutH, bounds)
	near(t, want, dst.s, depthwiseTolerance, fmt.Sprintf("%s %+v", k.name, d))
	for _, g := range []guarded{dst, src, w, bias} {
		g.intact(t)
	}
}

// same is the geometry of a square convolution with padding SAME_UPPER.
func same(channels, size, kernel, stride int) Depthwise {
	out := (size + stride - 1) / stride
	pad := max(0, (out-1)*stride+kernel-size)
	return Depthwise{
		Channels: channels, InH: size, InW: size, OutH: out, OutW: out, KernelH: kernel, KernelW: kernel,
		StrideH: stride, StrideW: stride, PadTop: pad / 2, PadLeft: pad / 2,
	}
}

func TestDepthwise(t *testing.T) {
	t.Parallel()
	largest := 23
	if testing.Short() { // as under emulation
		largest = 11
	}
	for _, k := range All() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for _, kernel := range []int{1, 2, 3, 5, 7} {
				for stride := 1; stride <= 3; stride++ {
					for size := 1; size <= largest; size++ {
						checkDepthwise(t, k, same(1+size*3, size, kernel, stride), uint64(size), size%4 == 0)
					}
				}
			}
			for channels := range 258 {
				checkDepthwise(t, k, same(channels, 7, 3+channels%2*2, 1+channels%2), uint64(channels), channels%3 == 0)
			}
		})
	}
}

func TestDepthwiseOddGeometry(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		d    Depthwise
	}{
		{"window larger than picture", Depthwise{Channels: 9, InH: 2, InW: 2, OutH: 3, OutW: 3, KernelH: 5, KernelW: 5, StrideH: 1, StrideW: 1, PadTop: 3, PadLeft: 3}},
		{"windows outside the picture", Depthwise{Channels: 8, InH: 2, InW: 3, OutH: 12, OutW: 12, KernelH: 3, KernelW: 3, StrideH: 1, StrideW: 1, PadTop: 5, PadLeft: 4}},
		{"not square", Depthwise{Channels: 16, InH: 9, InW: 20, OutH: 7, OutW: 9, KernelH: 3, KernelW: 5, StrideH: 1, StrideW: 2}},
		{"strides differ", Depthwise{Channels: 16, InH: 9, InW: 20, OutH: 4, OutW: 18, KernelH: 3, KernelW: 3, StrideH: 2, StrideW: 1}},
	}
	for _, k := range All() {
		for _, row := range rows {
			t.Run(k.name+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				checkDepthwise(t, k, row.d, 11, false)
			})
		}
	}
}

func TestDepthwiseRowsInParts(t *testing.T) {
	d := same(24, 14, 5, 1)
	for _, k := range All() {
		rng := rand.New(rand.NewPCG(7, 7))
		src, w, bias := make([]float32, 14*14*24), make([]float32, 25*24), make([]float32, 24)
		random(rng, src)
		random(rng, w)
		whole, parts := make([]float32, len(src)), make([]float32, len(src))
		k.DepthwiseRows(d, whole, src, w, bias, 0, 14, Unbounded())
		k.DepthwiseRows(d, parts, src, w, bias, 9, 14, Unbounded())
		k.DepthwiseRows(d, parts, src, w, bias, 0, 9, Unbounded())
		require.Equal(t, whole, parts)
		require.Zero(t, testing.AllocsPerRun(5, func() { k.DepthwiseRows(d, parts, src, w, bias, 0, 14, Unbounded()) }))
	}
}

func FuzzDepthwise(f *testing.F) {
	f.Add(uint64(1), uint8(8), uint8(7), uint8(7), uint8(3), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, channels, h, w, kernel, stride, pad uint8) {
		d := Depthwise{
			Channels: int(channels % 40), InH: 1 + int(h%20), InW: 1 + int(w%20), KernelH: 1 + int(kernel%7), KernelW: 1 + int(kernel%7),
			StrideH: 1 + int(stride%3), StrideW: 1 + int(stride%3), PadTop: int(pad % 8), PadLeft: int(pad / 8 % 8),
		}
		d.OutH, d.OutW = 1+(d.InH+d.PadTop)/d.StrideH, 1+(d.InW+d.PadLeft)/d.StrideW
		for _, k := range All() {
			checkDepthwise(t, k, d, seed, false)
		}
	})
}
