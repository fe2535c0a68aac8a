//go:build ignore

// Command elementwise writes elementwise_amd64.s: sums and bounds of vectors.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	header()
	elementwise("addClipAVX2", "func(dst, a, b *float32, n int, lo, hi float32)",
		"addClipAVX2 sets dst[i] = min(hi, max(lo, a[i] + b[i])); addClipGeneric is its twin.")
	elementwise("clipAVX2", "func(dst, a *float32, n int, lo, hi float32)",
		"clipAVX2 sets dst[i] = min(hi, max(lo, a[i])); clipGeneric is its twin.")
	Generate()
}

func elementwise(name, signature, doc string) {
	TEXT(name, NOSPLIT, signature)
	Doc(doc, "n is a multiple of 8; dst may be one of the others.")
	Pragma("noescape")
	dst, a, n, x := loadInt("dst"), loadInt("a"), loadInt("n"), GP64()
	var b GPVirtual
	if name == "addClipAVX2" {
		b = loadInt("b")
	}
	lo, hi := broadcast("lo"), broadcast("hi")
	XORQ(x, x)
	for _, vecs := range []int{4, 1} {
		Label(label("block", vecs))
		left := GP64()
		MOVQ(n, left)
		SUBQ(x, left)
		CMPQ(left, Imm(uint64(vecs*lanes)))
		JL(LabelRef(label("done", vecs)))
		for j, v := range vectors(vecs) {
			at := func(base GPVirtual) Mem { return Mem{Base: base, Index: x, Scale: 4, Disp: j * width} }
			VMOVUPS(at(a), v)
			if b != nil {
				VADDPS(at(b), v, v)
			}
			clip(v, lo, hi)
			VMOVUPS(v, at(dst))
		}
		ADDQ(Imm(uint64(vecs*lanes)), x)
		JMP(LabelRef(label("block", vecs)))
		Label(label("done", vecs))
	}
	VZEROUPPER()
	RET()
}
