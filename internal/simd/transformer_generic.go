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

// geluGeneric uses erfc, in which nothing cancels: 1 + erf(x/√2) = erfc(−x/√2).
func geluGeneric(dst, a []float32) {
	each(dst, a, func(x float64) float64 { return 0.5 * x * math.Erfc(x*(-1/math.Sqrt2)) })
}

// geluTanhGeneric uses (1 + tanh(u))/2 = sigmoid(2u).
func geluTanhGeneric(dst, a []float32) {
	c := 2 * math.Sqrt(2/math.Pi)
	each(dst, a, func(x float64) float64 { return x * sigmoid(c*(x+0.044715*x*x*x)) })
}

func quickGELUGeneric(dst, a []float32, alpha float32) {
	each(dst, a, func(x float64) float64 { return x * sigmoid(float64(alpha)*x) })
}

func softmaxGeneric(dst, a []float32, scale float32) {
	top := float32(math.Inf(-1))
	for _, v := range a {
		top = max(top, scale*v)
	}
	sum := 0.0
	for i, v := range a {
		e := math.Exp(float64(scale*v) - float64(top))
		dst[i] = float32(e)
		sum += e
	}
	inverse := 1 / sum
	for i, e := range dst {
		dst[i] = float32(float64(e) * inverse)
	}
}

func layerNormGeneric(dst, a, gain, bias []float32, epsilon float32) {
	n := float64(len(a))
	sum := 0.0
	for _, v := range a {
		sum += float64(v)
	}
	mean, squares := sum/n, 0.0
	for _, v := range a {
		d := float64(v) - mean
		squares += d * d
	}
	inverse := 1 / math.Sqrt(squares/n+float64(epsilon))
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
