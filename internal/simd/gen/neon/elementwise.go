package main

import (
	"fmt"

	asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"
)

// elementwise writes arithmetic and bounds of vectors.
func elementwise(file *asm.File) {
	f := begin(file, "addClip", "dst, a, b *float32, n int, lo, hi float32", "min(hi, max(lo, a[i] + b[i]))")
	b, lo, hi := f.Int("b"), f.Broadcast("lo"), f.Broadcast("hi")
	blocks(f, []asm.R{b}, func(v, b asm.V) { clip(f, f.FADD(v, v, b), lo, hi) })

	f = begin(file, "clip", "dst, a *float32, n int, lo, hi float32", "min(hi, max(lo, a[i]))")
	lo, hi = f.Broadcast("lo"), f.Broadcast("hi")
	blocks(f, nil, func(v, _ asm.V) { clip(f, v, lo, hi) })

	arithmetic(file, "mul", "a[i] · b[i]", (*asm.Func).FMUL)
	arithmetic(file, "sub", "a[i] − b[i]", (*asm.Func).FSUB)
	arithmetic(file, "div", "a[i] / b[i]", (*asm.Func).FDIV)

	// affine rounds twice, as the generic kernel does.
	f = begin(file, "affine", "dst, a *float32, n int, scale, offset float32", "scale · a[i] + offset")
	scale, offset := f.Broadcast("scale"), f.Broadcast("offset")
	blocks(f, nil, func(v, _ asm.V) { f.FADD(v, f.FMUL(v, v, scale), offset) })
}

// arithmetic writes the kernel of one instruction.
func arithmetic(file *asm.File, name, formula string, op func(f *asm.Func, d, n, m asm.V) asm.V) {
	f := begin(file, name, "dst, a, b *float32, n int", formula)
	blocks(f, []asm.R{f.Int("b")}, func(v, b asm.V) { op(f, v, v, b) })
}

func begin(file *asm.File, name, params, formula string) *asm.Func {
	return file.Func(name+"NEON", params,
		name+"NEON sets dst[i] = "+formula+"; "+name+"Generic is its twin.",
		"n is a multiple of 8; dst may be one of the others.")
}

// blocks writes the loop over vectors, in blocks of eight while there are so many, then of two, and the end of the
// function. change makes a vector of a, and of b where it is given, into one of dst.
func blocks(f *asm.Func, b []asm.R, change func(v, b asm.V)) {
	dst, a, n := f.Int("dst"), f.Int("a"), f.Int("n")
	pointers := append([]asm.R{dst, a}, b...)
	for _, vecs := range []int{8, 2} {
		f.Label(fmt.Sprint("block", vecs))
		f.SubsImm(n, vecs*asm.Lanes)
		f.Jump("BLT", fmt.Sprint("done", vecs))
		vs, bs := f.Vs(vecs), f.Vs(vecs)
		for j := 0; j < vecs; j += 2 {
			f.LoadPair(vs[j], vs[j+1], a, j*asm.Width)
			if b != nil {
				f.LoadPair(bs[j], bs[j+1], b[0], j*asm.Width)
			}
		}
		for j, v := range vs {
			change(v, bs[j])
			f.Store(v, dst, j*asm.Width)
		}
		for _, p := range pointers {
			f.AddImm(p, vecs*asm.Width)
		}
		f.Jump("B", fmt.Sprint("block", vecs))
		f.Label(fmt.Sprint("done", vecs))
		f.AddImm(n, vecs*asm.Lanes)
	}
	f.Return()
}
