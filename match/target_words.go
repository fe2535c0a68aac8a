package match

import (
	"github.com/soundtrack-go/sdk/catalog"
)

// words is what Include and Exclude mean.
type words struct {
	included, excluded map[int32]bool
	unknown            []string
}

func (r *Ranker) resolveWords(q Query) (words, error) {
	w := words{included: map[int32]bool{}, excluded: map[int32]bool{}}
	for _, list := range []struct {
		words    []string
		concepts map[int32]bool
	}{{q.Include, w.included}, {q.Exclude, w.excluded}} {
		for _, word := range list.words {
			if c, ok := r.config.vocabulary.Resolve(word); ok {
				list.concepts[r.lexicon.index[c.ID]] = true
			} else {
				w.unknown = append(w.unknown, word)
			}
		}
	}
	for c := range w.included {
		if w.excluded[c] {
			return words{}, refuse("exclude", "%q is included too", r.lexicon.concepts[c].Name())
		}
	}
	return w, nil
}

// impliedExclusion is the weight from which a concept that a song's own concepts imply counts as one of them: snow all
// but means winter, but rain is not always melancholic.
const impliedExclusion = .6

// guard decides which songs may be picked at all.
type guard struct {
	lexicon  *lexicon
	pass     func(catalog.Song) bool // the filter, applied again: candidates need not come from a store
	liked    map[catalog.ID]bool
	excluded map[int32]bool
	care     Care
	song     *dense
}

func (r *Ranker) newGuard(q Query, w words, t Target) (guard, error) {
	pass, err := q.Filter.Compile()
	if err != nil {
		return guard{}, refuse("filter", "%v", err)
	}
	g := guard{
		lexicon: r.lexicon, pass: pass, liked: map[catalog.ID]bool{}, excluded: w.excluded,
		care: t.Care, song: r.lexicon.newDense(),
	}
	for _, id := range t.Liked {
		g.liked[id] = true
	}
	return g, nil
}

// allows reports whether the song may be picked. Its ID must be set.
func (g *guard) allows(s *catalog.Song) bool {
	switch {
	case g.liked[s.ID]:
		return false
	case g.care.Guards() && (!s.Affect.Known || s.Affect.Valence > g.care.MaxValence):
		return false
	case len(g.excluded) > 0 && g.hasExcluded(s):
		return false
	}
	return g.pass(*s)
}

func (g *guard) hasExcluded(s *catalog.Song) bool {
	for _, w := range s.Concepts {
		if c, ok := g.lexicon.index[w.Concept]; ok && g.excluded[c] {
			return true
		}
	}
	g.lexicon.expand(s.Concepts, g.song)
	for c := range g.excluded {
		if g.song.weights[c] >= impliedExclusion {
			return true
		}
	}
	return false
}
