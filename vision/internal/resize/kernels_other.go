//go:build (!amd64 && !arm64) || purego

package resize

// native returns nothing: this build has the generic kernels only.
func native() []*kernels { return nil }
