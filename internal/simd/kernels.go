// Package simd holds float32 kernels for the layers of neural networks, each in a portable version and, where the
// machine has them, in vector instructions: matrix product, depthwise convolution, arithmetic and bounds, and the
// activations and normalisations of transformers.
//
// All tensors are row-major; pictures have their channels last ([height][width][channels]). Kernels allocate nothing,
// keep nothing, run on the calling goroutine, and are safe for concurrent use on different outputs. Callers cut the
// work into blocks of less than about a millisecond, because assembly cannot be preempted.
//
// A kernel that is given slices too short for its sizes panics before it touches memory: that is a mistake in our code.
// Results of two implementations differ by rounding only, since they sum in different order and with different
// instructions; NaN and infinities come out where the formula says.
//
// The assembly is generated; see gen. The build tag purego leaves it out. On amd64 it is AVX2, where the CPU has that and
// FMA; on arm64 it is NEON, which all of them have. The NEON kernels are tested under emulation and have never been
// timed: no arm64 machine was at hand.
package simd

import (
	"math"
	"slices"
)

//go:generate go run -modfile=../../tools.mod gen/gemm.go gen/shared.go -out gemm_amd64.s -stubs gemm_amd64.go -pkg simd
//go:generate go run -modfile=../../tools.mod gen/pack.go gen/shared.go -out pack_amd64.s -stubs pack_amd64.go -pkg simd
//go:generate go run -modfile=../../tools.mod gen/depthwise.go gen/shared.go -out depthwise_amd64.s -stubs depthwise_amd64.go -pkg simd
//go:generate go run -modfile=../../tools.mod gen/elementwise.go gen/shared.go -out elementwise_amd64.s -stubs elementwise_amd64.go -pkg simd
//go:generate go run -modfile=../../tools.mod gen/activation.go gen/math.go gen/span.go gen/shared.go -out activation_amd64.s -stubs activation_amd64.go -pkg simd
//go:generate go run -modfile=../../tools.mod gen/row.go gen/math.go gen/span.go gen/shared.go -out row_amd64.s -stubs row_amd64.go -pkg simd
//go:generate go run ./gen/neon

// Kernels is one implementation of all kernels. It is immutable and safe for concurrent use.
type Kernels struct {
	name string
	// gemmPanel computes some rows of one panel of a product.
	gemmPanel func(p panel)
	// fill8 brings eight columns of a matrix into a panel.
	fill8 fill8Func
	// window computes one output pixel of a depthwise convolution.
	window func(p window)
	// group returns the function that computes four neighbouring pixels at once, or nil if there is none for this size.
	group func(kernel, stride int) func(p window)
	// addClip and clip compute dst = clip(a + b) and dst = clip(a) for slices of equal length.
	addClip func(dst, a, b []float32, bounds Bounds)
	clip    func(dst, a []float32, bounds Bounds)
	// The functions of transformer layers; see the methods of the same names.
	exp, tanh, erf, sigmoid, gelu, geluTanh func(dst, a []float32)
	quickGELU                               func(dst, a []float32, alpha float32)
	softmax                                 func(dst, a []float32, scale float32)
	layerNorm                               func(dst, a, gain, bias []float32, epsilon float32)
	mul, sub, div                           func(dst, a, b []float32)
	affine                                  func(dst, a []float32, scale, offset float32)
}

// Name is "generic" or the name of an instruction set, such as "avx2".
func (k *Kernels) Name() string { return k.name }

// Generic returns the portable kernels, which every build has.
func Generic() *Kernels {
	return &Kernels{
		name:      "generic",
		gemmPanel: gemmPanelGeneric,
		fill8:     fill8Generic,
		window:    windowGeneric,
		group:     func(int, int) func(window) { return nil },
		addClip:   addClipGeneric,
		clip:      clipGeneric,
		exp:       expGeneric,
		tanh:      tanhGeneric,
		erf:       erfGeneric,
		sigmoid:   sigmoidGeneric,
		gelu:      geluGeneric,
		geluTanh:  geluTanhGeneric,
		quickGELU: quickGELUGeneric,
		softmax:   softmaxGeneric,
		layerNorm: layerNormGeneric,
		mul:       mulGeneric,
		sub:       subGeneric,
		div:       divGeneric,
		affine:    affineGeneric,
	}
}

// All returns the implementations that this build has and this CPU can run, best first and the generic one last.
func All() []*Kernels { return append(native(), Generic()) }

// Best returns the fastest implementation that this CPU can run.
func Best() *Kernels { return All()[0] }

// Bounds are the limits that a kernel applies to its results: min(Hi, max(Lo, x)). NaN stays NaN.
// The zero value makes everything zero: use [Unbounded] for no limits.
type Bounds struct{ Lo, Hi float32 }

// Unbounded returns the bounds that change nothing.
func Unbounded() Bounds {
	return Bounds{Lo: float32(math.Inf(-1)), Hi: float32(math.Inf(1))}
}

func (b Bounds) apply(v float32) float32 {
	if v < b.Lo {
		v = b.Lo
	}
	if v > b.Hi {
		v = b.Hi
	}
	return v
}

// AddClip sets dst[i] = clip(a[i] + b[i]). All lengths are equal; dst may be a or b.
func (k *Kernels) AddClip(dst, a, b []float32, bounds Bounds) {
	mustEqual(len(dst), len(a), len(b))
	k.addClip(dst, a, b, bounds)
}

// Clip sets dst[i] = clip(a[i]). Lengths are equal; dst may be a.
func (k *Kernels) Clip(dst, a []float32, bounds Bounds) {
	mustEqual(len(dst), len(a))
	k.clip(dst, a, bounds)
}

func mustEqual(lengths ...int) {
	if slices.Min(lengths) != slices.Max(lengths) {
		panic("simd: lengths differ")
	}
}

func addClipGeneric(dst, a, b []float32, bounds Bounds) {
	for i, v := range a {
		dst[i] = bounds.apply(v + b[i])
	}
}

func clipGeneric(dst, a []float32, bounds Bounds) {
	for i, v := range a {
		dst[i] = bounds.apply(v)
	}
}
