package compact

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Opcodes of pickle protocol 2 that PyTorch's writer uses (CPython, Lib/pickle.py). The others are refused.
const (
	opProto      = 0x80
	opStop       = '.'
	opMark       = '('
	opNone       = 'N'
	opTrue       = 0x88
	opFalse      = 0x89
	opInt1       = 'K' // BININT1
	opInt2       = 'M' // BININT2
	opInt4       = 'J' // BININT, signed
	opUnicode    = 'X' // BINUNICODE
	opEmptyTuple = ')'
	opTuple      = 't'
	opTuple1     = 0x85
	opTuple2     = 0x86
	opTuple3     = 0x87
	opEmptyList  = ']'
	opAppend     = 'a'
	opAppends    = 'e'
	opEmptyDict  = '}'
	opSetItem    = 's'
	opSetItems   = 'u'
	opPut        = 'q' // BINPUT
	opLongPut    = 'r' // LONG_BINPUT
	opGet        = 'h' // BINGET
	opLongGet    = 'j' // LONG_BINGET
	opGlobal     = 'c'
	opReduce     = 'R'
	opBuild      = 'b'
	opPersistent = 'Q' // BINPERSID
)

// pickleReader interprets pickles in data, one after the other. Time and memory are linear in len(data): an opcode
// creates at most one value, and containers grow only by values that leave the stack.
type pickleReader struct {
	data []byte
	pos  int

	stack []any
	marks []int // stack heights
	memo  map[uint32]any
}

// fail makes the error for the place that was read last.
func (p *pickleReader) fail(format string, args ...any) error {
	return &CheckpointError{Offset: int64(p.pos), Reason: fmt.Sprintf(format, args...)}
}

// next interprets one pickle, and returns its value and leaves pos behind it.
func (p *pickleReader) next() (any, error) {
	p.stack, p.marks, p.memo = nil, nil, make(map[uint32]any)
	if version, err := p.take(2); err != nil || version[0] != opProto || version[1] != 2 {
		return nil, p.fail("not a pickle of protocol 2")
	}
	for {
		op, err := p.take(1)
		if err != nil {
			return nil, err
		}
		if op[0] == opStop {
			if len(p.stack) != 1 || len(p.marks) != 0 {
				return nil, p.fail("the pickle ends with %d values", len(p.stack))
			}
			return p.stack[0], nil
		}
		if err := p.step(op[0]); err != nil {
			return nil, err
		}
	}
}

// step executes one opcode.
func (p *pickleReader) step(op byte) error {
	switch op {
	case opMark:
		p.marks = append(p.marks, len(p.stack))
	case opNone:
		p.push(nil)
	case opTrue, opFalse:
		p.push(op == opTrue)
	case opInt1, opInt2, opInt4, opUnicode, opGlobal:
		return p.literal(op)
	case opEmptyTuple:
		p.push(pickleTuple{})
	case opTuple1, opTuple2, opTuple3:
		return p.tuple(int(op-opTuple1) + 1)
	case opTuple:
		n, err := p.unmark()
		if err != nil {
			return err
		}
		return p.tuple(n)
	case opEmptyList:
		p.push(new(pickleList))
	case opEmptyDict:
		p.push(&pickleDict{items: make(map[string]any)})
	case opAppend:
		return p.appendItems(1)
	case opSetItem:
		return p.setItems(2)
	case opAppends, opSetItems:
		n, err := p.unmark()
		if err != nil {
			return err
		}
		if op == opAppends {
			return p.appendItems(n)
		}
		return p.setItems(n)
	case opPut, opLongPut, opGet, opLongGet:
		return p.remember(op)
	case opReduce:
		return p.reduce()
	case opBuild:
		return p.build()
	case opPersistent:
		id, err := p.pop()
		if err != nil {
			return err
		}
		storage, reason := newStorage(id)
		if reason != "" {
			return p.fail("%s", reason)
		}
		p.push(storage)
	default:
		return p.fail("opcode 0x%02x is refused", op)
	}
	return nil
}

