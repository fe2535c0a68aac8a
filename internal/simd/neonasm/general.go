package neonasm

import "strconv"

// Int returns a fresh register with an integer or pointer parameter.
func (f *Func) Int(name string) R {
	r := f.R()
	f.emit("", "MOVD %s, %s", f.param(name, 8), r)
	return r
}

// Bytes is Int for a parameter that counts float32 numbers, as a number of bytes.
func (f *Func) Bytes(name string) R {
	r := f.Int(name)
	f.emit("", "LSL $2, %s, %s", r, r)
	return r
}

// Flag returns a fresh register with a bool parameter, 0 or 1.
func (f *Func) Flag(name string) R {
	r := f.R()
	f.emit("", "MOVBU %s, %s", f.param(name, 1), r)
	return r
}

// Broadcast returns a fresh vector with a float32 parameter in all lanes.
func (f *Func) Broadcast(name string) V {
	r, v := f.R(), f.V()
	f.emit("", "MOVWU %s, %s", f.param(name, 4), r)
	f.word(0x4e040c00, "dup v%d.4s, w%d", v.register, r.register)
	return v
}

// param is the operand of a parameter.
func (f *Func) param(name string, size int) string {
	for _, p := range f.params {
		if p.name == name && p.size == size {
			return name + "+" + strconv.Itoa(p.offset) + "(FP)"
		}
	}
	panic("neonasm: " + f.name + " has no such parameter " + name)
}

// UseConstants must come before the first constant, outside of all loops.
func (f *Func) UseConstants() {
	f.constants = f.R()
	f.emit("", "MOVD $constants<>(SB), %s", f.constants)
}

// Bits returns a fresh vector with a 32-bit constant in all lanes.
func (f *Func) Bits(bits uint32) V {
	if f.constants.id == 0 {
		panic("neonasm: UseConstants comes first")
	}
	v := f.V()
	f.Load(v, f.constants, f.file.constant(bits))
	return v
}

// Number is Bits for a float32.
func (f *Func) Number(v float64) V { return f.Bits(bitsOf(v)) }

// Load loads a vector.
func (f *Func) Load(v V, base R, offset int) { f.emit("", "FMOVQ %d(%s), %s", offset, base, v) }

// LoadPair loads two neighbouring vectors.
func (f *Func) LoadPair(v, w V, base R, offset int) {
	f.emit("", "FLDPQ %d(%s), (%s, %s)", offset, base, v, w)
}

// Store stores a vector.
func (f *Func) Store(v V, base R, offset int) { f.emit("", "FMOVQ %s, %d(%s)", v, offset, base) }

// Load8 loads eight bytes into the lower half of a vector, and zero above.
func (f *Func) Load8(v V, base R, offset int) { f.emit("", "FMOVD %d(%s), %s", offset, base, v) }

// Load4 loads four bytes into the lowest lane of a vector, and zero above.
func (f *Func) Load4(v V, base R, offset int) { f.emit("", "FMOVS %d(%s), %s", offset, base, v) }

// Store4 stores the lowest four bytes of a vector.
func (f *Func) Store4(v V, base R, offset int) { f.emit("", "FMOVS %s, %d(%s)", v, offset, base) }

// LoadInt32 loads an int32.
func (f *Func) LoadInt32(d, base R, offset int) { f.emit("", "MOVW %d(%s), %s", offset, base, d) }

// Prefetch brings a cache line near, for some time from now.
func (f *Func) Prefetch(base R) { f.emit("", "PRFM (%s), PLDL2KEEP", base) }

// Move sets d = a.
func (f *Func) Move(d, a R) { f.emit("", "MOVD %s, %s", a, d) }

// Set sets d = n.
func (f *Func) Set(d R, n int) { f.emit("", "MOVD $%d, %s", n, d) }

// Add sets d = a + b.
func (f *Func) Add(d, a, b R) { f.emit("", "ADD %s, %s, %s", b, a, d) }

// Sub sets d = a − b.
func (f *Func) Sub(d, a, b R) { f.emit("", "SUB %s, %s, %s", b, a, d) }

// AddImm sets d += n.
func (f *Func) AddImm(d R, n int) { f.emit("", "ADD $%d, %s", n, d) }

// SubsImm sets d −= n, and the conditions for [Func.Jump].
func (f *Func) SubsImm(d R, n int) { f.emit("", "SUBS $%d, %s", n, d) }

// Places returns fresh registers with n addresses: base, and those that follow at a stride.
func (f *Func) Places(base, stride R, n int) []R {
	first := f.R()
	f.Move(first, base)
	places := []R{first}
	for i := range n - 1 {
		next := f.R()
		f.Add(next, places[i], stride)
		places = append(places, next)
	}
	return places
}
