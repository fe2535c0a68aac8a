// Package resize is Pillow's antialiased resize, bit for bit: the arithmetic that CLIP's weights were trained
// with. It computes only the output rows and columns that somebody will look at.
//
// The algorithm (Pillow, src/libImaging/Resample.c, 8 bits a channel):
//
//  1. A filter, for CLIP Keys' cubic with a = −½, widened by the scale when shrinking; weights in float64, sum 1.
//  2. Weights become integers with 22 fractional bits, rounded half away from zero.
//  3. A horizontal pass, rounded to 8 bits, then a vertical pass, rounded again; sums start at ½ and are clamped. Since
//     Pillow 13 the vertical pass is the first where the height loses more than twice as many pixels as the width.
//
// Integer sums do not depend on their order, so the loops may be arranged for speed without changing a single bit.
package resize

import "math"

const (
	precision = 22 // fractional bits of a weight
	half      = 1 << (precision - 1)
)

// Filter is the shape of the weights.
type Filter uint8

// Filters, both widened by the scale when shrinking.
const (
	Bicubic  Filter = iota // Keys' cubic with a = −½, support 2
	Bilinear               // triangle, support 1
)

// support is the distance beyond which weights are zero.
func (f Filter) support() float64 {
	if f == Bilinear {
		return 1
	}
	return 2
}

// weight is the filter's value at x.
func (f Filter) weight(x float64) float64 {
	if f == Bilinear {
		return max(1-math.Abs(x), 0)
	}
	return cubic(x)
}

// Axis holds the weights of one direction: output sample i of [0, Len) is the sum over k of
// weights[i·taps+k] · input[first[i]+k].
type Axis struct {
	taps    int
	first   []int32
	weights []int32
	lo, hi  int // inputs [lo, hi) are used
	loss    int // pixels that the whole side loses; negative where it gains
}

// Reset computes the axis that maps the box [box0, box1) of size inputs to out outputs through filter f; only outputs
// [from, to) will be computed. Inputs outside the box take part near its edges, as with Pillow's box argument. Memory is
// reused.
// It panics unless 0 ≤ box0 < box1 ≤ size and 0 ≤ from < to ≤ out.
func (a *Axis) Reset(f Filter, size int, box0, box1 float64, out, from, to int) {
	if !(0 <= box0 && box0 < box1 && box1 <= float64(size) && 0 <= from && from < to && to <= out) {
		panic("resize: axis out of range")
	}
	scale := (box1 - box0) / float64(out)
	filterScale := max(scale, 1)
	reach := f.support() * filterScale
	inverse := 1 / filterScale

	// Pillow allots ceil(reach)·2+1 taps; the extra ones stay zero.
	taps := int(math.Ceil(reach))*2 + 1
	taps = min(taps, size)
	n := to - from
	a.taps = taps
	a.loss = size - out
	a.first = grow(a.first, n)
	a.weights = grow(a.weights, n*taps)
	a.lo, a.hi = size, 0

	var buffer [256]float64
	exact := buffer[:]
	if taps > len(exact) {
		exact = make([]float64, taps)
	}
	for i := range n {
		// The conversions forbid fused multiply-add, which would change the last bit on some processors.
		centre := box0 + float64((float64(from+i)+0.5)*scale)
		first := max(int(centre-reach+0.5), 0)
		count := min(int(centre+reach+0.5), size) - first
		sum := 0.0
		for k := range count {
			w := f.weight(float64((float64(k+first) - centre + 0.5) * inverse))
			exact[k] = w
			sum += w
		}
		// Keep all taps inside the input, so that kernels need no bounds of their own.
		shift := max(first+taps-size, 0)
		row := a.weights[i*taps : (i+1)*taps]
		clear(row)
		for k := range count {
			w := exact[k]
			if sum != 0 {
				w /= sum
			}
			row[k+shift] = fixed(w)
		}
		a.first[i] = int32(first - shift)
		a.lo, a.hi = min(a.lo, first), max(a.hi, first+count)
	}
	// Shifted windows may begin before the first input that matters.
	for _, first := range a.first {
		a.lo, a.hi = min(a.lo, int(first)), max(a.hi, int(first)+taps)
	}
}

// Len is the number of outputs.
func (a *Axis) Len() int { return len(a.first) }

// Range returns the inputs [lo, hi) that are used.
func (a *Axis) Range() (lo, hi int) { return a.lo, a.hi }

// cubic is Keys' kernel with a = −½:
//
//	|x| < 1: (a+2)|x|³ − (a+3)|x|² + 1     |x| < 2: a|x|³ − 5a|x|² + 8a|x| − 4a
//
// in Pillow's order of operations.
func cubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	switch {
	case x < 1:
		return float64(float64((float64((a+2)*x)-(a+3))*x)*x) + 1
	case x < 2:
		return float64((float64((float64((x-5)*x)+8)*x) - 4) * a)
	default:
		return 0
	}
}

// fixed rounds a weight to 22 fractional bits, half away from zero.
func fixed(w float64) int32 {
	if w < 0 {
		return int32(float64(w*(1<<precision)) - 0.5)
	}
	return int32(float64(w*(1<<precision)) + 0.5)
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
