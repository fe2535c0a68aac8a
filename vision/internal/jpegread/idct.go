package jpegread

// Fixed-point constants of libjpeg's accurate integer inverse DCT (jidctint.c, after Loeffler, Ligtenberg & Moschytz 1989),
// 13 fractional bits; intermediate results keep 2.
const (
	constBits = 13
	pass1Bits = 2

	fix0298631336 = 2446
	fix0390180644 = 3196
	fix0541196100 = 4433
	fix0765366865 = 6270
	fix0899976223 = 7373
	fix1175875602 = 9633
	fix1501321110 = 12299
	fix1847759065 = 15137
	fix1961570560 = 16069
	fix2053119869 = 16819
	fix2562915447 = 20995
	fix3072711026 = 25172
)

// idct dequantises a block and writes its samples into dst, stride bytes a row. Every sample equals libjpeg's: same
// butterflies, same rounding after each of the two passes.
func idct(dst []byte, stride int, block *[64]int16, quant *[64]int32) {
	var ws [64]int32
	for x := range 8 {
		const shift, half = constBits - pass1Bits, 1 << (constBits - pass1Bits - 1)
		if block[8+x]|block[16+x]|block[24+x]|block[32+x]|block[40+x]|block[48+x]|block[56+x] == 0 {
			v := (int32(block[x])*quant[x]<<constBits + half) >> shift // overflows as the full sum does
			ws[x], ws[8+x], ws[16+x], ws[24+x], ws[32+x], ws[40+x], ws[48+x], ws[56+x] = v, v, v, v, v, v, v, v
			continue
		}
		e0, e1, e2, e3, o0, o1, o2, o3 := butterflies(
			int32(block[x])*quant[x], int32(block[8+x])*quant[8+x],
			int32(block[16+x])*quant[16+x], int32(block[24+x])*quant[24+x],
			int32(block[32+x])*quant[32+x], int32(block[40+x])*quant[40+x],
			int32(block[48+x])*quant[48+x], int32(block[56+x])*quant[56+x])
		ws[x], ws[56+x] = (e0+o3+half)>>shift, (e0-o3+half)>>shift
		ws[8+x], ws[48+x] = (e1+o2+half)>>shift, (e1-o2+half)>>shift
		ws[16+x], ws[40+x] = (e2+o1+half)>>shift, (e2-o1+half)>>shift
		ws[24+x], ws[32+x] = (e3+o0+half)>>shift, (e3-o0+half)>>shift
	}
	for y := range 8 {
		w := ws[8*y : 8*y+8 : 8*y+8]
		p := dst[y*stride : y*stride+8 : y*stride+8]
		const shift, half = constBits + pass1Bits + 3, 1<<(constBits+pass1Bits+2) + 128<<(constBits+pass1Bits+3)
		e0, e1, e2, e3, o0, o1, o2, o3 := butterflies(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7])
		p[0], p[7] = clamp((e0+o3+half)>>shift), clamp((e0-o3+half)>>shift)
		p[1], p[6] = clamp((e1+o2+half)>>shift), clamp((e1-o2+half)>>shift)
		p[2], p[5] = clamp((e2+o1+half)>>shift), clamp((e2-o1+half)>>shift)
		p[3], p[4] = clamp((e3+o0+half)>>shift), clamp((e3-o0+half)>>shift)
	}
}

// butterflies is the one-dimensional transform before rounding: four even and four odd sums.
func butterflies(i0, i1, i2, i3, i4, i5, i6, i7 int32) (e0, e1, e2, e3, o0, o1, o2, o3 int32) {
	z1 := (i2 + i6) * fix0541196100
	t2, t3 := z1-i6*fix1847759065, z1+i2*fix0765366865
	t0, t1 := (i0+i4)<<constBits, (i0-i4)<<constBits
	e0, e3, e1, e2 = t0+t3, t0-t3, t1+t2, t1-t2

	z1, z2, z3, z4 := i7+i1, i5+i3, i7+i3, i5+i1
	z5 := (z3 + z4) * fix1175875602
	z1, z2 = -z1*fix0899976223, -z2*fix2562915447
	z3, z4 = z5-z3*fix1961570560, z5-z4*fix0390180644
	o0 = i7*fix0298631336 + z1 + z3
	o1 = i5*fix2053119869 + z2 + z4
	o2 = i3*fix3072711026 + z2 + z3
	o3 = i1*fix1501321110 + z1 + z4
	return e0, e1, e2, e3, o0, o1, o2, o3
}

// sparseLast is the last place in zigzag order at which idctSparse may find a coefficient: all before lie in the first four
// rows and columns.
const sparseLast = 9

// idctSparse is idct for a block whose last four rows and columns are zero, as most are. It leaves out what zeros add.
func idctSparse(dst []byte, stride int, block *[64]int16, quant *[64]int32) {
	var ws [8][4]int32
	for x := range 4 {
		e0, e1, e2, e3, o0, o1, o2, o3 := halfButterflies(
			int32(block[x])*quant[x], int32(block[8+x])*quant[8+x],
			int32(block[16+x])*quant[16+x], int32(block[24+x])*quant[24+x])
		const shift, half = constBits - pass1Bits, 1 << (constBits - pass1Bits - 1)
		ws[0][x], ws[7][x] = (e0+o3+half)>>shift, (e0-o3+half)>>shift
		ws[1][x], ws[6][x] = (e1+o2+half)>>shift, (e1-o2+half)>>shift
		ws[2][x], ws[5][x] = (e2+o1+half)>>shift, (e2-o1+half)>>shift
		ws[3][x], ws[4][x] = (e3+o0+half)>>shift, (e3-o0+half)>>shift
	}
	for y := range ws {
		w := &ws[y]
		p := dst[y*stride : y*stride+8 : y*stride+8]
		const shift, half = constBits + pass1Bits + 3, 1<<(constBits+pass1Bits+2) + 128<<(constBits+pass1Bits+3)
		e0, e1, e2, e3, o0, o1, o2, o3 := halfButterflies(w[0], w[1], w[2], w[3])
		p[0], p[7] = clamp((e0+o3+half)>>shift), clamp((e0-o3+half)>>shift)
		p[1], p[6] = clamp((e1+o2+half)>>shift), clamp((e1-o2+half)>>shift)
		p[2], p[5] = clamp((e2+o1+half)>>shift), clamp((e2-o1+half)>>shift)
		p[3], p[4] = clamp((e3+o0+half)>>shift), clamp((e3-o0+half)>>shift)
	}
}

// halfButterflies is butterflies with i4 to i7 at zero.
func halfButterflies(i0, i1, i2, i3 int32) (e0, e1, e2, e3, o0, o1, o2, o3 int32) {
	t0 := i0 << constBits
	t2, t3 := i2*fix0541196100, i2*(fix0541196100+fix0765366865)
	e0, e3, e1, e2 = t0+t3, t0-t3, t0+t2, t0-t2

	z5 := (i3 + i1) * fix1175875602
	z3, z4 := z5-i3*fix1961570560, z5-i1*fix0390180644
	z1, z2 := -i1*fix0899976223, -i3*fix2562915447
	o0 = z1 + z3
	o1 = z2 + z4
	o2 = i3*fix3072711026 + z2 + z3
	o3 = i1*fix1501321110 + z1 + z4
	return e0, e1, e2, e3, o0, o1, o2, o3
}

func clamp(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	return uint8(^(v >> 31)) // below: 0, above: 255
}
