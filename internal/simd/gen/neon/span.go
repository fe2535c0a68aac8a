package main

import asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"

// span is four neighbouring numbers, or a single one beside three zeros where fewer are left.
type span struct {
	f      *asm.Func
	offset asm.R // bytes from the first number of the slices
	single bool
}

// load reads the numbers.
func (s span) load(base asm.R) asm.V {
	v, p := s.f.V(), s.at(base)
	if s.single {
		s.f.Load4(v, p, 0)
	} else {
		s.f.Load(v, p, 0)
	}
	return v
}

// store writes the numbers.
func (s span) store(v asm.V, base asm.R) {
	if p := s.at(base); s.single {
		s.f.Store4(v, p, 0)
	} else {
		s.f.Store(v, p, 0)
	}
}

func (s span) at(base asm.R) asm.R {
	p := s.f.R()
	s.f.Add(p, base, s.offset)
	return p
}

// only makes the lanes of v beside a single number zero.
func (s span) only(v asm.V) {
	if s.single {
		s.f.FMOV(v, v)
	}
}

// spans writes a loop over the numbers counted by the parameter n: body for each four, and then for each of the rest.
func spans(f *asm.Func, name string, body func(s span)) {
	left, offset := f.Int("n"), f.R()
	f.Set(offset, 0)
	f.SubsImm(left, asm.Lanes)
	f.Jump("BLT", name+"Rest")
	f.Label(name)
	body(span{f, offset, false})
	f.AddImm(offset, asm.Width)
	f.SubsImm(left, asm.Lanes)
	f.Jump("BGE", name)
	f.Label(name + "Rest")
	f.AddImm(left, asm.Lanes)
	f.JumpZero(left, name+"Done")
	f.Label(name + "Single")
	body(span{f, offset, true})
	f.AddImm(offset, 4)
	f.SubsImm(left, 1)
	f.Jump("BNE", name+"Single")
	f.Label(name + "Done")
}
