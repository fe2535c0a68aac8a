package main

import (
	"fmt"

	asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"
)

const pixels = 4 // output pixels of one group

// depthwise writes the kernels of the depthwise convolution.
func depthwise(file *asm.File) {
	for _, kernel := range []int{3, 5} {
		for _, stride := range []int{1, 2} {
			group(file, kernel, stride)
		}
	}
	window(file)
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
func group(file *asm.File, kernel, stride int) {
	name := fmt.Sprintf("depthwise%dx%ds%dNEON", kernel, kernel, stride)
	f := file.Func(name, "out, in *float32, inRow int, w *float32, ny, step, n int, bias *float32, lo, hi float32",
		fmt.Sprintf("%s computes four output pixels of %d×%d windows at stride %d; windowGeneric is its twin.", name, kernel, kernel, stride),
		"n, the number of channels, is a positive multiple of 8; step is the distance of pixels and of weights.")
	out, in, w, bias := f.Int("out"), f.Int("in"), f.Int("w"), f.Int("bias")
	step, inRow, left := f.Bytes("step"), f.Bytes("inRow"), f.Int("n")
	lo, hi := f.Broadcast("lo"), f.Broadcast("hi")
	acc := [pixels][]asm.V{}
	for p := range acc {
		acc[p] = f.Vs(2)
	}

	f.Label("block")
	for _, v := range acc {
		f.LoadPair(v[0], v[1], bias, 0)
	}
	ny, row, wp := f.Int("ny"), f.R(), f.R()
	f.Move(row, in)
	f.Move(wp, w)

	f.Label("row")
	weights := make([][]asm.V, kernel)
	for t := range weights {
		weights[t] = f.Vs(2)
		f.LoadPair(weights[t][0], weights[t][1], wp, 0)
		f.Add(wp, wp, step)
	}
	column := f.R()
	f.Move(column, row)
	for x := range (pixels-1)*stride + kernel {
		v := f.Vs(2)
		f.LoadPair(v[0], v[1], column, 0)
		f.Add(column, column, step)
		for p := range pixels {
			if t := x - p*stride; t >= 0 && t < kernel {
				for j := range v {
					f.FMLA(acc[p][j], v[j], weights[t][j])
				}
			}
		}
	}
	f.Add(row, row, inRow)
	f.SubsImm(ny, 1)
	f.Jump("BNE", "row")

	for p, o := range f.Places(out, step, pixels) {
		for j, v := range acc[p] {
			clip(f, v, lo, hi)
			f.Store(v, o, j*asm.Width)
		}
	}
	for _, p := range []asm.R{out, in, w, bias} {
		f.AddImm(p, 2*asm.Width)
	}
	f.SubsImm(left, 2*asm.Lanes)
	f.Jump("BNE", "block")
	f.Return()
}

// window writes the kernel for one output pixel and a window of any size, which serves the borders, where parts of the
// window lie outside the picture, and every kernel size that has no group of its own. It is the same sum; blocks of
// 32 channels have eight sums to hide the latency.
func window(file *asm.File) {
	f := file.Func("depthwiseWindowNEON",
		"out, in *float32, inRow int, w *float32, wRow, ny, nx, step, n int, bias *float32, lo, hi float32",
		"depthwiseWindowNEON computes one output pixel of an ny×nx window; windowGeneric is its twin.",
		"n, the number of channels, is a positive multiple of 8; step is the distance of pixels and of weights.")
	out, in, w, bias := f.Int("out"), f.Int("in"), f.Int("w"), f.Int("bias")
	step, inRow, wRow, left := f.Bytes("step"), f.Bytes("inRow"), f.Bytes("wRow"), f.Int("n")
	lo, hi := f.Broadcast("lo"), f.Broadcast("hi")
	for _, vecs := range []int{8, 2} {
		label := func(name string) string { return fmt.Sprint(name, vecs) }
		f.Label(label("block"))
		f.SubsImm(left, vecs*asm.Lanes)
		f.Jump("BLT", label("done"))
		acc := f.Vs(vecs)
		for j := 0; j < vecs; j += 2 {
			f.LoadPair(acc[j], acc[j+1], bias, j*asm.Width)
		}
		ny, row, weights := f.Int("ny"), f.R(), f.R()
		f.Move(row, in)
		f.Move(weights, w)
		f.Label(label("row"))
		nx, column, wp := f.Int("nx"), f.R(), f.R()
		f.Move(column, row)
		f.Move(wp, weights)
		f.Label(label("column"))
		for j := 0; j < vecs; j += 2 {
			v, u := f.Vs(2), f.Vs(2)
			f.LoadPair(v[0], v[1], column, j*asm.Width)
			f.LoadPair(u[0], u[1], wp, j*asm.Width)
			f.FMLA(acc[j], v[0], u[0])
			f.FMLA(acc[j+1], v[1], u[1])
		}
		f.Add(column, column, step)
		f.Add(wp, wp, step)
		f.SubsImm(nx, 1)
		f.Jump("BNE", label("column"))
		f.Add(row, row, inRow)
		f.Add(weights, weights, wRow)
		f.SubsImm(ny, 1)
		f.Jump("BNE", label("row"))
		for j, v := range acc {
			clip(f, v, lo, hi)
			f.Store(v, out, j*asm.Width)
		}
		for _, p := range []asm.R{out, in, w, bias} {
			f.AddImm(p, vecs*asm.Width)
		}
		f.Jump("B", label("block"))
		f.Label(label("done"))
		f.AddImm(left, vecs*asm.Lanes)
	}
	f.Return()
}
