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

// maxStack is how many marks a letter may carry: pointed Hebrew has three. More climb over the lines around.
const maxStack = 3

// cleanText returns s in NFC if it is at most most characters of plain text, else "" and false. Control characters, line
// ends, bidirectional and other invisible characters are not plain, nor are stacks of marks, and nothing that looks like an
// address or an entity: no letter right behind a dot, a colon, a semicolon or an ampersand, and no number with more than one
// dot or colon.
func cleanText(s string, most int) (string, bool) {
	s = norm.NFC.String(strings.TrimSpace(s))
	if utf8.RuneCountInString(s) > most {
		return "", false
	}
	var before rune
	marks, joints := 0, 0 // on this letter, in this number
	for _, r := range s {
		fit := strings.ContainsRune(plainMarks, r)
		switch {
		case unseen(r):
			fit = false
		case unicode.IsMark(r):
			marks++
			fit = marks <= maxStack && (unicode.IsLetter(before) || unicode.IsMark(before))
		case unicode.IsLetter(r):
			marks, joints = 0, 0
			fit = !strings.ContainsRune(".:;&", before)
		case unicode.IsDigit(r):
			if before == '.' || before == ':' {
				joints++
			}
			fit = joints <= 1
		case r != '.' && r != ':':
			joints = 0
		}
		if !fit {
			return "", false
		}
		before = r
	}
	return s, true
}

// unseen reports characters that are letters, marks or symbols to Unicode and nothing to the eye, such as variation
// selectors, in which a text can be hidden from people, and the fillers of Hangul.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// visible maps white space to a space and drops what cannot be seen; it is for strings.Map.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r) || unseen(r):
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
