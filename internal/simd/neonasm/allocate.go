package neonasm

import "slices"

// generalRegisters may be used freely: the others belong to the linker, the system, the assembler, and Go.
var generalRegisters = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25}

// interval is where a register is in use, from line to line.
type interval struct {
	register
	from, to int
}

// allocate gives each virtual register a number: a linear scan over the lines between the first and the last use of
// each. A register that a loop does not set before it reads it must come from before the loop, and keeps its number
// until the loop ends.
func allocate(lines []line) func(register) int {
	free := map[bool][]int{true: nil, false: slices.Clone(generalRegisters)}
	for i := range 32 {
		free[true] = append(free[true], i)
	}
	numbers := map[register]int{}
	var active []interval
	for _, next := range intervals(lines) {
		// A register that is read for the last time may be set by the same instruction.
		active = slices.DeleteFunc(active, func(i interval) bool {
			done := i.to <= next.from && i.from < next.from
			if done {
				free[i.vector] = append(free[i.vector], numbers[i.register])
			}
			return done
		})
		pool := free[next.vector]
		if len(pool) == 0 {
			panic("neonasm: too many registers at once")
		}
		slices.Sort(pool)
		numbers[next.register], free[next.vector] = pool[0], pool[1:]
		active = append(active, next)
	}
	return func(r register) int { return numbers[r] }
}

// intervals returns the use of all registers in the order in which they begin.
func intervals(lines []line) (all []interval) {
	at, labels := map[register]int{}, map[string]int{}
	for i, l := range lines {
		if l.label != "" {
			labels[l.label] = i
		}
		for _, r := range l.registers {
			if _, ok := at[r]; !ok {
				at[r] = len(all)
				all = append(all, interval{r, i, i})
			}
			all[at[r]].to = i
		}
	}
	for changed := true; changed; {
		changed = false
		for end, l := range lines {
			start, ok := labels[l.target]
			if !ok && l.target != "" {
				panic("neonasm: no label " + l.target)
			}
			for i, v := range all {
				if ok && v.from < start && v.to >= start && v.to < end {
					all[i].to, changed = end, true
				}
			}
		}
	}
	return all
}
