package main

import asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"

const packParams = "dst *float32, cols int, src *float32, stride int, k int, scale float32"

// pack writes the kernels that bring eight columns of a matrix into a panel.
func pack(file *asm.File) {
	packRows(file)
	packTransposed(file)
}

// packRows writes the kernel for columns that are neighbours: eight numbers of each row are scaled and copied.
func packRows(file *asm.File) {
	f := file.Func("packRowsNEON", packParams,
		"packRowsNEON sets dst[p·cols+j] = scale · src[p·stride+j] for eight j and k ≥ 1 rows; fill8Generic is its twin.")
	dst, src, k := f.Int("dst"), f.Int("src"), f.Int("k")
	cols, stride, scale := f.Bytes("cols"), f.Bytes("stride"), f.Broadcast("scale")
	f.Label("row")
	v := f.Vs(2)
	f.LoadPair(v[0], v[1], src, 0)
	for j, v := range v {
		f.Store(f.FMUL(v, v, scale), dst, j*asm.Width)
	}
	f.Add(src, src, stride)
	f.Add(dst, dst, cols)
	f.SubsImm(k, 1)
	f.Jump("BNE", "row")
	f.Return()
}

// packTransposed writes the kernel for columns whose numbers are neighbours: two blocks of four by four of them are
// exchanged in registers, in two rounds that pair vectors 1 and 2 apart.
func packTransposed(file *asm.File) {
	f := file.Func("packTransposedNEON", packParams,
		"packTransposedNEON sets dst[p·cols+j] = scale · src[p+j·stride] for eight j and k rows, a positive multiple of 4;",
		"fill8Generic is its twin.")
	dst, src, k := f.Int("dst"), f.Int("src"), f.Int("k")
	cols, stride, scale := f.Bytes("cols"), f.Bytes("stride"), f.Broadcast("scale")
	f.Label("block")
	columns := f.Places(src, stride, 2*asm.Lanes)
	rows := f.Places(dst, cols, asm.Lanes)
	for half := range 2 {
		in, pairs := f.Vs(asm.Lanes), f.Vs(asm.Lanes)
		for i, v := range in {
			f.Load(v, columns[half*asm.Lanes+i], 0)
			f.FMUL(v, v, scale)
		}
		for i := 0; i < asm.Lanes; i += 2 {
			f.TRN1(pairs[i], in[i], in[i+1])   // rows 0 and 2 of two columns
			f.TRN2(pairs[i+1], in[i], in[i+1]) // rows 1 and 3
		}
		for i := range 2 {
			f.Store(f.TRN1D(f.V(), pairs[i], pairs[i+2]), rows[i], half*asm.Width)
			f.Store(f.TRN2D(f.V(), pairs[i], pairs[i+2]), rows[i+2], half*asm.Width)
		}
	}
	f.Add(dst, rows[asm.Lanes-1], cols)
	f.AddImm(src, asm.Width)
	f.SubsImm(k, asm.Lanes)
	f.Jump("BNE", "block")
	f.Return()
}
