package vision

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxMerges is how many merges the reference takes: 49,152 tokens, less the 256 bytes and the two special ones that its
// authors counted.
const maxMerges = 49152 - 256 - 2

// maxMergeLine bounds a line; CLIP's longest has some 60 bytes.
const maxMergeLine = 1024

// VocabularyError says where a file of merges is malformed. It matches [ErrModel].
type VocabularyError struct {
	Line   int // from 1
	Reason string
}

func (e *VocabularyError) Error() string {
	return fmt.Sprintf("vision: vocabulary, line %d: %s", e.Line, e.Reason)
}

// Is reports whether target is [ErrModel].
func (e *VocabularyError) Is(target error) bool { return target == ErrModel }

// readMerges builds a tokenizer.
func readMerges(r io.Reader) (*Tokenizer, error) {
	t := &Tokenizer{merges: map[uint64]int32{}}
	ids := t.byteSymbols()
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, maxMergeLine), maxMergeLine)
	line, blank := 0, false
	for len(t.merges) < maxMerges && lines.Scan() {
		line++
		text, reason := strings.TrimSuffix(lines.Text(), "\r"), ""
		switch {
		case line == 1:
			if !strings.Contains(text, "#version") {
				reason = "want a comment with \"#version\", as merges.txt has"
			}
		case blank:
			reason = "a blank line before it"
		case text == "":
			blank = true
		default:
			reason = t.addMerge(ids, text)
		}
		if reason != "" {
			return nil, &VocabularyError{Line: line, Reason: reason}
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, &VocabularyError{Line: line + 1, Reason: fmt.Sprintf("longer than %d bytes", maxMergeLine)}
	case err != nil:
		return nil, fmt.Errorf("vision: vocabulary: %w", err)
	case len(t.merges) == 0:
		return nil, &VocabularyError{Line: line + 1, Reason: "no merges"}
	}
	t.symbols = len(ids)
	return t, nil
}

// addMerge adds a line to t and to the symbols in ids, or returns the reason why not. Each half of a merge must be known by
// then, and what it makes must be new: so it ranks above the merges that made its halves, which [Tokenizer.merge] relies on.
func (t *Tokenizer) addMerge(ids map[string]int32, line string) (reason string) {
	left, right, ok := strings.Cut(line, " ")
	if !ok {
		return fmt.Sprintf("%q is not two symbols with a space between them", line)
	}
	a, knownA := ids[left]
	b, knownB := ids[right]
	_, twice := ids[left+right]
	switch {
	case !knownA || strings.HasSuffix(left, endMark):
		return fmt.Sprintf("%q is not a symbol that may begin a merge", left)
	case !knownB:
		return fmt.Sprintf("%q is not a symbol", right)
	case twice:
		return fmt.Sprintf("symbol %q is made a second time", left+right)
	}
	id := int32(len(ids))
	ids[left+right] = id
	t.merges[pair(a, b)] = id
	return ""
}

// endMark is how the file writes that a symbol ends a word.
const endMark = "</w>"

// byteSymbols fills t.bytes and returns the first 512 symbols by the names that the file has for them: bytes that print in
// Latin-1 first, each as its own character, then the others as the characters from U+0100.
func (t *Tokenizer) byteSymbols() map[string]int32 {
	ids := make(map[string]int32, 2*wordEnd)
	next := int32(0)
	name := func(b int, r rune) {
		t.bytes[b] = next
		ids[string(r)], ids[string(r)+endMark] = next, next+wordEnd
		next++
	}
	prints := func(b int) bool { return b >= '!' && b <= '~' || b >= 0xa1 && b != 0xad }
	for b := range 256 {
		if prints(b) {
			name(b, rune(b))
		}
	}
	other := rune(0x100)
	for b := range 256 {
		if !prints(b) {
			name(b, other)
			other++
		}
	}
	return ids
}

// pair is the key of two neighbouring symbols.
func pair(a, b int32) uint64 { return uint64(a)<<32 | uint64(b) }
