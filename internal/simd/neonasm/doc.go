// Package neonasm writes Go assembly for arm64 with vector instructions. Go's assembler knows few of those on float32
// numbers, so they are written as words, with the instruction beside each in the manufacturer's notation:
//
//	WORD $0x4e22d420 // fadd v0.4s, v1.4s, v2.4s
//
// Loads, stores, arithmetic of addresses and jumps are in Go's own notation. A test holds every word of the generated
// files against what the toolchain's disassembler says of it.
//
// Registers are virtual, without limit, and get their numbers at the end; see allocate. It is a tool of generators: it
// panics at mistakes, and is no part of any program.
package neonasm
