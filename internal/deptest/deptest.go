// Package deptest holds the import rules of the project as a test: which way imports go, and where cgo, drivers and
// protocols may live. See DESIGN.md, "The house".
package deptest
