package match

import (
	"context"
	"math"
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
)

// surprise turns the dial into λ: 1 at -1, the default at 0, half of it at 1.
func surprise(lambda, dial float64) float64 {
	if dial < 0 {
		return lambda + (1-lambda)*-dial
	}
	return lambda * (1 - dial/2)
}

// Shares of what makes two songs alike. They sum to 1.
const (
	likeMood     = 0.35
	likeConcepts = 0.35
	likeArtist   = 0.1
	likeGenres   = 0.1
	likeYear     = 0.1
)

// halfAlike is the likeness of two songs in a respect in which one of them is unknown.
const halfAlike = 0.5

// diversify picks count songs from the pool, falling by score, by maximal marginal relevance:
//
//	argmax over songs not yet picked of λ·score(s) − (1−λ)·max over picks p of likeness(s, p)
//
// (Carbonell & Goldstein, SIGIR 1998). The first pick is the best song; ties go to the earlier one in the pool.
// It takes count × len(pool) likenesses, since each song remembers its largest so far.
func (r *Ranker) diversify(ctx context.Context, pool []pooled, lambda float64, count int) ([]*rated, error) {
	count = min(count, len(pool))
	last := r.lexicon.newDense() // concepts of the last pick
	faces := make([]face, len(pool))
	for i := range pool {
		faces[i] = r.newFace(&pool[i], last)
	}
	nearest := make([]float64, len(pool)) // likeness to the nearest pick
	taken := make([]bool, len(pool))
	chosen := make([]*rated, 0, count)
	for len(chosen) < count {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		best, bestGain := -1, math.Inf(-1)
		for i := range pool {
			if gain := lambda*pool[i].score - (1-lambda)*nearest[i]; !taken[i] && gain > bestGain {
				best, bestGain = i, gain
			}
		}
		taken[best] = true
		chosen = append(chosen, pool[best].rated)
		if lambda == 1 || len(chosen) == count {
			continue
		}
		last.reset()
		for _, t := range faces[best].concepts {
			last.raise(t.concept, t.weight)
		}
		for i := range pool {
			if !taken[i] {
				nearest[i] = max(nearest[i], likeness(&faces[i], &faces[best], last))
			}
		}
	}
	return chosen, nil
}

// face is what songs are compared with each other by.
type face struct {
	*pooled
	concepts []term // expanded, unit length
}

// newFace expands the song's concepts by way of scratch.
func (r *Ranker) newFace(p *pooled, scratch *dense) face {
	r.lexicon.expand(p.candidate.Song.Concepts, scratch)
	scratch.normalise()
	f := face{pooled: p, concepts: make([]term, len(scratch.touched))}
	for i, c := range scratch.touched {
		f.concepts[i] = term{c, scratch.weights[c]}
	}
	return f
}

// likeness of two songs, in [0, 1]. concepts are those of b.
func likeness(a, b *face, concepts *dense) float64 {
	s, t := &a.candidate.Song, &b.candidate.Song
	sum := likeMood * halfAlike
	if s.Affect.Known && t.Affect.Known {
		sum = likeMood * math.Exp(-s.Affect.Distance(t.Affect.Affect)/affectScale)
	}
	if len(a.concepts) > 0 && len(b.concepts) > 0 {
		var cosine float64
		for _, c := range a.concepts {
			cosine += c.weight * concepts.weights[c.concept]
		}
		sum += likeConcepts * min(1, cosine)
	} else {
		sum += likeConcepts * halfAlike
	}
	if a.artist == b.artist || a.title == b.title { // a cover of the same song is no change either
		sum += likeArtist
	}
	sum += likeGenres * genreLikeness(s, t)
	if s.Year != 0 && t.Year != 0 {
		return sum + likeYear*math.Exp(-math.Abs(float64(s.Year-t.Year))/15)
	}
	return sum + likeYear*halfAlike
}

// genreLikeness is the Jaccard index of the genres.
func genreLikeness(s, t *catalog.Song) float64 {
	if len(s.Genres) == 0 || len(t.Genres) == 0 {
		return halfAlike
	}
	shared := 0
	for _, g := range s.Genres {
		if slices.Contains(t.Genres, g) {
			shared++
		}
	}
	return min(1, float64(shared)/float64(len(s.Genres)+len(t.Genres)-shared)) // repeats are not counted twice
}
