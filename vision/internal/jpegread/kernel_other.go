//go:build !amd64 || purego

package jpegread

// fastestIDCT returns the portable transform: this build has no other.
func fastestIDCT(size int) idctFunc { return idctGeneric(size) }
