// Package synth is the small synthesiser behind soundtrack's demo tracks: voices (plucked strings, electric and felt
// piano, mallets, winds, subtractive synthesis, drums), effects, a mixer and a mastering stage. It uses no samples.
//
// # Same bytes everywhere
//
// The same score gives the same bytes on every platform, so that a track can be verified by its digest. Three rules
// make it so, and two tests hold the code to them:
//
//   - Every product that meets a sum is rounded first, by mul or an explicit float64 conversion, because compilers for
//     arm64, ppc64, s390x, riscv64 and amd64 at level v3 otherwise fuse the two into one operation with one rounding.
//   - Sine, exponential and tangent come from exact.go; those of package math differ in the last bit between
//     architectures. Addition, multiplication, division and math.Floor are exact by IEEE 754.
//   - Noise comes from a seeded generator, and oscillators count their phase in 32-bit integers.
//
// Times are in seconds, levels in decibels and cutoffs in hertz where a field does not say otherwise. Voices and
// effects are not checked against nonsense: the package is internal and its settings are written by hand.
package synth
