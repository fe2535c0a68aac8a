package onnx

import "slices"

// align keeps tensors on cache lines of 64 bytes.
const align = 16

// place gives every tensor its place in the arena: the first gap that is large enough among those in use at the same
// time. A tensor whose last reader can work in place hands its place on.
//
//	for each step {
//		place what it writes
//		free what it reads or writes and no later step reads
//	}
func (b *planBuilder) place() error {
	ends := make([][]*storage, len(b.steps)+1)
	for _, s := range b.storages {
		if s.first >= 0 {
			ends[s.last] = append(ends[s.last], s)
		}
	}
	var (
		used   []*storage // by offset
		placed = map[*storage]bool{}
	)
	for i, st := range b.steps {
		for j, w := range st.writes {
			if placed[w] {
				continue
			}
			placed[w] = true
			if j == 0 {
				if r := b.takeOver(&st, i); r != nil {
					w.offset = r.offset
					used[slices.Index(used, r)] = w
					continue
				}
			}
			at, end := 0, 0
			for ; at < len(used); at++ {
				if used[at].offset-end >= w.size {
					break
				}
				end = (used[at].offset + used[at].size + align - 1) / align * align
			}
			w.offset = end
			used = slices.Insert(used, at, w)
			b.arena = max(b.arena, end+w.size)
			if b.arena > b.maxFloats {
				return b.tooLarge()
			}
		}
		for _, s := range ends[i] {
			if at := slices.Index(used, s); at >= 0 {
				used = slices.Delete(used, at, at+1)
			}
		}
	}
	b.scratch = (b.scratch + align - 1) / align * align
	b.arena = (b.arena + align - 1) / align * align
	if b.scratch > (b.maxFloats-b.arena)/b.threads {
		return b.tooLarge()
	}
	return nil
}

// takeOver returns a tensor whose place the result of step i can have.
func (b *planBuilder) takeOver(st *step, i int) *storage {
	for _, r := range st.inPlace {
		if r.kind == inArena && r.last == i && r.size == st.writes[0].size {
			return r
		}
	}
	return nil
}

func (b *planBuilder) tooLarge() error {
	return invalidf("a run needs more than %d bytes beside the weights", b.maxFloats*4)
}
