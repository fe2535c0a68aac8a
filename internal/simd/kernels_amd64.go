//go:build !purego

package simd

import "golang.org/x/sys/cpu"

// native is the one place that asks what the CPU can do.
func native() []*Kernels {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	return []*Kernels{avx2().kernels()}
}

func avx2() *assembly {
	return &assembly{
		name:           "avx2",
		wide:           [...]tileKernel{gemm1x16AVX2, gemm2x16AVX2, gemm3x16AVX2, gemm4x16AVX2, gemm5x16AVX2, gemm6x16AVX2},
		narrow:         [...]tileKernel{gemm1x8AVX2, gemm2x8AVX2, gemm3x8AVX2, gemm4x8AVX2, gemm5x8AVX2, gemm6x8AVX2},
		packRows:       packRowsAVX2,
		packTransposed: packTransposedAVX2,
		packBlock:      8,
		window:         depthwiseWindowAVX2,
		groups: map[windowSize]groupKernel{
			{3, 1}: depthwise3x3s1AVX2, {3, 2}: depthwise3x3s2AVX2,
			{5, 1}: depthwise5x5s1AVX2, {5, 2}: depthwise5x5s2AVX2,
		},
		addClip:   addClipAVX2,
		clip:      clipAVX2,
		mul:       mulAVX2,
		sub:       subAVX2,
		div:       divAVX2,
		affine:    affineAVX2,
		exp:       expAVX2,
		tanh:      tanhAVX2,
		erf:       erfAVX2,
		sigmoid:   sigmoidAVX2,
		gelu:      geluAVX2,
		geluTanh:  geluTanhAVX2,
		quickGELU: quickGELUAVX2,
		softmax:   softmaxAVX2,
		layerNorm: layerNormAVX2,
	}
}
