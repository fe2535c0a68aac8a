package catalog

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Memory is a [Store] in memory with exact search: nothing is approximated, so it is also the oracle that other stores
// are tested against. Affect and filters are scanned, concepts go through an inverted index, embeddings through dense
// matrices, one a space, with SIMD dot products. The zero value is not usable: call [NewMemory].
type Memory struct {
	mu       sync.RWMutex
	closed   bool
	rows     map[ID]int    // id → index into entries
	entries  []memoryEntry // dense; Delete moves the last one into the gap
	postings map[string][]posting
	spaces   map[string]*matrix
}

type memoryEntry struct {
	song Song
	text string // folded title and artist, for Search
	norm float64
}

// posting says that the song of an id has a concept.
type posting struct {
	id     ID
	weight float64
}

// NewMemory returns a store that holds the given songs. It fails like [Memory.Put].
func NewMemory(songs ...Song) (*Memory, error) {
	m := &Memory{rows: map[ID]int{}, postings: map[string][]posting{}, spaces: map[string]*matrix{}}
	if err := m.Put(context.Background(), songs...); err != nil {
		return nil, err
	}
	return m, nil
}

// Put implements [Store].
func (m *Memory) Put(ctx context.Context, songs ...Song) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ready := make([]Song, len(songs))
	for i, s := range songs {
		n, err := s.Normalise()
		if err != nil {
			return err
		}
		ready[i] = n
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	if err := m.checkDimensions(ready); err != nil {
		return err
	}
	for _, s := range ready {
		m.remove(s.ID)
		m.insert(s)
	}
	return nil
}

// checkDimensions refuses songs whose embeddings differ in length from those of their space, or from each other.
func (m *Memory) checkDimensions(songs []Song) error {
	fresh := map[string]int{}
	for _, s := range songs {
		for space, vector := range s.Embeddings {
			want, known := fresh[space]
			if held, ok := m.spaces[space]; ok {
				want, known = held.dim, true
			}
			if known && want != len(vector) {
				return &DimensionError{Space: space, Got: len(vector), Want: want}
			}
			fresh[space] = len(vector)
		}
	}
	return nil
}

func (m *Memory) insert(s Song) {
	m.rows[s.ID] = len(m.entries)
	m.entries = append(m.entries, memoryEntry{song: s, text: Fold(s.Title + " " + s.Artist), norm: s.Concepts.Norm()})
	for _, c := range s.Concepts {
		m.postings[c.Concept] = append(m.postings[c.Concept], posting{s.ID, c.Weight})
	}
	for space, vector := range s.Embeddings {
		held := m.spaces[space]
		if held == nil {
			held = newMatrix(len(vector))
			m.spaces[space] = held
		}
		held.add(s.ID, vector)
	}
}

func (m *Memory) remove(id ID) {
	row, ok := m.rows[id]
	if !ok {
		return
	}
	old := m.entries[row].song
	for _, c := range old.Concepts {
		rest := slices.DeleteFunc(m.postings[c.Concept], func(p posting) bool { return p.id == id })
		if len(rest) == 0 {
			delete(m.postings, c.Concept)
		} else {
			m.postings[c.Concept] = rest
		}
	}
	for space := range old.Embeddings {
		if m.spaces[space].remove(id); len(m.spaces[space].ids) == 0 {
			delete(m.spaces, space)
		}
	}
	last := len(m.entries) - 1
	m.entries[row] = m.entries[last]
	m.rows[m.entries[row].song.ID] = row
	m.entries[last] = memoryEntry{}
	m.entries = m.entries[:last]
	delete(m.rows, id)
}

// Get implements [Store].
func (m *Memory) Get(ctx context.Context, ids ...ID) ([]Song, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	songs := make([]Song, len(ids))
	for i, id := range ids {
		row, ok := m.rows[id]
		if !ok {
			return nil, &NotFoundError{ID: id}
		}
		songs[i] = m.entries[row].song.Clone()
	}
	return songs, nil
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, ids ...ID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	for _, id := range ids {
		m.remove(id)
	}
	return nil
}

// Len returns the number of songs.
func (m *Memory) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.entries)
}

// Close frees the songs. Later calls fail with [ErrClosed]; a second Close is a no-op.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.rows, m.entries, m.postings, m.spaces = nil, nil, nil, nil
	return nil
}

// All implements [Lister]. It lists the songs that were there when the iteration began.
func (m *Memory) All(ctx context.Context) iter.Seq2[Song, error] {
	return func(yield func(Song, error) bool) {
		m.mu.RLock()
		closed := m.closed
		songs := make([]Song, len(m.entries))
		for i, e := range m.entries {
			songs[i] = e.song
		}
		m.mu.RUnlock()
		if closed {
			yield(Song{}, ErrClosed)
			return
		}
		slices.SortFunc(songs, func(a, b Song) int { return strings.Compare(string(a.ID), string(b.ID)) })
		for _, s := range songs {
			if err := ctx.Err(); err != nil {
				yield(Song{}, err)
				return
			}
			if !yield(s.Clone(), nil) {
				return
			}
		}
	}
}

// Search implements [Searcher]. Songs whose title begins with the text come first, then by title and artist.
func (m *Memory) Search(ctx context.Context, text string, filter Filter, limit int) ([]Song, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	pass, err := filter.Compile()
	if err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, &InvalidError{What: "search", Field: "limit", Reason: "want at least 1"}
	}
	folded := Fold(text)
	words := strings.Fields(folded)
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	var found []memoryEntry
	for _, e := range m.entries {
		if containsAll(e.text, words) && pass(e.song) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b memoryEntry) int {
		if pa, pb := strings.HasPrefix(a.text, folded), strings.HasPrefix(b.text, folded); pa != pb {
			if pa {
				return -1
			}
			return 1
		}
		if c := strings.Compare(a.text, b.text); c != 0 {
			return c
		}
		return strings.Compare(string(a.song.ID), string(b.song.ID))
	})
	songs := make([]Song, min(limit, len(found)))
	for i := range songs {
		songs[i] = found[i].song.Clone()
	}
	return songs, nil
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

var (
	_ Store    = (*Memory)(nil)
	_ Lister   = (*Memory)(nil)
	_ Searcher = (*Memory)(nil)
)
