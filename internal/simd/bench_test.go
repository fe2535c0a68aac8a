package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkGemm runs the shapes of EfficientNet-Lite0's 1×1 convolutions.
func BenchmarkGemm(b *testing.B) {
	for _, s := range []struct{ m, k, n int }{
		{12544, 27, 32}, {12544, 16, 96}, {3136, 144, 24}, {784, 240, 40}, {196, 80, 480}, {196, 480, 112}, {49, 192, 1152},
		{49, 1152, 192}, {49, 320, 1280}, {1, 1280, 1000},
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

// BenchmarkGemmCLIP runs the shapes of ViT-B/32, for one picture and for eight. As in a model, weights come from memory:
// each product has its own, until they are far more than any cache holds.
func BenchmarkGemmCLIP(b *testing.B) {
	const weights = 16 << 20 // numbers
	for _, s := range []struct{ m, k, n int }{
		{50, 768, 768}, {50, 768, 2304}, {50, 768, 3072}, {50, 3072, 768}, {400, 768, 768}, {400, 768, 2304}, {400, 768, 3072},
		{400, 3072, 768}, {50, 64, 50}, {50, 50, 64},
	} {
		for _, k := range All() {
			b.Run(fmt.Sprintf("m=%d/k=%d/n=%d/impl=%s", s.m, s.k, s.n, k.name), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 1))
				first := randomPacked(rng, s.k, s.n)
				matrices := []Packed{first}
				for s.m*s.n > 50*64 && len(matrices)*s.k*s.n < weights {
					p := MakePacked(make([]float32, PackedLen(s.k, s.n)), s.k, s.n)
					copy(p.panels, first.panels)
					matrices = append(matrices, p)
				}
				g := Product{
					C: make([]float32, s.m*s.n), LDC: s.n, A: random(rng, make([]float32, s.m*s.k)), LDA: s.k, M: s.m,
					Bounds: Unbounded(), Scratch: make([]float32, TileScratch),
				}
				b.SetBytes(int64(4 * (s.m*s.k + s.k*s.n + s.m*s.n)))
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					g.B = matrices[i%len(matrices)]
					k.Gemm(g)
					i++
				}
				b.ReportMetric(2*float64(s.m*s.k*s.n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}

// BenchmarkFill packs the keys (transposed) and the values of one head.
func BenchmarkFill(b *testing.B) {
	const tokens, size = 50, 64
	src := make([]float32, tokens*size)
	for _, k := range All() {
		for _, c := range []struct {
			name                       string
			k, n, rowStride, colStride int
		}{{"rows", tokens, size, size, 1}, {"transposed", size, tokens, 1, size}} {
			b.Run(fmt.Sprintf("layout=%s/impl=%s", c.name, k.name), func(b *testing.B) {
				p := MakePacked(make([]float32, PackedLen(c.k, c.n)), c.k, c.n)
				b.SetBytes(4 * tokens * size)
				b.ReportAllocs()
				for b.Loop() {
					k.Fill(p, src, c.rowStride, c.colStride, 1)
				}
			})
		}
	}
}

// BenchmarkTransformer runs the functions at the row lengths of ViT-B/32.
func BenchmarkTransformer(b *testing.B) {
	for _, c := range []struct {
		name string
		n    int
		run  func(k *Kernels, dst, a, b, c []float32)
	}{
		{"exp", 3072, func(k *Kernels, dst, a, _, _ []float32) { k.Exp(dst, a) }},
		{"tanh", 3072, func(k *Kernels, dst, a, _, _ []float32) { k.Tanh(dst, a) }},
		{"erf", 3072, func(k *Kernels, dst, a, _, _ []float32) { k.Erf(dst, a) }},
		{"sigmoid", 3072, func(k *Kernels, dst, a, _, _ []float32) { k.Sigmoid(dst, a) }},
		{"gelu", 3072, func(k *Kernels, dst, a, _, _ []float32) { k.GELU(dst, a) }},
		{"gelu-tanh", 3072, func(k *Kernels, dst, a, _, _ []float32) { k.GELUTanh(dst, a) }},
		{"quick-gelu", 3072, func(k *Kernels, dst, a, _, _ []float32) { k.QuickGELU(dst, a, quickAlpha) }},
		{"softmax", 50, func(k *Kernels, dst, a, _, _ []float32) { k.Softmax(dst, a, 0.125) }},
		{"softmax", 1000, func(k *Kernels, dst, a, _, _ []float32) { k.Softmax(dst, a, 0.125) }},
		{"layer-norm", 768, func(k *Kernels, dst, a, b, c []float32) { k.LayerNorm(dst, a, b, c, 1e-5) }},
		{"mul", 768, func(k *Kernels, dst, a, b, _ []float32) { k.Mul(dst, a, b) }},
		{"sub", 768, func(k *Kernels, dst, a, b, _ []float32) { k.Sub(dst, a, b) }},
		{"div", 768, func(k *Kernels, dst, a, b, _ []float32) { k.Div(dst, a, b) }},
		{"affine", 768, func(k *Kernels, dst, a, _, _ []float32) { k.Affine(dst, a, 2, 1) }},
	} {
		for _, k := range All() {
			b.Run(fmt.Sprintf("f=%s/n=%d/impl=%s", c.name, c.n, k.name), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 1))
				vectors := make([][]float32, 4)
				for i := range vectors {
					vectors[i] = make([]float32, c.n)
					awkward(rng, vectors[i], false)
				}
				b.SetBytes(int64(4 * c.n))
				b.ReportAllocs()
				for b.Loop() {
					c.run(k, vectors[0], vectors[1], vectors[2], vectors[3])
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.n), "ns/number")
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
