package vision

import "math"

// word is a piece of text while its symbols merge.
type word struct {
	symbols []int32
	next    []int32 // next[i] is what symbols i and i+1 become, unmerged if they do not
}

const unmerged = math.MaxInt32

// appendWord appends the tokens of one piece of text to dst:
//
//	symbols = bytes of piece, the last one marked as the end of a word
//	while any two neighbours may merge: merge those of the lowest rank, from the left
//
// Its time is that of the piece's length times the number of different merges in it.
func (t *Tokenizer) appendWord(dst []int64, piece string, w *word) []int64 {
	w.symbols = w.symbols[:0]
	for i := range len(piece) {
		w.symbols = append(w.symbols, t.bytes[piece[i]])
	}
	w.symbols[len(piece)-1] += wordEnd
	w.next = w.next[:0]
	for i := range w.symbols {
		w.next = append(w.next, t.merged(w.symbols, i))
	}
	for {
		lowest := int32(unmerged)
		for _, n := range w.next {
			lowest = min(lowest, n)
		}
		if lowest == unmerged {
			break
		}
		t.merge(w, lowest)
	}
	for _, s := range w.symbols {
		dst = append(dst, int64(s))
	}
	return dst
}

// merge makes every pair that becomes made into it. No pair with made in it ranks below made, so that the order among them
// does not matter, but for overlaps, which the left one wins.
func (t *Tokenizer) merge(w *word, made int32) {
	const stale = -1
	n := 0
	for i := 0; i < len(w.symbols); i++ {
		w.symbols[n], w.next[n] = w.symbols[i], w.next[i]
		if w.next[i] == made {
			w.symbols[n], w.next[n] = made, stale
			if n > 0 {
				w.next[n-1] = stale
			}
			i++
		}
		n++
	}
	w.symbols, w.next = w.symbols[:n], w.next[:n]
	for i, next := range w.next {
		if next == stale {
			w.next[i] = t.merged(w.symbols, i)
		}
	}
}

// merged returns what symbols i and i+1 become.
func (t *Tokenizer) merged(symbols []int32, i int) int32 {
	if i+1 < len(symbols) {
		if made, ok := t.merges[pair(symbols[i], symbols[i+1])]; ok {
			return made
		}
	}
	return unmerged
}
