package onnx

import "slices"

// align keeps tensors on cache lines of 64 bytes.
const align = 16

// place gives every tensor its place in an arena: the first gap that is large enough among those in use at the same
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
	floats, ints, placed := space{size: &b.arena}, space{size: &b.ints}, map[*storage]bool{}
	for i, st := range b.steps {
		for j, w := range st.writes {
			if placed[w] {
				continue
			}
			placed[w] = true
			in := &floats
			if w.ints {
				in = &ints
			}
			if j == 0 {
				if r := b.takeOver(&st, i); r != nil {
					in.replace(r, w)
					continue
				}
			}
			in.insert(w)
			if b.arena > b.maxFloats || b.ints > (b.maxFloats-b.arena)/2 {
				return b.tooLarge()
			}
		}
		for _, s := range ends[i] {
			floats.free(s)
			ints.free(s)
		}
	}
	b.scratch = (b.scratch + align - 1) / align * align
	b.arena = (b.arena + align - 1) / align * align
	if b.scratch > (b.maxFloats-b.arena-2*b.ints)/b.threads {
		return b.tooLarge()
	}
	return nil
}

// space is an arena while places in it are given away.
type space struct {
	used []*storage // by offset
	size *int
}

// insert gives w the first gap that is large enough.
func (a *space) insert(w *storage) {
	at, end := 0, 0
	for ; at < len(a.used); at++ {
		if a.used[at].offset-end >= w.size {
			break
		}
		end = (a.used[at].offset + a.used[at].size + align - 1) / align * align
	}
	w.offset = end
	a.used = slices.Insert(a.used, at, w)
	*a.size = max(*a.size, end+w.size)
}

// replace gives w the place of r.
func (a *space) replace(r, w *storage) {
	w.offset = r.offset
	a.used[slices.Index(a.used, r)] = w
}

func (a *space) free(s *storage) {
	if at := slices.Index(a.used, s); at >= 0 {
		a.used = slices.Delete(a.used, at, at+1)
	}
}

// takeOver returns a tensor whose place the result of step i can have.
func (b *planBuilder) takeOver(st *step, i int) *storage {
	for _, r := range st.inPlace {
		if r.kind == inArena && r.ints == st.writes[0].ints && r.last == i && r.size == st.writes[0].size {
			return r
		}
	}
	return nil
}

func (b *planBuilder) tooLarge() error {
	return invalidf("a run needs more than %d bytes beside the weights", b.maxFloats*4)
}
