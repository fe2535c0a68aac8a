//go:build ignore

// Command elementwise writes elementwise_amd64.s: arithmetic and bounds of vectors.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	header()
	bounded("addClip", "func(dst, a, b *float32, n int, lo, hi float32)", "min(hi, max(lo, a[i] + b[i]))", VADDPS)
	bounded("clip", "func(dst, a *float32, n int, lo, hi float32)", "min(hi, max(lo, a[i]))", nil)
	arithmetic("mul", "a[i] · b[i]", VMULPS)
	arithmetic("sub", "a[i] − b[i]", VSUBPS)
	arithmetic("div", "a[i] / b[i]", VDIVPS)
	affine()
	Generate()
}

// bounded writes a kernel that clips the results of op, or a itself if there is none.
func bounded(name, signature, formula string, op func(...Op)) {
	begin(name, signature, formula)
	lo, hi := broadcast("lo"), broadcast("hi")
	var b GPVirtual
	if op != nil {
		b = loadInt("b")
	}
	blocks(func(v VecVirtual, at func(GPVirtual) Mem) {
		if op != nil {
			op(at(b), v, v)
		}
		clip(v, lo, hi)
	})
}

// arithmetic writes the kernel of one instruction.
func arithmetic(name, formula string, op func(...Op)) {
	begin(name, "func(dst, a, b *float32, n int)", formula)
	b := loadInt("b")
	blocks(func(v VecVirtual, at func(GPVirtual) Mem) { op(at(b), v, v) })
}

// affine rounds twice, as the generic kernel does.
func affine() {
	begin("affine", "func(dst, a *float32, n int, scale, offset float32)", "scale · a[i] + offset")
	scale, offset := broadcast("scale"), broadcast("offset")
	blocks(func(v VecVirtual, _ func(GPVirtual) Mem) {
		VMULPS(scale, v, v)
		VADDPS(offset, v, v)
	})
}

func begin(name, signature, formula string) {
	TEXT(name+"AVX2", NOSPLIT, signature)
	Doc(name+"AVX2 sets dst[i] = "+formula+"; "+name+"Generic is its twin.",
		"n is a multiple of 8; dst may be one of the others.")
	Pragma("noescape")
}

// blocks writes the loop over vectors, in blocks of four while there are so many, and the end of the function.
// f changes a vector of a into one of dst; at is the place of its numbers in another slice.
func blocks(f func(v VecVirtual, at func(base GPVirtual) Mem)) {
	dst, a, n, x := loadInt("dst"), loadInt("a"), loadInt("n"), GP64()
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
			f(v, at)
			VMOVUPS(v, at(dst))
		}
		ADDQ(Imm(uint64(vecs*lanes)), x)
		JMP(LabelRef(label("block", vecs)))
		Label(label("done", vecs))
	}
	VZEROUPPER()
	RET()
}
