//go:build (!amd64 && !arm64) || purego

package simd

// native returns nothing: this build has the generic kernels only.
func native() []*Kernels { return nil }
