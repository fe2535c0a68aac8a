//go:build ignore

package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// block4 writes the transform to half the size: columns in the lanes first, then the four rows.
func block4() {
	dst, stride, load := begin("idct4AVX2",
		"idct4AVX2 dequantises a block and transforms it to half its size; idct4 is its twin. dst has 3·stride+4 bytes.")
	var v [8]VecVirtual
	for i := range v {
		if i != 4 {
			v[i] = load(i)
		}
	}
	rows := four(v, constBits-pass1Bits+1, 0)
	for i := range v { // the lower half of the transposition has no input
		v[i] = rows[i%4]
	}
	columns := four(transpose(v), constBits+pass1Bits+4, 128)

	x := columns[0]
	VPACKSSDW(columns[1], x, x)
	VPACKSSDW(columns[3], columns[2], columns[2])
	VPACKUSWB(columns[2], x, x) // column 0, column 1, …
	VPSHUFB(bytesTransposed(), x, x)
	for i := range 4 {
		if i > 0 {
			ADDQ(stride, dst)
		}
		VPEXTRD(Imm(uint64(i)), x.AsX(), Mem{Base: dst})
	}
	end()
}

// four is the one-dimensional transform of eight numbers to four, the fifth of which it ignores, with its rounding.
func four(in [8]VecVirtual, shift, level uint64) (out [4]VecVirtual) {
	t0, t2 := in[0], in[2]
	VPSLLD(Imm(constBits+1), t0, t0)
	VPADDD(rounding(shift, level), t0, t0)
	times(t2, 1.847759065)
	times(in[6], 0.765366865)
	VPSUBD(in[6], t2, t2)
	even := [2]VecVirtual{sum(t0, t2), difference(t0, t2)}
	odd := [2]VecVirtual{
		weighted(in, [8]float64{1: 2.562915447, 3: 0.899976223, 5: -0.601344887, 7: -0.509795579}),
		weighted(in, [8]float64{1: 1.061594337, 3: -2.172734803, 5: 1.451774981, 7: -0.211164243}),
	}
	for k := range 2 {
		out[k], out[3-k] = sum(even[k], odd[k]), difference(even[k], odd[k])
		VPSRAD(Imm(shift), out[k], out[k])
		VPSRAD(Imm(shift), out[3-k], out[3-k])
	}
	return out
}

// weighted sums the odd numbers with their weights.
func weighted(in [8]VecVirtual, weights [8]float64) VecVirtual {
	total := YMM()
	for i := 1; i < 8; i += 2 {
		v := total
		if i > 1 {
			v = YMM()
		}
		VPMULLD(constant(fix(weights[i])), in[i], v)
		if i > 1 {
			VPADDD(v, total, total)
		}
	}
	return total
}

// block2 writes the transform to a quarter of the size. The second pass multiplies a row with its weights, those of the odd
// ones once as they are and once negative, and sums the lanes.
func block2() {
	dst, stride, load := begin("idct2AVX2",
		"idct2AVX2 dequantises a block and transforms it to a quarter of its size; idct2 is its twin.",
		"dst has stride+2 bytes.")
	const first = constBits - pass1Bits + 2
	even := load(0)
	VPSLLD(Imm(constBits+2), even, even)
	VPADDD(rounding(first, 0), even, even)
	odd := weighted([8]VecVirtual{1: load(1), 3: load(3), 5: load(5), 7: load(7)}, oddWeights)
	var sums [4]VecVirtual
	for i, row := range []VecVirtual{sum(even, odd), difference(even, odd)} {
		VPSRAD(Imm(first), row, row)
		for k, sign := range []int32{1, -1} {
			weights := make([]int32, 8)
			weights[0] = 1 << (constBits + 2)
			for j := 1; j < 8; j += 2 {
				weights[j] = sign * fix(oddWeights[j])
			}
			sums[2*i+k] = YMM()
			VPMULLD(constant(weights...), row, sums[2*i+k])
		}
	}
	VPHADDD(sums[1], sums[0], sums[0])
	VPHADDD(sums[3], sums[2], sums[2])
	VPHADDD(sums[2], sums[0], sums[0])
	x, high := sums[0].AsX(), XMM()
	VEXTRACTI128(Imm(1), sums[0], high)
	VPADDD(high, x, x)
	const second = constBits + pass1Bits + 5
	VPADDD(rounding(second, 128), x, x)
	VPSRAD(Imm(second), x, x)
	VPACKSSDW(x, x, x)
	VPACKUSWB(x, x, x)
	VPEXTRW(Imm(0), x, Mem{Base: dst})
	VPEXTRW(Imm(1), x, Mem{Base: dst, Index: stride, Scale: 1})
	end()
}

var oddWeights = [8]float64{1: 3.624509785, 3: -1.272758580, 5: 0.850430095, 7: -0.720959822}
