package catalog

import (
	"cmp"
	"container/heap"
	"slices"
)

// scored is a song's id with a score; larger is better.
type scored struct {
	id    ID
	score float64
}

// better orders by falling score, ties by rising id, so that answers do not depend on the order of insertion.
func better(a, b scored) int {
	if c := cmp.Compare(b.score, a.score); c != 0 {
		return c
	}
	return cmp.Compare(a.id, b.id)
}

// topK keeps the k best of what it is offered in a heap whose root is the worst kept.
type topK struct {
	k    int
	kept worstFirst
}

func newTopK(k int) *topK { return &topK{k: k} }

func (t *topK) offer(s scored) {
	switch {
	case len(t.kept) < t.k:
		heap.Push(&t.kept, s)
	case better(s, t.kept[0]) < 0:
		t.kept[0] = s
		heap.Fix(&t.kept, 0)
	}
}

// sorted returns the kept ones, best first.
func (t *topK) sorted() []scored {
	out := slices.Clone([]scored(t.kept))
	slices.SortFunc(out, better)
	return out
}

type worstFirst []scored

func (w worstFirst) Len() int           { return len(w) }
func (w worstFirst) Less(i, j int) bool { return better(w[i], w[j]) > 0 }
func (w worstFirst) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *worstFirst) Push(x any)        { *w = append(*w, x.(scored)) }
func (w *worstFirst) Pop() any {
	last := len(*w) - 1
	x := (*w)[last]
	*w = (*w)[:last]
	return x
}
