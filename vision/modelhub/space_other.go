//go:build !unix && !windows

package modelhub

// isNoSpace cannot tell on this system.
func isNoSpace(error) bool { return false }
