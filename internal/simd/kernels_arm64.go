//go:build !purego

package simd

// native returns the NEON kernels: every CPU of this architecture runs them.
func native() []*Kernels { return []*Kernels{neon().kernels()} }

func neon() *assembly {
	return &assembly{
		name:           "neon",
		wide:           [...]tileKernel{gemm1x16NEON, gemm2x16NEON, gemm3x16NEON, gemm4x16NEON, gemm5x16NEON, gemm6x16NEON},
		narrow:         [...]tileKernel{gemm1x8NEON, gemm2x8NEON, gemm3x8NEON, gemm4x8NEON, gemm5x8NEON, gemm6x8NEON},
		packRows:       packRowsNEON,
		packTransposed: packTransposedNEON,
		packBlock:      4,
		window:         depthwiseWindowNEON,
		groups: map[windowSize]groupKernel{
			{3, 1}: depthwise3x3s1NEON, {3, 2}: depthwise3x3s2NEON,
			{5, 1}: depthwise5x5s1NEON, {5, 2}: depthwise5x5s2NEON,
		},
		addClip:   addClipNEON,
		clip:      clipNEON,
		mul:       mulNEON,
		sub:       subNEON,
		div:       divNEON,
		affine:    affineNEON,
		exp:       expNEON,
		tanh:      tanhNEON,
		erf:       erfNEON,
		sigmoid:   sigmoidNEON,
		gelu:      geluNEON,
		geluTanh:  geluTanhNEON,
		quickGELU: quickGELUNEON,
		softmax:   softmaxNEON,
		layerNorm: layerNormNEON,
	}
}
