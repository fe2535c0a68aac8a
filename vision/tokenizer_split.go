package vision

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pieces yields what the reference's pattern finds in a clean text, in order; spaces are between pieces and in none:
//
//	's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
func pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			n := contraction(text)
			if n == 0 {
				n = run(text)
			}
			if n == 0 {
				_, n = utf8.DecodeRuneInString(text) // a space
			} else if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// contractions are those of the pattern. It ignores case, for which the long s is an s that lower-casing leaves.
var contractions = [...]string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'ſ"}

// contraction returns the length of the contraction at the start of text, 0 if there is none.
func contraction(text string) int {
	if text[0] != '\'' {
		return 0
	}
	for _, c := range contractions {
		if strings.HasPrefix(text, c) {
			return len(c)
		}
	}
	return 0
}

type class uint8

const (
	space class = iota
	letter
	number
	other
)

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return number
	case unicode.IsSpace(r), r == '\u0345': // the pattern, ignoring case, finds the iota subscript in no class
		return space
	default:
		return other
	}
}

// run returns the length of what text starts with: letters, one number, or neither; 0 for a space.
func run(text string) int {
	r, n := utf8.DecodeRuneInString(text)
	first := classOf(r)
	switch first {
	case space:
		return 0
	case number:
		return n
	}
	for n < len(text) {
		r, size := utf8.DecodeRuneInString(text[n:])
		if classOf(r) != first {
			break
		}
		n += size
	}
	return n
}
