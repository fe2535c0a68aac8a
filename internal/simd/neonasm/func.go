package neonasm

import "fmt"

// The size of a vector register.
const (
	Lanes = 4         // float32 numbers
	Width = Lanes * 4 // bytes
)

// Func is a function under construction: a list of instructions on virtual registers.
type Func struct {
	file            *File
	name, signature string
	doc             []string
	params          []param
	lines           []line
	registers       int
	constants       R
}

// V is a virtual vector register.
type V struct{ register }

// R is a virtual general register.
type R struct{ register }

type register struct {
	id     int // counts from 1
	vector bool
}

// line is an instruction, or a label.
type line struct {
	label     string // that it is
	target    string // label that it may jump to
	registers []register
	text      func(number func(register) int) string
}

// V returns a fresh vector register.
func (f *Func) V() V { return V{f.fresh(true)} }

// R returns a fresh general register.
func (f *Func) R() R { return R{f.fresh(false)} }

// Vs returns n fresh vector registers.
func (f *Func) Vs(n int) []V {
	v := make([]V, n)
	for i := range v {
		v[i] = f.V()
	}
	return v
}

func (f *Func) fresh(vector bool) register {
	f.registers++
	return register{f.registers, vector}
}

// emit adds an instruction in Go's notation: a format, and what goes in it, registers among it.
func (f *Func) emit(target, format string, operands ...any) {
	l := line{target: target}
	for _, o := range operands {
		switch o := o.(type) {
		case V:
			l.registers = append(l.registers, o.register)
		case R:
			l.registers = append(l.registers, o.register)
		}
	}
	l.text = func(number func(register) int) string {
		names := make([]any, len(operands))
		for i, o := range operands {
			switch o := o.(type) {
			case V:
				names[i] = fmt.Sprintf("F%d", number(o.register))
			case R:
				names[i] = fmt.Sprintf("R%d", number(o.register))
			default:
				names[i] = o
			}
		}
		return "\t" + fmt.Sprintf(format, names...)
	}
	f.lines = append(f.lines, l)
}

// word adds an instruction as a word. The registers' numbers go into the fields d, n and m in this order, and into
// the verbs of the comment.
func (f *Func) word(code uint32, comment string, registers ...register) {
	f.lines = append(f.lines, line{registers: registers, text: func(number func(register) int) string {
		word, numbers := code, make([]any, len(registers))
		for i, r := range registers {
			n := number(r)
			numbers[i] = n
			word |= uint32(n) << [...]int{0, 5, 16}[i]
		}
		return fmt.Sprintf("\tWORD $0x%08x // "+comment, append([]any{word}, numbers...)...)
	}})
}

// Label marks a place to jump to.
func (f *Func) Label(name string) {
	f.lines = append(f.lines, line{label: name, text: func(func(register) int) string { return name + ":" }})
}

// Jump jumps to a label, always ("B") or on a condition of the last [Func.SubsImm], such as "BGE".
func (f *Func) Jump(condition, label string) { f.emit(label, condition+" "+label) }

// JumpZero jumps if r is zero.
func (f *Func) JumpZero(r R, label string) { f.emit(label, "CBZ %s, "+label, r) }

// JumpNotZero jumps if r is not zero.
func (f *Func) JumpNotZero(r R, label string) { f.emit(label, "CBNZ %s, "+label, r) }

// Return ends the function.
func (f *Func) Return() { f.emit("", "RET") }
