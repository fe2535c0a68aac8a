// Command neon writes resize_arm64.s: the two passes of the resize, on 32-bit integers from end to end. Run it in the
// folder of package resize, by go generate. No arm64 machine was there to time its kernels on.
package main

import asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"

const (
	half   = 1 << (fraction - 1)
	planes = 6 // red, green and blue of two rows
	block  = 8 // taps that the horizontal pass takes at once
)

func main() {
	f := asm.NewFile("resize", "go run ./gen/neon")
	horizontal(f)
	vertical(f)
	f.Write("resize")
}

// horizontal writes the kernel of the horizontal pass, in pseudo-code
//
//	for x := range n {
//		for p := range 6 { // red, green and blue of row a, then of row b
//			sum[p] = ½ + Σₖ weights[x][k] · in[p·stride + first[x] − lo + k]
//		}
//		a[3x:3x+3], b[3x:3x+3] = clamp(sum >> 22)    // and one byte more of each
//	}
//
// in blocks of eight taps.
func horizontal(file *asm.File) {
	f := file.Func("horizontalNEON", "a, b, in *byte, stride int, first *int32, lo int, weights *byte, blocks, n int",
		"horizontalNEON resizes two rows to n ≥ 1 pixels; horizontalGeneric is its twin. in holds six planes, stride bytes",
		"apart; up to seven bytes beyond a window are read, and one byte beyond the last pixel of a and b is written.")
	f.UseConstants()
	a, b, in, stride, first := f.Int("a"), f.Int("b"), f.Int("in"), f.Int("stride"), f.Int("first")
	w, n := f.Int("weights"), f.Int("n")
	f.Sub(in, in, f.Int("lo"))

	f.Label("pixel")
	at := f.R()
	f.LoadInt32(at, first, 0)
	f.Add(at, at, in)
	p := f.Places(at, stride, planes)
	sums := f.Vs(planes)
	for _, v := range sums {
		f.ZERO(v)
	}
	blocks := f.Int("blocks")
	f.Label("block")
	weights := f.Vs(2)
	f.LoadPair(weights[0], weights[1], w, 0)
	for i, sum := range sums {
		samples := f.V()
		f.Load8(samples, p[i], 0)
		f.UXTL8(samples, samples)
		f.MLA(sum, f.UXTL16(f.V(), samples), weights[0])
		f.MLA(sum, f.UXTL16High(f.V(), samples), weights[1])
		f.AddImm(p[i], block)
	}
	f.AddImm(w, 2*asm.Width)
	f.SubsImm(blocks, 1)
	f.Jump("BNE", "block")

	rounding, zero, rows := f.Bits(half), f.ZERO(f.V()), f.Vs(2)
	for i, v := range rows { // red, green, blue, nothing
		rgb := sums[3*i:][:3]
		f.ADDP(v, f.ADDP(f.V(), rgb[0], rgb[1]), f.ADDP(f.V(), rgb[2], zero))
		f.ADD(v, v, rounding)
	}
	out := narrow(f, rows[0], rows[1])
	f.Store4(out, a, 0)
	f.Store4Second(out, b)
	f.AddImm(a, 3)
	f.AddImm(b, 3)
	f.AddImm(first, 4)
	f.SubsImm(n, 1)
	f.Jump("BNE", "pixel")
	f.Return()
}

// vertical writes the kernel of the vertical pass, in pseudo-code
//
//	for i := range n {
//		out[i] = clamp((½ + Σₖ weights[k] · rows[k·n+i]) >> 22)
//	}
//
// for 32 columns at once.
func vertical(file *asm.File) {
	f := file.Func("verticalNEON", "out, rows *byte, weights *int32, taps, n int",
		"verticalNEON sums rows of n samples to one; verticalGeneric is its twin. n is a positive multiple of 32.")
	f.UseConstants()
	out, rows, n, rounding := f.Int("out"), f.Int("rows"), f.Int("n"), f.Bits(half)
	left := f.R()
	f.Move(left, n)

	f.Label("columns")
	sums := f.Vs(2 * asm.Width / asm.Lanes)
	for _, v := range sums {
		f.MOV(v, rounding)
	}
	row, w, taps := f.R(), f.Int("weights"), f.Int("taps")
	f.Move(row, rows)
	f.Label("row")
	samples, weight := f.Vs(2), f.V()
	f.LoadPair(samples[0], samples[1], row, 0)
	f.Load4(weight, w, 0)
	for i, v := range samples {
		four := sums[4*i:][:4]
		low, high := f.UXTL8(f.V(), v), f.UXTL8High(f.V(), v)
		f.MLAFirst(four[0], f.UXTL16(f.V(), low), weight)
		f.MLAFirst(four[1], f.UXTL16High(f.V(), low), weight)
		f.MLAFirst(four[2], f.UXTL16(f.V(), high), weight)
		f.MLAFirst(four[3], f.UXTL16High(f.V(), high), weight)
	}
	f.Add(row, row, n)
	f.AddImm(w, 4)
	f.SubsImm(taps, 1)
	f.Jump("BNE", "row")

	for i := range samples {
		four := sums[4*i:][:4]
		bytes := narrow(f, four[0], four[1])
		f.UQSHRN2(bytes, words(f, four[2], four[3]), fraction-firstShift)
		f.Store(bytes, out, i*asm.Width)
	}
	f.AddImm(out, 2*asm.Width)
	f.AddImm(rows, 2*asm.Width)
	f.SubsImm(left, 2*asm.Width)
	f.Jump("BNE", "columns")
	f.Return()
}

// Sums lose their 22 fractional bits in two shifts, because one instruction shifts by 16 at most. Each clamps, to 16
// and to 8 bits, which gives what clamping the whole shift gives.
const (
	fraction   = 22
	firstShift = 16
)

// words returns eight sums as 16-bit numbers with the rest of their fraction.
func words(f *asm.Func, low, high asm.V) asm.V {
	v := f.SQSHRUN(f.V(), low, firstShift)
	return f.SQSHRUN2(v, high, firstShift)
}

// narrow returns eight sums as bytes, in the lower half.
func narrow(f *asm.Func, low, high asm.V) asm.V {
	return f.UQSHRN(f.V(), words(f, low, high), fraction-firstShift)
}
