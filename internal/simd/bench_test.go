package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkGemm runs the shapes of EfficientNet-Lite0's 1×1 convolutions, and one of CLIP's.
func BenchmarkGemm(b *testing.B) {
	for _, s := range []struct{ m, k, n int }{
		{12544, 27, 32}, {12544, 16, 96}, {3136, 144, 24}, {784, 240, 40}, {196, 80, 480}, {196, 480, 112}, {49, 192, 1152},
		{49, 1152, 192}, {49, 320, 1280}, {1, 1280, 1000}, {50, 768, 3072},
	} {
		for _, k := range All() {
			b.Run(fmt.Sprintf("m=%d/k=%d/n=%d/impl=%s", s.m, s.k, s.n, k.name), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 1))
				g := Product{
					C: make([]float32, s.m*s.n), LDC: s.n, A: random(rng, make([]float32, s.m*s.k)), LDA: s.k, M: s.m,
					B: randomPacked(rng, s.k, s.n), Bounds: Bounds{Hi: 6},
				}
				b.SetBytes(int64(4 * (s.m*s.k + s.k*s.n + s.m*s.n)))
				b.ReportAllocs()
				for b.Loop() {
					k.Gemm(g)
				}
				b.ReportMetric(2*float64(s.m*s.k*s.n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}

// BenchmarkDepthwise runs the shapes of EfficientNet-Lite0's depthwise convolutions.
func BenchmarkDepthwise(b *testing.B) {
	for _, s := range []struct{ channels, size, kernel, stride int }{
		{32, 112, 3, 1}, {96, 112, 3, 2}, {144, 56, 3, 1}, {144, 56, 5, 2}, {240, 28, 5, 1}, {480, 14, 3, 1}, {672, 14, 5, 1},
		{1152, 7, 5, 1},
	} {
		d := same(s.channels, s.size, s.kernel, s.stride)
		for _, k := range All() {
			b.Run(fmt.Sprintf("c=%d/size=%d/kernel=%d/stride=%d/impl=%s", s.channels, s.size, s.kernel, s.stride, k.name), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 1))
				src := random(rng, make([]float32, d.InH*d.InW*d.Channels))
				dst := make([]float32, d.OutH*d.OutW*d.Channels)
				w, bias := random(rng, make([]float32, d.KernelH*d.KernelW*d.Channels)), make([]float32, d.Channels)
				b.SetBytes(int64(4 * (len(src) + len(dst))))
				b.ReportAllocs()
				for b.Loop() {
					k.DepthwiseRows(d, dst, src, w, bias, 0, d.OutH, Bounds{Hi: 6})
				}
				ops := 2 * float64(len(dst)*d.KernelH*d.KernelW)
				b.ReportMetric(ops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}
