package jpegread

// Constants of libjpeg's reduced-size transforms (jidctred.c), 13 fractional bits.
const (
	fix0211164243 = 1730
	fix0509795579 = 4176
	fix0601344887 = 4926
	fix0720959822 = 5906
	fix0850430095 = 6967
	fix1061594337 = 8697
	fix1272758580 = 10426
	fix1451774981 = 11893
	fix2172734803 = 17799
	fix3624509785 = 29692
)

// idct4 dequantises a block and writes it at half its size, 4 × 4 samples, which equal libjpeg's jpeg_idct_4x4. That
// transform leaves the fifth row and column out.
func idct4(dst []byte, stride int, block *[64]int16, quant *[64]int32) {
	var ws [4][8]int32
	for x := range 8 {
		if x == 4 {
			continue
		}
		const shift, half = constBits - pass1Bits + 1, 1 << (constBits - pass1Bits)
		if block[8+x]|block[16+x]|block[24+x]|block[40+x]|block[48+x]|block[56+x] == 0 {
			v := (int32(block[x])*quant[x]<<(constBits+1) + half) >> shift
			ws[0][x], ws[1][x], ws[2][x], ws[3][x] = v, v, v, v
			continue
		}
		e0, e1, o0, o1 := fourSums(
			int32(block[x])*quant[x], int32(block[8+x])*quant[8+x],
			int32(block[16+x])*quant[16+x], int32(block[24+x])*quant[24+x], int32(block[40+x])*quant[40+x],
			int32(block[48+x])*quant[48+x], int32(block[56+x])*quant[56+x])
		ws[0][x], ws[3][x] = (e0+o0+half)>>shift, (e0-o0+half)>>shift
		ws[1][x], ws[2][x] = (e1+o1+half)>>shift, (e1-o1+half)>>shift
	}
	for y := range ws {
		w := &ws[y]
		p := dst[y*stride : y*stride+4 : y*stride+4]
		const shift, half = constBits + pass1Bits + 4, 1<<(constBits+pass1Bits+3) + 128<<(constBits+pass1Bits+4)
		e0, e1, o0, o1 := fourSums(w[0], w[1], w[2], w[3], w[5], w[6], w[7])
		p[0], p[3] = clamp((e0+o0+half)>>shift), clamp((e0-o0+half)>>shift)
		p[1], p[2] = clamp((e1+o1+half)>>shift), clamp((e1-o1+half)>>shift)
	}
}

// fourSums is the one-dimensional transform of idct4 before rounding.
func fourSums(i0, i1, i2, i3, i5, i6, i7 int32) (e0, e1, o0, o1 int32) {
	t0 := i0 << (constBits + 1)
	t2 := i2*fix1847759065 - i6*fix0765366865
	o0 = i3*fix0899976223 + i1*fix2562915447 - i7*fix0509795579 - i5*fix0601344887
	o1 = i5*fix1451774981 + i1*fix1061594337 - i7*fix0211164243 - i3*fix2172734803
	return t0 + t2, t0 - t2, o0, o1
}

// idct2 dequantises a block and writes it at a quarter of its size, 2 × 2 samples, which equal libjpeg's jpeg_idct_2x2.
// Of that transform's inputs the even rows and columns but the first are left out.
func idct2(dst []byte, stride int, block *[64]int16, quant *[64]int32) {
	var top, bottom [5]int32 // columns 0, 1, 3, 5, 7
	for i, x := range [...]int{0, 1, 3, 5, 7} {
		const shift, half = constBits - pass1Bits + 2, 1 << (constBits - pass1Bits + 1)
		e := int32(block[x])*quant[x]<<(constBits+2) + half
		if block[8+x]|block[24+x]|block[40+x]|block[56+x] == 0 {
			top[i], bottom[i] = e>>shift, e>>shift
			continue
		}
		o := oddSum(int32(block[8+x])*quant[8+x], int32(block[24+x])*quant[24+x],
			int32(block[40+x])*quant[40+x], int32(block[56+x])*quant[56+x])
		top[i], bottom[i] = (e+o)>>shift, (e-o)>>shift
	}
	const shift, half = constBits + pass1Bits + 5, 1<<(constBits+pass1Bits+4) + 128<<(constBits+pass1Bits+5)
	e, o := top[0]<<(constBits+2)+half, oddSum(top[1], top[2], top[3], top[4])
	dst[0], dst[1] = clamp((e+o)>>shift), clamp((e-o)>>shift)
	e, o = bottom[0]<<(constBits+2)+half, oddSum(bottom[1], bottom[2], bottom[3], bottom[4])
	dst[stride], dst[stride+1] = clamp((e+o)>>shift), clamp((e-o)>>shift)
}

// oddSum is the odd half of the one-dimensional transform of idct2.
func oddSum(i1, i3, i5, i7 int32) int32 {
	return i1*fix3624509785 - i3*fix1272758580 + i5*fix0850430095 - i7*fix0720959822
}
