package onnx

import (
	"math"

	"github.com/soundtrack-go/sdk/internal/simd"
)

// The operators of two tensors, but for Mod, which has an attribute.
var (
	addition       = pairwise{isAdd: true, float: addFloats, ints: exact(func(a, b int64) int64 { return a + b })}
	subtraction    = pairwise{float: (*simd.Kernels).Sub, ints: exact(func(a, b int64) int64 { return a - b })}
	multiplication = pairwise{float: (*simd.Kernels).Mul, ints: exact(func(a, b int64) int64 { return a * b })}
	division       = pairwise{float: (*simd.Kernels).Div, ints: func(a, b int64) (int64, bool) {
		if b == 0 {
			return 0, false
		}
		return a / b, true
	}}
	power   = pairwise{float: powFloats}
	minimum = pairwise{
		float: pairs(func(a, b float32) float32 { return min(a, b) }),
		ints:  exact(func(a, b int64) int64 { return min(a, b) }),
	}
	maximum = pairwise{
		float: pairs(func(a, b float32) float32 { return max(a, b) }),
		ints:  exact(func(a, b int64) int64 { return max(a, b) }),
	}

	equal = pairwise{
		test: func(a, b float32) bool { return a == b }, ints: holds(func(a, b int64) bool { return a == b }),
	}
	less = pairwise{
		test: func(a, b float32) bool { return a < b }, ints: holds(func(a, b int64) bool { return a < b }),
	}
	lessOrEqual = pairwise{
		test: func(a, b float32) bool { return a <= b }, ints: holds(func(a, b int64) bool { return a <= b }),
	}
	greater = pairwise{
		test: func(a, b float32) bool { return a > b }, ints: holds(func(a, b int64) bool { return a > b }),
	}
	greaterOrEqual = pairwise{
		test: func(a, b float32) bool { return a >= b }, ints: holds(func(a, b int64) bool { return a >= b }),
	}
	and = pairwise{ints: holds(func(a, b int64) bool { return a != 0 && b != 0 })}
	or  = pairwise{ints: holds(func(a, b int64) bool { return a != 0 || b != 0 })}
	xor = pairwise{ints: holds(func(a, b int64) bool { return (a != 0) != (b != 0) })}
)

func exact(f func(a, b int64) int64) func(a, b int64) (int64, bool) {
	return func(a, b int64) (int64, bool) { return f(a, b), true }
}

func holds(f func(a, b int64) bool) func(a, b int64) (int64, bool) {
	return func(a, b int64) (int64, bool) { return truth(f(a, b)), true }
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// pairs makes a kernel of a function that is not worth one.
func pairs(f func(a, b float32) float32) func(k *simd.Kernels, dst, a, b []float32) {
	return func(_ *simd.Kernels, dst, a, b []float32) {
		for i, v := range a {
			dst[i] = f(v, b[i])
		}
	}
}

func addFloats(k *simd.Kernels, dst, a, b []float32) { k.AddClip(dst, a, b, simd.Unbounded()) }

func powFloats(_ *simd.Kernels, dst, a, b []float32) {
	for i, v := range a {
		switch e := b[i]; e {
		case 2:
			dst[i] = v * v
		case 3:
			dst[i] = v * v * v
		default:
			dst[i] = float32(math.Pow(float64(v), float64(e)))
		}
	}
}

// loadMod reads which remainder is meant: that of fmod has the sign of the dividend, the other that of the divisor.
func loadMod(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	fmod := a.int("fmod", 0) != 0
	o := &pairwise{ints: func(a, b int64) (int64, bool) {
		if b == 0 {
			return 0, false
		}
		r := a % b
		if !fmod && r != 0 && (r < 0) != (b < 0) {
			r += b
		}
		return r, true
	}}
	if fmod {
		o.float = pairs(func(a, b float32) float32 { return float32(math.Mod(float64(a), float64(b))) })
	}
	return o, a.done()
}
