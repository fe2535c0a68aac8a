//go:build ignore

package main

import (
	"strconv"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	lanes = 8         // float32 numbers in a YMM register
	width = lanes * 4 // bytes of a YMM register
)

// bytesOf loads an integer parameter that counts float32 numbers, and makes it a number of bytes.
func bytesOf(name string) GPVirtual {
	r := loadInt(name)
	SHLQ(U8(2), r)
	return r
}

// loadInt loads an integer or pointer parameter into a fresh register.
func loadInt(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// broadcast fills a vector with a float32 parameter.
func broadcast(name string) VecVirtual {
	c, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	v := YMM()
	VBROADCASTSS(c.Addr, v)
	return v
}

// clip applies min(hi, max(lo, v)) to v. The operands stand so that a NaN in v stays: MAXPS and MINPS return their
// last source if either is NaN.
func clip(v, lo, hi VecVirtual) {
	VMAXPS(v, lo, v)
	VMINPS(v, hi, v)
}

func vectors(n int) []VecVirtual {
	v := make([]VecVirtual, n)
	for i := range v {
		v[i] = YMM()
	}
	return v
}

// label makes the name of a jump target from parts that differ where code is unrolled.
func label(name string, part int) string { return name + strconv.Itoa(part) }

func header() {
	ConstraintExpr("!purego")
}
