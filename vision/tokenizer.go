package vision

import (
	"io"
	"strings"
	"unicode/utf8"
)

// MaxTextBytes is how much of a text a [Tokenizer] looks at, after ASCII white space at its start: the rest is ignored, so
// that the work for one text is bounded. CLIP's 77 tokens are full after some hundred bytes of any language.
const MaxTextBytes = 8 << 10

// Tokenizer is CLIP's byte-pair encoding: it turns a text into the ids that a text tower was trained on. It equals the
// reference (OpenAI's and open_clip's SimpleTokenizer, with ftfy 6.3) but for these:
//
//   - Text that was decoded in a wrong encoding ("æ—¥æœ¬" for "日本") is not repaired.
//   - The reference's "<start_of_text>" and "<end_of_text>" are not honoured in a text: they are text, as everything is.
//   - Only [MaxTextBytes] are looked at.
//   - More than thirty combining marks on one letter are broken up, by U+034F.
//   - Characters are what Go's version of Unicode says they are; the reference's is newer.
//
// Invalid UTF-8 counts as U+FFFD, one for each run of invalid bytes. A Tokenizer is immutable, so it is safe for concurrent
// use.
type Tokenizer struct {
	symbols int              // start and end come after these
	bytes   [256]int32       // symbol of a byte within a word
	merges  map[uint64]int32 // pair of symbols → the symbol that they become; the lower, the earlier it merges
}

// wordEnd turns the symbol of a byte within a word into that of the same byte at the end of a word.
const wordEnd = 256

// NewTokenizer reads a vocabulary: CLIP's merges.txt, or OpenAI's bpe_simple_vocab_16e6.txt once it is unpacked. The first
// line is a comment with "#version", each further one a merge of two symbols, by rank. As in the reference only the first
// 48,894 merges count, and what follows them is not read. The vocabulary follows from them: a symbol for each byte, the same
// at the end of a word, one for each merge, then start and end, for CLIP's file 49,408.
//
// A malformed file gives a [*VocabularyError], which matches [ErrModel]; errors of r are wrapped.
func NewTokenizer(merges io.Reader) (*Tokenizer, error) { return readMerges(merges) }

// Start is the token before every text: 49406 for CLIP's vocabulary.
func (t *Tokenizer) Start() int64 { return int64(t.symbols) }

// End is the token after every text, and the highest of all: 49407 for CLIP's vocabulary.
func (t *Tokenizer) End() int64 { return int64(t.symbols) + 1 }

// Size is the number of different tokens: they are 0 to Size − 1.
func (t *Tokenizer) Size() int { return t.symbols + 2 }

// Tokens returns the tokens of a text, start and end included, however many they are.
func (t *Tokenizer) Tokens(text string) []int64 {
	out := append(make([]int64, 0, 16), t.Start())
	var scratch word
	for piece := range pieces(clean(bounded(text))) {
		out = t.appendWord(out, piece, &scratch)
	}
	return append(out, t.End())
}

// Encode writes the tokens of a text into dst and returns how many the text has. If they are more than len(dst), the last
// one written is the end token all the same, as in the reference; if they are fewer, zeros follow. dst must hold at least
// two tokens; Encode writes nothing to a shorter one.
func (t *Tokenizer) Encode(dst []int64, text string) (total int) {
	tokens := t.Tokens(text)
	if len(dst) < 2 {
		return len(tokens)
	}
	n := copy(dst, tokens)
	dst[n-1] = t.End()
	clear(dst[n:])
	return len(tokens)
}

// bounded cuts text to what a Tokenizer looks at: valid UTF-8 of about [MaxTextBytes].
func bounded(text string) string {
	text = strings.TrimLeft(text, " \t\n\r\f")
	if len(text) > MaxTextBytes {
		end := MaxTextBytes
		for end > MaxTextBytes-utf8.UTFMax && !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end]
	}
	return strings.ToValidUTF8(text, string(utf8.RuneError))
}
