package compact

// floor is the height below which opcodes may not reach: the innermost open mark.
func (p *pickleReader) floor() int {
	if len(p.marks) == 0 {
		return 0
	}
	return p.marks[len(p.marks)-1]
}

func (p *pickleReader) push(v any) { p.stack = append(p.stack, v) }

func (p *pickleReader) pop() (any, error) {
	if len(p.stack) <= p.floor() {
		return nil, p.fail("an opcode needs more values than there are")
	}
	v := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	return v, nil
}

// popMany removes the top n values and returns a copy.
func (p *pickleReader) popMany(n int) ([]any, error) {
	if len(p.stack)-p.floor() < n {
		return nil, p.fail("an opcode needs more values than there are")
	}
	values := append([]any(nil), p.stack[len(p.stack)-n:]...)
	p.stack = p.stack[:len(p.stack)-n]
	return values, nil
}

// unmark closes the innermost mark and returns how many values lie above it.
func (p *pickleReader) unmark() (int, error) {
	if len(p.marks) == 0 {
		return 0, p.fail("a mark is missing")
	}
	n := len(p.stack) - p.floor()
	p.marks = p.marks[:len(p.marks)-1]
	return n, nil
}

// tuple replaces the top n values by one tuple.
func (p *pickleReader) tuple(n int) error {
	values, err := p.popMany(n)
	if err != nil {
		return err
	}
	p.push(pickleTuple(values))
	return nil
}

// appendItems moves the top n values into the list below them.
func (p *pickleReader) appendItems(n int) error {
	values, err := p.popMany(n)
	if err != nil {
		return err
	}
	if len(p.stack) <= p.floor() {
		return p.fail("items without a list")
	}
	list, ok := p.stack[len(p.stack)-1].(*pickleList)
	if !ok {
		return p.fail("items for something that is no list")
	}
	list.items = append(list.items, values...)
	return nil
}

// setItems moves the top n values, keys and values in turn, into the dict below them.
func (p *pickleReader) setItems(n int) error {
	pairs, err := p.popMany(n)
	if err != nil {
		return err
	}
	if len(p.stack) <= p.floor() {
		return p.fail("items without a dict")
	}
	dict, ok := p.stack[len(p.stack)-1].(*pickleDict)
	if !ok || n%2 != 0 {
		return p.fail("items for something that is no dict, or a key without a value")
	}
	for i := 0; i < n; i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return p.fail("a dict key that is no text")
		}
		if _, twice := dict.items[key]; twice {
			return p.fail("the key %.60q twice", key)
		}
		dict.items[key] = pairs[i+1]
	}
	return nil
}
