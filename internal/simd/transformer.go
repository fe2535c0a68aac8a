package simd

// The kernels of transformer layers. All slices of a call have equal length, any at all, and dst may be one of the
// others; they must not overlap in another way.
//
// The generic kernels compute in float64 and round once. The vector kernels compute in float32 and are off by at most
//
//	Exp            1.1 ulp, denormal results included; 0 from −104 and +Inf from 88.73 on
//	Tanh           3 ulp
//	Erf            1.5 ulp
//	Sigmoid        2.5 ulp, but 0 where it is less than 6e-39
//	GELU, GELUTanh and QuickGELU    2 ulp + 1e-7·|a|, so that relative accuracy is kept at zero and lost where the
//	               result vanishes beside a
//	Softmax        4e-7, in rows of thousands
//	LayerNorm      4e-6 in results of some units, in rows of thousands, for means up to 1000 deviations from zero;
//	               numbers must stay below 1e17, because their squares are summed
//	Mul, Sub, Div and Affine        nothing: the bits are the same

// Exp sets dst[i] = eᵃ: 0 far below, +Inf far above, NaN for NaN.
func (k *Kernels) Exp(dst, a []float32) { mustEqual(len(dst), len(a)); k.exp(dst, a) }

// Tanh sets dst[i] = tanh(a[i]).
func (k *Kernels) Tanh(dst, a []float32) { mustEqual(len(dst), len(a)); k.tanh(dst, a) }

// Erf sets dst[i] = erf(a[i]).
func (k *Kernels) Erf(dst, a []float32) { mustEqual(len(dst), len(a)); k.erf(dst, a) }

// Sigmoid sets dst[i] = 1 / (1 + e⁻ᵃ).
func (k *Kernels) Sigmoid(dst, a []float32) { mustEqual(len(dst), len(a)); k.sigmoid(dst, a) }

// GELU sets dst[i] = a/2 · (1 + erf(a/√2)).
func (k *Kernels) GELU(dst, a []float32) { mustEqual(len(dst), len(a)); k.gelu(dst, a) }

// GELUTanh sets dst[i] = a/2 · (1 + tanh(√(2/π) · (a + 0.044715·a³))), the approximation that SigLIP uses.
func (k *Kernels) GELUTanh(dst, a []float32) { mustEqual(len(dst), len(a)); k.geluTanh(dst, a) }

// QuickGELU sets dst[i] = a · sigmoid(alpha·a), with alpha 1.702 in OpenAI's CLIP.
func (k *Kernels) QuickGELU(dst, a []float32, alpha float32) {
	mustEqual(len(dst), len(a))
	k.quickGELU(dst, a, alpha)
}

// Softmax sets dst[i] = e^(scale·a[i]) / Σⱼ e^(scale·a[j]), with the maximum subtracted first. A NaN makes all of it NaN.
func (k *Kernels) Softmax(dst, a []float32, scale float32) {
	mustEqual(len(dst), len(a))
	k.softmax(dst, a, scale)
}

// LayerNorm normalises one row:
//
//	dst[i] = (a[i] − mean) / √(variance + epsilon) · gain[i] + bias[i]
//
// with the population variance.
func (k *Kernels) LayerNorm(dst, a, gain, bias []float32, epsilon float32) {
	mustEqual(len(dst), len(a), len(gain), len(bias))
	k.layerNorm(dst, a, gain, bias, epsilon)
}

// Mul sets dst[i] = a[i] · b[i].
func (k *Kernels) Mul(dst, a, b []float32) { mustEqual(len(dst), len(a), len(b)); k.mul(dst, a, b) }

// Sub sets dst[i] = a[i] − b[i].
func (k *Kernels) Sub(dst, a, b []float32) { mustEqual(len(dst), len(a), len(b)); k.sub(dst, a, b) }

// Div sets dst[i] = a[i] / b[i].
func (k *Kernels) Div(dst, a, b []float32) { mustEqual(len(dst), len(a), len(b)); k.div(dst, a, b) }

// Affine sets dst[i] = scale · a[i] + offset.
func (k *Kernels) Affine(dst, a []float32, scale, offset float32) {
	mustEqual(len(dst), len(a))
	k.affine(dst, a, scale, offset)
}
