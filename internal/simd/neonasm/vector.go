package neonasm

import "fmt"

// The vector instructions, under their own names. Destinations come first, as in the comments, and are returned.
// Unless a name says otherwise, registers hold four float32 numbers or 32-bit integers.

func (f *Func) three(code uint32, name, lanes string, d, n, m V) V {
	v := "v%d." + lanes
	f.word(code, name+" "+v+", "+v+", "+v, d.register, n.register, m.register)
	return d
}

func (f *Func) two(code uint32, name, to, from string, d, n V) V {
	f.word(code, name+" v%d."+to+", v%d."+from, d.register, n.register)
	return d
}

// FADD sets d = n + m.
func (f *Func) FADD(d, n, m V) V { return f.three(0x4e20d400, "fadd", "4s", d, n, m) }

// FSUB sets d = n − m.
func (f *Func) FSUB(d, n, m V) V { return f.three(0x4ea0d400, "fsub", "4s", d, n, m) }

// FMUL sets d = n · m.
func (f *Func) FMUL(d, n, m V) V { return f.three(0x6e20dc00, "fmul", "4s", d, n, m) }

// FDIV sets d = n / m.
func (f *Func) FDIV(d, n, m V) V { return f.three(0x6e20fc00, "fdiv", "4s", d, n, m) }

// FMAX sets d = max(n, m), NaN if either is.
func (f *Func) FMAX(d, n, m V) V { return f.three(0x4e20f400, "fmax", "4s", d, n, m) }

// FMIN sets d = min(n, m), NaN if either is.
func (f *Func) FMIN(d, n, m V) V { return f.three(0x4ea0f400, "fmin", "4s", d, n, m) }

// FMLA sets d += n · m, rounded once.
func (f *Func) FMLA(d, n, m V) V { return f.three(0x4e20cc00, "fmla", "4s", d, n, m) }

// FMLS sets d −= n · m, rounded once.
func (f *Func) FMLS(d, n, m V) V { return f.three(0x4ea0cc00, "fmls", "4s", d, n, m) }

// FMLAFirst sets d += n · m[0], rounded once.
func (f *Func) FMLAFirst(d, n, m V) V {
	f.word(0x4f801000, "fmla v%d.4s, v%d.4s, v%d.s[0]", d.register, n.register, m.register)
	return d
}

// FCMGT sets d = n > m, all ones or all zeros, zeros if either is NaN.
func (f *Func) FCMGT(d, n, m V) V { return f.three(0x6ea0e400, "fcmgt", "4s", d, n, m) }

// FADDP sets d to the sums of neighbours, two of n and then two of m.
func (f *Func) FADDP(d, n, m V) V { return f.three(0x6e20d400, "faddp", "4s", d, n, m) }

// FMAXP sets d to the maxima of neighbours, two of n and then two of m.
func (f *Func) FMAXP(d, n, m V) V { return f.three(0x6e20f400, "fmaxp", "4s", d, n, m) }

// FSQRT sets d = √n.
func (f *Func) FSQRT(d, n V) V { return f.two(0x6ea1f800, "fsqrt", "4s", "4s", d, n) }

// FABS sets d = |n|.
func (f *Func) FABS(d, n V) V { return f.two(0x4ea0f800, "fabs", "4s", "4s", d, n) }

// FNEG sets d = −n.
func (f *Func) FNEG(d, n V) V { return f.two(0x6ea0f800, "fneg", "4s", "4s", d, n) }

// FMOV sets d = n[0], 0, 0, 0.
func (f *Func) FMOV(d, n V) V {
	f.word(0x1e204000, "fmov s%d, s%d", d.register, n.register)
	return d
}

// First sets d = n[0] in all lanes.
func (f *Func) First(d, n V) V { return f.two(0x4e040400, "dup", "4s", "s[0]", d, n) }

// SCVTF converts an integer to float32, in all lanes of d.
func (f *Func) SCVTF(d V, n R) V {
	f.word(0x9e220000, "scvtf s%d, x%d", d.register, n.register)
	return f.First(d, d)
}

// BSL takes bits of n where d has ones, and of m where it has zeros, into d.
func (f *Func) BSL(d, n, m V) V { return f.three(0x6e601c00, "bsl", "16b", d, n, m) }

// AND sets d = n & m.
func (f *Func) AND(d, n, m V) V { return f.three(0x4e201c00, "and", "16b", d, n, m) }

// ORR sets d = n | m.
func (f *Func) ORR(d, n, m V) V { return f.three(0x4ea01c00, "orr", "16b", d, n, m) }

// MOV sets d = n.
func (f *Func) MOV(d, n V) V {
	f.word(0x4ea01c00, "mov v%[2]d.16b, v%[3]d.16b", d.register, n.register, n.register)
	return d
}

// ZERO sets d = 0.
func (f *Func) ZERO(d V) V {
	f.word(0x4f000400, "movi v%d.4s, #0x0", d.register)
	return d
}

