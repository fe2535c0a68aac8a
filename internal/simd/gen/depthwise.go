//go:build ignore

// Command depthwise writes depthwise_amd64.s: the kernels of the depthwise convolution.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const pixels = 4 // output pixels of one group

func main() {
	header()
	for _, kernel := range []int{3, 5} {
		for _, stride := range []int{1, 2} {
			group(kernel, stride)
		}
	}
	window()
	Generate()
}

// group writes the kernel for four neighbouring output pixels whose windows lie inside the row, in pseudo-code
//
//	for each block of eight of the n channels {
//		acc[0…3] = bias
//		for y := range ny {
//			for x := range 3·stride+kernel { // columns under the four windows
//				acc[p] += in[y][x] · w[y][x−p·stride]    // for each window p that holds the column
//			}
//		}
//		out[0…3] = min(hi, max(lo, acc))
//	}
//
// Weights of one window row stay in registers for all four pixels, and each input is loaded once.
func group(kernel, stride int) {
	TEXT(fmt.Sprintf("depthwise%dx%ds%dAVX2", kernel, kernel, stride), NOSPLIT,
		"func(out *float32, in *float32, inRow int, w *float32, ny int, step int, n int, bias *float32, lo, hi float32)")
	Doc(
		fmt.Sprintf("depthwise%dx%ds%dAVX2 computes four output pixels of %d×%d windows at stride %d; depthwiseGeneric is",
			kernel, kernel, stride, kernel, kernel, stride),
		"its twin. n, the number of channels, is a positive multiple of 8; step is the distance of pixels and of weights.",
	)
	Pragma("noescape")
	out, in, w, bias := loadInt("out"), loadInt("in"), loadInt("w"), loadInt("bias")
	step, inRow, left := bytesOf("step"), bytesOf("inRow"), bytesOf("n")
	lo, hi := broadcast("lo"), broadcast("hi")
	acc := vectors(pixels)

	Label("block")
	VMOVUPS(Mem{Base: bias}, acc[0])
	for _, v := range acc[1:] {
		VMOVAPS(acc[0], v)
	}
	ny, row, wp := loadInt("ny"), GP64(), GP64()
	MOVQ(in, row)
	MOVQ(w, wp)

	Label("row")
	weights := vectors(kernel)
	for _, v := range weights {
		VMOVUPS(Mem{Base: wp}, v)
		ADDQ(step, wp)
	}
	column := GP64()
	MOVQ(row, column)
	for x := range (pixels-1)*stride + kernel {
		v := YMM()
		VMOVUPS(Mem{Base: column}, v)
		ADDQ(step, column)
		for p := range pixels {
			if t := x - p*stride; t >= 0 && t < kernel {
				VFMADD231PS(weights[t], v, acc[p])
			}
		}
	}
	ADDQ(inRow, row)
	DECQ(ny)
	JNZ(LabelRef("row"))

	o := GP64()
	MOVQ(out, o)
	for _, v := range acc {
		clip(v, lo, hi)
		VMOVUPS(v, Mem{Base: o})
		ADDQ(step, o)
	}
	for _, p := range []GPVirtual{out, in, w, bias} {
		ADDQ(Imm(width), p)
	}
	SUBQ(Imm(width), left)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// window writes the kernel for one output pixel and a window of any size, which serves the borders, where parts of the
// window lie outside the picture, and every kernel size that has no group of its own. It is the same sum; blocks of
// 32 channels have four sums to hide the latency.
func window() {
	TEXT("depthwiseWindowAVX2", NOSPLIT,
		"func(out *float32, in *float32, inRow int, w *float32, wRow int, ny, nx int, step int, n int, bias *float32, lo, hi float32)")
	Doc(
		"depthwiseWindowAVX2 computes one output pixel of an ny×nx window; depthwiseGeneric is its twin.",
		"n, the number of channels, is a positive multiple of 8; step is the distance of pixels and of weights.",
	)
	Pragma("noescape")
	out, in, w, bias := loadInt("out"), loadInt("in"), loadInt("w"), loadInt("bias")
	step, left := bytesOf("step"), bytesOf("n")
	lo, hi := broadcast("lo"), broadcast("hi")
	for _, vecs := range []int{4, 1} {
		Label(label("block", vecs))
		CMPQ(left, Imm(uint64(vecs*width)))
		JL(LabelRef(label("done", vecs)))
		acc := vectors(vecs)
		for j, v := range acc {
			VMOVUPS(Mem{Base: bias, Disp: j * width}, v)
		}
		ny, row, wrow := loadInt("ny"), GP64(), GP64()
		MOVQ(in, row)
		MOVQ(w, wrow)
		Label(label("row", vecs))
		nx, column, wp := loadInt("nx"), GP64(), GP64()
		MOVQ(row, column)
		MOVQ(wrow, wp)
		Label(label("column", vecs))
		for j, a := range acc {
			v := YMM()
			VMOVUPS(Mem{Base: column, Disp: j * width}, v)
			VFMADD231PS(Mem{Base: wp, Disp: j * width}, v, a)
		}
		ADDQ(step, column)
		ADDQ(step, wp)
		DECQ(nx)
		JNZ(LabelRef(label("column", vecs)))
		ADDQ(bytesOf("inRow"), row)
		ADDQ(bytesOf("wRow"), wrow)
		DECQ(ny)
		JNZ(LabelRef(label("row", vecs)))
		for j, v := range acc {
			clip(v, lo, hi)
			VMOVUPS(v, Mem{Base: out, Disp: j * width})
		}
		for _, p := range []GPVirtual{out, in, w, bias} {
			ADDQ(U32(vecs*width), p)
		}
		SUBQ(U32(vecs*width), left)
		JMP(LabelRef(label("block", vecs)))
		Label(label("done", vecs))
	}
	VZEROUPPER()
	RET()
}
