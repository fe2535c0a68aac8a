package llm

import (
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plainMarks is the punctuation of a plain sentence. What is not in it makes addresses, markup and code: / < > @ # { } [ ]
// = \ ` | _ $ % ^ ~ * + and the rest.
const plainMarks = ` .,;:!?'"()-–—’‘“”…&`

// cleanText returns s in NFC if it is at most most characters of plain text, else "" and false. Control characters, line
// ends, bidirectional and other invisible marks are not plain, nor is a dot or colon with a letter right behind it, as in
// addresses.
func cleanText(s string, most int) (string, bool) {
	s = norm.NFC.String(strings.TrimSpace(s))
	if utf8.RuneCountInString(s) > most {
		return "", false
	}
	var before rune
	for _, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsMark(r) && before != 0 || unicode.IsDigit(r)
		if !letter && !strings.ContainsRune(plainMarks, r) {
			return "", false
		}
		if unicode.IsLetter(r) && (before == '.' || before == ':') {
			return "", false
		}
		before = r
	}
	return s, true
}

// visible maps white space to a space and drops what cannot be seen; it is for strings.Map.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r):
		return -1
	}
	return r
}

// wordsOnly makes a user's text fit for a prompt: NFC, on one line, without control, bidirectional or other invisible
// characters.
func wordsOnly(s string) string {
	s = strings.Map(visible, norm.NFC.String(strings.ToValidUTF8(s, "")))
	return strings.Join(strings.Fields(s), " ")
}

// readCapped reads a file that may not be longer than most bytes.
func readCapped(path string, most int64) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the caller's own path is the point
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(content)) > most {
		err = io.ErrShortBuffer
	}
	return content, err
}