// ADD sets d = n + m, of integers.
func (f *Func) ADD(d, n, m V) V { return f.three(0x4ea08400, "add", "4s", d, n, m) }

// SUB sets d = n − m, of integers.
func (f *Func) SUB(d, n, m V) V { return f.three(0x6ea08400, "sub", "4s", d, n, m) }

// ADDP sets d to the sums of neighbours, two of n and then two of m, of integers.
func (f *Func) ADDP(d, n, m V) V { return f.three(0x4ea0bc00, "addp", "4s", d, n, m) }

// MLA sets d += n · m, of integers.
func (f *Func) MLA(d, n, m V) V { return f.three(0x4ea09400, "mla", "4s", d, n, m) }

// MLAFirst sets d += n · m[0], of integers.
func (f *Func) MLAFirst(d, n, m V) V {
	f.word(0x6f800000, "mla v%d.4s, v%d.4s, v%d.s[0]", d.register, n.register, m.register)
	return d
}

// SHL sets d = n << shift.
func (f *Func) SHL(d, n V, shift int) V {
	f.word(0x4f205400|uint32(shift)<<16, fmt.Sprintf("shl v%%d.4s, v%%d.4s, #%d", shift), d.register, n.register)
	return d
}

// SSHR sets d = n >> shift, of signed integers.
func (f *Func) SSHR(d, n V, shift int) V {
	f.word(0x4f000400|uint32(64-shift)<<16, fmt.Sprintf("sshr v%%d.4s, v%%d.4s, #%d", shift), d.register, n.register)
	return d
}

// TRN1 sets d = n[0], m[0], n[2], m[2].
func (f *Func) TRN1(d, n, m V) V { return f.three(0x4e802800, "trn1", "4s", d, n, m) }

// TRN2 sets d = n[1], m[1], n[3], m[3].
func (f *Func) TRN2(d, n, m V) V { return f.three(0x4e806800, "trn2", "4s", d, n, m) }

// TRN1D sets d = n[0:2], m[0:2].
func (f *Func) TRN1D(d, n, m V) V { return f.three(0x4ec02800, "trn1", "2d", d, n, m) }

// TRN2D sets d = n[2:4], m[2:4].
func (f *Func) TRN2D(d, n, m V) V { return f.three(0x4ec06800, "trn2", "2d", d, n, m) }

// UXTL8 widens the lower eight bytes of n to 16 bits.
func (f *Func) UXTL8(d, n V) V { return f.two(0x2f08a400, "uxtl", "8h", "8b", d, n) }

// UXTL8High widens the upper eight bytes of n to 16 bits.
func (f *Func) UXTL8High(d, n V) V { return f.two(0x6f08a400, "uxtl2", "8h", "16b", d, n) }

// UXTL16 widens the lower four 16-bit numbers of n to 32 bits.
func (f *Func) UXTL16(d, n V) V { return f.two(0x2f10a400, "uxtl", "4s", "4h", d, n) }

// UXTL16High widens the upper four 16-bit numbers of n to 32 bits.
func (f *Func) UXTL16High(d, n V) V { return f.two(0x6f10a400, "uxtl2", "4s", "8h", d, n) }

// SQSHRUN narrows n >> shift to 16 bits, clamped to [0, 65535], in the lower half of d, with zeros above.
func (f *Func) SQSHRUN(d, n V, shift int) V {
	f.word(0x2f008400|uint32(32-shift)<<16, fmt.Sprintf("sqshrun v%%d.4h, v%%d.4s, #%d", shift), d.register, n.register)
	return d
}

// SQSHRUN2 is SQSHRUN into the upper half of d, which keeps its lower half.
func (f *Func) SQSHRUN2(d, n V, shift int) V {
	f.word(0x6f008400|uint32(32-shift)<<16, fmt.Sprintf("sqshrun2 v%%d.8h, v%%d.4s, #%d", shift), d.register, n.register)
	return d
}

// UQSHRN narrows n >> shift from 16 to 8 bits, clamped to 255, in the lower half of d, with zeros above.
func (f *Func) UQSHRN(d, n V, shift int) V {
	f.word(0x2f009400|uint32(16-shift)<<16, fmt.Sprintf("uqshrn v%%d.8b, v%%d.8h, #%d", shift), d.register, n.register)
	return d
}

// UQSHRN2 is UQSHRN into the upper half of d, which keeps its lower half.
func (f *Func) UQSHRN2(d, n V, shift int) V {
	f.word(0x6f009400|uint32(16-shift)<<16, fmt.Sprintf("uqshrn2 v%%d.16b, v%%d.8h, #%d", shift), d.register, n.register)
	return d
}

// Store4Second stores the second four bytes of a vector.
func (f *Func) Store4Second(v V, base R) {
	f.word(0x0d009000, "st1 {v%d.s}[1], [x%d]", v.register, base.register)
}