// literal pushes the number, text or name that follows op in the data.
func (p *pickleReader) literal(op byte) error {
	switch op {
	case opInt1, opInt2, opInt4:
		width := map[byte]int{opInt1: 1, opInt2: 2, opInt4: 4}[op]
		raw, err := p.take(width)
		if err != nil {
			return err
		}
		var wide [4]byte
		copy(wide[:], raw)
		v := binary.LittleEndian.Uint32(wide[:])
		if op == opInt4 {
			p.push(int64(int32(v)))
		} else {
			p.push(int64(v))
		}
	case opUnicode:
		head, err := p.take(4)
		if err != nil {
			return err
		}
		n := binary.LittleEndian.Uint32(head)
		if uint64(n) > uint64(len(p.data)) {
			return p.fail("a text is longer than the file")
		}
		text, err := p.take(int(n))
		if err != nil {
			return err
		}
		p.push(string(text))
	default: // opGlobal
		module, err := p.line()
		if err != nil {
			return err
		}
		name, err := p.line()
		if err != nil {
			return err
		}
		g, ok := allowedGlobal(module, name)
		if !ok {
			return p.fail("the name %.60q is refused", module+"."+name)
		}
		p.push(g)
	}
	return nil
}

// reduce applies a global to a tuple, which for the names that we know means: build a record.
func (p *pickleReader) reduce() error {
	args, err1 := p.pop()
	callee, err2 := p.pop()
	tuple, isTuple := args.(pickleTuple)
	if err1 != nil || err2 != nil || !isTuple {
		return p.fail("a call without arguments")
	}
	switch callee {
	case globalOrderedDict:
		if len(tuple) != 0 {
			return p.fail("an ordered dict with arguments is refused")
		}
		p.push(&pickleDict{items: make(map[string]any)})
	case globalRebuildTensor:
		tensor, reason := newTensor(tuple)
		if reason != "" {
			return p.fail("%s", reason)
		}
		p.push(tensor)
	case globalRebuildParameter: // tensor, requires_grad, hooks
		if len(tuple) != 3 {
			return p.fail("a parameter record has three fields")
		}
		tensor, ok := tuple[0].(*tensorRef)
		if !ok {
			return p.fail("a parameter record without a tensor")
		}
		p.push(tensor)
	default:
		return p.fail("a call of something that is no function")
	}
	return nil
}

// build drops the attributes of an ordered dict: version numbers of modules, which we do not need.
func (p *pickleReader) build() error {
	if _, err := p.pop(); err != nil {
		return err
	}
	if len(p.stack) == 0 {
		return p.fail("attributes without an object")
	}
	if _, ok := p.stack[len(p.stack)-1].(*pickleDict); !ok {
		return p.fail("attributes of something that is no dict")
	}
	return nil
}

// remember stores the top of the stack in the memo, or pushes what is stored there.
func (p *pickleReader) remember(op byte) error {
	width := 4
	if op == opPut || op == opGet {
		width = 1
	}
	raw, err := p.take(width)
	if err != nil {
		return err
	}
	var wide [4]byte
	copy(wide[:], raw)
	key := binary.LittleEndian.Uint32(wide[:])
	if op == opGet || op == opLongGet {
		value, ok := p.memo[key]
		if !ok {
			return p.fail("memo %d is empty", key)
		}
		p.push(value)
		return nil
	}
	if len(p.stack) == 0 {
		return p.fail("nothing to remember")
	}
	p.memo[key] = p.stack[len(p.stack)-1]
	return nil
}

// take returns the next n bytes of the data.
func (p *pickleReader) take(n int) ([]byte, error) {
	if n > len(p.data)-p.pos {
		return nil, p.fail("the file ends in the middle of a pickle, or the pickle is too long")
	}
	p.pos += n
	return p.data[p.pos-n : p.pos], nil
}

// line returns the bytes up to the next line feed.
func (p *pickleReader) line() (string, error) {
	n := bytes.IndexByte(p.data[p.pos:], '\n')
	if n < 0 {
		return "", p.fail("the file ends in the middle of a name")
	}
	text := string(p.data[p.pos : p.pos+n])
	p.pos += n + 1
	return text, nil
}
