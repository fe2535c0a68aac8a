//go:build !purego

package jpegread

import "golang.org/x/sys/cpu"

// fastestIDCT returns the transform to size × size samples. It is the one place that asks what the CPU can do.
func fastestIDCT(size int) idctFunc {
	if !cpu.X86.HasAVX2 {
		return idctGeneric(size)
	}
	var kernel func(dst *byte, stride int, block *[64]int16, quant *[64]int32)
	switch size {
	case 2:
		kernel = idct2AVX2
	case 4:
		kernel = idct4AVX2
	default:
		kernel = idctAVX2
	}
	return func(dst []byte, stride int, block *[64]int16, quant *[64]int32, _ int) {
		_ = dst[:(size-1)*stride+size]
		kernel(&dst[0], stride, block, quant)
	}
}
