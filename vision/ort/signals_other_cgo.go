//go:build cgo && !unix

package ort

// keepSignals calls f. Console handlers of Windows are a list to which drivers add: nothing is replaced.
func keepSignals(f func()) { f() }
