//go:build ignore

package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// span is eight neighbouring numbers, or the last few of a slice under a mask.
type span struct {
	x    GPVirtual  // index of the first
	mask VecVirtual // nil if there are eight
}

func (s span) at(base GPVirtual) Mem { return Mem{Base: base, Index: s.x, Scale: 4} }

// load reads the numbers; those outside the mask are zero and not touched.
func (s span) load(base GPVirtual) VecVirtual {
	v := YMM()
	if s.mask == nil {
		VMOVUPS(s.at(base), v)
	} else {
		VMASKMOVPS(s.at(base), s.mask, v)
	}
	return v
}

func (s span) store(v VecVirtual, base GPVirtual) {
	if s.mask == nil {
		VMOVUPS(v, s.at(base))
	} else {
		VMASKMOVPS(v, s.mask, s.at(base))
	}
}

// only makes the numbers of v outside the mask zero.
func (s span) only(v VecVirtual) {
	if s.mask != nil {
		VANDPS(s.mask, v, v)
	}
}

// masks holds eight ones and eight zeros: 32 bytes from number 8−n on are the mask of n numbers.
var masks Mem

func declareMasks() {
	masks = GLOBL("masks", attr.RODATA|attr.NOPTR)
	for i := range 2 * lanes {
		v := ^uint32(0)
		if i >= lanes {
			v = 0
		}
		DATA(i*4, U32(v))
	}
}

// spans writes a loop over the numbers counted by the parameter n: body for each eight, and once for the rest.
func spans(name string, body func(s span)) {
	left, x := loadInt("n"), GP64()
	XORQ(x, x)
	SUBQ(Imm(lanes), left)
	JL(LabelRef(name + "Rest"))
	Label(name)
	body(span{x: x})
	ADDQ(Imm(lanes), x)
	SUBQ(Imm(lanes), left)
	JGE(LabelRef(name))
	Label(name + "Rest")
	ADDQ(Imm(lanes), left)
	JZ(LabelRef(name + "Done"))
	table, mask := GP64(), YMM()
	LEAQ(masks, table)
	NEGQ(left)
	VMOVUPS(Mem{Base: table, Index: left, Scale: 4, Disp: width}, mask)
	body(span{x, mask})
	Label(name + "Done")
}
