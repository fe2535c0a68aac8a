package simd

import "math"

// each applies f in float64.
func each(dst, a []float32, f func(float64) float64) {
	for i, v := range a {
		dst[i] = float32(f(float64(v)))
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func expGeneric(dst, a []float32)     { each(dst, a, math.Exp) }
func tanhGeneric(dst, a []float32)    { each(dst, a, math.Tanh) }
func erfGeneric(dst, a []float32)     { each(dst, a, math.Erf) }
func sigmoidGeneric(dst, a []float32) { each(dst, a, sigmoid) }

func geluGeneric(dst, a []float32) {
	each(dst, a, func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) })
}

func geluTanhGeneric(dst, a []float32) {
	c := math.Sqrt(2 / math.Pi)
	each(dst, a, func(x float64) float64 { return x / 2 * (1 + math.Tanh(c*(x+0.044715*x*x*x))) })
}

func quickGELUGeneric(dst, a []float32, alpha float32) {
	each(dst, a, func(x float64) float64 { return x * sigmoid(float64(alpha)*x) })
}

func softmaxGeneric(dst, a []float32, scale float32) {
	top := math.Inf(-1)
	for _, v := range a {
		if x := float64(scale * v); x > top || x != x {
			top = x
		}
	}
	sum := 0.0
	for i, v := range a {
		e := math.Exp(float64(scale*v) - top)
		dst[i] = float32(e)
		sum += e
	}
	for i, e := range dst {
		dst[i] = float32(float64(e) / sum)
	}
}

func layerNormGeneric(dst, a, gain, bias []float32, epsilon float32) {
	n := float64(len(a))
	mean, variance := 0.0, 0.0
	for _, v := range a {
		mean += float64(v) / n
	}
	for _, v := range a {
		variance += (float64(v) - mean) * (float64(v) - mean) / n
	}
	inverse := 1 / math.Sqrt(variance+float64(epsilon))
	for i, v := range a {
		dst[i] = float32((float64(v)-mean)*inverse)*gain[i] + bias[i]
	}
}

func mulGeneric(dst, a, b []float32) {
	for i, v := range a {
		dst[i] = v * b[i]
	}
}

func subGeneric(dst, a, b []float32) {
	for i, v := range a {
		dst[i] = v - b[i]
	}
}

func divGeneric(dst, a, b []float32) {
	for i, v := range a {
		dst[i] = v / b[i]
	}
}

func affineGeneric(dst, a []float32, scale, offset float32) {
	for i, v := range a {
		dst[i] = float32(scale*v) + offset
	}
}
