package catalog

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/tagging"
)

// DefaultK is the number of candidates that each part of a query contributes by default.
const DefaultK = 200

// MaxK bounds [Query.K].
const MaxK = 10_000

// Validate refuses a query that no store can answer.
func (q Query) Validate() error {
	refuse := func(field, reason string) error {
		return &InvalidError{What: "query", Field: field, Reason: reason}
	}
	if q.K < 0 || q.K > MaxK {
		return refuse("k", "want 0 to 10000")
	}
	if q.Affect != nil {
		if err := q.Affect.Validate(); err != nil {
			return refuse("affect", err.Error())
		}
	}
	if len(q.Embedding) > 0 {
		if err := validateEmbedding(q.Space, q.Embedding); err != nil {
			return refuse("embedding", err.Error())
		}
	}
	return q.Filter.Validate()
}

// Candidates implements [Store]. It is exact: each part contributes its true K nearest songs among those that pass the
// filter. The answer is ordered by the best rank that a song has in any part, ties by id.
func (m *Memory) Candidates(ctx context.Context, q Query) ([]Candidate, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := q.Validate(); err != nil {
		return nil, err
	}
	pass, err := q.Filter.Compile()
	if err != nil {
		return nil, err
	}
	k := q.K
	if k == 0 {
		k = DefaultK
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	passes := make([]bool, len(m.entries))
	for i, e := range m.entries {
		passes[i] = pass(e.song)
	}
	var lists [][]scored
	if q.Affect != nil {
		lists = append(lists, m.nearestAffect(*q.Affect, passes, k))
	}
	if len(q.Concepts) > 0 {
		lists = append(lists, m.nearestConcepts(q.Concepts, passes, k))
	}
	if len(q.Embedding) > 0 {
		nearest, err := m.nearestEmbedding(ctx, q.Space, q.Embedding, passes, k)
		if err != nil {
			return nil, err
		}
		lists = append(lists, nearest)
	}
	if q.Affect == nil && len(q.Concepts) == 0 && len(q.Embedding) == 0 {
		lists = append(lists, m.firstByID(passes, k))
	}
	return m.union(lists, q), nil
}

func (m *Memory) nearestAffect(target tagging.Affect, passes []bool, k int) []scored {
	top := newTopK(k)
	for i, e := range m.entries {
		if passes[i] && e.song.Affect.Known {
			top.offer(scored{e.song.ID, -e.song.Affect.Distance(target)})
		}
	}
	return top.sorted()
}

func (m *Memory) nearestConcepts(target tagging.ConceptVector, passes []bool, k int) []scored {
	dots := map[ID]float64{}
	for _, c := range target {
		for _, p := range m.postings[c.Concept] {
			if passes[m.rows[p.id]] {
				dots[p.id] += c.Weight * p.weight
			}
		}
	}
	top := newTopK(k)
	for id, dot := range dots {
		top.offer(scored{id, dot / m.entries[m.rows[id]].norm})
	}
	return top.sorted()
}

func (m *Memory) nearestEmbedding(ctx context.Context, space string, target []float32, passes []bool, k int) ([]scored, error) {
	held := m.spaces[space]
	if held == nil {
		return nil, nil // no song has a vector of this space: an honest empty answer, not an error
	}
	if held.dim != len(target) {
		return nil, &DimensionError{Space: space, Got: len(target), Want: held.dim}
	}
	return held.nearest(ctx, target, k, func(id ID) bool { return passes[m.rows[id]] })
}

func (m *Memory) firstByID(passes []bool, k int) []scored {
	var ids []scored
	for i, e := range m.entries {
		if passes[i] {
			ids = append(ids, scored{id: e.song.ID})
		}
	}
	slices.SortFunc(ids, func(a, b scored) int { return strings.Compare(string(a.id), string(b.id)) })
	return ids[:min(k, len(ids))]
}

// union merges the parts' lists: round by round their first, second, … songs, each once.
func (m *Memory) union(lists [][]scored, q Query) []Candidate {
	seen := map[ID]bool{}
	var out []Candidate
	for rank := 0; ; rank++ {
		more := false
		for _, list := range lists {
			if rank >= len(list) {
				continue
			}
			more = true
			if id := list[rank].id; !seen[id] {
				seen[id] = true
				out = append(out, m.candidate(id, q))
			}
		}
		if !more {
			return out
		}
	}
}

func (m *Memory) candidate(id ID, q Query) Candidate {
	c := Candidate{Song: m.entries[m.rows[id]].song.Clone()}
	if vector := c.Song.Embeddings[q.Space]; len(vector) > 0 && len(vector) == len(q.Embedding) {
		var dot float64
		for i, v := range vector {
			dot += float64(v) * float64(q.Embedding[i])
		}
		c.Similarity, c.HasSimilarity = math.Max(-1, math.Min(1, dot)), true
	}
	return c
}
